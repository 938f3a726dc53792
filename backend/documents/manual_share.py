"""The manual share as a spreadsheet: one row a carer, one a deciding manager, one a reason, one for all visits."""

from collections.abc import Iterator
from typing import Final

from backend.documents.cells import Cell, csv_bytes
from schemas.manual_share import ManualShare, Share

HEADER: Final = (
    "provider", "from", "until", "about", "who", "visits_worked", "corrected", "claimed_beyond_the_record",
    "as_recorded_percent", "minutes_entered", "proposed", "accepted", "declined", "entered", "withdrawn",
    "percent_of_all_accepted",
)  # fmt: skip
_NO_DEEDS: Final = (None,) * 6


def manual_share_file(share: ManualShare) -> tuple[str, bytes]:
    """The file's name, and its rows `provider`, `carer`, `manager`, `reason`; what a row has not is an empty cell."""
    rows = ((share.provider, share.from_, share.until, *row) for row in _rows(share))
    return f"manual_share_{share.provider}_{share.from_}_{share.until}.csv", csv_bytes(HEADER, rows)


def _rows(share: ManualShare) -> Iterator[tuple[Cell, ...]]:
    yield "provider", share.provider, *_figures(share.total), None, *_NO_DEEDS
    for carer in share.carers:
        yield "carer", carer.carer, *_figures(carer), carer.entered_minutes, *_NO_DEEDS
    for one in share.managers:
        deeds = (one.proposed, one.accepted, one.declined, one.entered, one.withdrawn, one.accepted_percent)
        yield "manager", one.manager, None, None, None, None, None, *deeds
    for reason in share.reasons:
        nothing = (None,) * 6
        yield "reason", reason.own or reason.reason_code, *nothing, reason.accepted, None, None, None, None


def _figures(share: Share) -> tuple[Cell, ...]:
    return share.worked, share.corrected, share.beyond, share.unedited_percent
