"""A visit cancelled when the carer is at the door: her time counts, and the notice that was given prices it."""

from typing import Any

import asyncpg
import msgspec
import pytest

from backend.use_cases.frozen_documents import snapshot_bytes
from tests.jobs.office import FIRST_WEEK_DUE, Office, instant
from tests.mobile_api.test_visits import visits as visits_of_the_day

CALLED_OFF = {"status": "cancelled", "cancelled_by": "person"}


async def line_of(office: Office, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The one line of the week's invoice."""
    await office.run(FIRST_WEEK_DUE, "invoices")
    [row] = await superuser.fetch("SELECT snapshot FROM document WHERE kind = 'invoice'")
    [line] = msgspec.json.decode(snapshot_bytes(row["snapshot"]))["lines"]
    return dict(line)


async def contact_seconds(office: Office) -> int:
    phone = await office.phone()
    await phone.open_session()
    [day] = (await phone.days("2026-11-02", "2026-11-02"))["days"]
    return int(day["totals"]["contact"])


@pytest.mark.parametrize(
    ("cancelled_at", "amount"), [("2026-11-02T07:00", "12.00"), ("2026-11-01T09:00", "0.00")]
)
async def test_whoever_finds_a_visit_cancelled_at_the_door_is_owed_that_time_and_the_notice_prices_it(
    office: Office, superuser: asyncpg.Connection, cancelled_at: str, amount: str
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    office.set(instant(cancelled_at))
    await office.plan("A", "2026-11-02T09:00", cancelled_at=cancelled_at, **CALLED_OFF)
    await office.attend("A", "2026-11-02T09:01", "2026-11-02T09:05")
    assert await contact_seconds(office) == 240
    line = await line_of(office, superuser)
    assert (line["status"], line["amount"]) == ("cancelled", amount)
    [row] = (await visits_of_the_day()).filter(reference="A").to_dicts()
    assert row["status"] == "cancelled" and "cancelled_on_arrival" in row["flags"]
    assert "worked_though_cancelled" not in row["flags"]


async def test_a_visit_that_was_worked_though_cancelled_is_priced_as_worked(
    office: Office, superuser: asyncpg.Connection
) -> None:
    office.set(instant("2026-11-01T09:00"))
    await office.plan("A", "2026-11-02T09:00", cancelled_at="2026-11-01T09:00", **CALLED_OFF)
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:06")
    assert (await line_of(office, superuser))["status"] == "completed"
    [row] = (await visits_of_the_day()).filter(reference="A").to_dicts()
    assert "worked_though_cancelled" in row["flags"] and "cancelled_on_arrival" not in row["flags"]


async def test_a_cancellation_while_the_carer_was_there_is_flagged_and_the_plan_of_before_prices_it(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:04")
    office.set(instant("2026-11-02T09:30"))
    await office.plan("A", "2026-11-02T09:00", cancelled_at="2026-11-02T09:03", **CALLED_OFF)
    assert (await line_of(office, superuser))["status"] == "completed"
    [row] = (await visits_of_the_day()).filter(reference="A").to_dicts()
    assert {"cancelled_on_arrival", "changed_after_start"} <= set(row["flags"])
