"""A provider with as many visits as are asked for, put straight into the tables, for benchmarks of pages.

Each row is a copy of one that the tests' office made, under names of its own. What is copied is no evidence (nobody
signed it): it is there to be read.
"""

from datetime import timedelta
from typing import Final

import asyncpg

from tests.console.desk import NOW

CARERS: Final = 400
PEOPLE: Final = 1250
A_DAY: Final = 5000
"""Visits: each carer has twelve or thirteen of half an hour, each person four."""
PAYERS: Final = 40
"""Who is invoiced each week."""
KNOWN_SINCE: Final = "2026-01-01"
_TODAY: Final = NOW.date().isoformat()


def _planned(first: int, last: int, apart: int = 1) -> str:
    """Visits numbered from today's first one (0) back into the past, those of each day after the other, as SQL.

    `apart`: how many days lie between one day with visits and the next.
    """
    minutes = f"420 + 70 * (k / {CARERS}) + k % 10"
    return f"""(
        SELECT n, day, day + ({minutes}) * interval '1 minute' AS at, k % {CARERS} AS carer, k % {PEOPLE} AS person
        FROM (SELECT n, n % {A_DAY} AS k, timestamptz '{_TODAY}T00:00Z' - (n / {A_DAY}) * interval '{apart} days' AS day
              FROM generate_series({first}, {last}) AS n) AS numbered) AS given"""


async def settle(superuser: asyncpg.Connection) -> None:
    """Carers with a phone each, and people with a package each."""
    await superuser.execute(
        "SET session_replication_role = replica"
    )  # rows need not come in the order of their keys
    everyone, helped = (f"generate_series(0, {count - 1}) AS n" for count in (CARERS, PEOPLE))
    first = {"starts_on": f"date '{KNOWN_SINCE}'", "recorded_at": f"timestamptz '{KNOWN_SINCE}'"}
    carer, employment, person = own("carer", "n"), own("employment", "n"), own("service_user", "n")
    named = {"reference": "'B' || n"}
    await copied(superuser, "carer", everyone, id=carer, **named)
    await copied(superuser, "employment", everyone, id=employment, carer_id=carer, **named)
    await copied(
        superuser, "employment_version", everyone, "version = 1", employment_id=employment, name="'Carer ' || n",
        ends_on="NULL::date", **first,
    )  # fmt: skip
    await copied(
        superuser, "device", everyone, id=own("device", "n"), carer_id=carer, install_id="'bench-' || n",
        key_thumbprint="'bench-' || n", replaced_at="NULL::timestamptz", replaced_by="NULL::uuid",
        heard_at=f"timestamptz '{NOW.isoformat()}'",
    )  # fmt: skip
    await copied(superuser, "service_user", helped, id=person, **named)
    await copied(
        superuser, "service_user_version", helped, service_user_id=person, name="'Person ' || n",
        recorded_at=first["recorded_at"],
    )  # fmt: skip
    await copied(superuser, "package", helped, id=own("package", "n"), **named)
    await copied(
        superuser, "package_version", helped, "carers = 1", package_id=own("package", "n"), service_user_id=person,
        ends_on="NULL::date", **first,
    )  # fmt: skip


async def live_through(superuser: asyncpg.Connection, visits: int, apart: int = 1) -> None:
    """So many visits before today, billed by the week: kept, corrected now and then, looked at, talked about.

    `apart`: how many days lie between one day with visits and the next; with more of them the same go further back.
    """
    days = visits // A_DAY * apart
    for year in range(days // 365 + 2):
        await superuser.execute("SELECT ensure_event_year($1)", NOW.date() - timedelta(days=365 * year))
    past = _planned(A_DAY, A_DAY + visits - 1, apart)
    await _plan(superuser, past)
    await _record(superuser, past, "check_in", "given.at")
    await _record(superuser, past, "check_out", "given.at + interval '30 minutes'")
    await _decide(superuser, past)
    await _bill(superuser, past, days)
    await superuser.execute("VACUUM ANALYZE")


async def begin_today(superuser: asyncpg.Connection) -> None:
    """Today's visits: of those due nineteen of twenty were begun, and all that are over ended."""
    today = _planned(0, A_DAY - 1)
    now, came = f"timestamptz '{NOW.isoformat()}'", "given.n % 20 > 0"
    await _plan(superuser, today)
    await _record(superuser, today, "check_in", "given.at", f"{came} AND given.at < {now}")
    over = "given.at + interval '30 minutes'"
    await _record(superuser, today, "check_out", over, f"{came} AND {over} < {now}")
    await superuser.execute("VACUUM ANALYZE")


async def _plan(superuser: asyncpg.Connection, source: str) -> None:
    visit = own("visit", "given.n")
    await copied(superuser, "visit", source, id=visit, reference="'B' || given.n")
    await copied(
        superuser, "visit_version", source, "status = 'planned' AND version = 1", visit_id=visit,
        package_id=own("package", "given.person"), carer=own("employment", "given.carer"),
        second_carer="NULL::uuid", starts_at="given.at", ends_at="given.at + interval '30 minutes'",
        recorded_at="given.day - interval '7 days'",
    )  # fmt: skip


async def _record(
    superuser: asyncpg.Connection, source: str, kind: str, at: str, those: str = "true"
) -> None:
    row, some = own(kind, "given.n"), f"(SELECT * FROM {source} WHERE {those}) AS given"
    await copied(
        superuser, "event", some, f"kind = '{kind}' AND outcome = 'accepted'", row_id=row, event_id=row,
        visit_id=own("visit", "given.n"), carer_id=own("carer", "given.carer"),
        device_id=own("device", "given.carer"), seq="10000000 - 2 * given.n", occurred_at=at, paid_at=at,
        received_at=f"{at} + interval '20 seconds'",
    )  # fmt: skip
    await copied(
        superuser, "event_judgement", some, "number = 1", event_row=row, judged_at=f"{at} + interval '20 seconds'",
        place_id=own("service_user", "given.person"),
    )  # fmt: skip


async def _decide(superuser: asyncpg.Connection, source: str) -> None:
    """One visit of fifty was corrected, one event of two hundred kept aside and released, one look a hundred visits."""
    of_fifty, of_hundred = (
        f"(SELECT * FROM {source} WHERE given.n % {every} = 0) AS given" for every in (50, 100)
    )
    correction, after = own("correction", "given.n"), "given.at + interval '1 day'"
    await copied(
        superuser, "correction", of_fifty, id=correction, carer_id=own("carer", "given.carer"),
        visit_id=own("visit", "given.n"), proposed_start="given.at", proposed_end="given.at + interval '31 minutes'",
        received_at=after,
    )  # fmt: skip
    await superuser.execute(
        "INSERT INTO correction_decision (provider_id, correction_id, number, decision, decided_by, decided_at) "
        f"SELECT provider_id, {correction}, 1, 'accepted', md5('manager')::uuid, {after} "
        f"FROM (SELECT provider_id FROM visit LIMIT 1) AS kept, {of_fifty}"
    )
    await copied(
        superuser, "event", of_hundred, "outcome = 'accepted'", row_id=own("aside", "given.n"),
        event_id=own("aside", "given.n"), visit_id=own("visit", "given.n"), carer_id=own("carer", "given.carer"),
        device_id=own("device", "given.carer"), seq="20000000 - given.n", occurred_at="given.at", paid_at="given.at",
        received_at=after, outcome="'quarantined'", code="'bad_signature'",
    )  # fmt: skip
    await superuser.execute(
        "INSERT INTO event_release (provider_id, event_row, released_by, released_at, reason) "
        f"SELECT provider_id, {own('aside', 'given.n')}, md5('manager')::uuid, {after}, 'The phone was right' "
        f"FROM (SELECT provider_id FROM visit LIMIT 1) AS kept, {of_hundred}"
    )
    await superuser.execute(
        "INSERT INTO access_log (provider_id, id, user_id, organisation_id, looked_at, what, subject) "
        f"SELECT kept.provider_id, {own('look', 'given.n')}, u.id, u.organisation_id, given.at, 'statement', NULL "
        "FROM (SELECT provider_id FROM visit LIMIT 1) AS kept, "
        f"(SELECT id, organisation_id FROM user_account WHERE role = 'auditor' LIMIT 1) AS u, {of_hundred}"
    )


async def _bill(superuser: asyncpg.Connection, source: str, days: int) -> None:
    """An invoice a week for each payer, with a line a visit, and a wage report a week."""
    weeks = (
        f"(SELECT w, p, date '{_TODAY}' - 7 * w AS starts FROM generate_series(2, {days // 7 + 1}) AS w, "
        f"generate_series(0, {PAYERS - 1}) AS p) AS given"
    )
    frame = {"period_start": "given.starts", "period_end": "given.starts + 6"}
    made = {"as_of": "given.starts + interval '8 days'", "created_at": "given.starts + interval '8 days'"}
    document = "md5('invoice/' || {} || '/' || {})::uuid"
    await copied(
        superuser, "document", weeks, "kind = 'invoice'", id=document.format("given.w", "given.p"),
        number="'BENCH-' || given.w || '-' || given.p", payer="'payer-' || given.p", **frame, **made,
    )  # fmt: skip
    of_visit = document.format(f"((date '{_TODAY}' - given.day::date) + 6) / 7", f"given.n % {PAYERS}")
    await copied(
        superuser, "document_line", f"(SELECT * FROM {source} WHERE given.day < date '{_TODAY}' - 7) AS given",
        document_id=of_visit, line="given.n", visit_id=own("visit", "given.n"), service_user_id=own(
            "service_user", "given.person"), employment_id="NULL::uuid",
    )  # fmt: skip
    earlier = f"(SELECT * FROM {weeks} WHERE given.w > 2 AND given.p = 0) AS given"
    await copied(
        superuser, "document", earlier, "kind = 'wage_report'",
        id="md5('report/' || given.w)::uuid", **frame, **made,
    )  # fmt: skip


def own(what: str, number: str) -> str:
    """The id of the one with a number, as SQL."""
    return f"md5('{what}/' || {number})::uuid"


async def copied(
    superuser: asyncpg.Connection, table: str, source: str, those: str = "true", /, **values: str
) -> None:
    """A copy of one row for each row of `source`, with some columns as SQL gives them."""
    columns = await superuser.fetch(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 "
        "AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position",
        table,
    )
    names = [column["name"] for column in columns]
    given = ", ".join(values.get(name, f'kept."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    await superuser.execute(
        f"INSERT INTO {table} ({quoted}) "
        f"SELECT {given} FROM (SELECT * FROM {table} WHERE {those} LIMIT 1) AS kept, {source}"
    )
