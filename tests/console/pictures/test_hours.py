"""Hours by kind of work: each kind once, as high as its hours."""

from decimal import Decimal

from backend.console.pictures.hours import hours_by_kind, minutes_by_kind
from schemas.wage import WorkRow


def row(kind: str, minutes: int) -> WorkRow:
    return WorkRow(kind=kind, minutes=Decimal(minutes), counted=True, rule="r")  # type: ignore[arg-type]


def test_rows_of_one_kind_stand_in_one_column() -> None:
    work = [row("contact", 90), row("travel", 60), row("contact", 150)]
    assert minutes_by_kind(work) == {"contact": 240, "travel": 60}
    drawn = hours_by_kind(work)
    assert drawn is not None and drawn.kinds == ["contact", "travel"]
    assert [(block.height, block.says) for block in drawn.blocks] == [
        (240, "contact: 4 h 0 min"), (60, "travel: 1 h 0 min"),
    ]  # fmt: skip
    assert [name for _, name in drawn.names] == ["contact", "travel"]


def test_nobody_worked_is_no_picture() -> None:
    assert hours_by_kind([]) is None
