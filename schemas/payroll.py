"""Payroll exports as they come: a template says how an export's columns read, a mapping what each pay element is."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

from schemas.cells import DayCell, Reference, Words, YesNo, one_of
from schemas.loading import PAY_SECTIONS
from schemas.scalars import Day, Text
from schemas.strict import Fault

NOT_PAY: Final = "none"
"""The section of an element that is no payment and no deduction: a total, a cost of the employer's own."""
MAPPED_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {**PAY_SECTIONS, NOT_PAY: ("not_pay",)}
NO_WAGES: Final = frozenset(
    {"expenses", "mileage", "advance", "loan", "benefit_in_kind", "pension", "redundancy"}
)
"""Payments that are no wages (Employment Rights Act 1996, section 27(2) and (5)), of which none can be overpaid."""
DATE_FORMATS: Final[Mapping[str, str]] = {
    "yyyy-mm-dd": "%Y-%m-%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd/mm/yy": "%d/%m/%y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd mmm yyyy": "%d %b %Y",
    "dd-mmm-yyyy": "%d-%b-%Y",
}
"""How an export may write its dates."""
DateFormat = Literal["yyyy-mm-dd", "dd/mm/yyyy", "dd/mm/yy", "dd-mm-yyyy", "dd mmm yyyy", "dd-mmm-yyyy"]
HeaderRow = Annotated[int, Meta(ge=1, le=100)]
MappedSection = Annotated[str, Meta(extra={"parse": one_of(*MAPPED_SECTIONS)})]


def element_key(element: str) -> str:
    """What makes two names of a pay element the same: neither case nor spacing matters."""
    return " ".join(element.casefold().split())


class ElementColumns(Struct, frozen=True, kw_only=True):
    """The headings of one pay element in an export with a row for each employee. `element` is its name."""

    element: Text
    amount: Text | None = None
    units: Text | None = None
    rate: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"amount", "units"} <= valid.keys() and valid["amount"] is valid["units"] is None:
            yield Fault("/amount", "is required, or units")


class LineColumns(Struct, frozen=True, kw_only=True):
    """The headings of an export with a row for each pay element. `code` names the element, else `description`."""

    code: Text | None = None
    description: Text | None = None
    amount: Text | None = None
    units: Text | None = None
    rate: Text | None = None
    reference: Text | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if {"code", "description"} <= valid.keys() and valid["code"] is valid["description"] is None:
            yield Fault("/code", "is required, or description")
        if {"amount", "units"} <= valid.keys() and valid["amount"] is valid["units"] is None:
            yield Fault("/amount", "is required, or units")


class PayTemplate(Struct, frozen=True, kw_only=True):
    """How a payroll export reads: values that are headings name a column of the file.

    `header_row` counts from 1; what stands above is passed over. Without `paid_on` the payment date is given with the
    file. `run` tells two pay runs of one day apart. `time_unit` is what units of time are in. `checked_on` is null
    where nobody has held the headings against an export yet.
    """

    reference: Text
    title: Text
    source: Text
    href: Text | None = None
    checked_on: Day | None = None
    header_row: HeaderRow = 1
    delimiter: Literal[",", ";", "tab"] = ","
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    dates: DateFormat = "dd/mm/yyyy"
    employee: Text
    unknown_employees: Literal["refuse", "leave_out"] = "refuse"
    paid_on: Text | None = None
    earned_start: Text | None = None
    earned_end: Text | None = None
    run: Text | None = None
    time_unit: Literal["hours", "minutes"] = "hours"
    deductions: Literal["positive", "negative"] = "positive"
    line: LineColumns | None = None
    elements: list[ElementColumns] = []
    other_columns: Literal["ignore", "elements"] = "ignore"
    ignored: list[Text] = []

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        wide = bool(valid.get("elements")) or valid.get("other_columns") == "elements"
        if "line" in valid and (valid["line"] is None) != wide:
            both = (
                "stands beside elements or other_columns: an export has a row for each element, or a column"
            )
            yield Fault("/line", both if wide else "is required, or elements, or other_columns: elements")
        if {"earned_start", "earned_end"} <= valid.keys() and (
            (valid["earned_start"] is None) != (valid["earned_end"] is None)
        ):
            yield Fault("/earned_end", "and earned_start need each other")


class PayTemplateVersion(PayTemplate, frozen=True, kw_only=True):
    """A template that a provider keeps. One with the name of a packaged template stands in its place."""

    provider: Text


class PayMappingRow(Struct, frozen=True, kw_only=True):
    """What a pay element of the payroll is for the wage test, for payments made `from` to `until`.

    `takes_back_overpayment`: a line of it below zero recovers an accidental overpayment of wages (reg 12(2)(c)).
    """

    provider: Reference
    element: Reference
    section: MappedSection
    kind: Reference
    duties: Reference | None = None
    consolidated: YesNo | None = None
    absence_taken: YesNo | None = None
    takes_back_overpayment: YesNo | None = None
    note: Words | None = None
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @property
    def reference(self) -> str:
        """The name under which versions of one mapping follow each other."""
        return element_key(self.element)

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if valid.get("until") is not None and "from_" in valid and valid["until"] < valid["from_"]:
            yield Fault("/until", f"{valid['until']} is before from, {valid['from_']}")
        if "section" not in valid or "kind" not in valid:
            return
        section, kind = valid["section"], valid["kind"]
        if kind not in (kinds := MAPPED_SECTIONS[section]):
            yield Fault("/kind", f"must be one of {', '.join(kinds)} in the section {section}")
        owners = {"consolidated": ("allowance",), "absence_taken": ("holiday_pay",)}
        for name, of in owners.items():
            if valid.get(name) is not None and kind not in of:
                yield Fault(f"/{name}", f"belongs to {of[0]} alone")
        if valid.get("duties") is not None and section != "pay":
            yield Fault("/duties", "belongs to the section pay")
        if valid.get("takes_back_overpayment") and (section != "pay" or kind in NO_WAGES):
            yield Fault(
                "/takes_back_overpayment",
                "belongs to wages: to the section pay, and not to money that is none",
            )
