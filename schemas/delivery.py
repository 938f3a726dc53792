"""Service delivery files, by which council payment systems take visits: a template says what stands in which column."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from schemas.payroll import DateFormat
from schemas.scalars import Day, Text
from schemas.strict import INVALID, Fault

Value = Literal[
    "file_reference", "description", "created", "provider", "commissioner", "contract", "purchase_order", "document",
    "line", "visit", "person", "carer", "service", "zone", "status", "week_ending", "visit_date", "claimed_start",
    "claimed_duration", "claimed_amount", "planned_start", "planned_duration", "actual_start", "actual_duration",
    "second_carer", "evidence_level", "flags", "changes_document", "reason",
]  # fmt: skip
"""What a column can hold: docs/formats.md says what each means."""
OF_THE_FILE: Final = frozenset(
    {
        "file_reference",
        "description",
        "created",
        "provider",
        "commissioner",
        "contract",
        "purchase_order",
        "document",
    }
)
"""The values that every row of a file shares."""
_ELEMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
Levels = Annotated[list["Level"], Meta(min_length=1, max_length=8)]


class Column(Struct, frozen=True, kw_only=True):
    """One column: a `value` of the visit or the file, or a fixed `text`. `codes` turns our words into the council's."""

    heading: Text
    value: Value | None = None
    text: str | None = None
    codes: dict[str, str] = {}

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"value", "text"} <= valid.keys() and (valid["value"] is None) == (valid["text"] is None):
            yield Fault("/value", "is required, or text, and not both")
        if valid.get("codes") and valid.get("text") is not None:
            yield Fault("/codes", "belongs to a column with a value")


class Level(Struct, frozen=True, kw_only=True):
    """A level of an XML file: an element for each run of rows that have the same values in its columns."""

    element: Text
    columns: list[Column]


class DeliveryTemplate(Struct, frozen=True, kw_only=True):
    """How a council's service delivery file is written.

    As CSV the columns of all levels stand in one row, as XML the levels stand in each other. `prefix` stands before the
    number in the file's reference. `checked_on` is null where nobody has had a file taken by the council's system yet.
    """

    reference: Text
    title: Text
    source: Text
    href: Text | None = None
    checked_on: Day | None = None
    format: Literal["csv", "xml"]
    dates: DateFormat = "dd/mm/yyyy"
    times: Literal["hh:mm:ss", "hh:mm"] = "hh:mm:ss"
    durations: Literal["hh:mm:ss", "hh:mm", "minutes", "hours"] = "hh:mm:ss"
    yes: Text = "True"
    no: Text = "False"
    prefix: str = ""
    week_ends: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "sun"
    levels: Levels

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        levels = [level for level in valid.get("levels", []) if level is not INVALID]
        columns = [column for level in levels for column in level.columns]
        headings = [column.heading for column in columns]
        for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
            yield Fault("/levels", f"the heading {heading} stands twice")
        if "file_reference" not in {column.value for column in columns}:
            yield Fault("/levels", "no column holds the file_reference, by which a system knows a file again")
        if valid.get("format") == "xml" and levels:
            for column in levels[0].columns:
                if column.value is not None and column.value not in OF_THE_FILE:
                    yield Fault(
                        "/levels/0",
                        f"{column.value} differs by visit, and the first level is the file",
                    )
            for name in [*(level.element for level in levels), *headings]:
                if not _ELEMENT.fullmatch(name):
                    yield Fault("/levels", f"{name} cannot be the name of an XML element")


class DeliveryTemplateVersion(DeliveryTemplate, frozen=True, kw_only=True):
    """A template that a provider keeps. One with the name of a packaged template stands in its place."""

    provider: Text
