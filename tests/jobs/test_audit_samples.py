"""Samples of attendances: drawn again by anybody, looked at, and projected."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend import db
from backend.faults import DomainError
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.draw_sample import Wanted, draw_sample
from backend.use_cases.read_samples import ShownSample, read_sample, read_samples
from backend.use_cases.record_finding import record_finding
from backend.use_cases.run_audit import Asked
from backend.use_cases.viewer import Viewer
from tests.jobs.office import PROVIDER, Office, visit_id

WEEK = (date(2026, 11, 2), date(2026, 11, 8))
MANAGER = Viewer(uuid4(), PROVIDER, True, "manager")
AUDITOR = Viewer(uuid4(), organisation_id("wyeshire"), False, "auditor")
OTHER = Viewer(uuid4(), organisation_id("icb"), False, "auditor")


@pytest.fixture
async def worked(office: Office) -> Office:
    """Six visits, of which two share ten minutes."""
    for number in range(5):
        await office.plan(f"V{number}", f"2026-11-0{2 + number}T09:00")
        await office.attend(f"V{number}", f"2026-11-0{2 + number}T09:00", f"2026-11-0{2 + number}T09:30")
    await office.plan("V9", "2026-11-06T09:20")
    await office.attend("V9", "2026-11-06T09:20", "2026-11-06T09:50")
    return office


def wanted(**other: Any) -> Wanted:
    return Wanted(*WEEK, **{"seed": "autumn", "tolerable": Decimal(50), "confidence": Decimal(80), **other})


async def drawn(**other: Any) -> ShownSample:
    return await read_sample(MANAGER, await draw_sample(PROVIDER, wanted(**other), Asked()))


async def test_the_draw_is_the_one_that_the_page_about_samples_publishes(worked: Office) -> None:
    shown = await drawn()
    carer = str(thing_id(PROVIDER, "carer", "C1"))
    ids = [f"{visit_id(name)}/{carer}" for name in ("V0", "V1", "V2", "V3", "V4", "V9")]
    by_hand = sorted(ids, key=lambda name: sha256(f"autumn\n{name}".encode()).hexdigest())
    assert shown.row["population"] == 6
    assert [f"{one.attendance.visit_id}/{carer}" for one in shown.items] == by_hand[: shown.row["size"]]
    assert {one.attendance.carer for one in shown.items} == {"C1"}


async def test_by_risk_what_the_tests_flagged_weighs_more(worked: Office) -> None:
    shown = await drawn(by="risk", tolerable=Decimal(17))
    weights = {one.attendance.visit: one.weight for one in shown.items}
    assert weights["V4"] == weights["V9"] == 4
    assert {weight for name, weight in weights.items() if name not in ("V4", "V9")} == {1}


async def test_a_flag_about_a_visit_for_two_weighs_for_both_who_came(worked: Office) -> None:
    await worked.plan("TWO", "2026-11-07T09:00", package="P2", second_carer="E2")
    await worked.attend("TWO", "2026-11-07T09:00", "2026-11-07T09:30")
    await worked.attend("TWO", "2026-11-07T09:40", "2026-11-07T10:10", "C2")
    shown = await drawn(by="risk", tolerable=Decimal(10))
    weights = [(one.attendance.carer, one.weight) for one in shown.items if one.attendance.visit == "TWO"]
    assert sorted(weights) == [("C1", 4), ("C2", 4)]


async def test_a_flag_that_names_no_carer_weighs_for_whoever_was_at_the_visit(
    worked: Office, superuser: asyncpg.Connection
) -> None:
    """Two corrections' worth of the plan, by one manager: nobody who was there is named."""
    await proposed(superuser, worked, [f"V{number}" for number in range(5)] * 2)
    shown = await drawn(by="risk", tolerable=Decimal(17))
    weights = {one.attendance.visit: one.weight for one in shown.items}
    assert weights == {"V0": 2, "V1": 2, "V2": 2, "V3": 2, "V4": 5, "V9": 4}


async def proposed(superuser: asyncpg.Connection, office: Office, visits: list[str]) -> None:
    """Corrections of these visits by one manager, each to its plan."""
    manager, carer = uuid4(), thing_id(PROVIDER, "carer", "C1")
    for name in visits:
        planned = await superuser.fetchrow(
            "SELECT starts_at, ends_at FROM visit_version WHERE visit_id = $1", UUID(visit_id(name))
        )
        await superuser.execute(
            "INSERT INTO correction (provider_id, id, carer_id, visit_id, proposed_start, proposed_end, reason_code, "
            "proposed_by, user_id, received_at) VALUES ($1, $2, $3, $4, $5, $6, 'forgot', 'manager', $7, $8)",
            PROVIDER, uuid4(), carer, UUID(visit_id(name)), *planned, manager, office.clock,
        )  # fmt: skip


async def test_findings_are_projected_when_a_random_sample_was_looked_at_whole(worked: Office) -> None:
    shown = await drawn()
    for one in shown.items:
        assert (await read_sample(MANAGER, shown.row["id"])).projection is None
        await record_finding(MANAGER, shown.row["id"], one.position, one.position == 1, "Nobody was there.")
    whole = await read_sample(MANAGER, shown.row["id"])
    assert (whole.deviations, whole.looked_at) == (1, len(shown.items))
    assert (
        whole.projection is not None
        and whole.projection.lower < whole.projection.rate < whole.projection.upper
    )
    assert whole.holds is (whole.row["allowed"] >= 1)
    await record_finding(MANAGER, shown.row["id"], 1, False, "")
    assert (await read_sample(MANAGER, shown.row["id"])).deviations == 0


async def test_a_sample_by_risk_estimates_nothing(worked: Office) -> None:
    shown = await drawn(by="risk")
    for one in shown.items:
        await record_finding(MANAGER, shown.row["id"], one.position, False, "")
    whole = await read_sample(MANAGER, shown.row["id"])
    assert (whole.projection, whole.holds) == (None, None)


async def test_a_commissioners_sample_holds_its_own_visits_under_pseudonyms(worked: Office) -> None:
    own = await draw_sample(PROVIDER, wanted(), Asked(), AUDITOR.organisation_id)
    shown = await read_sample(AUDITOR, own)
    assert shown.row["population"] == 6 and {one.attendance.visit for one in shown.items} <= {
        "V0",
        "V1",
        "V2",
        "V3",
        "V4",
        "V9",
    }
    assert "C1" not in {one.attendance.carer for one in shown.items}
    await record_finding(AUDITOR, own, 1, True, "No record at the home.")
    assert (await read_sample(AUDITOR, own)).deviations == 1
    assert [row["looked_at"] for row in (await read_samples(AUDITOR))[0]] == [1]
    with pytest.raises(DomainError, match="no such sample"):
        await read_sample(OTHER, own)
    assert await read_samples(OTHER) == ([], None)
    providers_own = (await drawn()).row["id"]
    for stranger, sample in ((AUDITOR, providers_own), (MANAGER, own)):
        with pytest.raises(DomainError, match="no such sample"):
            await read_sample(stranger, sample)
        with pytest.raises(DomainError, match="no such sample"):
            await record_finding(stranger, sample, 1, False, "In order after all.")
    assert [row["id"] for row in (await read_samples(MANAGER))[0]] == [providers_own]


async def test_that_an_auditor_looked_at_a_sample_is_noted_and_not_at_which(
    worked: Office, superuser: asyncpg.Connection
) -> None:
    own = await draw_sample(PROVIDER, wanted(), Asked(), AUDITOR.organisation_id)
    await read_sample(AUDITOR, own)
    await drawn()  # by a manager of the provider, which is noted nowhere
    looks = await superuser.fetch("SELECT user_id, what, subject FROM access_log")
    assert [tuple(look) for look in looks] == [(AUDITOR.user_id, "attendances of an audit sample", None)]


async def test_the_database_keeps_whoever_is_audited_from_an_auditors_sample(worked: Office) -> None:
    own = await draw_sample(PROVIDER, wanted(), Asked(), AUDITOR.organisation_id)
    await record_finding(AUDITOR, own, 1, True, "No record at the home.")
    async with db.as_provider(PROVIDER) as connection:
        for table in ("audit_sample", "audit_sample_item", "audit_finding"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO audit_finding VALUES ($1, $2, 1, 2, false, '', $3, now())",
                PROVIDER,
                own,
                MANAGER.user_id,
            )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": ""}, "a seed"), ({"seed": "a\nb"}, "a seed"), ({"expected": Decimal(60)}, "below the tolerable"),
        ({"tolerable": Decimal(0)}, "tolerable percentage lies"),
    ],
)  # fmt: skip
async def test_what_cannot_be_drawn_is_refused_in_words(
    worked: Office, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(DomainError, match=words):
        await draw_sample(PROVIDER, wanted(**change), Asked())


async def test_a_finding_needs_words_and_an_attendance(worked: Office) -> None:
    shown = await drawn()
    with pytest.raises(DomainError, match="Say in what"):
        await record_finding(MANAGER, shown.row["id"], 1, True, " ")
    with pytest.raises(DomainError, match="No such attendance"):
        await record_finding(MANAGER, shown.row["id"], 99, False, "")
    with pytest.raises(DomainError, match="no such sample"):
        await record_finding(MANAGER, UUID(int=1), 1, False, "")


async def test_a_drawn_sample_cannot_be_changed(worked: Office) -> None:
    shown = await drawn()
    async with db.as_provider(PROVIDER) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE audit_sample SET seed = 'x' WHERE id = $1", shown.row["id"])
