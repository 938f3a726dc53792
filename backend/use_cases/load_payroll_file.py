"""Load one payroll export on the web pages, or try it: counts, every fault, and what each pay element is taken for."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend import clock, db
from backend.domain.payroll import classify, line_worth, unclassified_worth
from backend.sql import query
from backend.use_cases.loading import Given, LoadFault, LoadRefused, Scope, SourceFile, load_payroll
from backend.use_cases.loading.payroll_export import read_export
from backend.use_cases.loading.report import Report
from backend.use_cases.loading.templates import PAY, templates_of
from schemas.loading import LoadedCounts
from schemas.payroll import PayTemplate


@dataclass(frozen=True, slots=True)
class ReadElement:
    """Lines of one pay element: how many, pounds together, and what they are taken as, or why as nothing (`reason`)."""

    element: str
    section: str | None
    kind: str | None
    reason: str | None
    lines: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TriedPayroll:
    """What came of a file: `loaded` is None where it was refused for `faults`. Classified elements come last."""

    loaded: LoadedCounts | None
    faults: Sequence[LoadFault]
    elements: Sequence[ReadElement]


async def load_payroll_file(
    provider_id: UUID, source: SourceFile, template: str, given: Given, *, keep: bool
) -> TriedPayroll:
    """Load the export as `doorstep load pay --template` does; nothing is kept unless `keep`."""
    try:
        loaded = await load_payroll(
            [source],
            provider=None,
            template=template,
            given=given,
            scope=Scope(provider=provider_id),
            dry_run=not keep,
        )
    except LoadRefused as error:
        return TriedPayroll(None, error.faults, [])
    async with db.as_provider(provider_id) as connection:
        read_by = (await templates_of(connection, provider_id, PAY))[template]
        mapping = await connection.fetch(query("wages.pay_mapping"), provider_id, clock.now())
        raw = await asyncio.to_thread(_raw, source, read_by, given)
        wanted = list({line["employment_id"] for line in raw})
        employed = await connection.fetch(query("loading.employments"), provider_id, wanted)
    known = {row["reference"] for row in employed}
    held = [line for line in raw if line["employment_id"] in known]
    return TriedPayroll(loaded, (), await asyncio.to_thread(_elements, held, list(map(dict, mapping))))


def _raw(source: SourceFile, template: PayTemplate, given: Given) -> list[dict[str, Any]]:
    """The lines as they would be held, by the reference of the employment."""
    names = (
        *("reference", "element", "amount", "quantity", "time_unit", "rate", "paid_on"),
        *("earned_start", "earned_end"),
    )
    return [
        {
            **{name: getattr(line.row, name) for name in names},
            "employment_id": line.row.employee,
            "deductions_negative": template.deductions == "negative",
        }
        for line in read_export(source, template, given, Report())
    ]


def _elements(raw: Sequence[Mapping[str, Any]], mapping: Sequence[Mapping[str, Any]]) -> list[ReadElement]:
    """The elements by name, those that nobody has classified first. What the mapping calls no pay is not in it."""
    found = classify(raw, mapping)
    sums: dict[tuple[str, str | None, str | None, str | None], list[Decimal]] = {}
    for line in found.unclassified:
        sums.setdefault((line["element"], None, None, line["reason"]), []).append(unclassified_worth(line))
    for line in found.lines:
        sums.setdefault((line["element"], line["section"], line["kind"], None), []).append(line_worth(line))
    rows = [
        ReadElement(*key, lines=len(amounts), amount=sum(amounts, Decimal("0.00")))
        for key, amounts in sums.items()
    ]
    return sorted(rows, key=lambda row: (row.reason is None, row.element, row.kind or ""))
