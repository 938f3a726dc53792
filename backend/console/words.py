"""How the pages word codes and times. What documents word alike comes from backend.documents.words."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from backend.documents import words
from backend.documents.block_hours import block_rows, hours
from backend.documents.gap_sheets import order
from backend.documents.invoice_sums import billed_minutes, gained_minutes
from backend.documents.remediation_page import outstanding
from backend.documents.worked_days import event_number
from backend.documents.worker_page import pay_cycle
from backend.domain.counted import counted
from backend.domain.notices import KINDS as NOTICE_KINDS
from backend.domain.notices import KINDS_OF_ROLE
from backend.domain.time import LONDON, london_date
from backend.use_cases.saved_views import list_of

STATES: Final = {
    "missed": ("Missed", "red"),
    "running_over": ("No check-out", "orange"),
    "late": ("Late", "orange"),
    "unassigned": ("Nobody assigned", "yellow"),
    "in_progress": ("In progress", "turquoise"),
    "not_started": ("Not started", "grey"),
    "incomplete": ("Arrival not recorded", "yellow"),
    "done": ("Done", "green"),
    "refused": ("Refused at the door", "purple"),
    "cancelled": ("Cancelled", "grey"),
    "suspended": ("Suspended", "grey"),
}
"""Each state in words, and the colour that goes with the words."""

INVOICE_STATES: Final = {
    "draft": ("Draft", "grey"),
    "issued": ("Issued", "blue"),
    "disputed": ("Disputed", "orange"),
    "credited": ("Credited", "purple"),
    "paid": ("Paid", "green"),
}

DISPUTES: Final = {
    "open": ("Waits for an answer", "orange"),
    "answered": ("Answered", "turquoise"),
    "stands": ("It stands", "grey"),
    "credit": ("Credited", "green"),
    "not_billed": ("Not billed", "green"),
}

DECISIONS: Final = {"explained": "Explained", "upheld": "Upheld", "open": "Opened again"}

EVENT_KINDS: Final = {
    "check_in": "Arrival",
    "check_out": "Departure",
    "fix": "Position, sent later",
    "task_done": "Task done",
    "task_refused": "Task refused",
    "note": "Note",
    "refused_entry": "Refused at the door",
    "activity_start": "Activity begun",
    "activity_end": "Activity ended",
    "help": "Call for help",
}

EVIDENCE: Final = {
    "home_line": "Called from the telephone of the home",
    "told_code": "Called from elsewhere, and told the code of the fob in the home",
    "message": "A text message, which proves nothing of the place",
    "manual": "A correction: no phone recorded all of this time",
    "position": "The phone was at the place of the visit",
    "uncertain": "The position is too inaccurate to tell",
    "elsewhere": "The phone was not at the place of the visit",
    "statement": "The carer’s statement, without a position",
    "card": "The code in the home was read, and the phone was at the place of the visit",
    "tag": "The NFC tag in the home was read",
}

TOKENS: Final = {
    "verified": "code or tag verified",
    "token_missing": "nothing was scanned, although the phone says so",
    "token_unreadable": "what was scanned is no card, code or tag of ours",
    "token_unknown_tag": "what was scanned is not in the register, or was not yet",
    "token_bad_mac": "what was scanned is not genuine: its code or signature is wrong",
    "token_replayed": "the same reading of the tag proves another event already",
    "token_other_place": "what was scanned belongs to another person’s home",
    "token_retired": "what was scanned had been retired",
    "line_unknown": "neither a line of the home nor a code shows where the call or message came from",
}
"""Each verdict on a card, code or tag in words."""

TAG_KINDS: Final = {
    "qr_static": "QR card",
    "qr_rotating": "Code fob",
    "nfc": "NFC tag",
    "line": "Telephone line",
}

FENCES: Final = {
    "inside": "at the place of the visit",
    "outside": "away from every approved place",
    "cannot_tell": "too inaccurate to tell",
    "no_position": "no position",
}

PLACES: Final = {"home": "the home", "beside": "another approved place"}
"""What kind of place a position was judged by."""

CODES: Final = {
    "conflict": "Another event came with the same id. Both are kept.",
    "fork": "It does not continue this phone’s chain of events.",
    "bad_signature": "Its signature is not this phone’s, so it proves nothing.",
    "bad_hash": "The position or the words sent with it are not the ones that were signed.",
    "invalid_event": "It cannot be read.",
    "not_your_visit": "The visit was never planned for this carer.",
    "revoked": "The phone had been revoked.",
    "absurd_time": "Its time lies in the future, or before the phone was enrolled.",
    "unknown_device": "The phone is not enrolled.",
    "chain_waiting": "It counts, but the event before it has not come for days and may be lost with the phone.",
}

FLAGS: Final = {
    **TOKENS,
    "repeated": "more than one arrival or departure",
    "two_devices": "arrival and departure came from two phones",
    "implausible": "the times cannot be right",
    "incomplete": "only an arrival or only a departure was recorded",
    "clock_drift": "the phone’s clock was wrong by more than the limit, the time was put right",
    "clock_unknown": "the phone’s clock was changed: the time is not settled",
    "offset_unknown": "sent without a proof of time, the phone’s clock stands",
    "stale_fix": "the position was taken long before or after the event",
    "mock_location": "the phone said that the position was made up",
    "outside": "the phone was away from every approved place",
    "cannot_tell": "the position is too inaccurate to tell",
    "no_position": "there is no position",
    "at_own_home": "at the carer’s own home; neither the position nor its distance is written down",
    "chain_waiting": "an event before it has not come from the phone for days",
    "late_from_replaced": "came late from a phone that was replaced",
    "changed_after_start": "the plan was changed after the visit began",
    "unplanned": "nobody planned it",
    "corrected": "corrected",
    "entered": "entered by a manager",
    "claimed_beyond": "corrected to time that no check-in or check-out shows",
    "interrupted": "work interrupted it",
    "worked_though_cancelled": "worked although cancelled",
    "cancelled_on_arrival": "cancelled when the carer was at the door",
    "not_your_visit": "never planned for this carer",
    "one_refused": "this carer was not let in, though another was",
    "overlap": "two pieces of work at the same time",
    "short_travel": "less time between visits than the journey needs",
    "no_travel_time": "no time between visits at two places",
    "long_gap": "a long gap that nobody has explained",
    "no_fix_denied": "the phone was not allowed to tell its position",
    "no_fix_unavailable": "the phone could not find its position",
    "no_fix_timed_out": "the phone did not find its position in time",
    "no_fix_approximate": "the phone tells its position only roughly",
    "no_fix_not_collected": "the phone took no position",
    "no_fix_unstated": "the phone did not say why",
    "implied_speed": "too far from the carer’s position before or after for the time between",
    "line_unverified": "said to be by the home’s telephone, which nothing confirms",
}

NO_SPEED: Final = {
    "no_position": "a position is missing",
    "same_place": "at one place",
    "no_time": "no time between the positions",
    "too_inaccurate": "the positions are too inaccurate to tell",
}

CANCELLED_BY: Final = {
    "person": "by the person or their family",
    "commissioner": "by the commissioner",
    "provider": "by the provider",
}

FIGURES: Final = {
    "punctual": "Began on time",
    "late": "Began late",
    "early": "Began early",
    "stayed": "Time stayed, of time planned",
    "full": "Stayed their full time",
    "made": "Planned visits delivered",
    "missed": "Visits missed",
    "cancelled_by_provider": "Cancelled by the provider",
    "cancelled_by_person": "Cancelled by the person or their family",
    "cancelled_by_commissioner": "Cancelled by the commissioner",
    "cancelled_by_nobody_said": "Cancelled, nobody said by whom",
    "refused": "Refused at the door",
    "suspended": "Suspended, for an absence",
    "unsettled": "Over, and not settled yet",
    "to_come": "Still to come",
    "carers_met": "Different carers a person met",
    "by_main": "Begun by each person’s main carers",
    "at_home": "Logged at the home",
    "as_recorded": "As recorded, not corrected",
    "travel_paid": "Gaps with their travel paid",
}
"""What each figure of performance is called."""

FIGURE_LISTS: Final = {
    **FIGURES,
    "punctual": "All that began",
    "full": "Stayed less than their full time",
    "made": "All visits that were due",
    "at_home": "Not shown to have been at the home",
    "as_recorded": "Corrected attendances",
    "by_main": FIGURES["carers_met"],
}
"""What the list behind each figure holds."""

OUTCOMES: Final = {
    "made": "Made",
    "missed": "Missed",
    "refused": "Refused at the door",
    "cancelled": "Cancelled",
    "suspended": "Suspended",
    "unsettled": "Not settled yet",
    "to_come": "Still to come",
}

ROLES: Final = {
    "manager": "Manager",
    "finance": "Finance",
    "commissioner": "Commissioner",
    "auditor": "Auditor",
    "administrator": "Administrator",
    "person": "My care",
}

KINDS: Final = {"provider": "Provider", "council": "Council", "nhs": "NHS body"}


def time(instant: datetime | None) -> str:
    """The London clock time: 07:04, with seconds where they are not zero."""
    if instant is None:
        return "not recorded"
    local = instant.astimezone(LONDON)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def moment(instant: datetime | None) -> str:
    """Day and London clock time: Mon 2 Nov 2026, 07:04:12 GMT."""
    if instant is None:
        return "not known"
    local = instant.astimezone(LONDON)
    return f"{words.short_day(local.date())}, {time(instant)} {local:%Z}"


def isodate(instant: datetime) -> str:
    """The London date, as addresses write it."""
    return london_date(instant).isoformat()


def span(ends: tuple[datetime | None, datetime | None], missing: str = "nothing recorded") -> str:
    """Both ends of a time: Mon 2 Nov 2026, 07:04 to 07:31. Says which end is missing."""
    start, end = ends
    if start is None and end is None:
        return missing
    if start is None or end is None:
        return f"from {moment(start)}" if start is not None else f"until {moment(end)}"
    day = london_date(start)
    opens, closes = _both(start, end)
    until = (
        closes
        if london_date(end) == day
        else f"{words.short_day(london_date(end))}, {closes} {end.astimezone(LONDON):%Z}"
    )
    return f"{words.short_day(day)}, {opens} to {until}"


def times(ends: tuple[datetime, datetime]) -> str:
    """Both ends of a time on a day that stands beside it: 07:04:00 to 07:31:12."""
    return " to ".join(_both(*ends))


def _both(start: datetime, end: datetime) -> tuple[str, str]:
    """London clock times, with seconds at both ends where they are not zero at one."""
    ends = (start.astimezone(LONDON), end.astimezone(LONDON))
    form = "%H:%M:%S" if any(local.second for local in ends) else "%H:%M"
    opens, closes = (f"{local:{form}}" for local in ends)
    return opens, closes


def flags(codes: list[str]) -> str:
    """Flags in words, separated by semicolons."""
    return "; ".join(FLAGS.get(code, words.worded(code)) for code in codes)


def size(octets: int) -> str:
    """A file's size: 24 KB."""
    return f"{max(1, round(octets / 1024)):,} KB"


def lasted_hours(seconds: int) -> str:
    """Seconds as hours to one place: 1,204.5 h."""
    return f"{Decimal(seconds) / 3600:,.1f} h"


def minutes(value: Decimal | None) -> str:
    """Minutes as a number, a dash where there are none to give."""
    return "–" if value is None else words.number(value)


def measure(value: float | None, unit: str) -> str:
    """What an audit test measured: 2 carers, 10.5 minutes."""
    if value is None:
        return "not measured"
    number = f"{value:,.1f}".removesuffix(".0")
    thing, *rest = unit.split(" ")
    return " ".join([number, thing.removesuffix("s") if number == "1" else thing, *rest])


def metres(length: float) -> str:
    """A length to the metre: 1,240 m."""
    return f"{length:,.0f} m"


def as_file(address: str, table: int) -> str:
    """The address of a table of a page as a file: of the whole of what the page was narrowed down to."""
    listed = list_of(address)
    return f"{listed}{'&' if '?' in listed else '?'}format=csv&table={table}"


def ways_in(account: Mapping[str, Any]) -> str:
    """What somebody can sign in with."""
    number = account["passkeys"]
    passkeys = [counted(number, "passkey")] if number else []
    return " and ".join([*(["password"] if account["has_password"] else []), *passkeys]) or "nothing set yet"


def sentence(text: str) -> str:
    """A sentence begins with a capital; the letters behind it stay what they are."""
    return f"{text[:1].upper()}{text[1:]}"


FILTERS: Final[dict[str, Any]] = {
    "pounds": words.pounds,
    "billed_minutes": billed_minutes,
    "gained_minutes": gained_minutes,
    "pence": words.pence,
    "number": words.number,
    "hours": words.hours,
    "lasted": words.lasted,
    "lasted_signed": words.lasted_signed,
    "lasted_hours": lasted_hours,
    "order": lambda places: order(*places),
    "day": words.day,
    "short_day": words.short_day,
    "dates": words.dates,
    "clock": words.clock,
    "worded": words.worded,
    "pace": words.pace,
    "outstanding": outstanding,
    "pay_cycle": pay_cycle,
    "event_number": event_number,
    "time": time,
    "moment": moment,
    "span": span,
    "times": times,
    "isodate": isodate,
    "sentence": sentence,
    "flags": flags,
    "size": size,
    "minutes": minutes,
    "ways_in": ways_in,
    "as_file": as_file,
    "as_list": list_of,
    "metres": metres,
    "measure": measure,
    "counted": counted,
    "fallback": words.fallback,
    "document_kind": words.document_kind,
    "engine": words.engine,
    "block_rows": block_rows,
    "block_hours": hours,
}
"""What templates may write behind a value."""

NAMES: Final[dict[str, Any]] = {
    "STATES": STATES,
    "INVOICE_STATES": INVOICE_STATES,
    "DISPUTES": DISPUTES,
    "DECISIONS": DECISIONS,
    "EVENT_KINDS": EVENT_KINDS,
    "NOTICES": NOTICE_KINDS,
    "TOLD": frozenset(KINDS_OF_ROLE),
    "EVIDENCE": EVIDENCE,
    "FENCES": FENCES,
    "PLACES": PLACES,
    "TOKENS": TOKENS,
    "TAG_KINDS": TAG_KINDS,
    "CODES": CODES,
    "NO_SPEED": NO_SPEED,
    "CANCELLED_BY": CANCELLED_BY,
    "FIGURES": FIGURES,
    "FIGURE_LISTS": FIGURE_LISTS,
    "OUTCOMES": OUTCOMES,
    "ROLES": ROLES,
    "WEEKDAY_NAMES": words.WEEKDAY_NAMES,
    "KINDS": KINDS,
}
"""What templates may look up."""
