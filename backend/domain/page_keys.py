"""Keys by which the address of a page names the row that the page before it ended with: parts between `~`."""

from urllib.parse import quote


def text_part(text: str) -> str:
    """A text as a part of a key, to be read by `urllib.parse.unquote`: no `~` within it ends the part."""
    return quote(text, safe="").replace("~", "%7E")
