"""What became known of earlier pay reference periods after their documents were frozen: the next document says it."""

from msgspec import Struct, field

from schemas.gap_ledger import GapPart
from schemas.salaried import Salaried
from schemas.scalars import Day, Instant, Number
from schemas.wage import Period, WorkLine
from schemas.wage_kinds import WorkType


class GapState(Struct, frozen=True, kw_only=True):
    """A gap as it was stated, or as it is now known. `parts` add up to `observed_seconds`."""

    start: Instant
    end: Instant
    observed_seconds: int
    parts: list[GapPart]


class GapChange(Struct, frozen=True, kw_only=True):
    """One gap before and after; null where there was none, or is none any more. `left` and `reached` are the references
    of the visits `from` and `to`, `number` tells apart gaps between the same two; `difference` are the seconds credited
    more than before.
    """

    day: Day
    from_: str | None = field(name="from")
    to: str | None
    left: str | None
    reached: str | None
    before: GapState | None
    after: GapState | None
    difference: int
    number: int = 0


class RecordedHours(Struct, frozen=True, kw_only=True):
    """The hours of a period as a test takes them from what is recorded: those of its case."""

    work: list[WorkLine]
    work_type: WorkType = "time"
    salaried: Salaried | None = None


class TestState(Struct, frozen=True, kw_only=True):
    """The hours of a test, and its verdict. The latter is null where no pay is loaded, so that nothing is tested."""

    counted_seconds: int
    unresolved_seconds: int
    compliant: bool | None
    shortfall: Number | None


class EarlierChange(Struct, frozen=True, kw_only=True):
    """What changed of one employment in an earlier period: its gaps, its hours, and what they mean for the verdict.

    `before` is what the newest document that tells of the period says, `hours` are those of `after`. Both tests count
    the pay that is known now, so that the difference is that of the hours alone.
    """

    period: Period
    employment: str
    person: str
    name: str | None
    before: TestState
    after: TestState
    hours: RecordedHours
    gaps: list[GapChange]
