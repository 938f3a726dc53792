"""A person's statement as a large-print PDF and as JSON, and its words, which the web page says alike.

Plain English for somebody who gets care, or who speaks for them: short sentences, no codes, sums with the pound sign.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from backend.documents import words
from backend.documents.canonical import canonical_json
from backend.documents.typesetting import typeset
from backend.domain.counted import counted
from backend.domain.said_back import listed
from schemas.documents import Party
from schemas.statements import PersonStatement, StatementInvoice, StatementVisit

Page = dict[str, Any]
SIMULATED: Final = "Made under a simulated clock. This is not a real statement."
_ABSENCES: Final = {
    "hospital": "you were in hospital",
    "respite": "you were in respite care",
    "away": "you were away",
    "ended": "your care had ended",
}
_COUNTED: Final = {
    "made": ("was made", "were made"),
    "missed": ("was missed", "were missed"),
    "refused": ("was turned away at the door", "were turned away at the door"),
    "cancelled": ("was called off", "were called off"),
    "suspended": ("was paused", "were paused"),
    "not_settled": ("is being looked into", "are being looked into"),
    "to_come": ("is still to come", "are still to come"),
}


def statement_pdf(statement: PersonStatement) -> bytes:
    """The statement on paper: A4 in type of 18 points and more, tagged, with its own data attached."""
    return typeset("statement", statement_page(statement), statement_json(statement), statement.as_of)


def statement_json(statement: PersonStatement) -> bytes:
    """The statement for machines: the whole snapshot, canonical (RFC 8785)."""
    return canonical_json(statement)


def statement_text(statement: PersonStatement) -> str:
    """The statement as plain text, for a terminal or a letter."""
    page = statement_page(statement)
    parts = [
        page["title"],
        f"For {page['person']}, from {page['provider']}",
        *page["notices"],
        *page["summary"],
    ]
    parts += ["", *page["costs"]]
    for day in page["days"]:
        parts += ["", day["day"]]
        for visit in day["visits"]:
            told = [f"{visit['head']}, {visit['what']}:", *visit["happened"], visit["cost"]]
            parts.append(f"  {' '.join(part for part in told if part)}")
    return "\n".join([*parts, "", *page["invoices"], *page["footer"]])


def file_name(statement: PersonStatement) -> str:
    """The name of its files, without what follows the point."""
    return f"statement_{statement.person.reference}_{statement.period.start}_{statement.period.end}"


def statement_page(statement: PersonStatement) -> Page:
    """All that the paper and the web page say, ready to show: plain JSON data."""
    return {
        "title": f"Care from {words.dates(statement.period)}",
        "notices": [SIMULATED] if statement.simulated_clock else [],
        "person": statement.person.name,
        "provider": statement.provider.name,
        "summary": _summary(statement.visits),
        "costs": list(_costs(statement)),
        "days": [
            {"day": words.day(day), "visits": [_visit(visit, statement) for visit in visits]}
            for day, visits in groupby(statement.visits, key=lambda visit: visit.day)
        ],
        "not_made": [
            f"{words.day(visit.day)}, {_planned(visit)}: {_why(visit, statement)}"
            for visit in statement.visits
            if visit.outcome in ("missed", "refused", "cancelled", "suspended", "not_settled")
        ],
        "invoices": [_invoice(invoice) for invoice in statement.invoices],
        "contacts": [
            _contact(statement.provider, "who give the care"),
            *(_contact(party, "who arrange the care") for party in statement.commissioners),
        ],
        "footer": [
            f"Made from what was recorded up to {words.moment(statement.as_of)}.",
            f"Template {statement.template_version}. Facts {statement.facts_digest[:16]}.",
        ],
    }


def _summary(visits: Sequence[StatementVisit]) -> list[str]:
    """How many visits there were, and what became of them."""
    if not visits:
        return ["No visits were planned in these days."]
    said = [f"There {'was' if len(visits) == 1 else 'were'} {counted(len(visits), 'visit')} in these days."]
    for outcome, (one, several) in _COUNTED.items():
        number = sum(visit.outcome == outcome for visit in visits)
        if number:
            said.append(f"{number} {one if number == 1 else several}.")
    return said


def _costs(statement: PersonStatement) -> Iterator[str]:
    if statement.payers or statement.total:
        yield f"The visits cost {words.pounds(statement.total)} in all."
        yield f"Your part is {words.pounds(statement.own)}."
        for payer in statement.payers:
            if not payer.own:
                yield f"{payer.name} pays {words.pounds(payer.amount)}."
        if tax := sum((payer.amount - payer.net for payer in statement.payers), Decimal(0)):
            yield f"VAT of {words.pounds(tax)} is in these sums. What single visits cost is said before VAT."
    unpriced = sum(visit.price is None for visit in statement.visits)
    if unpriced:
        yield f"What {counted(unpriced, 'visit')} cost is not known yet, and not in these sums."


def _visit(visit: StatementVisit, statement: PersonStatement) -> Page:
    return {
        "id": visit.visit_id,
        "can_dispute": _can_dispute(visit),
        "billed": bool(visit.billed_on),
        "head": _planned(visit),
        "what": words.worded(visit.service),
        "happened": list(_happened(visit, statement)),
        "cost": _cost(visit),
    }


def _can_dispute(visit: StatementVisit) -> bool:
    """Whether something can be said of a visit: it has begun, somebody planned it, and nothing waits to be decided."""
    return visit.outcome != "to_come" and visit.planned is not None and visit.dispute in (None, "stands")


def _planned(visit: StatementVisit) -> str:
    if visit.planned is None:
        return "a visit that was not planned"
    return f"{words.minute(visit.planned.start)} to {words.minute(visit.planned.end)}"


def _happened(visit: StatementVisit, statement: PersonStatement) -> Iterator[str]:
    for came in visit.came:
        yield f"{came.name} came at {words.minute(came.actual.start)} and left at {words.minute(came.actual.end)}."
    if visit.outcome == "to_come":
        yield f"{listed(visit.expected)} will come." if visit.expected else "We will tell you who comes."
    elif visit.outcome != "made":
        why = _why(visit, statement)
        yield f"{why[:1].upper()}{why[1:]}"


def _why(visit: StatementVisit, statement: PersonStatement) -> str:
    """Why a visit was not made, as the end of a sentence."""
    if visit.outcome == "missed":
        return "nobody came, as far as we know."
    if visit.outcome == "refused":
        return "the carer came, and was not let in or was asked to go."
    if visit.outcome == "suspended":
        return f"visits were paused because {_ABSENCES.get(visit.absence or '', 'you were away')}."
    if visit.outcome == "cancelled":
        when = f" on {words.moment(visit.cancelled_at)}" if visit.cancelled_at else ""
        return f"{_caller_off(visit, statement)} called it off{when}."
    return "what happened is still being looked into."


def _caller_off(visit: StatementVisit, statement: PersonStatement) -> str:
    if visit.cancelled_by == "person":
        return "you"
    if visit.cancelled_by == "commissioner":
        return listed([party.name for party in statement.commissioners]) or "the council"
    return statement.provider.name


def _cost(visit: StatementVisit) -> str:
    if visit.dispute == "open":
        return "Somebody told us that something is wrong with this visit. We are looking into it."
    if visit.dispute == "not_billed":
        return "Nobody is asked to pay for this visit."
    if visit.price is None or visit.own is None:
        return "" if visit.outcome == "to_come" else "What it costs is not known yet."
    if visit.in_block and not visit.price:
        return "It costs nothing more: it is within hours that are paid for in any case."
    billed = "" if visit.billed_on or not visit.price else " Not billed yet."
    return f"Cost: {words.pounds(visit.price)}. Your part: {words.pounds(visit.own)}.{billed}"


def _invoice(invoice: StatementInvoice) -> str:
    asked = f"asks you for {words.pounds(invoice.to_pay)}"
    given = f"gives you back {words.pounds(abs(invoice.to_pay))}"
    told = given if invoice.to_pay < Decimal(0) else asked
    return f"{words.document_kind(invoice.kind)} {invoice.number}, {words.dates(invoice.period)}, {told}."


def _contact(party: Party, role: str) -> Page:
    return {"name": party.name, "role": role, "lines": words.parties_address(party)}
