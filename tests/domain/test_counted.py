"""Numbers of things in words."""

from backend.domain.counted import counted


def test_one_thing_is_not_many() -> None:
    assert [counted(number, "row") for number in (0, 1, 2, 2000)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "2,000 rows",
    ]
