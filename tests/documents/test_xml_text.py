"""XML written as text is read back as it was meant."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from backend.documents.xml_text import binary, document, group, leaf

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ANY = st.text(st.characters(exclude_categories=()))


@given(ANY, ANY)
def test_texts_and_attributes_come_back_with_what_xml_cannot_hold_replaced(
    text: str, given_with: str
) -> None:
    root = etree.fromstring(document(group("a", group("b", leaf("c", text, {"d": given_with})))))
    read = root.find("b/c")
    assert (read.text or "") == NOT_XML.sub("\ufffd", text)
    assert read.get("d") == NOT_XML.sub("\ufffd", given_with)


def test_groups_are_indented_and_texts_are_not() -> None:
    written = document(group("a", leaf("b", "one\n  two"), group("c"), group("d", leaf("e", ""))))
    assert written.decode().splitlines()[1:] == [
        "<a>",
        "  <b>one&#10;  two</b>",
        "  <c/>",
        "  <d>",
        "    <e></e>",
        "  </d>",
        "</a>",
    ]


@given(st.binary())
def test_a_file_comes_back_from_its_base64(content: bytes) -> None:
    root = etree.fromstring(document(group("a", binary("b", content, {"mimeCode": "text/csv"}))))
    assert base64.b64decode(root.findtext("b")) == content
