"""Visits and attendances as invoices hand them over, where calc price cannot ask: no attendance, or one too many."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from backend.domain.pricing import ATTENDANCES, VISITS, Priced, price, terms_of
from backend.domain.pricing.gaps import Gap, unpriced_at_first
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


def test_a_service_is_unpriced_at_first_where_its_first_day_has_no_rate_or_two() -> None:
    """Rates from April on, two of them in May, none in July."""
    rate = {"service": "home_care", "zone": "rural", "hourly": "24.00"}
    spans = [("2026-04-01", "2026-06-30"), ("2026-05-01", "2026-05-31"), ("2026-08-01", None)]
    rates = [{**rate, "from": first, "until": last} for first, last in spans]
    terms = decode(Contract, contract(rates=rates)).value
    assert isinstance(terms, Contract)

    def found(month: int, last: date | None = None, zone: str = "rural") -> Gap | None:
        return unpriced_at_first(terms, "home_care", zone, date(2026, month, 1), last)

    assert [month for month in range(3, 9) if found(month) is not None] == [3, 5, 7]
    assert found(3) == Gap("home_care", "rural", date(2026, 3, 1), date(2026, 3, 31), 0)
    assert found(5) == Gap("home_care", "rural", date(2026, 5, 1), date(2026, 5, 31), 2)
    assert found(7, date(2026, 7, 9)) == Gap("home_care", "rural", date(2026, 7, 1), date(2026, 7, 9), 0)
    assert found(4, zone="moon") == Gap("home_care", "moon", date(2026, 4, 1), None, 0)
