"""A county of providers that worked November 2026, put straight into the tables: what a month end is made from.

Each row is a copy of one that the tests' office made, under names of its own; what is copied is no evidence (nobody
signed it). Some visits of every hundred were missed, never ended, corrected, or recorded away from the door.
"""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

import asyncpg

from bench._county import copied, own
from tests.jobs.office import Office, contract_id
from tests.use_cases.loading.samples import PAY_TERMS, load_rows

FIRST: Final = date(2026, 11, 1)
LAST: Final = date(2026, 11, 30)
DAYS: Final = 30
A_CARER: Final = 8
"""Visits of a carer each day, in two rounds."""
A_PERSON: Final = 4
AT_ONCE: Final = 100_000
KNOWN_SINCE: Final = "timestamptz '2026-10-20T09:00Z'"
OF_THE_TEMPLATE: Final = (
    "event_attachment", "event_judgement", "event_position", "event_link", "event_key", "event", "waiting",
    "correction", "visit_version", "visit", "package_version", "package", "contract_version", "contract",
    "employment_version", "pay_line",
)  # fmt: skip
"""What the office itself recorded goes again, so that nothing of its own is due."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many providers there are, and how many visits each of them made in the month."""

    providers: int
    visits: int

    @property
    def a_day(self) -> int:
        return ceil(self.visits / DAYS)

    @property
    def carers(self) -> int:
        return ceil(self.a_day / A_CARER)

    @property
    def people(self) -> int:
        return ceil(self.a_day / A_PERSON)

    @property
    def all_visits(self) -> int:
        return self.providers * self.visits

    def planned(self, first: int, last: int) -> str:
        """Visits numbered `first` to `last` over all providers, as SQL: whose, when, by and to whom."""
        slot = f"(k / {self.carers})"
        minutes = f"420 + 45 * {slot} + CASE WHEN {slot} < {A_CARER // 2} THEN 0 ELSE 240 END + k % 10"
        return f"""(
            SELECT n, k, p, {own("provider", "p")} AS provider, p * {self.carers} + k % {self.carers} AS carer,
                   p * {self.people} + k % {self.people} AS person,
                   timestamptz '{FIRST}T00:00Z' + day * interval '1 day' + ({minutes}) * interval '1 minute' AS at
            FROM (SELECT n, n / {self.visits} AS p, (n % {self.visits}) / {self.a_day} AS day,
                         (n % {self.visits}) % {self.a_day} AS k
                  FROM generate_series({first}, {last}) AS n) AS numbered) AS given"""


async def office(worked: Office) -> None:
    """Open the office whose rows are copied: it has terms of pay, and one of its visits was recorded and paid."""
    await (await worked.open()).plan("A", "2026-11-02T09:00")
    await load_rows("pay-terms", [PAY_TERMS])
    await worked.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await worked.pay("E1", "1", 60, "12.71", ("2026-11-02", "2026-11-08"), "2026-11-13")


async def make(superuser: asyncpg.Connection, shape: Shape) -> None:
    """The whole county and its month."""
    await superuser.execute("SET session_replication_role = replica")  # rows come in any order of their keys
    await superuser.execute("SELECT ensure_event_year($1)", FIRST)
    await _settle(superuser, shape)
    for first in range(0, shape.all_visits, AT_ONCE):
        await _work(superuser, shape, first, min(first + AT_ONCE, shape.all_visits) - 1)
    for table in OF_THE_TEMPLATE:
        await superuser.execute(
            f"DELETE FROM {table} WHERE provider_id = (SELECT id FROM organisation WHERE reference = 'hearth')"
        )
    await superuser.execute("VACUUM ANALYZE")


async def _settle(superuser: asyncpg.Connection, shape: Shape) -> None:
    """Providers with a contract each, their carers with a phone and a month's pay, people with a package each."""
    providers = _each(shape, 1)
    known = {"recorded_at": KNOWN_SINCE}
    await copied(
        superuser, "organisation", providers, "reference = 'hearth'", id="given.provider",
        reference="'bench-' || given.p",
    )  # fmt: skip
    await copied(
        superuser, "organisation_version", providers, organisation_id="given.provider", name="'Provider ' || given.p",
        **known,
    )  # fmt: skip
    contract, contracted = own("contract", "given.p"), f"contract_id = '{contract_id()}'"
    await copied(superuser, "contract", providers, provider_id="given.provider", id=contract)
    await copied(
        superuser, "contract_version", providers, contracted, provider_id="given.provider", contract_id=contract,
        billing_period="'monthly:1'", **known,
    )  # fmt: skip
    terms, whose = own("pay_terms", "given.p"), {"provider_id": "given.provider"}
    await copied(superuser, "pay_terms", providers, id=terms, **whose)
    await copied(superuser, "pay_terms_version", providers, pay_terms_id=terms, **known, **whose)
    await _employ(superuser, _each(shape, shape.carers), known)
    await _support(superuser, _each(shape, shape.people), known)


def _each(shape: Shape, count: int) -> str:
    """So many numbers for each provider, with theirs, as SQL."""
    every = f"generate_series(0, {shape.providers * count - 1}) AS n"
    return (
        f"(SELECT n, n / {count} AS p, {own('provider', f'(n / {count})')} AS provider FROM {every}) AS given"
    )


async def _employ(superuser: asyncpg.Connection, carers: str, known: dict[str, str]) -> None:
    whose = {"provider_id": "given.provider"}
    carer, employment = own("carer", "given.n"), own("employment", "given.n")
    await copied(superuser, "carer", carers, id=carer, reference="'C' || given.n", **whose)
    await copied(
        superuser, "employment", carers, id=employment, carer_id=carer, reference="'E' || given.n", **whose
    )
    await copied(
        superuser, "employment_version", carers, "version = 1", employment_id=employment, name="'Carer ' || given.n",
        starts_on="date '2026-01-01'", ends_on="NULL::date", pay_cycle="'monthly:1'",
        pay_terms="'standard'",
        home_lat=_lat("given.n + 500"), home_lon=_lon("given.n + 500"),
        identity_hash="sha256(given.n::text::bytea)", **known, **whose,
    )  # fmt: skip
    await copied(
        superuser, "device", carers, id=own("device", "given.n"), carer_id=carer, install_id="'bench-' || given.n",
        key_thumbprint="'bench-' || given.n", replaced_at="NULL::timestamptz", replaced_by="NULL::uuid",
        enrolled_at=KNOWN_SINCE, **whose,
    )  # fmt: skip
    await copied(
        superuser, "pay_line", carers, employment_id=employment, reference="'P' || given.n",
        minutes="9000 - given.n % 400", earned_start=f"date '{FIRST}'",
        earned_end=f"date '{LAST}'", paid_on=f"date '{LAST}'", rate="13.05", **whose,
        digest="sha256(given.n::text::bytea)", recorded_at="timestamptz '2026-12-01T09:00Z'",
    )  # fmt: skip


async def _support(superuser: asyncpg.Connection, people: str, known: dict[str, str]) -> None:
    whose = {"provider_id": "given.provider"}
    person, package = own("service_user", "given.n"), own("package", "given.n")
    await copied(superuser, "service_user", people, id=person, reference="'S' || given.n", **whose)
    await copied(
        superuser, "service_user_version", people, service_user_id=person, name="'Person ' || given.n",
        lat=_lat("given.n"), lon=_lon("given.n"), digest="sha256(given.n::text::bytea)", **known, **whose,
    )  # fmt: skip
    await copied(superuser, "package", people, id=package, reference="'K' || given.n", **whose)
    await copied(
        superuser, "package_version", people, "carers = 1", package_id=package, service_user_id=person,
        contract_id=own("contract", "given.p"), ends_on="NULL::date", digest="sha256(given.n::text::bytea)",
        **known, **whose,
    )  # fmt: skip


def _lat(number: str) -> str:
    return f"52.0 + (({number}) * 7919 % 1000) / 5000.0"


def _lon(number: str) -> str:
    return f"-2.8 + (({number}) * 104729 % 1000) / 3000.0"


async def _work(superuser: asyncpg.Connection, shape: Shape, first: int, last: int) -> None:
    """Some of the visits: planned, recorded at both ends, judged, corrected now and then."""
    these, whose = shape.planned(first, last), {"provider_id": "given.provider"}
    visit = own("visit", "given.n")
    await copied(superuser, "visit", these, id=visit, reference="'V' || given.n", **whose)
    await copied(
        superuser, "visit_version", these, "version = 1", visit_id=visit, package_id=own("package", "given.person"),
        carer=own("employment", "given.carer"), second_carer="NULL::uuid", starts_at="given.at",
        ends_at="given.at + interval '30 minutes'", digest="sha256(given.n::text::bytea)",
        recorded_at=KNOWN_SINCE, **whose,
    )  # fmt: skip
    came = "given.at + (given.n * 7 % 13 - 4) * interval '1 minute' + given.n % 60 * interval '1 second'"
    left = (
        "given.at + (25 + given.n * 11 % 9) * interval '1 minute' + given.n * 17 % 60 * interval '1 second'"
    )
    await _record(superuser, these, "check_in", came, "given.n % 100 > 0", "2 * given.n")
    await _record(
        superuser, these, "check_out", left, "given.n % 100 > 0 AND given.n % 97 > 0", "2 * given.n + 1"
    )
    await _note_speeds(superuser, shape, these, came, left)
    await _correct(superuser, these)


async def _record(
    superuser: asyncpg.Connection, source: str, kind: str, at: str, those: str, seq: str
) -> None:
    row, some = own(kind, "given.n"), f"(SELECT * FROM {source} WHERE {those}) AS given"
    soon = f"{at} + interval '20 seconds'"
    await copied(
        superuser, "event", some, f"kind = '{kind}' AND outcome = 'accepted'", row_id=row,
        event_id=own(f"id/{kind}", "given.n"), visit_id=own("visit", "given.n"), carer_id=own("carer", "given.carer"),
        device_id=own("device", "given.carer"), batch_id=own(f"batch/{kind}", "given.n"), seq=seq,
        occurred_at=at, paid_at=at, received_at=soon,
        signed_hash=f"sha256({row}::text::bytea)", prev=f"sha256('before/' || {row}::text::bytea)",
        provider_id="given.provider", flags="'{}'::text[]",
    )  # fmt: skip
    away = "given.n % 33 = 0"
    await copied(
        superuser, "event_judgement", some, "number = 1", event_row=row, judged_at=soon,
        place_id=own("service_user", "given.person"), provider_id="given.provider",
        fence=f"CASE WHEN {away} THEN 'outside' ELSE 'inside' END",
        distance_m=f"CASE WHEN {away} THEN 400 ELSE 5 END + given.n % 40", accuracy_m="12", fix_age_s="2 + given.n % 5",
        at_home="false", position_kept="true",
        evidence_level=f"CASE WHEN {away} THEN 'elsewhere' ELSE 'position' END",
        reasons=f"CASE WHEN {away} THEN '{{outside}}' ELSE '{{}}' END::text[]",
    )  # fmt: skip
    place = (
        f"({_lat('given.person')} + given.n::bigint * 7919 % 997 * 0.0000003)",
        f"({_lon('given.person')})",
    )
    fix = (
        f"json_build_object('salt', md5({row}::text), 'lat', round({place[0]}, 7), 'lon', round({place[1]}, 7), "
        "'accuracy_m', 12.0, 'taken_at', '2026-11-02T09:00:00Z', 'mocked', false)"
    )
    await copied(
        superuser, "event_attachment", some, event_row=row, kind="'fix'", content=f"convert_to({fix}::text, 'UTF8')",
        received_at=soon, provider_id="given.provider",
    )  # fmt: skip


async def _note_speeds(superuser: asyncpg.Connection, shape: Shape, these: str, came: str, left: str) -> None:
    """From each position of a carer to her next one of the day."""
    beside = "given.n % 100 > 0 AND given.n % 97 > 0"
    following = f"given.k + {shape.carers} < {shape.a_day}"
    for those, one, other, until, kmh in (
        (beside, own("check_in", "given.n"), own("check_out", "given.n"), left, "0"),
        (f"{beside} AND {following}", own("check_out", "given.n"), own("check_in", f"(given.n + {shape.carers})"),
         "given.at + interval '45 minutes'", "12.5"),
    ):  # fmt: skip
        await superuser.execute(
            "INSERT INTO event_speed (provider_id, carer_id, from_row, to_row, from_at, to_at, kmh, recorded_at) "
            f"SELECT given.provider, {own('carer', 'given.carer')}, {one}, {other}, {came}, {until}, {kmh}, {until} "
            f"FROM {these} WHERE {those}"
        )


async def _correct(superuser: asyncpg.Connection, these: str) -> None:
    """One visit of fifty was corrected, and the correction accepted."""
    correction, after = own("correction", "given.n"), "given.at + interval '1 day'"
    fifty = f"FROM {these} WHERE given.n % 50 = 7"
    await superuser.execute(
        "INSERT INTO correction (provider_id, id, carer_id, visit_id, proposed_start, proposed_end, reason_code, "
        f"proposed_by, user_id, received_at) SELECT given.provider, {correction}, {own('carer', 'given.carer')}, "
        f"{own('visit', 'given.n')}, given.at, given.at + interval '31 minutes', 'recorded_late', 'manager', "
        f"md5('manager')::uuid, {after} {fifty}"
    )
    await superuser.execute(
        "INSERT INTO correction_decision (provider_id, correction_id, number, decision, decided_by, decided_at) "
        f"SELECT given.provider, {correction}, 1, 'accepted', md5('second')::uuid, {after} {fifty}"
    )
