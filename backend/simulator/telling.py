"""What a demonstration tells the person who watches: a progress bar on a terminal, plain lines otherwise."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import click

from backend.simulator.journal import Sending
from backend.simulator.office import Task
from backend.simulator.rota import LONDON

FIGURES: Final = (
    ("visits", "Visits planned"), ("events_sent", "Events sent by phones"), ("events_accepted", "  accepted"),
    ("events_duplicate", "  sent again, counted once"), ("events_quarantined", "  kept apart as false"),
    ("events_held", "  held in the database"), ("invoices", "Invoices"), ("invoices_total_pence", "  total"),
    ("workers_tested", "Wage tests (worker x pay period)"), ("workers_short", "  paid too little"),
    ("pence_short", "  short by"),
)  # fmt: skip


class Teller:
    """Tells on standard error what is being done."""

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Name a step, and when it is done how long it took."""
        began = time.monotonic()
        yield
        click.echo(f"{what}: {time.monotonic() - began:.1f} s", err=True)

    @contextmanager
    def days(
        self, journal: Sequence[Sending], tasks: Sequence[Task]
    ) -> Iterator[Callable[[datetime, int], None]]:
        """Follow the play of the days: a bar of events sent, or a line for each simulated day."""
        total = sum(len(sending.items) for sending in journal)
        with self.step(f"Playing {total:,} events and {len(tasks)} tasks of the offices"):
            if not sys.stderr.isatty():
                yield _Lines().tell
                return
            with click.progressbar(length=total, label="Playing the days", file=sys.stderr) as bar:
                yield lambda at, events: bar.update(events)


class _Lines:
    """One line a simulated day."""

    def __init__(self) -> None:
        self._day = ""
        self._events = 0

    def tell(self, at: datetime, events: int) -> None:
        day = f"{at.astimezone(LONDON):%A %d %B}"
        self._events += events
        if day != self._day:
            click.echo(f"  {day}: {self._events:,} events so far", err=True)
            self._day = day


def show(summary: dict[str, Any]) -> None:
    """Print the summary for a person."""
    click.echo()
    click.echo(f"{'':34}{'system':>14}{'truth':>14}")
    for name, words in FIGURES:
        found, true = summary[name]["value"], summary[name]["truth"]
        mark = "" if found == true else "   <- differs"
        pounds = name in ("invoices_total_pence", "pence_short")
        click.echo(f"{words:34}{_figure(found, pounds):>14}{_figure(true, pounds):>14}{mark}")
    click.echo()
    click.echo(_door_times(summary["door_times"]))
    for trick, seen in summary["detection"].items():
        words = "honest visits" if trick == "honest" else f"visits with the trick {trick}"
        click.echo(f"Position elsewhere on record: {seen['flagged_elsewhere']} of {seen['visits']} {words}.")
    same, differs = "Every figure is its true value.", "SOME FIGURES DIFFER: see summary.json, differences."
    click.echo(f"\n{same if summary['agrees'] else differs}")


def _figure(value: int, pounds: bool) -> str:
    return f"£{value // 100:,}.{value % 100:02d}" if pounds else f"{value:,}"


def _door_times(found: dict[str, Any]) -> str:
    if not found["length_error_minutes"]:
        return "No visit was recorded whole."
    spread = found["length_error_minutes"]
    return (f"Length of {found['visits']:,} visits against the true door times: half within {spread['p50']} minutes, "
            f"nine in ten within {spread['p90']}.")  # fmt: skip
