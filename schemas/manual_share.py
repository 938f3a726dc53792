"""Wire types of the manual share: how much of recorded time rests on people's word, and whose decision that was."""

from msgspec import Struct, field

from schemas.scalars import Day


class Share(Struct, frozen=True, kw_only=True):
    """Visits that carers worked: how many stand as phones recorded them, and how many were corrected.

    `beyond` of the corrected ones claim time before the first check-in or after the last check-out, or where there is
    none. `unedited_percent` is what stands as recorded, two decimals, half up; null without visits.
    """

    worked: int
    corrected: int
    beyond: int
    unedited_percent: str | None


class CarerShare(Share, frozen=True, kw_only=True):
    """One carer's visits. `entered_minutes`: time besides visits that managers entered for her, as it counts now."""

    carer: str
    name: str
    entered_minutes: int


class ManagerShare(Struct, frozen=True, kw_only=True):
    """What one manager did in the period. `accepted_percent` is this manager's share of all that was accepted."""

    manager: str
    proposed: int
    accepted: int
    declined: int
    entered: int
    withdrawn: int
    accepted_percent: str | None


class ReasonShare(Struct, frozen=True, kw_only=True):
    """Corrections accepted in the period for one reason; `own` is the provider's own code, if one was given."""

    reason_code: str
    own: str | None
    accepted: int


class ManualShare(Struct, frozen=True, kw_only=True):
    """The manual share of a provider's visits that start on London dates `from` to `until`, both included.

    What managers and reasons stand for is counted by when it was decided, entered or proposed.
    """

    provider: str
    from_: Day = field(name="from")
    until: Day
    total: Share
    carers: list[CarerShare]
    managers: list[ManagerShare]
    reasons: list[ReasonShare]
