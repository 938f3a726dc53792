"""Reading a PDF back: its text, its catalogue, its attachments."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader


def reader(document: bytes) -> PdfReader:
    """A reader of the document's bytes."""
    return PdfReader(BytesIO(document))


def text(document: bytes) -> str:
    """The text of all pages, white space evened out, a line for each line of type."""
    pages = [page.extract_text() for page in reader(document).pages]
    return (
        "\n".join(" ".join(line.split()) for page in pages for line in page.splitlines() if line.strip())
        + "\n"
    )


def page_texts(document: bytes) -> list[str]:
    """The text of each page in one line."""
    return [" ".join(page.extract_text().split()) for page in reader(document).pages]


def catalogue(document: bytes) -> Any:
    """The document's root object."""
    return reader(document).trailer["/Root"]


def attachment(document: bytes) -> tuple[str, bytes]:
    """The name and bytes of the one attached file."""
    ((name, (content,)),) = reader(document).attachments.items()
    return name, content


def roles(document: bytes) -> set[str]:
    """The kinds of structure the tags name: headings, tables, header cells, ..."""
    found: set[str] = set()
    pending = [catalogue(document)["/StructTreeRoot"]]
    while pending:
        node = pending.pop()
        if "/S" in node:
            found.add(str(node["/S"]))
        kids = node.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        pending += [kid.get_object() for kid in kids if hasattr(kid.get_object(), "get")]
    return found
