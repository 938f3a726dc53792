"""The providers of an auditor in order of risk: each sign with what was counted, its weight, and where it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl
from msgspec.structs import asdict

from backend import clock, db
from backend.domain.money import pounds
from backend.domain.provider_risk import COUNTED, WEIGHTS, weighed
from backend.domain.shares import percent
from backend.domain.time import london_date, london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.statute.policy import policy_on
from backend.statute.risk import RiskInterval, risk_weights_on
from backend.use_cases.parties import parties
from backend.use_cases.read_performance import after, measured, months_between
from backend.use_cases.travel_paid import read_travel_paid
from backend.use_cases.viewer import Viewer

_A_MINUTE: Final = 100
"""Hundredths: minutes of reports have two places at most."""


@dataclass(frozen=True, slots=True)
class RiskSign:
    """A sign: `part` of `whole`, its share, most points, the share from which it has them, and the points it has."""

    sign: str
    part: int
    whole: int
    percent: Decimal | None
    weight: int
    full_at_percent: int
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class ProviderRisk:
    """A provider with its signs. `report` is the newest wage report; `run` the newest audit, with flags that wait."""

    id: UUID
    reference: str
    name: str
    points: Decimal
    signs: list[RiskSign]
    report: UUID | None
    run: UUID | None
    open_flags: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a provider: what each sign counts, and where it leads."""

    counted: Mapping[str, tuple[int, int]]
    report: UUID | None
    run: UUID | None
    open_flags: int


async def read_provider_risk(
    viewer: Viewer, first: date, last: date
) -> tuple[RiskInterval, list[ProviderRisk]]:
    """The weights, and the providers over the months that begin with `first` to `last`, most points first.

    What rests on visits is of those that the reader commissions. Raises DomainError bad_request.
    """
    months_between(first, last)
    try:
        weights = risk_weights_on(last)
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be weighed so far back: {error}.") from error
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        names = await parties(connection, providers)
        for provider_id in providers:
            await viewer.note(connection, provider_id, "signs of risk", None)
    known = {provider_id: await _known(viewer, provider_id, first, last) for provider_id in providers}
    rows = _weighed(known, weights)
    by_provider: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dicts():
        by_provider.setdefault(row["provider"], []).append(row)
    return weights, [
        _told(UUID(provider), names, known[UUID(provider)], signs) for provider, signs in by_provider.items()
    ]


async def _known(viewer: Viewer, provider_id: UUID, first: date, last: date) -> _Known:
    closes = after(last) - timedelta(days=1)
    about = await measured(viewer, provider_id, first, last)
    async with viewer.transaction() as connection:
        reports = await connection.fetch(query("provider_risk.reports"), provider_id, first, closes)
        run = await connection.fetchrow(
            query("provider_risk.newest_run"), provider_id, first, closes, viewer.organisation_id
        )
        travel = (await read_travel_paid(connection, viewer, provider_id, first, closes)).months
    worked = about.found.worked
    counted = {
        **_of_reports(reports, await _reported_from(provider_id), first, closes, clock.now()),
        "travel_unpaid": (int(travel["unpaid"].sum()), int(travel["gaps"].sum())),
        "upheld": (0, 0) if run is None else (run["upheld"], run["visits"]),
        "corrected": (int(worked["corrected"].sum()), worked.height),
        "without_phone": await _without_phone(provider_id, worked["carer_id"], first, closes),
    }
    newest = max(reports, key=lambda row: (row["period_end"], row["created_at"]), default=None)
    return _Known(
        counted,
        None if newest is None else newest["id"],
        None if run is None else run["id"],
        0 if run is None else run["open"],
    )


async def _reported_from(provider_id: UUID) -> tuple[date | None, dict[str, date]]:
    """From which London date on there are wage reports, None before anything is known; by pay cycle, if later, on."""
    async with db.as_provider(provider_id) as connection:
        worked = await connection.fetchval(query("jobs.first_work"), provider_id)
        cycles = await connection.fetch(query("jobs.pay_cycles"), provider_id)
    return worked, {row["pay_cycle"]: row["starts_on"] for row in cycles}


def _of_reports(
    reports: Sequence[Mapping[str, Any]],
    since: tuple[date | None, Mapping[str, date]],
    first: date,
    last: date,
    now: datetime,
) -> dict[str, tuple[int, int]]:
    unresolved, counted = (
        int(sum((row[f"{name}_minutes"] * _A_MINUTE for row in reports), Decimal(0)))
        for name in ("unresolved", "counted")
    )
    due_until = london_date(now) - timedelta(days=policy_on(london_date(now)).wage_report_after_days + 1)
    return {
        "short": (sum(row["short"] for row in reports), sum(row["tested"] for row in reports)),
        "unresolved": (unresolved, unresolved + counted),
        "late_reports": _uncovered(reports, since, first, min(last, due_until)),
    }


def _uncovered(
    reports: Sequence[Mapping[str, Any]],
    since: tuple[date | None, Mapping[str, date]],
    first: date,
    last: date,
) -> tuple[int, int]:
    """Days, of every pay cycle that has a report here, that none covers; where there is none at all, every day. Of both
    those since there is anything to report, and how many there are.
    """
    worked, began = since
    if worked is None:
        return 0, 0
    missing = whole = 0
    for cycle in {row["scope"] for row in reports} or {None}:
        opens = max(first, worked, began.get(cycle or "", worked))
        held = [(row["period_start"], row["period_end"]) for row in reports if row["scope"] == cycle]
        days = [opens + timedelta(days=number) for number in range((last - opens).days + 1)]
        missing += sum(not any(start <= day <= end for start, end in held) for day in days)
        whole += len(days)
    return missing, whole


async def _without_phone(provider_id: UUID, carers: pl.Series, first: date, last: date) -> tuple[int, int]:
    """How many of these carers had no phone in these days, and how many there are."""
    wanted = [UUID(carer) for carer in carers.drop_nulls().unique().sort()]
    span = (london_midnight(first), london_midnight(last + timedelta(days=1)))
    async with db.as_provider(provider_id) as connection:
        found = await _with_phone(connection, provider_id, wanted, span)
    return len(wanted) - found, len(wanted)


async def _with_phone(
    connection: asyncpg.Connection, provider_id: UUID, wanted: list[UUID], span: tuple[datetime, datetime]
) -> int:
    return len(await connection.fetch(query("provider_risk.with_phone"), provider_id, wanted, *span))


def _weighed(known: Mapping[UUID, _Known], weights: RiskInterval) -> pl.DataFrame:
    counted = [
        (str(provider_id), sign, *about.counted[sign])
        for provider_id, about in known.items()
        for sign in about.counted
    ]
    each = [(sign, one.weight, one.full_at_percent) for sign, one in asdict(weights.values).items()]
    return weighed(pl.DataFrame(counted, COUNTED, orient="row"), pl.DataFrame(each, WEIGHTS, orient="row"))


def _told(
    provider_id: UUID, names: Mapping[UUID, Any], known: _Known, rows: Sequence[Mapping[str, Any]]
) -> ProviderRisk:
    signs = [
        RiskSign(
            row["sign"],
            row["part"],
            row["whole"],
            percent(row["part"], row["whole"]),
            row["weight"],
            row["full_at_percent"],
            None if row["points"] is None else pounds(row["points"]),
        )
        for row in rows
    ]
    total = sum((sign.points for sign in signs if sign.points is not None), Decimal("0.00"))
    party = names[provider_id]
    return ProviderRisk(
        provider_id, party.reference, party.name, total, signs, known.report, known.run, known.open_flags
    )
