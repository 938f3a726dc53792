"""What work is due: the calendar compared with contracts, pay cycles and the runs that are done."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.billing_period import period_containing
from backend.domain.pay_period import parse_pay_cycle
from backend.domain.time import london_date, london_midnight
from backend.jobs.calendar import Period, due_at, ended_periods
from backend.jobs.nightly import NIGHTLY, nightly_work
from backend.jobs.pieces import Due, Progress, progress_of
from backend.sql import query
from backend.statute.policy import policy_on
from backend.use_cases.extend_patterns import extend_patterns
from backend.use_cases.frozen_documents import SETTLED
from backend.use_cases.issue_invoice import issue_invoice
from backend.use_cases.issue_wage_report import issue_wage_report
from backend.use_cases.loading.session import BANK_HOLIDAYS, ORGANISATIONS


async def due_work(now: datetime) -> list[Due]:
    """Everything that is due at `now` and not done, oldest first within each scope.

    Invoices begin with the first visit planned; wage reports with the first work known, planned or not, else with the
    first pay, because a carer of salaried hours is tested by her pay alone.

    A provider whose files are being loaded, or were within the last minute, waits: a document leaves the last minute of
    facts to the next one, and must not be made of half a load.
    """
    async with db.as_system() as connection:
        providers = [row["id"] for row in await connection.fetch(query("jobs.every_provider"))]
        nightly = await nightly_work(connection, providers, now)
    return nightly + [due for provider in providers for due in await _due_for_provider(provider, now)]


async def _due_for_provider(provider_id: UUID, now: datetime) -> list[Due]:
    async with db.as_provider(provider_id) as connection:
        first_visit = await connection.fetchval(query("jobs.first_visit"), provider_id)
        worked = await connection.fetchval(query("jobs.first_work"), provider_id)
        if worked is None or await half_loaded(connection, provider_id, now):
            return []
        contracts = await connection.fetch(query("jobs.billing_periods"), provider_id)
        cycles = await connection.fetch(query("jobs.pay_cycles"), provider_id)
        progress = await progress_of(connection, list(JOBS), _scopes(provider_id, contracts, cycles))
        planned = [] if first_visit is None else contracts
        first = worked if first_visit is None else london_date(first_visit)
        found = list(
            chain(
                _invoices(provider_id, planned, first, progress, now),
                _wage_reports(provider_id, cycles, worked, progress, now),
            )
        )
        if await connection.fetchval(query("patterns.any"), provider_id, london_date(now)):
            found.extend(_patterns(provider_id, progress, now))
        finals = [
            due
            for due in _final_reports(provider_id, cycles, worked, progress, now)
            if await _next_pay_loaded(connection, provider_id, due)
        ]
    return [due for due in _in_order(found + finals) if progress.ready(due, now)]


async def half_loaded(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> bool:
    """Whether a load is under way, of the provider's own or of what all share, or ended so lately that it may be one
    half of what somebody is loading.

    If not, everything that loads dated up to `now` less a minute is there to be seen.
    """
    if await connection.fetchval(
        query("loading.under_way"), [str(provider_id), ORGANISATIONS, BANK_HOLIDAYS]
    ):
        return True
    return bool(await connection.fetchval(query("jobs.unsettled"), provider_id, now - SETTLED))


def _scopes(provider_id: UUID, contracts: list[Any], cycles: list[Any]) -> list[str]:
    contracted = [str(row["id"]) for row in contracts]
    return [str(provider_id), *contracted, *(_cycle_scope(provider_id, row["pay_cycle"]) for row in cycles)]


def _cycle_scope(provider_id: UUID, pay_cycle: str) -> str:
    return f"{provider_id}/{pay_cycle}"


def _in_order(found: list[Due]) -> Iterator[Due]:
    """Only the oldest of each job and scope: the next one builds on what it left."""
    seen: set[tuple[str, str]] = set()
    for due in found:
        if (due.job, due.scope) not in seen:
            seen.add((due.job, due.scope))
            yield due


def _invoices(
    provider_id: UUID, contracts: list[Any], first: date, progress: Progress, now: datetime
) -> Iterator[Due]:
    after = policy_on(london_date(now)).invoice_after_days
    for row in contracts:
        period_of = partial(_billing_period, row["billing_period"])
        since = progress.since(INVOICES, str(row["id"]), max(first, row["starts_on"]), period_of)
        for period in ended_periods(period_of, since, after, now):
            yield invoice_due(provider_id, row["id"], period, due_at(period, after))


def invoice_due(provider_id: UUID, contract_id: UUID, period: Period, at: datetime) -> Due:
    """The documents of a contract's billing period, due at an instant: the same work whoever asks for it."""
    return Due(
        job=INVOICES,
        provider_id=provider_id,
        scope=str(contract_id),
        period=period,
        due_at=at,
        work=partial(_invoice, provider_id, contract_id, period),
    )


async def next_billing_period(
    connection: asyncpg.Connection, provider_id: UUID, contract_id: UUID
) -> Period | None:
    """The oldest billing period of a contract whose documents are not issued; None before anything is planned."""
    first_visit = await connection.fetchval(query("jobs.first_visit"), provider_id)
    if first_visit is None:
        return None
    contracts = await connection.fetch(query("jobs.billing_periods"), provider_id)
    [row] = [row for row in contracts if row["id"] == contract_id]
    period_of = partial(_billing_period, row["billing_period"])
    first = max(london_date(first_visit), row["starts_on"])
    progress = await progress_of(connection, list(JOBS), [str(contract_id)])
    return period_of(progress.since(INVOICES, str(contract_id), first, period_of))


def _wage_reports(
    provider_id: UUID, cycles: list[Any], first: date, progress: Progress, now: datetime
) -> Iterator[Due]:
    after = policy_on(london_date(now)).wage_report_after_days
    for row in cycles:
        period_of, scope = partial(_pay_period, row["pay_cycle"]), _cycle_scope(provider_id, row["pay_cycle"])
        since = progress.since(WAGE_REPORTS, scope, max(first, row["starts_on"]), period_of)
        for period in ended_periods(period_of, since, after, now):
            yield Due(
                job=WAGE_REPORTS,
                provider_id=provider_id,
                scope=scope,
                period=period,
                due_at=due_at(period, after),
                work=partial(_wage_report, provider_id, row["pay_cycle"], period, "provisional"),
            )


def _final_reports(
    provider_id: UUID, cycles: list[Any], first: date, progress: Progress, now: datetime
) -> Iterator[Due]:
    """A report turns final when the next period has ended too: regulation 9 may count its payments here."""
    after = policy_on(london_date(now)).wage_report_after_days
    for row in cycles:
        period_of, scope = partial(_pay_period, row["pay_cycle"]), _cycle_scope(provider_id, row["pay_cycle"])
        since = progress.since(FINAL_REPORTS, scope, max(first, row["starts_on"]), period_of)
        for following in ended_periods(period_of, period_of(since).end + timedelta(days=1), after, now):
            period = period_of(following.start - timedelta(days=1))
            yield Due(
                job=FINAL_REPORTS,
                provider_id=provider_id,
                scope=scope,
                period=period,
                due_at=due_at(following, after),
                work=partial(_wage_report, provider_id, row["pay_cycle"], period, "final"),
            )


async def _next_pay_loaded(connection: asyncpg.Connection, provider_id: UUID, due: Due) -> bool:
    pay_cycle = due.scope.removeprefix(f"{provider_id}/")
    following = _pay_period(pay_cycle, due.period.end + timedelta(days=1))
    return bool(
        await connection.fetchval(
            query("jobs.next_pay_loaded"), provider_id, pay_cycle, following.start, following.end
        )
    )


def _patterns(provider_id: UUID, progress: Progress, now: datetime) -> Iterator[Due]:
    """Once on each London date: what was missed on one day is made on the next."""
    today = london_date(now)
    if progress.done.get((PATTERNS, str(provider_id))) != today:
        yield Due(
            job=PATTERNS,
            provider_id=provider_id,
            scope=str(provider_id),
            period=Period(today, today),
            due_at=london_midnight(today),
            work=partial(_extend, provider_id),
        )


async def _extend(provider_id: UUID, connection: asyncpg.Connection, now: datetime) -> str:
    return await extend_patterns(connection, provider_id, now)


def _billing_period(billing: str, day: date) -> Period:
    period = period_containing(billing, day)
    return Period(period.start, period.end)


def _pay_period(pay_cycle: str, day: date) -> Period:
    period = parse_pay_cycle(pay_cycle).containing(day)
    return Period(period.start, period.end)


async def _invoice(
    provider_id: UUID, contract_id: UUID, period: Period, connection: asyncpg.Connection, now: datetime
) -> str:
    return await issue_invoice(connection, provider_id, contract_id, period.start, period.end, now)


async def _wage_report(
    provider_id: UUID,
    pay_cycle: str,
    period: Period,
    edition: str,
    connection: asyncpg.Connection,
    now: datetime,
) -> str:
    return await issue_wage_report(connection, provider_id, pay_cycle, period.start, period.end, edition, now)


INVOICES: Final = "invoices"
WAGE_REPORTS: Final = "wage_reports"
FINAL_REPORTS: Final = "wage_reports_final"
PATTERNS: Final = "patterns"
JOBS: Final = {
    INVOICES: "an invoice for each contract and billing period",
    WAGE_REPORTS: "a provisional wage report for each pay cycle and pay reference period",
    FINAL_REPORTS: "the final wage report, once the next period's pay is loaded",
    PATTERNS: "the visits of patterns, each day a day further ahead",
    **NIGHTLY,
}
