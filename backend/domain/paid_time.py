"""Which instant counts when a phone's clock may be wrong.

The phone's offset is known only between two bounds, both measured on the server: the instant its nonce was issued and
the instant its answer began to arrive. Device time stands wherever those bounds allow it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

MONOTONIC_TOLERANCE: Final = timedelta(seconds=2)
FUTURE_LIMIT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the phone's clock is behind the server's: at least `low`, at most `high`."""

    low: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class Sending:
    """What a batch says of the phone's clocks at the moment of sending."""

    sent_at: datetime
    clock_id: str
    sent_monotonic_ms: int


class PaidTime(Struct, frozen=True):
    """The instant that counts and the doubts about it."""

    at: datetime
    flags: tuple[str, ...]


def offset(nonce_issued: datetime, sent_at: datetime, received_at: datetime) -> Offset:
    """The bounds of the phone's offset, from a proof with a fresh nonce."""
    return Offset(nonce_issued - sent_at, received_at - sent_at)


def paid_time(
    occurred_at: datetime,
    clock_id: str,
    monotonic_ms: int,
    sending: Sending,
    measured: Offset | None,
    limit: timedelta,
) -> PaidTime:
    """Device time, moved by the nearer bound where the offset certainly exceeds `limit` either way."""
    flags = ["clock_unknown"] if _clock_unknown(occurred_at, clock_id, monotonic_ms, sending) else []
    if measured is None:
        return PaidTime(occurred_at, tuple(sorted([*flags, "offset_unknown"])))
    by = moved(measured, limit)
    return PaidTime(occurred_at + by, tuple(sorted([*flags, "clock_drift"] if by else flags)))


def moved(measured: Offset, limit: timedelta) -> timedelta:
    """By how much device time is moved: nothing while the offset may lie within `limit`, else the nearer bound."""
    if measured.low <= limit and measured.high >= -limit:
        return timedelta(0)
    return measured.low if measured.low > limit else measured.high


def absurd(paid_at: datetime, received_at: datetime, enrolled_at: datetime, limit: timedelta) -> str | None:
    """Why an instant cannot be: more than ten minutes ahead, or before the phone was enrolled; else None.

    `limit` is the offset of a clock that stands uncorrected, so a clock that slow is not before its enrolment.
    """
    if paid_at > received_at + FUTURE_LIMIT:
        return "its time lies more than ten minutes ahead"
    if paid_at < enrolled_at - limit:
        return "its time lies before this phone was enrolled"
    return None


def _clock_unknown(occurred_at: datetime, clock_id: str, monotonic_ms: int, sending: Sending) -> bool:
    if occurred_at > sending.sent_at:
        return True
    if clock_id != sending.clock_id:
        return False
    monotonic = timedelta(milliseconds=sending.sent_monotonic_ms - monotonic_ms)
    return monotonic > sending.sent_at - occurred_at + MONOTONIC_TOLERANCE
