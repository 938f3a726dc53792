"""Audit tests over what phones recorded and a database holds."""

from datetime import date

import asyncpg
import pytest
from click.testing import CliRunner

from backend import db
from backend.commands.audit import audit
from backend.faults import DomainError
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.issue_enrol_code import issue_enrol_code
from backend.use_cases.read_audit import ShownFlag, all_flags, own_run
from backend.use_cases.run_audit import Asked, run_audit
from mobile_api.reference_client import Phone
from tests.jobs.office import PROVIDER, Office, instant
from tests.use_cases.loading.samples import CARERS, CONTRACT, SERVICE_USERS, load_rows

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)
OTHER = organisation_id("lantern")


async def flags(test: str, first: date = MONDAY, last: date = SUNDAY) -> list[ShownFlag]:
    run = await run_audit(PROVIDER, first, last, Asked())
    return [flag for flag in await all_flags(PROVIDER, run) if flag.test == test]


async def test_two_visits_at_once_are_flagged_with_their_visits_and_signed_events(office: Office) -> None:
    await office.plan("V1", "2026-11-02T09:00")
    await office.plan("V2", "2026-11-02T09:30")
    await office.attend("V1", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("V2", "2026-11-02T09:20", "2026-11-02T10:00")
    [flag] = await flags("audit-overlap")
    assert (flag.carer, flag.employment, flag.visit, flag.measured) == ("C1", "E1", "V2", 10)
    assert sorted(name or "" for _, name in flag.visits) == ["V1", "V2"]
    assert (len(flag.events), flag.state) == (2, "open")


async def test_an_absence_in_the_records_meets_the_visits(office: Office) -> None:
    await office.plan("V1", "2026-11-03T09:00")
    await office.attend("V1", "2026-11-03T09:00", "2026-11-03T09:30")
    await load_rows("absences", [
        {"provider": "hearth", "service_user": "S1", "kind": "hospital", "from": "2026-11-02", "until": "2026-11-05"}
    ])  # fmt: skip
    [flag] = await flags("audit-absent")
    assert (flag.visit, flag.others, flag.measured) == ("V1", ["hospital"], 1)
    assert await flags("audit-absent", last=MONDAY) == []


async def test_the_same_flag_has_the_same_key_in_every_run(office: Office) -> None:
    await office.plan("V1", "2026-11-02T09:00", 60)
    await office.attend("V1", "2026-11-02T09:00", "2026-11-02T09:10")
    [first], [again] = await flags("audit-short"), await flags("audit-short")
    assert first.key == again.key


async def test_a_run_keeps_what_it_was_made_from(office: Office) -> None:
    await office.plan("V1", "2026-11-02T09:00")
    await office.attend("V1", "2026-11-02T09:00", "2026-11-02T09:30")
    run = await own_run(PROVIDER, await run_audit(PROVIDER, MONDAY, SUNDAY, Asked()))
    assert (run["visits"], run["limits_id"], run["as_of"]) == (1, "audit-limits-2015-01-01", office.clock)
    with pytest.raises(DomainError, match="no such audit"):
        await own_run(OTHER, run["id"])


@pytest.mark.parametrize("last", [date(2026, 11, 1), date(2027, 3, 1)])
async def test_days_the_wrong_way_round_or_too_many_are_refused(office: Office, last: date) -> None:
    with pytest.raises(DomainError, match=r"The last day|At most 92 days"):
        await run_audit(PROVIDER, MONDAY, last, Asked())


async def employ_elsewhere(office: Office, begins: str, ends: str) -> Phone:
    """The carer C1 is employed at lantern too, under another reference, and planned at a visit there."""
    weekly = {name: cell for name, cell in CARERS[0].items() if name != "employment_end"}
    await load_rows("carers", [{**weekly, "provider": "lantern", "reference": "L9", "employment": "LE9"}])
    await load_rows("service-users", [{**SERVICE_USERS[0], "provider": "lantern"}])
    await load_rows("contracts", [{**CONTRACT, "provider": "lantern"}])
    package = {"provider": "lantern", "reference": "LP", "service_user": "S1", "contract": "HC-01"}
    await load_rows("packages", [{**package, "service": "home_care", "zone": "rural", "from": "2026-10-01"}])
    planned = {"start": instant(begins).isoformat(), "end": instant(ends).isoformat()}
    await load_rows(
        "rota", [{"provider": "lantern", "visit": "LV", "package": "LP", "carer": "LE9", **planned}]
    )
    phone = Phone(
        office.http, now=lambda: office.clock, monotonic_ms=lambda: int(office.clock.timestamp() * 1000)
    )
    await phone.enrol(await issue_enrol_code("lantern", "L9"))
    return phone


async def work_at_both(office: Office, begins: str, ends: str) -> None:
    """From nine to half past for hearth, and from `begins` to `ends` for lantern."""
    phone = await employ_elsewhere(office, begins, ends)
    await office.plan("V1", "2026-11-02T09:00")
    await office.attend("V1", "2026-11-02T09:00", "2026-11-02T09:30")
    for kind, moment in (("check_in", begins), ("check_out", ends)):
        office.set(instant(moment))
        phone.record(kind, str(thing_id(OTHER, "visit", "LV")))
    assert [result["outcome"] for result in await phone.flush()] == ["accepted", "accepted"]


async def test_work_for_another_provider_is_told_by_its_minutes_alone_and_the_look_is_logged(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await work_at_both(office, "2026-11-02T09:20", "2026-11-02T10:00")
    [flag] = await flags("audit-overlap-elsewhere")
    assert (flag.carer, flag.visit, flag.measured) == ("C1", "V1", 10)
    assert [name for _, name in flag.visits] == ["V1"]
    assert flag.others == []
    logged = await superuser.fetch("SELECT provider_id, found FROM elsewhere_check")
    assert [tuple(row) for row in logged] == [(PROVIDER, 1)]


async def test_work_elsewhere_is_looked_for_among_those_who_work_elsewhere_alone(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """However many events others have: two of hers at each of her employers are read, of 5,000 and more."""
    await work_at_both(office, "2026-11-02T09:20", "2026-11-02T10:00")
    await superuser.execute(
        "INSERT INTO event (provider_id, received_at, row_id, batch_id, batch_index, device_id, carer_id, outcome, "
        "chain_waiting, flags, kind, visit_id, paid_at) "
        "SELECT CASE n % 2 WHEN 0 THEN $1::uuid ELSE $2 END, moment, md5(n::text)::uuid, $1, 0, $1, "
        "md5((n % 50)::text)::uuid, 'accepted', false, '{}', 'check_in', $1, moment "
        "FROM generate_series(1, 5000) n, LATERAL (SELECT timestamptz '2026-11-02' + n * interval '10 s' AS moment) m",
        PROVIDER, OTHER,
    )  # fmt: skip
    await superuser.execute("ANALYZE event")
    read = (
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int FROM pg_stat_xact_user_tables "
        "WHERE relname LIKE 'event_20%'"
    )
    async with db.as_provider(PROVIDER) as connection:
        found = await connection.fetch(
            "SELECT seconds FROM worked_elsewhere($1, $2, NULL, $3)",
            *(instant("2026-11-02T00:00"), instant("2026-11-03T00:00"), office.clock),
        )
        rows = await connection.fetchval(read)
    assert [row["seconds"] for row in found] == [600]
    assert rows == 4


async def test_work_elsewhere_at_another_time_is_nobodys_business(office: Office) -> None:
    await work_at_both(office, "2026-11-02T09:30", "2026-11-02T10:00")
    assert await flags("audit-overlap-elsewhere") == []


async def test_nobody_looks_across_providers_without_one_of_their_own(office: Office) -> None:
    async with db.as_system() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="no provider is open"):
            await connection.fetch(
                "SELECT * FROM worked_elsewhere($1, $2, NULL, $2)", office.clock, office.clock
            )


def test_the_command_says_what_is_missing_and_which_tests_there_are() -> None:
    days = ["--from", "2026-11-02", "--until", "2026-11-08"]
    missing = CliRunner().invoke(audit, ["--provider", "hearth"])
    unknown = CliRunner().invoke(audit, ["--provider", "hearth", *days, "--test", "audit-nothing"])
    assert missing.exit_code == 2 and "--until" in missing.output
    assert unknown.exit_code == 2 and "audit-overlap" in unknown.output


@pytest.mark.parametrize("percent", ["NaN", "Infinity", "five"])
def test_the_command_takes_no_percentage_that_is_no_number(percent: str) -> None:
    days = ["--provider", "hearth", "--from", "2026-11-02", "--until", "2026-11-08"]
    said = CliRunner().invoke(audit, ["sample", *days, "--seed", "autumn", "--expected", percent])
    assert said.exit_code == 2 and f"{percent} is no number" in said.output
