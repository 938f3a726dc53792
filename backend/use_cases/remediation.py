"""What a provider must still put right: every worker and period its wage reports found short, and what was paid since.

A payment of arrears is a payslip line of the kind `award` with the days it is for. It never counts as pay of the period
it is paid in, so that nothing is used twice. What is due is worked out anew to the day of the answer.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from backend import clock, db
from backend.domain.arrears import Paid, Penalty, ShortPeriod, Standing, exposure, settled
from backend.domain.money import pennies_of, pounds
from backend.domain.pay_period import last_day_after_leaving, parse_pay_cycle
from backend.domain.payroll import classify, line_worth
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.statute.wage_law import penalty_intervals, treatments
from backend.use_cases.calc_wage import wage_results
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.parties import parties
from backend.use_cases.pseudonyms import pseudonym, shown_order
from backend.use_cases.viewer import Viewer
from backend.use_cases.wage_report_facts import ARREARS
from schemas.documents import Dates, Party
from schemas.remediation import (
    ArrearsPayment,
    LatePay,
    OwedPeriod,
    Remediation,
    RemediationTotals,
    Unplaced,
)
from schemas.wage import Arrears, WageCase, WageResult

SETTLED_RULE: Final = "nmw-act-17-5"
YEARS_A_NOTICE_REACHES: Final = 6
BEYOND: Final = "more than wage reports find owed for the days it is for"
UNDATED: Final = (
    "does not say the days it is for, so it settles nothing: load it again with earned_start and earned_end"
)

Label = Callable[[str, str | None], str]
"""How a worker is named, from the employment's reference and the name in the report."""


class _Tested(Struct, frozen=True):
    employment: str
    person: str
    name: str | None
    case: WageCase
    result: WageResult


class _Report(Struct, frozen=True):
    workers: list[_Tested]


@dataclass(frozen=True, slots=True)
class _Short:
    """A short worker of one report, with the arrears to each day of a payment and to the day of the answer."""

    report: Mapping[str, Any]
    place: int
    worker: _Tested
    arrears: dict[date, Arrears]

    @property
    def period(self) -> ShortPeriod:
        return ShortPeriod(
            self.worker.case.period.start,
            self.worker.case.period.end,
            pennies_of(self.worker.result.shortfall),
            {day: None if told.due is None else pennies_of(told.due) for day, told in self.arrears.items()},
        )


async def remediation(
    connection: asyncpg.Connection,
    provider_id: UUID,
    as_of: date,
    now: datetime,
    label: Label,
) -> Remediation:
    """The schedule to the London date `as_of`, on what was recorded up to `now`, oldest period first."""
    made = await connection.fetch(query("arrears.reports"), provider_id, now)
    reports = [report for report in made if report["period_end"] < as_of]
    later = await connection.fetchval(query("arrears.later_reports"), provider_id, now, as_of)
    workers = [
        (report, place, worker)
        for report in reports
        if report["workers_short"]
        for place, worker in await _short_workers(connection, provider_id, report["id"], label)
    ]
    short = sorted({worker.employment for _, _, worker in workers})
    payments = await _payments(connection, provider_id, now, short)
    provider = (await parties(connection, [provider_id]))[provider_id]
    not_tested = sum(report["not_tested"] for report in reports)
    # A test for each worker and day of a payment: phones must not wait for them.
    schedule = await asyncio.to_thread(_schedule, provider, workers, payments, as_of, now, not_tested, label)
    return msgspec.structs.replace(schedule, later_reports=later)


def _schedule(
    provider: Party,
    workers: Sequence[tuple[Mapping[str, Any], int, _Tested]],
    payments: Sequence[Mapping[str, Any]],
    as_of: date,
    now: datetime,
    not_tested: int,
    label: Label,
) -> Remediation:
    """The schedule, from all that was read for it."""
    lines = _by_employment(payments)
    short = _with_dues(workers, lines, as_of)
    rows, unplaced, owed = _settled(short, lines, as_of, label)
    return Remediation(
        provider=provider,
        as_of=as_of,
        worked_out_at=now,
        later_reports=0,
        totals=_totals(rows, owed, not_tested),
        periods=sorted(rows, key=lambda row: (row.period.start, row.pay_cycle, row.worker)),
        unplaced=sorted(unplaced, key=lambda one: one.worker),
        simulated_clock=clock.is_simulated(),
    )


async def _short_workers(
    connection: asyncpg.Connection, provider_id: UUID, document_id: UUID, label: Label
) -> list[tuple[int, _Tested]]:
    """Those short in a report, with their places on the reader's pages of it.

    Raises DomainError conflict for an altered one.
    """
    row = await connection.fetchrow(query("arrears.snapshot"), provider_id, document_id)
    return await asyncio.to_thread(_short_of, document_id, row, label)


def _short_of(document_id: UUID, row: Mapping[str, Any], label: Label) -> list[tuple[int, _Tested]]:
    content = snapshot_bytes(row["snapshot"])
    if hashlib.sha256(content).digest() != row["snapshot_digest"]:
        raise DomainError(
            "conflict",
            f"The wage report {document_id} is not as it was frozen. Tell whoever runs this service.",
        )
    workers = msgspec.json.decode(content, type=_Report).workers
    order = shown_order([label(worker.employment, None) for worker in workers])
    return [(place, workers[at]) for place, at in enumerate(order, start=1) if workers[at].result.shortfall]


async def _payments(
    connection: asyncpg.Connection, provider_id: UUID, now: datetime, short: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Payments of `short` employments for days before them, and all arrears, loaded line by line or as exports."""
    given = await connection.fetch(query("arrears.payments"), provider_id, now, short)
    mapping = [dict(row) for row in await connection.fetch(query("wages.pay_mapping"), provider_id, now)]
    elements = sorted({row["element"] for row in mapping if row["kind"] == ARREARS})
    exported = await connection.fetch(query("arrears.exported"), provider_id, now, elements)
    references = {row["employment_id"]: row["employment"] for row in exported}
    read = classify([dict(row) for row in exported], mapping).lines
    return [
        *given,
        *(
            {**line, "employment": references[line["employment_id"]]}
            for line in read
            if line["section"] == "pay"
        ),
    ]


def _by_employment(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["employment"], []).append(row)
    return found


def _with_dues(
    workers: Sequence[tuple[Mapping[str, Any], int, _Tested]],
    lines: Mapping[str, Sequence[Mapping[str, Any]]],
    as_of: date,
) -> list[_Short]:
    """Each short worker with what was due on every day of a payment, by the test itself."""
    days = [
        sorted({as_of, *(line["paid_on"] for line in lines.get(worker.employment, ()) if _is_arrears(line))})
        for _, _, worker in workers
    ]
    cases = [
        msgspec.structs.replace(worker.case, as_of=day)
        for (_, _, worker), dates in zip(workers, days, strict=True)
        for day in dates
    ]
    results = iter(wage_results(cases, as_of))
    found = []
    for (report, place, worker), dates in zip(workers, days, strict=True):
        found.append(_Short(report, place, worker, {day: next(results).arrears for day in dates}))
    return found


def _settled(
    short: Sequence[_Short],
    lines: Mapping[str, Sequence[Mapping[str, Any]]],
    as_of: date,
    label: Label,
) -> tuple[list[OwedPeriod], list[Unplaced], dict[str, list[tuple[int, Penalty | None]]]]:
    """The rows, what no period takes, and for each person the underpayments not settled, with their penalty."""
    rows: list[OwedPeriod] = []
    unplaced: list[Unplaced] = []
    owed: dict[str, list[tuple[int, Penalty | None]]] = {}
    with_arrears = {name for name, paid in lines.items() if any(map(_is_arrears, paid))}
    for employment in sorted({one.worker.employment for one in short} | with_arrears):
        own = [one for one in short if one.worker.employment == employment]
        paid = lines.get(employment, [])
        named = label(employment, own[0].worker.name if own else None)
        standings, beyond = settled([one.period for one in own], _arrears(paid), as_of)
        for one, standing in zip(own, standings, strict=True):
            row = _row(one, standing, named, paid, as_of)
            rows.append(row)
            if standing.settled_on is None and not row.beyond_a_notice:
                owed.setdefault(one.worker.person, []).append(
                    (standing.underpayment_left, _penalty(row.period.start))
                )
        unplaced += _unplaced(named, paid, beyond, as_of)
    return rows, unplaced, owed


def _unplaced(
    named: str, lines: Iterable[Mapping[str, Any]], beyond: Iterable[tuple[Paid, int]], as_of: date
) -> list[Unplaced]:
    """What is paid beyond all that is due, and arrears that do not say their days: neither settles anything, and
    nothing is guessed.
    """
    found = [(line.reference, line.paid_on, left, BEYOND) for line, left in beyond]
    found += [
        (line["reference"], line["paid_on"], _worth(line), UNDATED)
        for line in lines
        if _is_arrears(line) and line["earned_start"] is None and line["paid_on"] <= as_of and _worth(line)
    ]
    return [
        Unplaced(worker=named, reference=reference, paid_on=paid_on, amount=pounds(pence), reason=reason)
        for reference, paid_on, pence, reason in found
    ]


def _is_arrears(line: Mapping[str, Any]) -> bool:
    return bool(line["kind"] == ARREARS)


def _arrears(lines: Iterable[Mapping[str, Any]]) -> list[Paid]:
    return [
        Paid(line["reference"], line["paid_on"], line["earned_start"], line["earned_end"], _worth(line))
        for line in lines
        if _is_arrears(line) and line["earned_start"] is not None
    ]


def _worth(line: Mapping[str, Any]) -> int:
    """Pennies that a line of pay comes to."""
    return pennies_of(line_worth(line))


def _row(
    one: _Short, standing: Standing, named: str, lines: Sequence[Mapping[str, Any]], as_of: date
) -> OwedPeriod:
    case, result = one.worker.case, one.worker.result
    told = one.arrears[standing.settled_on or as_of]
    return OwedPeriod(
        worker=named,
        report=str(one.report["id"]),
        place=one.place,
        pay_cycle=one.report["scope"],
        period=Dates(start=case.period.start, end=case.period.end),
        edition=one.report["edition"],
        employment_ended_on=case.employment_ended_on,
        underpayment=result.shortfall,
        rate_then=result.arrears.rate_then,
        rate_now=told.rate_now,
        due=told.due,
        paid=[
            ArrearsPayment(reference=line.reference, paid_on=line.paid_on, amount=pounds(part))
            for line, part in standing.paid
        ],
        paid_since=pounds(sum(part for _, part in standing.paid)),
        settled_on=standing.settled_on,
        outstanding=None if standing.outstanding is None else pounds(standing.outstanding),
        beyond_a_notice=_years_before(as_of) > case.period.end,
        paid_late=[
            LatePay(reference=line["reference"], paid_on=line["paid_on"])
            for line in lines
            if _is_late(line, one, as_of)
        ],
        rule=SETTLED_RULE if standing.paid else result.arrears.rule,
    )


def _is_late(line: Mapping[str, Any], one: _Short, as_of: date) -> bool:
    """Pay of a kind that counts, for days of this period, that regulation 9 counts in another: paid after the next one,
    or after the employment ended, where the month after that belongs to the final period.

    A line of an export need not say its days: whether it is late nobody can tell.
    """
    if not treatments().pay[line["kind"]].counted or line["paid_on"] > as_of or line["earned_start"] is None:
        return False
    period, left, paid_on = one.worker.case.period, one.worker.case.employment_ended_on, line["paid_on"]
    touches = line["earned_start"] <= period.end and line["earned_end"] >= period.start
    if left is not None and left < paid_on <= last_day_after_leaving(left):
        return bool(touches and not period.start <= left <= period.end)
    return bool(touches and parse_pay_cycle(one.report["scope"]).following(period).end < paid_on)


def _years_before(day: date) -> date:
    """The same date six years earlier; 28 February for a 29th that year lacks."""
    year = day.year - YEARS_A_NOTICE_REACHES
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) and year % 4 else day.replace(year=year)


def _penalty(first: date) -> Penalty | None:
    """The law for a period that begins on a date; None where it is not known."""
    for entry in penalty_intervals():
        if entry.since <= first <= entry.until:
            return Penalty(entry.percent, pennies_of(entry.most_a_worker), pennies_of(entry.least_a_notice))
    return None


def _totals(
    rows: Sequence[OwedPeriod], owed: Mapping[str, Sequence[tuple[int, Penalty | None]]], not_tested: int
) -> RemediationTotals:
    left = [row for row in rows if row.settled_on is None]
    known = [[(pence, law) for pence, law in periods if law is not None] for periods in owed.values()]
    unknown = any(law is None for periods in owed.values() for _, law in periods)
    return RemediationTotals(
        periods=len(rows),
        workers=len({row.worker for row in rows}),
        periods_outstanding=len(left),
        workers_outstanding=len({row.worker for row in left}),
        underpayment=_sum(row.underpayment for row in rows),
        due=_sum(row.due for row in rows),
        paid_since=_sum(row.paid_since for row in rows),
        outstanding=_sum(row.outstanding for row in rows),
        outstanding_provisional=_sum(row.outstanding for row in rows if row.edition == "provisional"),
        due_unknown=sum(row.outstanding is None for row in rows),
        not_tested=not_tested,
        penalty_exposure=None if unknown else pounds(exposure(known)),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def named(employment: str, name: str | None) -> str:
    """A worker as those who may see names read it."""
    return f"{name} ({employment})" if name else employment


async def read_remediation(viewer: Viewer, as_of: date | None) -> list[Remediation]:
    """The schedules of the providers whose reports the reader may see; an auditor's with pseudonyms.

    Payroll is closed to commissioners, so each is worked out as its provider: an auditor sees the schedule of it alone.
    """
    now = clock.now()
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        for provider_id in providers:
            await viewer.note(connection, provider_id, "remediation schedule", None)
    schedules = []
    for provider_id in providers:
        label = partial(_masked, provider_id) if viewer.masked else named
        async with db.as_provider(provider_id) as connection:
            schedules.append(
                await remediation(connection, provider_id, as_of or london_date(now), now, label)
            )
    return schedules


def _masked(provider_id: UUID, employment: str, name: str | None) -> str:
    return pseudonym(provider_id, employment)
