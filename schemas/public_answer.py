"""Wire types of what may be answered in public about pay: sums over many people, or nothing."""

from msgspec import Struct

from schemas.documents import Party
from schemas.scalars import Day, Instant, Number


class ProvingReport(Struct, frozen=True, kw_only=True):
    """A wage report behind the answer. `digest`: SHA-256 of its canonical JSON, in hexadecimal."""

    pay_cycle: str
    period_start: Day
    period_end: Day
    edition: str
    made_at: Instant
    digest: str


class PublicAnswer(Struct, frozen=True, kw_only=True):
    """What a provider's wage reports show of pay reference periods that end on London dates `start` to `end`.

    Null is not told: it would be about fewer than `fewest` people. `tests` are of one worker in one period; amounts
    are pounds; travel is that on the way to the reader's own visits, in seconds.
    """

    provider: Party
    start: Day
    end: Day
    worked_out_at: Instant
    fewest: int
    reports: list[ProvingReport]
    workers: int | None
    tests: int | None
    not_tested: int | None
    workers_short: int | None
    tests_short: int | None
    underpayment: Number | None
    due: Number | None
    paid_since: Number | None
    outstanding: Number | None
    tests_put_right: int | None
    travel_seconds: int | None
    travel_paid_seconds: int | None
    travel_percent: Number | None
    simulated_clock: bool
