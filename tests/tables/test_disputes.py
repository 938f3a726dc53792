"""What a bare connection of the application may see and write of disputes and payments."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.faults import DomainError
from backend.tables.ids import organisation_id
from backend.use_cases.answer_dispute import answer_dispute
from backend.use_cases.decide_dispute import decide_dispute
from backend.use_cases.raise_dispute import dispute_visit
from backend.use_cases.read_disputes import read_dispute
from tests.conftest import Database
from tests.jobs.conftest import office, opened_office
from tests.jobs.office import PROVIDER, Office, instant, visit_id
from tests.jobs.test_disputes import BOSS, disputed, document, of, shared_week
from tests.jobs.test_payers import fund

__all__ = ["office", "opened_office"]
TABLES = ("document_line", "payment", "dispute", "dispute_answer", "dispute_decision")


@pytest.fixture
async def application(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(str(database.settings.database_url))
    yield connection
    await connection.close()


async def seen(application: asyncpg.Connection, organisation: str) -> list[int]:
    """How many rows of each table an organisation sees."""
    await application.execute(
        "SELECT set_config('doorstep.commissioner_id', $1, false)", str(organisation_id(organisation))
    )
    return [await application.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]


async def raise_as(application: asyncpg.Connection, organisation: str, invoice: Any) -> None:
    await application.execute(
        "INSERT INTO dispute VALUES ($1, $2, $3, 1, 1, 'x', $4, $5, '2026-11-11T09:00Z')",
        PROVIDER,
        uuid4(),
        invoice,
        uuid4(),
        organisation_id(organisation),
    )


async def test_a_payer_sees_its_own_documents_and_what_was_said_of_them(
    office: Office, superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await shared_week(office)
    for number, who in ((1, "wyeshire"), (2, "icb")):
        dispute = await disputed(superuser, 1, who, number)
        await answer_dispute(PROVIDER, dispute, BOSS, "We came.")
        await decide_dispute(PROVIDER, dispute, BOSS, "stands", None, "We came.")
    assert await seen(application, "wyeshire") == [6, 0, 2, 2, 2]
    assert await seen(application, "icb") == [3, 0, 1, 1, 1]
    assert await seen(application, "lantern") == [0, 0, 0, 0, 0]


async def test_a_payer_writes_disputes_of_its_own_documents_in_its_own_name_and_nothing_else(
    office: Office, superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await shared_week(office)
    council, board = await document(superuser, 1), await document(superuser, 2)
    await seen(application, "icb")
    for organisation, invoice in (("icb", council), ("wyeshire", board)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await raise_as(application, organisation, invoice)
    await raise_as(application, "icb", board)
    dispute = await application.fetchval("SELECT id FROM dispute")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await application.execute(
            "INSERT INTO dispute_decision VALUES ($1, $2, 'credit', 300, 300, 'x', $3, '2026-11-11T09:00Z')",
            PROVIDER,
            dispute,
            uuid4(),
        )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await application.execute(
            "INSERT INTO payment VALUES ($1, $2, $3, '2026-11-11', 300, 'x', NULL, '2026-11-11T09:00Z')",
            PROVIDER,
            uuid4(),
            board,
        )


async def test_who_pays_a_part_of_a_visit_sees_what_was_said_of_it_before_it_was_billed_and_no_more(
    office: Office, superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await shared_week(office)
    office.set(instant("2026-11-12T09:00"))
    await office.plan("SAID", "2026-11-11T09:00")
    dispute = await dispute_visit(of("hearth", True), PROVIDER, UUID(visit_id("SAID")), "Nobody came.")
    await answer_dispute(PROVIDER, dispute, BOSS, "We did.")
    assert await seen(application, "icb") == [3, 0, 1, 1, 0]
    assert await application.fetchval("SELECT count(*) FROM visit") == 0
    assert await seen(application, "lantern") == [0, 0, 0, 0, 0]
    shown = await read_dispute(of("icb"), dispute)
    assert (shown.dispute.reference, shown.visit and shown.visit["reference"]) == ("D-SAID", "SAID")
    assert [(answer.words, answer.events) for answer in shown.answers] == [("We did.", [])]
    with pytest.raises(DomainError, match="no such visit"):
        await dispute_visit(of("icb"), PROVIDER, UUID(visit_id("SAID")), "Still.")
    await fund("wyeshire=100")
    assert await seen(application, "icb") == [3, 0, 0, 0, 0]
