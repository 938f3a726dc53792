"""From what was sent and acknowledged to the times that count.

A phone's time stands unless its clock is certainly more than two minutes wrong; then the measured offset moves it. A
visit begins with its earliest accepted check-in and ends with its latest accepted check-out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.simulator.journal import Sending

CLOCK_LIMIT_S: Final = 120
LONGEST_VISIT: Final = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One carer's recorded visit: either end may be missing. `refused`: she was not let in."""

    start: datetime | None
    end: datetime | None
    refused: bool

    @property
    def whole(self) -> bool:
        """Both ends are known and make sense."""
        return (
            self.start is not None
            and self.end is not None
            and timedelta() <= self.end - self.start <= LONGEST_VISIT
        )


@dataclass(frozen=True, slots=True)
class RecordedActivity:
    """Something else a carer recorded, from start to end."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of every carer after the play. `visits` by employment and visit reference."""

    visits: dict[tuple[str, str], Recorded]
    activities: dict[str, list[RecordedActivity]]
    outcomes: dict[str, int]


def paid_at(at: datetime, drift_s: int, proof: bool) -> datetime:
    """The instant that counts of an event captured at the true instant `at` on a phone whose clock is `drift_s` ahead.

    The simulated clock stands still during a call, so the bounds of the offset coincide: it is measured exactly.
    """
    shown = at + timedelta(seconds=drift_s)
    return shown - timedelta(seconds=drift_s) if proof and abs(drift_s) > CLOCK_LIMIT_S else shown


def read_facts(journal: Iterable[Sending], drifts: Mapping[str, int]) -> Facts:
    """The facts that stand after every sending of the journal was answered as expected."""
    outcomes: dict[str, int] = defaultdict(int)
    times: dict[tuple[str, str], dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    marks: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for sending in journal:
        for item in sending.items:
            outcome, _ = item.expected
            outcomes[outcome] += 1
            if outcome != "accepted":
                continue
            moment, who = item.moment, sending.employment
            counts = paid_at(moment.at, drifts[who], sending.proof)
            if moment.visit is not None:
                times[who, moment.visit][moment.kind].append(counts)
            elif moment.activity is not None:
                marks[who].append((counts, moment.kind, moment.activity))
    visits = {key: _recorded(kinds) for key, kinds in times.items()}
    return Facts(visits, {who: _activities(found) for who, found in marks.items()}, dict(outcomes))


def _recorded(kinds: Mapping[str, list[datetime]]) -> Recorded:
    ins, outs = kinds.get("check_in", []), kinds.get("check_out", [])
    return Recorded(min(ins, default=None), max(outs, default=None), "refused_entry" in kinds)


def _activities(marks: list[tuple[datetime, str, str]]) -> list[RecordedActivity]:
    """Starts and ends of one kind, paired in order of time."""
    opened: dict[str, datetime] = {}
    found: list[RecordedActivity] = []
    for at, mark, kind in sorted(marks):
        if mark == "activity_start":
            opened[kind] = at
        elif kind in opened:
            found.append(RecordedActivity(kind, opened.pop(kind), at))
    return found
