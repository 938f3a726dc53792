"""What performance is measured by: dated data, set for commissioners, which no provider can change."""

from msgspec import Struct


class Measures(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Measures in force on a day. Units stand in the names; a contract's own minutes and per cent win over these."""

    punctual_minutes: int
    full_length_percent: int
    main_carers: int
    fewest_shown: int
