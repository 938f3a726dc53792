"""Kinds of time, in their order of precedence, with what the law makes of each and the rule that says so."""

from typing import Final

COUNTED_ACTIVITIES: Final = ("travel", "training", "supervision", "meeting", "handover", "waiting")
LAYERS: Final = ("break", "contact", "awake", *COUNTED_ACTIVITIES, "sleep_in", "home")
"""Where several cover one second, the first in this order has it."""

NEVER_STOPS: Final = ("home", "travel", "awake")
"""Home is no place of work, a journey is at no one place, and waking belongs to its sleep-in."""

NOT_WORKED: Final = ("break", "sleep_in")

OTHER_WORK: Final = ("training", "supervision", "meeting", "handover", "awake")
COUNTED: Final = ("contact", *COUNTED_ACTIVITIES, "awake")

RULES: Final = {
    "contact": "nmw-2015-30",
    "travel": "nmw-2015-34",
    "waiting": "nmw-2015-32",
    "training": "nmw-2015-33",
    "supervision": "nmw-2015-30",
    "meeting": "nmw-2015-30",
    "handover": "nmw-2015-30",
    "awake": "nmw-2015-32-awake",
    "sleep_in": "nmw-2015-32-asleep",
    "break": "nmw-2015-35",
    "home": "day-home-break",
    "commute": "nmw-2015-34-home",
    "unresolved": "day-long-gap",
}
LONG_GAP_RULE: Final = "day-long-gap"
WHAT_IF_RULE: Final = "day-long-gap-what-if"
INCOMPLETE_RULE: Final = "day-incomplete"
NO_GAP_RULE: Final = "day-no-gap"
