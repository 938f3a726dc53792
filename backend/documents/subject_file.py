"""Everything about one subject as a ZIP file: JSON for programs, a CSV file of each table, and a page to read."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import msgspec

from backend.documents.cells import guarded

_DATED: Final = (1980, 1, 1, 0, 0, 0)
Records = Mapping[str, Sequence[Mapping[str, Any]]]
"""Of each table its rows."""
_NOTE: Final = (
    "Everything that is held about one person or carer, table by table. Instants are UTC, bytes hexadecimal. Others "
    "who are named in a record stand in it by an id alone."
)


def subject_zip(head: Mapping[str, Any], records: Records) -> bytes:
    """The bytes of the file; the same records give the same bytes."""
    held = {name: rows for name, rows in sorted(records.items()) if rows}
    counts = {name: len(rows) for name, rows in held.items()}
    files = {
        "about.json": _json({**head, "note": _NOTE, "rows": counts}),
        "records.json": _json(held),
        "records.html": _page(head, held).encode(),
        **{f"csv/{name}.csv": _csv(rows) for name, rows in held.items()},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATED), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1)


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV, with no cell that a spreadsheet would run as a formula."""
    text, columns = io.StringIO(), _columns(rows)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([guarded(_cell(row.get(name))) for name in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _page(head: Mapping[str, Any], records: Records) -> str:
    title = f"Everything about {head['about']} {head['reference']}"
    contents = "".join(
        f'<li><a href="#{name}">{escape(_words(name))}</a>: {len(rows)}</li>'
        for name, rows in records.items()
    )
    tables = "".join(_table(name, rows) for name, rows in records.items())
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>'
        f"<h1>{escape(title)}</h1><p>Held by {escape(str(head['provider']))}, as of {escape(str(head['made_at']))}.</p>"
        f"<p>{escape(_NOTE)}</p><ul>{contents}</ul>{tables}</body></html>"
    )


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    columns = _columns(rows)
    head = "".join(f'<th scope="col">{escape(_words(column))}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row.get(column)))}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    caption = f"<caption>{escape(_words(name))}</caption>"
    return (
        f'<table id="{name}" border="1">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
