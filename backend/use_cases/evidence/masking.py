"""What an auditor reads in place of people: pseudonyms and ids that nobody can work out from a reference.

The ids of people are made from their references, so that loading twice agrees: whoever has a list of the staff could
make them too. In an auditor's bundle keyed ones stand in their place, the same in each bundle of this deployment.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import polars as pl
from msgspec import structs

from backend import keys
from backend.domain.visit import VisitFacts
from backend.use_cases.pseudonyms import pseudonym, unnamed
from backend.use_cases.wage_report_facts import RecordedWages
from schemas.changes import EarlierChange
from schemas.day import DayFlag, DaySegment
from schemas.documents import TestedWorker, WageReportSnapshot, WorkedDay
from schemas.gap_ledger import GapRow

Row = TypeVar("Row", DaySegment, DayFlag)
_PEOPLE: Final = (
    "carer_id", "employment_id", "service_user_id", "package_id", "carer", "second_carer", "place_id",
)  # fmt: skip
"""Columns of facts that name carers, employments, people cared for, their packages of care and the places of visits."""


def masked_id(provider_id: UUID, thing: object) -> str:
    """An id that only this deployment can make, in place of one made from a reference."""
    made = keys.current().lookup_hash(f"evidence/{provider_id}/{thing}")
    return str(UUID(bytes=made[:16], version=4))


def without_names(recorded: RecordedWages, provider_id: UUID) -> RecordedWages:
    """The same facts with nobody recognisable, without the payroll's own words, in an order that gives nothing away."""
    days = recorded.days
    employments = [
        {**_masked(row, provider_id), "reference": label, "person": label, "name": None, "digest": b""}
        for row in days.employments
        for label in [pseudonym(provider_id, row["reference"])]
    ]
    visits = days.visits
    carers = visits.carers
    shown = replace(
        days,
        visits=replace(
            visits,
            facts=_visits(visits.facts, provider_id),
            carers=None if carers is None else [masked_id(provider_id, carer) for carer in carers],
        ),
        employments=sorted(employments, key=lambda row: str(row["reference"])),
    )
    return replace(
        recorded,
        days=shown,
        pay_lines=_lines(recorded.pay_lines, provider_id),
        payroll_lines=_lines([{**row, "description": None} for row in recorded.payroll_lines], provider_id),
        miles_before={masked_id(provider_id, key): miles for key, miles in recorded.miles_before.items()},
        salaried_years={masked_id(provider_id, key): year for key, year in recorded.salaried_years.items()},
        changes=changes_for_auditor(recorded.changes, provider_id),
    )


def _masked(row: Mapping[str, Any], provider_id: UUID) -> dict[str, Any]:
    ids = {name: row[name] for name in _PEOPLE if row.get(name) is not None}
    return {**row, **{name: masked_id(provider_id, thing) for name, thing in ids.items()}}


def _lines(rows: Sequence[Mapping[str, Any]], provider_id: UUID) -> list[dict[str, Any]]:
    """Lines of pay, those of each employment in their order, under numbers: the payroll's own may name somebody."""
    masked = [{**_masked(row, provider_id), "digest": b""} for row in rows]
    ordered = sorted(masked, key=lambda row: str(row["employment_id"]))
    return [{**row, "reference": str(number)} for number, row in enumerate(ordered, start=1)]


def _visits(facts: VisitFacts, provider_id: UUID) -> VisitFacts:
    frames = {name: getattr(facts, name) for name in VisitFacts.__dataclass_fields__}
    return VisitFacts(**{name: _frame(frame, provider_id) for name, frame in frames.items()})


def _frame(frame: pl.DataFrame, provider_id: UUID) -> pl.DataFrame:
    named = [name for name in _PEOPLE if name in frame.columns]
    things = {thing for name in named for thing in frame[name].drop_nulls().unique()}
    mask = {thing: masked_id(provider_id, thing) for thing in things}
    return frame.with_columns(pl.col(name).replace(mask) for name in named) if mask else frame


def shown_to_auditor(
    report: WageReportSnapshot, provider_id: UUID, hidden: Collection[str]
) -> WageReportSnapshot:
    """The report under pseudonyms, in their order; of work at the visits that are `hidden` only time, kind and rule."""
    workers = [
        _worker(worker, pseudonym(provider_id, worker.employment), hidden) for worker in report.workers
    ]
    left = [
        structs.replace(
            left,
            employment=pseudonym(provider_id, left.employment),
            name=None,
            days=[_day(day, hidden) for day in left.days],
        )
        for left in report.not_tested
    ]
    return structs.replace(
        report,
        workers=sorted(workers, key=lambda worker: worker.employment),
        not_tested=sorted(left, key=lambda one: one.employment),
        changes=changes_for_auditor(report.changes, provider_id),
    )


def changes_for_auditor(changes: Sequence[EarlierChange], provider_id: UUID) -> list[EarlierChange]:
    """Changes to earlier periods under pseudonyms, in their order. Of each gap time, kind and rule alone: for whom the
    visits of an earlier period were is not looked up.
    """
    shown = [
        structs.replace(
            change,
            employment=label,
            person=label,
            name=None,
            gaps=[structs.replace(gap, from_=None, to=None, left=None, reached=None) for gap in change.gaps],
        )
        for change in changes
        for label in [pseudonym(provider_id, change.employment)]
    ]
    return sorted(shown, key=lambda change: (change.period.start, change.employment))


def _worker(worker: TestedWorker, label: str, hidden: Collection[str]) -> TestedWorker:
    return structs.replace(unnamed(worker, label), days=[_day(day, hidden) for day in worker.days])


def _day(day: WorkedDay, hidden: Collection[str]) -> WorkedDay:
    return WorkedDay(
        date=day.date,
        segments=[_without(segment, hidden) for segment in day.segments],
        visits=[visit for visit in day.visits if visit.visit_id not in hidden],
        flags=[_without(flag, hidden) for flag in day.flags],
        gaps=[gap_without(gap, hidden) for gap in day.gaps],
    )


def gap_without(gap: GapRow, hidden: Collection[str]) -> GapRow:
    """The gap; beside a visit that is hidden only its time, and kind and rule of its seconds."""
    if gap.from_ not in hidden and gap.to not in hidden:
        return gap
    return GapRow(
        from_=None if gap.from_ in hidden else gap.from_,
        to=None if gap.to in hidden else gap.to,
        start=gap.start,
        end=gap.end,
        observed_seconds=gap.observed_seconds,
        parts=gap.parts,
    )


def _without(row: Row, hidden: Collection[str]) -> Row:
    stops = {name: getattr(row, name) for name in ("visit", "from_", "to")}
    return structs.replace(row, **{name: None for name, stop in stops.items() if stop in hidden})
