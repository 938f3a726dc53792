"""What waits for somebody, in words: each kind, the reason, its age, and where to look at it."""

from datetime import datetime, timedelta
from typing import Any, Final

from backend.console.words import CODES
from backend.documents.words import worded
from backend.domain.counted import counted
from backend.domain.queue import Item
from backend.domain.time import london_date
from backend.statute.catalogue import rule

KINDS: Final = {
    "help": ("Call for help", "red"),
    "no_end": ("No departure", "orange"),
    "late": ("Late", "orange"),
    "unassigned": ("Nobody assigned", "yellow"),
    "missed": ("Nothing recorded", "red"),
    "no_start": ("No arrival", "yellow"),
    "one_came": ("One of two carers", "yellow"),
    "shortfall": ("Pay below the minimum", "red"),
    "dispute": ("Dispute", "purple"),
    "correction": ("Correction", "turquoise"),
    "quarantine": ("Event in quarantine", "turquoise"),
    "parked": ("Left out of an invoice", "blue"),
    "device": ("Phone", "grey"),
    "payroll": ("Pay element", "blue"),
    "flag": ("Audit flag", "grey"),
}
"""Each kind in words, and the colour that goes with the words."""

_WHY: Final = {
    "help": "A carer called for help.",
    "no_end": "An arrival was recorded and no departure, and the visit should be over.",
    "late": "The visit should have begun, and nothing of it is recorded.",
    "unassigned": "Nobody is to make this visit.",
    "missed": "The visit should be over, and nothing of it is recorded.",
    "no_start": "A departure was recorded and no arrival.",
    "one_came": "Two carers were to come, and all of the visit is recorded of one only.",
}
_DISPUTES: Final = {"open": "It waits for an answer.", "answered": "It is answered and waits for a decision."}
_DEVICES: Final = {
    "locked": "It is locked by wrong PINs.",
    "suspect": "A passkey of it may have been copied.",
    "silent": "It was not heard of since a visit of its carer that should be over.",
}
DECISIONS: Final = {
    "accepted": "Accept the corrections",
    "declined": "Decline the corrections",
    "released": "Let the events count",
    "left_out": "Leave the events out",
    "acknowledged": "Seen: nothing more to do here",
}
"""What can be decided about several at once."""
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def reason(item: Item) -> str:
    """Why it waits, in a sentence."""
    said = _WHY.get(item.kind)
    return said if said is not None else _REASONS[item.kind](item)


def _correction(item: Item) -> str:
    words = item.detail or worded(item.code).capitalize()
    own = (
        " You proposed it, so another manager must decide; under Corrections you may take it back."
        if item.own
        else ""
    )
    return f"{words}.{own}"


def _shortfall(item: Item) -> str:
    return f"A wage report found {counted(int(item.detail or 0), 'worker')} paid below what was required."


def _flag(item: Item) -> str:
    return f"{rule(item.code).title}: nobody has said anything about it yet."


_REASONS: Final[dict[str, Any]] = {
    "shortfall": _shortfall,
    "dispute": lambda item: f"{_DISPUTES[item.code]} {item.detail}",
    "correction": _correction,
    "quarantine": lambda item: CODES.get(item.code, worded(item.code)),
    "parked": lambda item: f"{worded(item.code).capitalize()}. {item.detail}",
    "device": lambda item: f"{item.detail}: {_DEVICES[item.code]}",
    "payroll": lambda item: f"{item.detail}.",
    "flag": _flag,
}


def address(item: Item) -> str:
    """Where to look at it and settle it."""
    if item.kind in ("dispute", "shortfall"):
        return f"/{'disputes' if item.kind == 'dispute' else 'wage-reports'}/{item.id}"
    if item.kind == "flag":
        run, _, number = item.id.partition(".")
        return f"/audits/{run}/tests/{item.code}?after={int(number) - 1}"
    if item.visit_id is not None and item.kind != "quarantine":
        return f"/visits/{item.visit_id}"
    if item.kind == "help":
        return f"/today?date={london_date(item.since)}"
    return {"correction": "/corrections", "quarantine": "/quarantine", "device": "/devices"}.get(
        item.kind, "/payroll"
    )


def age(since: datetime, now: datetime) -> str:
    """How long it has waited, in its largest unit: 3 days, 1 hour; of what is still to come, when."""
    waited = now - since
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if abs(waited) >= unit:
            said = counted(abs(waited) // unit, name)
            return said if waited > timedelta() else f"in {said}"
    return "just now"
