"""Statements for people supported: plain words in large print, the same data in each format."""

from backend.documents.statement import statement_json, statement_page, statement_pdf
from tests.documents import pdf
from tests.documents.statements import statement, visit


def paper(**changes: object) -> str:
    return " ".join(pdf.text(statement_pdf(statement(**changes))).split())


def test_it_says_what_was_planned_what_happened_and_who_came() -> None:
    said = paper()
    assert "There were 9 visits in these days." in said
    assert (
        "09:00 to 09:30, home care Ann came at 09:04 and left at 09:31. Cost: £12.00. Your part: £2.40."
        in said
    )


def test_it_says_what_it_costs_in_all_and_what_it_costs_the_person() -> None:
    said = paper()
    assert "The visits cost £24.00 in all. • Your part is £4.80. • Wyeshire Council pays £19.20." in said
    assert "What 3 visits cost is not known yet, and not in these sums." in said
    assert "Cost: £12.00. Your part: £2.40. Not billed yet." in said


def test_it_says_of_each_visit_that_was_not_made_why() -> None:
    said = [line.partition(": ")[2] for line in statement_page(statement())["not_made"]]
    assert said == [
        "nobody came, as far as we know.",
        "the carer came, and was not let in or was asked to go.",
        "you called it off on 1 November 2026 at 18:00 GMT.",
        "Hearth Care called it off.",
        "visits were paused because you were in hospital.",
        "what happened is still being looked into.",
    ]


def test_it_says_who_is_still_to_come_and_how_to_say_that_something_is_wrong() -> None:
    said = paper()
    assert "Ann will come." in said and "We will tell you who comes." in said
    assert (
        "If something here is wrong" in said and "office@example.org" in said and "Wyeshire Council" in said
    )
    assert "Invoice HEARTH-000002" in said and "gives you back £1.00" in said


def test_everything_on_it_is_in_type_of_at_least_sixteen_points() -> None:
    sizes: set[float] = set()

    def seen(text: str, _: object, matrix: list[float], __: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(size * matrix[3]), 1))

    for page in pdf.reader(statement_pdf(statement())).pages:
        page.extract_text(visitor_text=seen)
    assert sizes and min(sizes) >= 16


def test_it_is_tagged_titled_and_in_british_english() -> None:
    document = statement_pdf(statement())
    assert {"/H1", "/H2", "/H3", "/L", "/LI"} <= pdf.roles(document)
    assert str(pdf.catalogue(document)["/Lang"]).lower() == "en-gb"
    assert pdf.attachment(document) == ("statement.json", statement_json(statement()))
    assert statement_pdf(statement()) == document


def test_somebody_without_visits_gets_a_statement_too() -> None:
    said = paper(visits=[], payers=[], total="0.00", own="0.00", invoices=[])
    assert "No visits were planned in these days." in said and "Nothing." in said


def test_a_simulated_clock_is_named_and_vat_is_said_to_be_in_the_sums() -> None:
    taxed = [{"name": "Mr One", "own": True, "net": "10.00", "amount": "12.00"}]
    said = paper(simulated_clock=True, visits=[visit(1, "made")], payers=taxed, total="12.00", own="12.00")
    assert "simulated clock" in said
    assert "VAT of £2.00 is in these sums. What single visits cost is said before VAT." in said


def test_what_a_name_holds_is_printed_and_not_obeyed() -> None:
    assert "*Ann* #panic" in paper(visits=[visit(1, "to_come", expected=["*Ann* #panic"])])
