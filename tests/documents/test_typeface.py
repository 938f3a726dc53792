"""How wide texts are on the line, beside what the typesetter makes of them; and rows whose height rests on it."""

import json
from math import inf
from pathlib import Path
from typing import Any

import pytest
import typst

from backend.documents import invoice_page as page
from backend.documents.invoice import invoice_pdf
from backend.documents.typeface import lines_of_type, type_width
from backend.documents.typesetter import fonts
from schemas.documents import InvoiceSnapshot
from tests.documents import pdf, samples
from tests.documents.test_invoice import snapshot

TEXTS = [
    "0123456789:£−+,.",
    "AVATAR To. Wy V1042",
    "Wed 11 Nov 2026",
    "home care, rural",
    "Żółć Ωmega – fi ffl ti",
]
SET = """#set text(font: "Source Sans 3", size: 100pt, lang: "en", region: "gb", number-width: "tabular")
#context [#metadata(json(bytes(sys.inputs.texts)).map(each => measure(text(each)).width.pt())) <widths>]"""


def test_no_text_is_wider_than_it_is_reckoned_nor_much_narrower(tmp_path: Path) -> None:
    (tmp_path / "widths.typ").write_text(SET)
    compiler = typst.Compiler(
        input=tmp_path / "widths.typ", root=tmp_path, font_paths=fonts(), ignore_system_fonts=True,
        sys_inputs={"texts": json.dumps(TEXTS)},
    )  # fmt: skip
    (measured,) = json.loads(compiler.query("<widths>", field="value"))
    for text, width in zip(TEXTS, measured, strict=True):
        assert 0.93 * type_width(text) <= width / 100 <= 1.001 * type_width(text), text


def test_what_the_fonts_cannot_draw_has_no_width() -> None:
    assert type_width("漢") == type_width("a\u200bb") == inf


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 5, 0),
        ("aa", 1.1, 1),
        ("aa aa", 1.1, 2),
        ("aa aa", 2.3, 1),
        ("a aa a", 1.8, 2),
        ("aaaa a", 1.1, inf),
    ],
)
def test_lines_break_at_blanks(text: str, room: float, lines: float) -> None:
    """An a is 0.504 ems wide, a blank 0.2."""
    assert lines_of_type(text, room) == lines


def type_lines(invoice: InvoiceSnapshot) -> list[int | None]:
    return [row["type_lines"] for row in page.invoice_page(invoice)["lines"]]


def places(content: bytes) -> list[tuple[int, str, int, int]]:
    """Page, text and place, to the point, of every piece of text."""
    found: list[tuple[int, str, int, int]] = []
    for number, one in enumerate(pdf.reader(content).pages):

        def keep(text: str, matrix: Any, at: Any, *_: Any, number: int = number) -> None:
            if text.strip():
                found.append((number, text.strip(), round(at[4]), round(at[5])))

        one.extract_text(visitor_text=keep)
    return found


def moved(invoice: InvoiceSnapshot, monkeypatch: pytest.MonkeyPatch) -> int:
    """The most points by which a text stands elsewhere than where it would if every row found its own height."""
    known = places(invoice_pdf(invoice))
    with monkeypatch.context() as patched:
        patched.setattr(page, "_type_lines", lambda row: None)
        assert type_lines(invoice) == [None] * len(invoice.lines)
        free = places(invoice_pdf(invoice))
    assert known and [each[:3] for each in known] == [each[:3] for each in free]
    return max(abs(one[3] - other[3]) for one, other in zip(known, free, strict=True))


@pytest.mark.parametrize("lines", [6, 60])
def test_rows_of_known_height_stand_where_they_would_stand_anyway(
    lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = snapshot(lines)
    assert type_lines(invoice) == [2] * lines
    assert moved(invoice, monkeypatch) == 0


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({"uplift": "bank holiday"}, 2),
        ({"uplift": "weekend and bank holiday by night"}, 4),
        ({"funding": [{"payer": name, "amount": "1.00"} for name in ("a", "b", "c")]}, 3),
        ({"person": "golden-01-su06", "carer": "golden-01-c4-e1"}, 3),
        ({"visit": "a-reference-that-is-longer-than-its-column"}, None),
        ({"person": "漢"}, None),
        ({"funding": [{"payer": f"p{number}", "amount": "1.00"} for number in range(60)]}, None),
    ],
)
def test_a_row_is_as_tall_as_its_fullest_cell(
    more: dict[str, Any], lines: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = snapshot(lines=[samples.line(1, **more), samples.line(2)])
    assert type_lines(invoice) == [lines, 2]
    assert moved(invoice, monkeypatch) <= 2
