"""Recorded facts as plain data, and back: what facts.json holds is all that a result is worked out from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
import polars as pl

from backend.domain import visit
from backend.domain.activity import ACTIVITY_EVENT_SCHEMA, DAY_CORRECTION_SCHEMA, ENTRY_SCHEMA
from backend.domain.policy import Policy
from backend.domain.visit import VisitFacts
from backend.use_cases.verified_visits import SAID_SCHEMA, RecordedActivities, RecordedVisits
from backend.use_cases.wage_report_facts import RecordedWages
from backend.use_cases.worked_days import RecordedDays
from schemas.documents import Dates, WageReportSnapshot
from schemas.evidence import Facts, Table

_FRAMES: Final[dict[str, pl.Schema]] = {
    "visit_plans": visit.VERSION_SCHEMA,
    "visit_events": SAID_SCHEMA,
    "visit_employments": visit.EMPLOYMENT_SCHEMA,
    "packages": visit.PACKAGE_SCHEMA,
    "places": visit.PLACE_SCHEMA,
    "speeds": visit.SPEED_SCHEMA,
    "visit_corrections": visit.CORRECTION_SCHEMA,
    "activity_events": ACTIVITY_EVENT_SCHEMA,
    "day_corrections": DAY_CORRECTION_SCHEMA,
    "activity_entries": ENTRY_SCHEMA,
}
_ROWS: Final = ("employments", "journeys", "pay_lines", "payroll_lines", "pay_mapping", "terms", "standards")
_KINDS: Final[dict[str, Any]] = {
    "text": str,
    "flag": bool,
    "whole": int,
    "number": float,
    "decimal": Decimal,
    "day": date,
    "instant": datetime,
    "octets": bytes,
    "texts": list[str],
}
"""What the values of a column are. In JSON instants and days are as in RFC 3339, decimals text, octets base64."""
_PLAIN: Final[dict[Any, Any]] = {
    pl.String: str,
    pl.Int64: int,
    pl.Boolean: bool,
    pl.Float64: float,
    pl.Date: date,
    pl.Datetime: datetime,
    pl.List: list[str],
}


def facts_of(recorded: RecordedWages, frozen: WageReportSnapshot) -> Facts:
    """The facts behind a frozen report, as plain data."""
    days = recorded.days
    said = days.visits.facts
    frames = {
        "visit_plans": said.versions.sort("visit_id", "version"),
        "visit_events": said.events.sort("event_row"),
        "visit_employments": said.employments.sort("employment_id"),
        "packages": said.packages.sort("package_id", "starts_on"),
        "places": said.places.sort("place_id"),
        "speeds": said.speeds.sort("to_row", "from_row"),
        "visit_corrections": said.corrections.sort("decided_at", "visit_id", "carer_id"),
        "activity_events": days.activities.events.sort("event_row"),
        "day_corrections": days.activities.corrections.sort("activity_id"),
        "activity_entries": days.activities.entries.sort("activity_id", "version"),
    }
    tables = {
        name: Table(frame.columns, [list(row) for row in frame.rows()]) for name, frame in frames.items()
    }
    tables["employments"] = _table(days.employments)
    tables["journeys"] = _table(days.journeys)
    tables |= {name: _table(getattr(recorded, name)) for name in _ROWS[2:]}
    return Facts(
        provider=frozen.provider,
        pay_cycle=recorded.pay_cycle,
        period=Dates(start=days.first, end=days.last),
        status=frozen.status,
        as_of=days.visits.now,
        today=recorded.today,
        simulated_clock=frozen.simulated_clock,
        visits_from=days.visits.start,
        visits_until=days.visits.end,
        policy_of_days=msgspec.to_builtins(days.policy),
        policy_of_visits=msgspec.to_builtins(days.visits.policy),
        bank_holidays=list(recorded.bank_holidays),
        miles_before=dict(recorded.miles_before),
        salaried_years=dict(recorded.salaried_years),
        changes=list(recorded.changes),
        changes_since=recorded.changes_since,
        carer_id=next(iter(days.visits.carers or ()), None),  # of all carers, or narrowed to one
        tables=tables,
    )


def recorded_of(facts: Facts) -> RecordedWages:
    """The recorded facts that plain data hold. Raises ValueError, naming the table, for data of another shape."""
    frames = {name: _frame(name, facts.tables) for name in _FRAMES}
    visits = RecordedVisits(
        VisitFacts(
            versions=frames["visit_plans"],
            events=frames["visit_events"],
            employments=frames["visit_employments"],
            packages=frames["packages"],
            places=frames["places"],
            speeds=frames["speeds"],
            corrections=frames["visit_corrections"],
        ),
        facts.visits_from,
        facts.visits_until,
        facts.as_of,
        msgspec.convert(facts.policy_of_visits, Policy),
        None if facts.carer_id is None else [facts.carer_id],
    )
    activities = RecordedActivities(
        frames["activity_events"],
        frames["day_corrections"],
        frames["activity_entries"],
        facts.visits_from,
        facts.visits_until,
    )
    policy = msgspec.convert(facts.policy_of_days, Policy)
    rows = {name: _rows(name, facts.tables) for name in _ROWS}
    days = RecordedDays(
        facts.period.start,
        facts.period.end,
        policy,
        visits,
        activities,
        rows.pop("employments"),
        rows.pop("journeys"),
    )
    return RecordedWages(
        days,
        facts.pay_cycle,
        facts.today,
        bank_holidays=facts.bank_holidays,
        miles_before=facts.miles_before,
        salaried_years=facts.salaried_years,
        changes=facts.changes,
        changes_since=facts.changes_since,
        **rows,
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = list(rows[0]) if rows else []
    kinds = [_kind(row[column] for row in rows) for column in columns]
    return Table(columns, [[row[column] for column in columns] for row in rows], kinds)


def _kind(values: Iterable[Any]) -> str:
    """What the values of a column are; text where all are null."""
    found = next((value for value in values if value is not None), "")
    exact = {bool: "flag", datetime: "instant", list: "texts"}
    return exact.get(type(found)) or next(
        name for name, kind in _KINDS.items() if name != "texts" and isinstance(found, kind)
    )


def _rows(name: str, tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    table = tables.get(name)
    if table is None or len(table.columns) != len(table.kinds) or not _KINDS.keys() >= set(table.kinds):
        raise ValueError(f"the table {name} is not there, or its columns are of no known kind")
    kinds = [_KINDS[kind] | None for kind in table.kinds]
    return [dict(zip(table.columns, row, strict=True)) for row in _converted(name, table, kinds)]


def _frame(name: str, tables: Mapping[str, Table]) -> pl.DataFrame:
    schema, table = _FRAMES[name], tables.get(name)
    if table is None or table.columns != schema.names():
        raise ValueError(f"the table {name} has not the columns it must have")
    kinds = [_PLAIN[kind.base_type()] | None for kind in schema.dtypes()]
    return pl.DataFrame(_converted(name, table, kinds), schema=schema, orient="row")


def _converted(name: str, table: Table, kinds: list[Any]) -> list[Any]:
    try:
        row: Any = tuple[tuple(kinds)]  # type: ignore[misc]  # a tuple of as many columns
        found: list[Any] = msgspec.convert(table.rows, list[row])
    except msgspec.ValidationError as error:
        raise ValueError(f"the table {name}: {error}") from None
    return found
