"""What the offices of the made-up county do, and when: load files, call visits off, pay, and let the jobs run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final, Literal

from backend.simulator.load_files import pay_rows, rota_row, to_csv
from backend.simulator.model import County, PlannedVisit
from backend.simulator.payroll import PaySlipLine, pay_run, payday
from backend.simulator.rota import LONDON
from backend.simulator.truth.periods import INVOICES_AFTER, everything_due, periods
from backend.simulator.truth.reckon import Credit
from backend.simulator.truth.whole import Received, pay_periods

OPENING: Final = timedelta(days=6)
"""How long before the first day the county's files are loaded: earlier than any visit is called off."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something an office does at an instant: load a file of a kind, let the worker run what is due, or settle what a
    payer disputes.
    """

    at: datetime
    does: Literal["load", "jobs", "dispute", "credit"]
    kind: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Diary:
    """Every task in order of time, and what payroll pays in all."""

    opens: datetime
    tasks: tuple[Task, ...]
    payslips: tuple[PaySlipLine, ...]


def write_diary(county: County, received: Received) -> Diary:
    """The diary of the county's offices. Payroll pays for what phones sent, each provider in its own way."""
    opens = at_london(county.start - OPENING, time(9, 0))
    payslips: list[PaySlipLine] = []
    tasks = [*_called_off(county), *_job_runs(county), *_disputes(received.credit)]
    for provider in county.providers:
        for period in pay_periods(county, provider.pay_cycle):
            worked = {name: by_period.get(period, Counter()) for name, by_period in received.worked.items()}
            lines = pay_run(county, provider, period, worked)
            payslips.extend(lines)
            if lines:
                paid = at_london(payday(provider.pay_cycle, period), time(9, 0))
                tasks.append(Task(paid, "load", "pay", pay_rows(lines)))
    return Diary(opens, tuple(sorted(tasks, key=lambda task: task.at)), tuple(payslips))


def at_london(day: date, clock: time) -> datetime:
    """The instant of a clock time in London."""
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)


def _called_off(county: County) -> Iterator[Task]:
    """Visits called off, loaded at the full hour after it became known."""
    known: list[tuple[datetime, PlannedVisit]] = sorted(
        ((_hour_after(visit.cancelled_at), visit) for visit in county.rota if visit.cancelled_at is not None),
        key=lambda pair: (pair[0], pair[1].reference),
    )
    for at, pairs in groupby(known, key=lambda pair: pair[0]):
        yield Task(at, "load", "rota", to_csv([rota_row(visit, called_off=True) for _, visit in pairs]))


def _hour_after(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0) + timedelta(hours=1)


def _job_runs(county: County) -> Iterator[Task]:
    """Noon of the first day, the mornings of the weekly invoices, and the morning when everything is due."""
    yield Task(at_london(county.start, time(12, 0)), "jobs")
    for _, ends in periods("weekly:mon", county.start, county.start + timedelta(days=county.days - 1)):
        yield Task(at_london(ends + INVOICES_AFTER, time(7, 0)), "jobs")
    yield Task(at_london(everything_due(county), time(7, 0)), "jobs")


def _disputes(credit: Credit | None) -> Iterator[Task]:
    """The day after its invoice the payer disputes a line, and on the day after that some of it is credited."""
    if credit is not None:
        day = credit.billed[1] + INVOICES_AFTER
        yield Task(at_london(day + timedelta(days=1), time(10, 0)), "dispute")
        yield Task(at_london(day + timedelta(days=2), time(10, 0)), "credit")
