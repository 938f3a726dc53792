"""Visits and attendances as invoices hand them over, where calc price cannot ask: no attendance, or one too many."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from backend.domain.pricing import ATTENDANCES, VISITS, Priced, price, terms_of
from schemas.price import Contract
from schemas.strict import decode
from tests.pricing import contract

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
HALF_PAST = NINE.replace(minute=30)


def double_handed(**changes: Any) -> dict[str, Any]:
    """A visit for two carers, planned 09:00 to 09:30 and billed carer by carer, with the columns given instead."""
    visit = dict.fromkeys(VISITS.names()) | {
        "contract": 0,
        "visit": "v1",
        "service": "home_care",
        "zone": "rural",
    }
    planned = {"planned_start": NINE, "planned_end": HALF_PAST}
    return visit | planned | {"status": "completed", "carers": 2, "by_attendance": True} | changes


def came(carer: str) -> dict[str, Any]:
    return {"contract": 0, "visit": "v1", "carer": carer, "actual_start": NINE, "actual_end": HALF_PAST}


def priced(visit: dict[str, Any], *attendances: dict[str, Any]) -> Priced:
    terms = decode(Contract, contract(missed={"percent": "50"})).value
    assert isinstance(terms, Contract)
    return price(
        pl.DataFrame([visit], schema=VISITS),
        pl.DataFrame(list(attendances), schema=ATTENDANCES),
        terms_of([(terms, [])]),
    )


def codes(result: Priced) -> list[str]:
    return result.findings["code"].to_list()


def test_a_double_handed_visit_without_any_attendance_is_one_finding() -> None:
    result = priced(double_handed())
    assert (codes(result), result.lines.height) == (["no_actual"], 0)


def test_a_double_handed_visit_that_was_missed_is_due_for_every_carer_though_none_is_named() -> None:
    result = priced(double_handed(status="missed"))
    assert (codes(result), result.lines["amount"].to_list()) == ([], [600, 600])


def test_more_attendances_than_carers_are_a_finding() -> None:
    assert codes(priced(double_handed(), came("ann"), came("bob"))) == []
    assert codes(priced(double_handed(), came("ann"), came("bob"), came("cat"))) == ["too_many_attendances"]
