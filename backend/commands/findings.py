"""What `doorstep doctor` finds: each thing well, or wrong with what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.faults import SetupFault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `says` is what was found; `remedy`, of what is wrong, what to do."""

    subject: str
    well: bool
    says: str
    remedy: str | None = None


class Wrong(Exception):
    """What a check raises: what is wrong, and what to do."""

    def __init__(self, says: str, remedy: str) -> None:
        super().__init__(says)
        self.remedy = remedy


def looked_at(subject: str, check: Callable[[], str], remedy: str) -> Finding:
    """What a check says. `remedy` is for faults that do not bring one of their own."""
    try:
        return Finding(subject, True, check())
    except Wrong as wrong:
        return Finding(subject, False, str(wrong), wrong.remedy)
    except SetupFault as fault:
        return Finding(subject, False, str(fault), remedy)
