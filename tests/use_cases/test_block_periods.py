"""Blocks of hours over documents: whatever comes late, together they ask what the period costs as it is known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.invoicing import Billed, Charge, next_lines
from backend.use_cases.block_periods import blocks_in, bought_for, drawn_on
from backend.use_cases.calc_price import funders_of
from backend.use_cases.invoice_terms import Terms
from schemas.contract import Contract
from schemas.strict import decode
from tests.jobs.office import PROVIDER
from tests.pricing import answer, contract, span, visit

MONDAY = date(2026, 11, 2)
SHARED = [{"payer": "council", "percent": "70"}, {"payer": "nhs", "percent": "30"}]
Made = tuple[int, int, int]
"""A visit: its day in the fortnight, its minutes, and the document up to which nobody knew of it."""


def bought(hours: list[int], **more: Any) -> dict[str, Any]:
    blocks = [
        {
            "name": f"b{place}",
            "services": ["home_care"],
            "zones": ["rural"],
            "hours": str(each),
            "hourly": "21.35",
        }
        for place, each in enumerate(hours)
    ]
    return contract(blocks=blocks, funding=SHARED, **more)


def version(terms: dict[str, Any], starts_on: date = MONDAY, ends_on: date | None = None) -> Terms:
    read = decode(Contract, terms).value
    assert read is not None
    return Terms(starts_on, ends_on, 1, read, "", "weekly:mon", False, None)


def times(place: int, made: Made) -> dict[str, str]:
    day, minutes, _ = made
    return span("09:00", f"{9 + minutes // 60:02}:{minutes % 60:02}", str(MONDAY + timedelta(days=day)))


def charges(terms: list[Terms], made: dict[str, Made], last: date) -> list[Charge]:
    """What blocks and visits cost as far as they are known, visits at £24 an hour."""
    visits, lines = {}, []
    for place, (name, one) in enumerate(made.items()):
        starts = datetime.fromisoformat(times(place, one)["start"]).astimezone(UTC)
        row = {"starts_at": starts, "planned_start": starts, "actual_start": starts, "reference": name}
        visits[name] = {**row, "carers": 1, "service": "home_care", "zone": "rural"}
        priced = {"visit": name, "outcome": "made", "attendance": 0, "payable_seconds": one[1] * 60}
        lines.append({**priced, "amount": one[1] * 40, "mileage": None, "rules": [], "uplift": None})
    drawn, _ = drawn_on(PROVIDER, "HC-01", terms, lines, visits)
    funders = funders_of(terms[0].contract.funding)
    blocks = blocks_in(PROVIDER, "HC-01", terms, MONDAY, last)
    return [Charge(each.id, None, "", each.pence, funders) for each in blocks] + [
        Charge(row["visit"], None, "S1", row["amount"], funders) for row in drawn
    ]


@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 180), st.integers(0, 3)), max_size=8),
    st.lists(st.integers(1, 6), min_size=1, max_size=2),
)
def test_documents_together_ask_what_calc_price_asks_of_each_period(
    visits: list[Made], hours: list[int]
) -> None:
    terms, made = [version(bought(hours))], {f"v{place}": one for place, one in enumerate(visits)}
    billed: list[Billed] = []
    for number in range(4):
        known = {name: one for name, one in made.items() if one[2] <= number and one[0] < 7 * (number + 1)}
        ends = MONDAY + timedelta(days=7 * (number + 1) - 1)
        for line in next_lines(charges(terms, known, ends), billed):
            billed.append(
                Billed(f"N{number}", len(billed), line.visit, None, line.person, line.pence, line.shares,
                       funders_of(terms[0].contract.funding))
            )  # fmt: skip
    asked = sum(line.pence for line in billed)
    assert asked == sum(sum(line.shares.values()) for line in billed)
    told = 0
    for week in range(4):
        cases = [
            visit(id=name, planned=times(0, one), actual=times(0, one))
            for name, one in made.items()
            if one[0] // 7 == week
        ]
        told += int(str(answer(bought(hours), *cases)["total"]).replace(".", ""))
    assert asked == told


def test_a_version_with_other_blocks_holds_from_its_first_period_on() -> None:
    first = version(bought([1]), ends_on=MONDAY + timedelta(days=6))
    second = version(bought([2, 3]), MONDAY + timedelta(days=7))
    found = blocks_in(PROVIDER, "HC-01", [first, second], MONDAY, MONDAY + timedelta(days=20))
    assert [(each.contract, each.period.start.day, each.block.seconds // 3600) for each in found] == [
        (0, 2, 1),
        (1, 9, 2),
        (1, 9, 3),
        (1, 16, 2),
        (1, 16, 3),
    ]
    assert len({each.id for each in found}) == 5


def test_a_period_that_is_not_over_is_not_charged_but_drawn_on() -> None:
    terms = [version(bought([1]))]
    assert blocks_in(PROVIDER, "HC-01", terms, MONDAY, MONDAY + timedelta(days=5)) == []
    place = bought_for(terms, MONDAY + timedelta(days=5))
    assert place is not None and (place[0], place[1].end) == (0, MONDAY + timedelta(days=6))
    without = [replace(terms[0], contract=msgspec.structs.replace(terms[0].contract, blocks=[]))]
    assert bought_for(without, MONDAY) is None
    assert bought_for(terms, MONDAY - timedelta(days=1)) is None
