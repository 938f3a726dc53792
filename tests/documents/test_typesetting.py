"""Values on their way to the page."""

import json
import re

import typst
from hypothesis import given
from hypothesis import strategies as st

from backend.documents.invoice_page import invoice_page
from backend.documents.typeface import characters
from backend.documents.typesetter import TEMPLATES, fonts
from backend.documents.typesetting import printable
from tests.documents.bills import snapshot


def test_british_and_neighbouring_letters_are_in_thefonts() -> None:
    assert set("£€–—’“”×·−ŵŷêïÉŁąęșțőßøåñçЖΩ") <= characters()


def test_white_space_becomes_one_blank() -> None:
    assert printable("1 High Town\r\n\tHereford ") == "1 High Town Hereford"


def test_a_composed_letter_is_found_however_it_was_typed() -> None:
    assert printable("e\u0301") == "é"


def test_unseen_and_unknown_characters_show_as_code_points() -> None:
    assert printable("a\u200bb\x00😀") == "a{U+200B}b{U+0000}{U+1F600}"


def test_values_inside_lists_and_objects_are_made_printable() -> None:
    assert printable({"a": ["\u202e", 1, None, True]}) == {"a": ["{U+202E}", 1, None, True]}


@given(st.text())
def test_printable_text_holds_nothing_the_fonts_lack(text: str) -> None:
    assert set(printable(text)) <= characters()


def test_the_only_lines_on_a_page_are_thin_ones_below_rows() -> None:
    """A table draws black ones on every side that it is not told about."""
    values = json.dumps(printable(invoice_page(snapshot(8))))
    compiler = typst.Compiler(
        input=TEMPLATES / "invoice.typ", root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True
    )
    pages = compiler.compile(format="svg", sys_inputs={"values": values, "attachment": "{}"})
    assert isinstance(pages, list) and len(pages) == 3
    assert {colour for page in pages for colour in re.findall(r'stroke="([^"]+)"', page.decode())} == {
        "#c3cbd4"
    }
