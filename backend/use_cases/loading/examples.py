"""How a file of each kind is written: its columns, and an example of a row that would load."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from backend.documents.cells import csv_bytes
from backend.use_cases.loading.rows import Column, columns_of
from backend.use_cases.loading.run import row_of
from backend.use_cases.loading.templates import DELIVERY, PAY, TemplateKind, packaged_templates
from schemas.loading import LoadKind

PROVIDER: Final = "hearth"
"""The provider that examples name."""
_TEMPLATES: Final[Mapping[str, TemplateKind[Any]]] = {"pay-templates": PAY, "delivery-templates": DELIVERY}


def columns_of_kind(kind: LoadKind) -> Sequence[Column]:
    """The columns of a kind of rows; none of a nested kind, and of postcode lists, which are read as published."""
    row, nested = row_of(kind)
    return [] if row is None or nested else columns_of(row)


def example_of(kind: LoadKind, provider: str = PROVIDER) -> list[dict[str, Any]]:
    """Rows of a kind as JSON has them, of a provider; none of postcode lists."""
    if kind in _TEMPLATES:
        template = packaged_templates(_TEMPLATES[kind])["generic"]
        return [{"provider": provider, **msgspec.to_builtins(template)}]
    return [
        {name: provider if name == "provider" else value for name, value in row.items()}
        for row in _examples().get(kind, [])
    ]


def empty_file(kind: LoadKind, provider: str) -> tuple[str, str, bytes] | None:
    """Name, media type and bytes of a file to begin with: the headings alone, or the example of a nested kind."""
    columns = columns_of_kind(kind)
    if columns:
        return f"{kind}.csv", "text/csv", csv_bytes([column.heading for column in columns], [])
    example = example_of(kind, provider)
    if not example:
        return None
    return f"{kind}.json", "application/json", msgspec.json.format(msgspec.json.encode(example), indent=1)


@cache
def _examples() -> Mapping[str, list[dict[str, Any]]]:
    text = files("backend.use_cases.loading").joinpath("examples.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]])
