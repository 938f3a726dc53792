"""What an invoice says on paper: every value of the page as text, so that the template only lays it out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from backend.documents import words
from backend.documents.block_hours import block_rows, is_charge
from backend.documents.invoice_sums import billed_minutes, gained_minutes, line_sums, parked_rows
from backend.documents.listed import LISTED
from backend.documents.typeface import lines_of_type
from backend.domain.counted import counted
from backend.domain.time import london_date
from schemas.documents import InvoiceLine, InvoiceSnapshot, Party, RuleText, Vat

Page = dict[str, Any]
COLUMNS: Final = (9, 41, 23, 24, 27, 12, 12, 12, 14, 12, 24, 12, 26, 17)
"""Widths of the columns of lines in millimetres, from the number of the line to its amount: all that a page is wide."""
_SIZE: Final = 8
_TALLEST: Final = 20
_ROOM: Final = [(millimetres * 72 / 25.4 - 6) / _SIZE * 0.97 for millimetres in COLUMNS]
"""Ems that a line of type has in each column: without the cell's inset of 3 points, and with a little to spare."""
NOT_SUMMED: Final = "Changes to earlier documents are not in these sums."


def invoice_page(snapshot: InvoiceSnapshot) -> Page:
    """The values of `templates/invoice.typ`: plain JSON data, all of it ready to print."""
    numbers = {rule.id: str(index) for index, rule in enumerate(snapshot.rules, start=1)}
    # An adjustment repeats the time of its visit, and the charge of a block is of no visit.
    new = [line for line in snapshot.lines if not line.adjusts and not is_charge(line)]
    changes = any(line.adjusts for line in snapshot.lines)
    title = words.document_kind(snapshot.kind, snapshot.self_billed)
    return {
        "title": f"{title} {snapshot.number}",
        "heading": title,
        "notices": notices(snapshot),
        "from": party(snapshot.provider),
        "to": party(snapshot.payer),
        "details": _details(snapshot),
        "totals": _totals(snapshot),
        "total": _total(snapshot),
        "shared": _shared(snapshot),
        "payers": [[total.name, total.payer, words.pounds(total.amount)] for total in snapshot.by_payer],
        "minutes": _minutes(new),
        "balance": _balance(new) + (f" {NOT_SUMMED}" if changes else ""),
        "blocks": block_rows(snapshot),
        "parked": parked_rows(snapshot.parked),
        **_lines(snapshot, numbers),
        "columns": list(COLUMNS),
        "net": words.pounds(snapshot.total),
        "rules": [rule(text, numbers) for text in snapshot.rules],
        "footer": [f"Template {snapshot.template_version}", f"Facts {snapshot.facts_digest}"],
    }


def _lines(snapshot: InvoiceSnapshot, numbers: Mapping[str, str]) -> Page:
    """Each line; or, of more than a person reads, sums of them."""
    if len(snapshot.lines) > LISTED:
        return {"lines": [], "sums": line_sums(snapshot.lines)}
    taxed = any(vat.category == "S" for vat in snapshot.vat)
    return {"lines": [_line(line, numbers, taxed) for line in snapshot.lines], "sums": None}


def notices(snapshot: InvoiceSnapshot) -> list[str]:
    """What a reader must know on every page."""
    said = []
    if snapshot.simulated_clock:
        said.append("Made under a simulated clock. This is not a real invoice.")
    if snapshot.self_billed:
        said.append(
            f"Self-billed: {snapshot.commissioner.name} makes this document out for {snapshot.provider.name}, "
            f"as agreed in contract {snapshot.contract_reference}."
        )
    return said


def party(organisation: Party) -> Page:
    """An address block."""
    identifiers = (("VAT", organisation.vat_identifier), ("Tax", organisation.tax_identifier))
    return {
        "name": organisation.name,
        "lines": words.parties_address(organisation),
        "identifiers": [f"{name} number {value}" for name, value in identifiers if value]
        + [f"Reference {organisation.reference}"],
    }


def rule(text: RuleText, numbers: Mapping[str, str]) -> Page:
    """A rule as the last section prints it."""
    return {
        "number": numbers[text.id],
        "id": text.id,
        "title": text.title,
        "says": text.says,
        "source": ", ".join(part for part in (text.instrument, text.href) if part),
    }


def rule_numbers(rules: list[str], numbers: Mapping[str, str]) -> str:
    """The numbers of rules in the document's list; a rule that the list lacks shows by its id."""
    return ", ".join(numbers.get(identifier, identifier) for identifier in rules)


def _shared(snapshot: InvoiceSnapshot) -> str:
    """What a payer must know who pays only a part."""
    if len([total for total in snapshot.by_payer if total.amount]) < 2:
        return ""
    before = "" if snapshot.to_pay == snapshot.total else " before VAT"
    return (
        f"The cost of these visits is shared. This document asks {snapshot.payer.name} for its own part, "
        f"{words.pounds(snapshot.total)}{before}; each other payer has a document of its own."
    )


def _details(snapshot: InvoiceSnapshot) -> list[list[str]]:
    rows = [
        ["Number", snapshot.number],
        ["Issued", words.moment(snapshot.issued_at)],
        ["Period", words.dates(snapshot.period)],
        ["Contract", f"{snapshot.contract_reference}, version {snapshot.contract_version}"],
    ]
    if snapshot.payer.reference != snapshot.commissioner.reference:
        rows.append(["Commissioned by", snapshot.commissioner.name])
    return rows + ([["Purchase order", snapshot.purchase_order]] if snapshot.purchase_order else [])


def _totals(snapshot: InvoiceSnapshot) -> list[list[str]]:
    taxes = [[taxed(vat, len(snapshot.vat) > 1), words.pounds(vat.amount)] for vat in snapshot.vat]
    return [*_kinds(snapshot.lines), ["Net", words.pounds(snapshot.total)], *taxes]


def taxed(vat: Vat, several: bool) -> str:
    """A total of VAT in words; of several, each says what it is on."""
    on = f" on {words.pounds(vat.net)}" if several else ""
    if vat.category == "S":
        return f"VAT at {words.percent(vat.rate)}{on}"
    return f"VAT{on}: {vat.reason or 'exempt'}"


def _kinds(lines: list[InvoiceLine]) -> list[list[str]]:
    """Visits billed for the first time, blocks of hours, and changes to earlier documents, apart."""
    new = [line.amount for line in lines if not line.adjusts and not is_charge(line)]
    blocks = [line.amount for line in lines if not line.adjusts and is_charge(line)]
    changes = [line.amount for line in lines if line.adjusts]
    rows = [[f"Visits, {_count(new)}", words.pounds(sum(new, Decimal()))]]
    if blocks:
        rows.append([f"Blocks of hours, {_count(blocks)}", words.pounds(sum(blocks, Decimal()))])
    if changes:
        rows.append(
            [f"Changes to earlier documents, {_count(changes)}", words.pounds(sum(changes, Decimal()))]
        )
    return rows


def _total(snapshot: InvoiceSnapshot) -> list[str]:
    credited = snapshot.to_pay < 0 or snapshot.kind == "credit_note"
    return ["Total credited" if credited else "Total to pay", words.pounds(snapshot.to_pay)]


def _minutes(lines: list[InvoiceLine]) -> list[list[str]]:
    """Planned, worked and billed time over the lines given."""
    named = (
        ("Planned", [line.planned_minutes or Decimal() for line in lines]),
        ("Worked", [line.actual_minutes for line in lines]),
        ("Billed", [billed_minutes(line) for line in lines]),
        ("Added or taken by rounding", [line.rounding_minutes for line in lines]),
        ("Billed less worked", [gained_minutes(line) for line in lines]),
    )
    return [
        [name, words.number(sum(values, Decimal())), words.hours(sum(values, Decimal()))]
        for name, values in named
    ]


def _balance(lines: list[InvoiceLine]) -> str:
    """Who gains by the contract's rounding and tolerance, both directions apart."""
    differences = [gained_minutes(line) for line in lines]
    over = [minutes for minutes in differences if minutes > 0]
    under = [-minutes for minutes in differences if minutes < 0]
    return (
        f"Billed beyond the time worked: {words.number(sum(over, Decimal()))} minutes on {_count(over)}. "
        f"Worked but not billed: {words.number(sum(under, Decimal()))} minutes on {_count(under)}."
    )


def _count(lines: list[Decimal]) -> str:
    return counted(len(lines), "line")


def _line(line: InvoiceLine, numbers: Mapping[str, str], taxed: bool) -> Page:
    span = line.planned or line.actual
    on = london_date(span.start) if span else None
    minutes = (line.planned_minutes, line.actual_minutes, billed_minutes(line))
    row: Page = {
        "line": str(line.line),
        "visit": line.visit,
        "person": line.person if line.carer is None else f"{line.person}, carer {line.carer}",
        "service": ", ".join(words.worded(part) for part in (line.service, line.zone) if part),
        "vat": line_tax(line) if taxed else "",
        "day": words.short_day(on) if on else "",
        "planned": "" if is_charge(line) else words.clock(line.planned, on),
        "actual": "" if is_charge(line) else words.clock(line.actual, on),
        "evidence": words.worded(line.evidence_level or ""),
        "minutes": ["" if value is None else words.number(value) for value in minutes],
        "changes": [_signed(line.rounding_minutes), _signed(gained_minutes(line))],
        "price": price(line),
        "rules": rule_numbers(line.rules, numbers),
        "amount": words.pounds(line.amount),
        "shares": [f"{share.payer} {words.pounds(share.amount)}" for share in line.funding],
        "remarks": remarks(line, on),
    }
    return row | {"type_lines": _type_lines(row)}


def _type_lines(row: Page) -> int | None:
    """The lines of type in a row's fullest cell, which tell its height.

    None where a word is wider than its column, and where a row may have to break across pages.

    The typesetter sets a row of unknown height twice, which took a fifth of an invoice's time.
    """
    cells = (
        (row["line"],),
        (row["visit"], row["person"]),
        (row["service"], row["vat"]),
        (row["day"], row["planned"]),
        (row["actual"], row["evidence"]),
        *((minutes,) for minutes in row["minutes"] + row["changes"]),
        (row["price"],),
        (row["rules"],),
        row["shares"],
        (row["amount"],),
    )
    fullest = max(
        sum(lines_of_type(text, room) for text in texts) for texts, room in zip(cells, _ROOM, strict=True)
    )
    return int(fullest) if fullest <= _TALLEST else None


def price(line: InvoiceLine) -> str:
    """What a line is priced by: a block of hours, or the unit and uplift of its rate."""
    if line.block is not None:
        return f"block {line.block}" if is_charge(line) else f"within block {line.block}"
    return " + ".join(words.worded(part) for part in (line.unit, line.uplift) if part)


def line_tax(line: InvoiceLine) -> str:
    """How a line is taxed, on a document where some line is."""
    return f"VAT {words.percent(line.vat_rate)}" if line.vat_category == "S" else "VAT exempt"


def _signed(minutes: Decimal) -> str:
    return f"+{words.number(minutes)}" if minutes > 0 else words.number(minutes)


def remarks(line: InvoiceLine, on: date | None) -> str:
    """What else there is to say of a line, as sentences. `on` is the day that its times are taken to be of."""
    said = [] if line.status == "completed" else [f"This visit was {words.worded(line.status)}"]
    if line.adjusts:
        said.append(f"Changes line {line.adjusts.line} of {line.adjusts.number}")
    if line.reason:
        said.append(line.reason)
    if line.mileage and not line.adjusts:
        said.append(
            f"{words.pounds(line.mileage)} of the price is for {words.number(line.miles or Decimal())} miles there"
        )
    if line.claimed:
        said.append(f"Claimed {words.clock(line.claimed, on)}")
    if line.flags:
        said.append(f"Flags: {', '.join(map(words.worded, line.flags))}")
    return ". ".join(said)
