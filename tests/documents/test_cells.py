"""Cells of spreadsheets."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.documents.cells import Cell, csv_bytes, guarded


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "＝1", "＋1", "＠x"])
def test_text_that_could_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=1", "O'Hara", "1-2", "£-1"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@given(st.text())
def test_no_guarded_text_starts_a_formula(text: str) -> None:
    assert guarded(text).lstrip()[:1] not in {"=", "+", "-", "@"}


def test_cells_are_written_by_their_type() -> None:
    row: list[Cell] = [
        Decimal("-1E+1"),
        3,
        True,
        None,
        date(2026, 11, 2),
        datetime(2026, 7, 1, 6, tzinfo=UTC),
        "a;b,c",
    ]
    assert csv_bytes(["=h"], [row]) == b'\'=h\r\n-10,3,yes,,2026-11-02,2026-07-01T07:00:00+01:00,"a;b,c"\r\n'


def test_whatever_writes_csv_makes_its_cells_harmless() -> None:
    """But for the made-up county's own files, which are for loading."""
    writers = [
        path
        for path in (Path(__file__).parents[2] / "backend").rglob("*.py")
        if "csv.writer(" in (text := path.read_text()) and "guarded(" not in text
    ]
    assert writers == []
