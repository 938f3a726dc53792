"""Text in the keys of pages ends no part of a key."""

from urllib.parse import unquote

import pytest

from backend.domain.page_keys import text_part


@pytest.mark.parametrize("text", ["Basic ~ Pay", "100%7E", "~", "Siân Ó", "a+b&c=d", ""])
def test_a_text_comes_back_from_its_part_as_it_was(text: str) -> None:
    assert "~" not in text_part(text) and unquote(text_part(text)) == text
