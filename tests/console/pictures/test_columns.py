"""Columns to scale: each as high as its amount, none beyond the picture."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.console.pictures.columns import HEIGHT, WIDTH, Part, columns


def part(kind: str, amount: int | str) -> Part:
    return Part(kind, Decimal(amount), f"{kind} {amount}")


def test_nothing_above_nothing_is_no_picture() -> None:
    assert columns([], stacked=True) is None
    assert columns([("a", [part("x", 0)])], stacked=False) is None


def test_parts_of_a_whole_stand_in_front_of_it() -> None:
    drawn = columns([("09", [part("all", 4), part("some", 3)]), ("10", [part("all", 2)])], stacked=False)
    assert drawn is not None
    assert [(block.kind, block.y, block.height) for block in drawn.blocks] == [
        ("all", 0, 240), ("some", 60, 180), ("all", 120, 120),
    ]  # fmt: skip
    assert drawn.names == [(60, "09"), (180, "10")]
    assert drawn.kinds == ["all", "some"]
    assert [amount for _, amount in drawn.marks] == [0, 1, 2, 3, 4]


def test_counted_things_have_no_mark_between_two_numbers() -> None:
    for most, marks in ((1, [0, 1]), (2, [0, 1, 2]), (8, [0, 2, 4, 6, 8])):
        drawn = columns([("a", [part("x", most)])], stacked=True)
        assert drawn is not None and [amount for _, amount in drawn.marks] == marks
    drawn = columns([("a", [part("x", "0.5")])], stacked=True)
    assert drawn is not None and len(drawn.marks) == 5


def test_a_line_stands_at_its_amount_and_within_the_picture() -> None:
    drawn = columns([("a", [part("x", 2)])], stacked=True, line=Decimal(6))
    assert drawn is not None and (drawn.line, drawn.blocks[0].height) == (60, 60)
    assert columns([("a", [part("x", 0)])], stacked=True, line=Decimal(6)) is None


def test_stacked_parts_stand_upon_one_another() -> None:
    drawn = columns([("a", [part("x", 2), part("none", 0), part("y", 6)])], stacked=True)
    assert drawn is not None
    assert [(block.kind, block.y, block.height) for block in drawn.blocks] == [("x", 180, 60), ("y", 0, 180)]


AMOUNTS = st.lists(
    st.lists(st.decimals(0, 10**7, places=2), min_size=1, max_size=4), min_size=1, max_size=30
)  # fmt: skip


@given(AMOUNTS, st.booleans())
def test_every_column_lies_within_the_picture_and_its_own_group(
    amounts: list[list[Decimal]], stacked: bool
) -> None:
    groups = [
        (str(place), [Part(str(number), amount, "") for number, amount in enumerate(one)])
        for place, one in enumerate(amounts)
    ]
    drawn = columns(groups, stacked)
    assert (drawn is None) == (not any(amount for one in amounts for amount in one))
    for block in drawn.blocks if drawn else ():
        assert block.y >= -0.2 and block.y + block.height <= HEIGHT + 0.2
        assert block.x >= 0 and block.x + block.width <= WIDTH
