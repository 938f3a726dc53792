"""What people and programs can be told of, and what a message says: a kind and where to look, never about whom."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

KINDS: Final[Mapping[str, str]] = {
    "visit_late": "A visit is late",
    "visit_missed": "A visit was missed",
    "visit_overdue": "A visit runs over without a check-out",
    "help": "A carer calls for help",
    "phone_silent": "A carer’s phone is silent",
    "correction": "A correction waits for a decision",
    "invoice": "An invoice or credit note was issued",
    "dispute": "A dispute was raised",
    "report": "A wage report is ready",
    "digest": "The digest of the day is ready to keep",
    "record_changed": "Records are not as they were recorded",
}
"""Each kind, and its words: the subject of an email."""

_OFFICE: Final = ("visit_late", "visit_missed", "visit_overdue", "help", "phone_silent", "correction")
_MONEY: Final = ("invoice", "dispute", "report")
KINDS_OF_ROLE: Final[Mapping[str, tuple[str, ...]]] = {
    "manager": (*_OFFICE, *_MONEY, "record_changed"),
    "finance": _MONEY,
    "commissioner": ("invoice", "digest"),
    "auditor": ("report", "digest"),
}
"""What each role may be told of: what it may open. Everybody else is told nothing."""

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)


def next_attempt(attempts: int, now: datetime) -> datetime:
    """When to try again after so many failed attempts: a minute, then twice as long each time, up to six hours."""
    doubled = FIRST_WAIT.total_seconds() * 2.0 ** min(attempts - 1, 20)
    return now + min(timedelta(seconds=doubled), LONGEST_WAIT)


def message(
    notice: str, kind: str, organisation: str, raised_at: datetime, link: str, kept: str | None = None
) -> dict[str, Any]:
    """What a webhook is sent. `notice` is the same however often it is sent; `kept` a signed digest to keep."""
    return {
        "id": notice,
        "kind": kind,
        "organisation": organisation,
        "raised_at": raised_at.isoformat().replace("+00:00", "Z"),
        "link": link,
        **({} if kept is None else {"digest": kept}),
    }


def email_text(kind: str, link: str, stop: str, kept: str | None = None) -> str:
    """The text of an email. `kept` is a signed digest, for who keeps it where nobody changes it."""
    digest = "" if kept is None else f"Keep this message. The digest itself, on one line:\n{kept}\n\n"
    return (
        f"{KINDS[kind]}.\n\nSign in to see it:\n{link}\n\n{digest}"
        "This message names nobody, on purpose.\n\n"
        f"You asked to be told of this. To hear no more of it:\n{stop}\n"
    )
