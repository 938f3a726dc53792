"""Made-up weeks under made-up policies, and the cost of travel and waiting, against a reckoning of their own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from backend import clock, db
from backend.domain.time import london_date
from backend.use_cases.issue_wage_report import issue_wage_report
from backend.use_cases.read_zone_costs import read_zone_costs
from backend.use_cases.remediation import named
from backend.use_cases.viewer import Viewer
from backend.use_cases.what_if import parse_what_if, what_if
from schemas.what_if import Side, WhatIfReport, ZoneCosts
from tests.jobs.office import PROVIDER, Office
from tests.use_cases.loading.samples import CARERS, SERVICE_USERS, load_rows
from tests.what_if_by_hand import Carer, Home, Policy, Row, Told, Visit, costs, pence, side

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 8)
ASKED = datetime(2026, 11, 16, 9, tzinfo=UTC)
HOMES = {
    "H1": ("S1", Home((52.0607, -2.7100), "urban", "rural", "home_care")),
    "H2": ("S2", Home((52.1, -2.5), "isolated", "isolated", "home_care")),
    "H3": ("S3", Home((52.0807, -2.7), "isolated", "fringe", "night_care")),
    "H4": ("S1", Home((52.0607, -2.7100), "urban", "fringe", "night_care")),
}
"""By package. The postcode of S2 is in no list, so its zone's name is its level; the list gives that of S3."""
TERMS: list[dict[date, Row]] = [
    {
        date(2026, 4, 1): {
            "rates": {"contact": "13.00", "travel": "12.71", "training": "12.00"},
            "gap_limit": 3600,
        },
        date(2026, 11, 4): {
            "rates": {"contact": "13.333333", "travel": "12.5", "waiting": "11.11"},
            "gap_limit": None,
        },
    },
    {date(2026, 4, 1): {"rates": {"contact": "10.85", "waiting": "10.85"}, "gap_limit": 1200}},
    {},
]
POLICIES = [
    ("{}", Policy()),
    ("waiting_limit_minutes: null", Policy(limit=None)),
    ("{waiting_limit_minutes: 15, long_gap: waiting}", Policy(limit=900, long_gap="waiting")),
    ("{waiting_limit_minutes: 30, long_gap: break, duties: together}",
     Policy(limit=1800, long_gap="break", duties="together")),
    ('{travel: {time_factor: "1.37"}, duties: apart}', Policy(factor=Fraction("1.37"), duties="apart")),
    ("{travel: {basis: observed}, paid_gap_limit_minutes: null}",
     Policy(basis="observed", gap_limit=None, gap_limit_given=True)),
    ("{travel: {basis: planned}, waiting_limit_minutes: 45, paid_gap_limit_minutes: 20}",
     Policy(basis="planned", limit=2700, gap_limit=1200, gap_limit_given=True)),
    ('{pay_rise_percent: "4.25", pay_rates: {waiting: "12.711111", travel: "9.99"}}',
     Policy(rise=Fraction("1.0425"), rates=(("waiting", "12.711111"), ("travel", "9.99")))),
    ('{minimum_wage: {21_and_over: "13.21", under_18: "20.00"}, pay_rates: {contact: "13.21"}}',
     Policy(hourly=(("21_and_over", "13.21"),), rates=(("contact", "13.21"),))),
    ('{minimum_wage: {18_to_20: "11.27"}, waiting_limit_minutes: 0, long_gap: waiting, travel: {time_factor: "0.5"}}',
     Policy(hourly=(("18_to_20", "11.27"),), limit=0, long_gap="waiting", factor=Fraction("0.5"))),
]  # fmt: skip
"""What the file says, and what it means."""


def made_up(random: Random) -> list[Carer]:
    """Three carers: by car, by bicycle under 21, and one without terms; one of them may have no pay loaded."""
    found = []
    for number, (mode, band) in enumerate(
        [("car", "21_and_over"), ("bicycle", "18_to_20"), ("car", "21_and_over")]
    ):
        carer = Carer(f"Carer {number} (W{number})", mode, band, TERMS[number])
        for weekday in sorted(random.sample(range(7), 2)):
            on = FIRST + timedelta(days=weekday)
            carer.days[on] = a_day(random)
            carer.told[on] = list(told(random, carer.days[on]))
        carer.pay = [{"minutes": random.choice(["60", "200", "333.5"]), "rate": rate, **said} for rate, said in [
            ("13.00", {"duties": "contact"}), ("12.00", {"duties": "travel"}), ("12.71", {}), ("12.5", {}),
        ] if random.random() < 0.6]  # fmt: skip
        carer.taken = Fraction("7.77") if carer.pay and random.random() < 0.5 else Fraction(0)
        found.append(carer)
    return found


def a_day(random: Random) -> list[Visit]:
    """Three to five visits from seven in the morning, planned a little otherwise."""
    at, found = 7 * 3600 + random.randint(0, 900), []
    for _ in range(random.randint(3, 5)):
        length = random.choice([907, 1800, 2711])
        planned = at // 300 * 300 + random.choice([0, 300])
        _, home = HOMES[random.choice(sorted(HOMES))]
        found.append(Visit(home, at, at + length, (planned, planned + 1800)))
        at += length + random.choice([0, 1, 600, 899, 900, 1201, 3599, 3600, 3601, 4000, 9000])
    return found


def told(random: Random, visits: list[Visit]) -> Any:
    """Training or waiting that a manager entered in some of the longer gaps, and a meeting after the day."""
    for before, after in pairwise(visits):
        if after.start - before.end > 1000 and random.random() < 0.6:
            start = -(-before.end // 60) * 60 + random.choice([0, 60])
            yield Told(random.choice(["training", "waiting"]), start, start + 600)
    if random.random() < 0.5:
        evening = visits[-1].end // 60 * 60 + 7200
        yield Told("training", evening, evening + 1260)


def instant(on: date, second: int) -> str:
    return (datetime.combine(on, datetime.min.time()) + timedelta(seconds=second)).isoformat()


async def played(http: httpx.AsyncClient, at: Any, carers: list[Carer]) -> Office:
    """The week in an office: loaded, recorded on phones and handed in."""
    office = Office(http, at)
    office.phones = {"C1": None, "C2": None}  # type: ignore[dict-item]  # those of the sample are not enrolled
    await office.open()
    office.phones = {}
    await load_rows("service-users", [{**SERVICE_USERS[1], "reference": "S3", "postcode": "ZX1 1AB", "lat": "52.0807",
                                       "lon": "-2.7"}])  # fmt: skip
    await load_rows("packages", [
        {"provider": "hearth", "reference": name, "service_user": person, "contract": "HC-01", "from": "2026-10-01",
         "service": home.service, "zone": home.zone} for name, (person, home) in HOMES.items()
    ])  # fmt: skip
    await load_rows("pay-terms", [row for number in range(3) for row in terms_rows(number)])
    born = {"21_and_over": "1990-05-03", "18_to_20": "2006-05-03"}
    await load_rows("carers", [
        {**{name: cell for name, cell in CARERS[0].items() if name != "national_insurance_number"},
         "reference": f"P{number}", "employment": f"W{number}", "name": f"Carer {number}", "mode": carer.mode,
         "date_of_birth": born[carer.band], "pay_cycle": "weekly:mon",
         **({"pay_terms": f"T{number}"} if carer.terms else {})}
        for number, carer in enumerate(carers)
    ])  # fmt: skip
    for number, carer in enumerate(carers):
        await live(office, number, carer)
    return office


def terms_rows(number: int) -> list[Row]:
    versions = sorted(TERMS[number].items())
    ends = [first - timedelta(days=1) for first, _ in versions[1:]]
    return [
        {"provider": "hearth", "reference": f"T{number}", "from": f"{first}", "rates": said["rates"],
         **({"until": f"{ends[place]}"} if place < len(ends) else {}),
         "paid_gap_limit_minutes": None if said["gap_limit"] is None else said["gap_limit"] // 60}
        for place, (first, said) in enumerate(versions)
    ]  # fmt: skip


async def live(office: Office, number: int, carer: Carer) -> None:
    """One carer's week on the phone, and what the office enters and pays."""
    names = {home: package for package, (_, home) in HOMES.items()}
    visits = [(f"V{number}-{on.day}-{place}", on, visit) for on, day in carer.days.items()
              for place, visit in enumerate(day)]  # fmt: skip
    await load_rows("rota", [
        {"provider": "hearth", "visit": name, "package": names[visit.home], "carer": f"W{number}",
         "start": instant(on, visit.planned[0]), "end": instant(on, visit.planned[1])}
        for name, on, visit in visits
    ])  # fmt: skip
    office.set(datetime(2026, 11, 1, 12, tzinfo=UTC))
    await office.phone(f"P{number}")
    for name, on, visit in visits:
        await office.record("check_in", name, instant(on, visit.start), f"P{number}")
        await office.record("check_out", name, instant(on, visit.end), f"P{number}")
    office.set(datetime(2026, 11, 9, 9, tzinfo=UTC))
    await office.hand_in(f"P{number}")
    await office_entries(number, carer)
    office.set(datetime(2026, 11, 1, 12, tzinfo=UTC))


async def office_entries(number: int, carer: Carer) -> None:
    entered = [
        {"provider": "hearth", "reference": f"A{number}-{on.day}-{place}", "carer": f"P{number}", "kind": one.kind,
         "start": instant(on, one.start), "end": instant(on, one.end), "reason": "Said so"}
        for on, told in carer.told.items() for place, one in enumerate(told)
    ]  # fmt: skip
    common = {"provider": "hearth", "employment": f"W{number}", "paid_on": "2026-11-13", "earned_start": f"{FIRST}",
              "earned_end": f"{LAST}"}  # fmt: skip
    paid = [{**common, "section": "pay", "kind": "hourly", "reference": f"{place}", **row}
            for place, row in enumerate(carer.pay)]  # fmt: skip
    uniform = {**common, "section": "deduction", "kind": "uniform", "reference": "u", "amount": "7.77"}
    if entered:
        await load_rows("activities", entered)
    if paid:
        await load_rows("pay", [*paid, *([uniform] if carer.taken else [])])


async def report(text: str) -> WhatIfReport:
    now = clock.now()
    async with db.as_provider(PROVIDER) as connection:
        return await what_if(
            connection, PROVIDER, "weekly:mon", FIRST, LAST, parse_what_if(text), now, london_date(now), named
        )


@pytest.mark.variants
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_each_side_of_any_what_if_is_what_a_reckoning_gap_by_gap_gives(
    http: httpx.AsyncClient, at: Any, superuser: asyncpg.Connection, seed: int
) -> None:
    carers = made_up(Random(seed))
    office = await played(http, at, carers)
    office.set(ASKED)
    for text, policy in POLICIES:
        found = await report(text)
        workers = {worker.worker: worker for worker in found.workers}
        assert sorted(workers) == [carer.name for carer in carers], text
        for carer in carers:
            worker = workers[carer.name]
            assert (text, told_by(worker.real)) == (text, side(carer, Policy()))
            assert (text, told_by(worker.what_if)) == (text, side(carer, policy))
        more = sum(
            (side(one, policy)["expected"] or 0) - (side(one, Policy())["expected"] or 0) for one in carers
        )
        assert found.extra_pay == Decimal(more) / 100
        assert (found.not_tested, found.without_terms) == (sum(not one.pay for one in carers), 1)
        same_costs(found.costs, carers, Policy())
        same_costs(found.what_if_costs, carers, policy)
    await the_report_costs_the_same(carers, superuser)


async def the_report_costs_the_same(carers: list[Carer], superuser: asyncpg.Connection) -> None:
    """The costs of a frozen report, of the carers tested, for the provider and for the one who pays for every visit."""
    async with db.as_provider(PROVIDER) as connection:
        await issue_wage_report(connection, PROVIDER, "weekly:mon", FIRST, LAST, "provisional", ASKED)
    document = await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'")
    tested = [carer for carer in carers if carer.pay]
    council = await superuser.fetchval("SELECT id FROM organisation WHERE reference = 'wyeshire'")
    manager = await read_zone_costs(Viewer(UUID(int=1), PROVIDER, True, "manager"), document)
    assert manager.not_tested == len(carers) - len(tested)
    same_costs(manager.costs, tested, Policy(), with_terms=False)
    commissioner = await read_zone_costs(Viewer(UUID(int=1), council, False, "commissioner"), document)
    same_costs(commissioner.costs, [by_zone_alone(carer) for carer in tested], Policy(), with_terms=False)


def by_zone_alone(carer: Carer) -> Carer:
    """As a commissioner sees it, who is shown no postcodes: each level is that of the zone's name."""
    days = {
        on: [replace(visit, home=replace(visit.home, level=visit.home.zone)) for visit in visits]
        for on, visits in carer.days.items()
    }
    return replace(carer, days=days)


def same_costs(found: ZoneCosts, carers: list[Carer], policy: Policy, with_terms: bool = True) -> None:
    for by in ("level", "zone", "service", "total"):
        rows = [found.total] if by == "total" else getattr(found, f"by_{by}")
        expected = costs(carers, policy, by)
        if not with_terms:
            hidden = ("unpaid", "at_terms", "at_terms_per_contact_hour")
            expected = {name: {**row, **dict.fromkeys(hidden)} for name, row in expected.items()}
        assert {row.name: priced(row) for row in rows} == expected, by


def priced(row: Any) -> Row:
    names = ("contact", "travel", "waiting", "unpaid", "at_terms", "at_minimum", "at_terms_per_contact_hour",
             "at_minimum_per_contact_hour")  # fmt: skip
    return {name: hundredths(getattr(row, name)) for name in names}


def told_by(one: Side) -> Row:
    return {name: hundredths(getattr(one, name)) for name in Side.__struct_fields__}


def hundredths(value: Decimal | None) -> int | None:
    return None if value is None else pence(Fraction(value))
