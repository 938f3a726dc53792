"""What a figure of a provider's performance is made of: visit by visit, person by person, or report by report."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.performance import OFF_BY
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.read_performance import Measured, after, chosen_provider, few_months, measured
from backend.use_cases.travel_paid import ReportRead, read_travel_paid
from backend.use_cases.viewer import Viewer
from schemas.documents import Party

PAGE: Final = 100
_OUTCOMES: Final = ("missed", "refused", "suspended", "unsettled", "to_come")
_CANCELLED: Final = pl.col("outcome") == "cancelled"
AMONG: Final[dict[str, tuple[str, pl.Expr]]] = {
    "punctual": ("attendances", pl.lit(True)),
    "late": ("attendances", pl.col("timing") == "late"),
    "early": ("attendances", pl.col("timing") == "early"),
    "stayed": ("attendances", pl.col("stayed_s").is_not_null()),
    "full": ("attendances", ~pl.col("full")),
    "at_home": ("attendances", ~pl.col("at_home")),
    "as_recorded": ("worked", pl.col("corrected")),
    "made": ("visits", pl.col("due")),
    **{name: ("visits", pl.col("outcome") == name) for name in _OUTCOMES},
    **{f"cancelled_by_{who}": ("visits", _CANCELLED & (pl.col("cancelled_by") == who)) for who in OFF_BY},
    "cancelled_by_nobody_said": ("visits", _CANCELLED & pl.col("cancelled_by").is_null()),
}
"""Of each figure the rows that its page lists: what speaks against it, where that is fewer."""
PEOPLE: Final = ("carers_met", "by_main")
TRAVEL: Final = "travel_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredVisit:
    """An attendance or a visit behind a figure. `person`: a reference, with a name to the provider, None to an auditor.

    `actual`: the times that count; `late_s` is below zero for who came early. `outcome` is that of a visit alone.
    """

    visit_id: UUID
    visit: str
    person: str | None
    day: date
    planned: tuple[datetime | None, datetime | None]
    actual: tuple[datetime | None, datetime | None] | None
    late_s: int | None
    stayed_s: int | None
    evidence: str | None
    outcome: str | None
    cancelled_by: str | None


@dataclass(frozen=True, slots=True)
class MeasuredPerson:
    """A person's month: attendances, how many carers came, and how many attendances were by the main ones."""

    person: str
    attended: int
    met: int
    by_main: int


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a figure of a month is made of. `rows` are MeasuredVisit or MeasuredPerson; of travel the sums of
    the month and the reports behind them.
    """

    provider: Party
    month: date
    name: str
    rows: list[Any]
    total: int
    travel: dict[str, Any] | None
    reports: list[ReportRead]


async def read_measured(viewer: Viewer, provider: str, month: date, name: str, after_row: int = 0) -> MadeOf:
    """A page of the rows behind number `after_row`. Raises DomainError bad_request, not_found, or forbidden for figures
    about so few people that the reader could recognise them.
    """
    if name not in (*AMONG, *PEOPLE, TRAVEL):
        raise DomainError("not_found", "There is no such figure.")
    if name in PEOPLE and viewer.role == "auditor":
        raise DomainError("forbidden", "What each person met with is not for auditors.")
    provider_id = await chosen_provider(viewer, provider)
    about = await measured(viewer, provider_id, month, month)
    if viewer.role == "auditor" and name != TRAVEL and few_months(about):
        raise DomainError(
            "forbidden", "This figure is about so few people that it would tell of each of them."
        )
    if name == TRAVEL:
        return await _travel(viewer, about, month)
    people = name in PEOPLE
    rows = about.found.people if people else _rows(about, name)
    page = rows.slice(after_row, PAGE).to_dicts()
    names = await _names(viewer, about, page)
    shown = [_person(row, names) if people else _visit(row, names) for row in page]
    return MadeOf(about.party, month, name, shown, rows.height, None, [])


async def _travel(viewer: Viewer, about: Measured, month: date) -> MadeOf:
    last = after(month) - timedelta(days=1)
    async with viewer.transaction() as connection:
        found = await read_travel_paid(connection, viewer, about.provider_id, month, last)
    sums = next(iter(found.months.to_dicts()), None)
    few = sums is not None and sums["workers"] < about.measures[month].fewest_shown
    if few and viewer.role == "commissioner":
        raise DomainError(
            "forbidden", "This figure is about so few carers that it would tell of each of them."
        )
    return MadeOf(about.party, month, TRAVEL, [], 0, sums, found.reports)


def _rows(about: Measured, name: str) -> pl.DataFrame:
    among, which = AMONG[name]
    frame: pl.DataFrame = getattr(about.found, among)
    return frame.filter(which).sort("planned_start", "reference", "visit_id", maintain_order=True)


async def _names(viewer: Viewer, about: Measured, rows: list[dict[str, Any]]) -> dict[str, str]:
    """How the reader knows each person: not at all, by reference, or by name too."""
    if viewer.role == "auditor":
        return {}
    wanted = sorted({UUID(row["person"]) for row in rows if row["person"] is not None})
    async with db.as_provider(about.provider_id) as connection:
        known = await connection.fetch(query("delivered.people"), about.provider_id, wanted, clock.now())
    return {
        row["person"]: f"{row['name']} ({row['reference']})" if viewer.provider else row["reference"]
        for row in known
    }


def _visit(row: dict[str, Any], names: dict[str, str]) -> MeasuredVisit:
    actual = (row["actual_start"], row["actual_end"]) if "actual_start" in row else None
    return MeasuredVisit(
        visit_id=UUID(row["visit_id"]),
        visit=row["reference"] or "not planned",
        person=names.get(row["person"] or ""),
        day=row.get("day") or row["month"],
        planned=(row["planned_start"], row["planned_end"]),
        actual=actual,
        late_s=row.get("offset_s"),
        stayed_s=row.get("stayed_s"),
        evidence=row.get("evidence_level"),
        outcome=row.get("outcome"),
        cancelled_by=row.get("cancelled_by") if row.get("outcome") == "cancelled" else None,
    )


def _person(row: dict[str, Any], names: dict[str, str]) -> MeasuredPerson:
    return MeasuredPerson(names[row["person"]], row["attended"], row["met"], row["by_main"])
