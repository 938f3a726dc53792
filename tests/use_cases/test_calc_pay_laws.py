"""Law and terms are apart: whatever terms pay, what happened and what counts by law stay the same."""

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.use_cases.calc_day import day_results
from backend.use_cases.calc_pay import pay_results
from schemas.pay import HOURLY_WORK, PayCase, PayRates, PayTerms
from tests.domain.working_day.test_day_laws import activities_made, case_of, visits_made

rates_made = st.dictionaries(
    st.sampled_from([*HOURLY_WORK, "sleep_in_flat"]),
    st.decimals("0.01", "99.99", places=2),
).map(lambda rates: PayRates(**{"break_" if work == "break" else work: rate for work, rate in rates.items()}))
terms_made = st.builds(
    PayTerms,
    rates=rates_made,
    paid_gap_limit_minutes=st.sampled_from([None, Decimal(0), Decimal(20), Decimal(60)]),
)


def by_law(visits: list[Any], activities: list[Any]) -> Counter[str]:
    """Minutes of a day by kind, as calc day counts them or does not."""
    [day] = day_results([case_of(visits, activities)])
    found: Counter[str] = Counter()
    for segment in day.segments:
        found[segment.kind] += segment.seconds // 60
    return +found


@settings(max_examples=80, deadline=None)
@given(visits_made, activities_made, terms_made)
def test_paid_and_unpaid_time_together_are_the_time_that_the_law_saw_whatever_the_terms(
    visits: list[Any], activities: list[Any], terms: PayTerms
) -> None:
    [paid] = pay_results([PayCase(terms=terms, days=[case_of(visits, activities)])])
    found: Counter[str] = Counter()
    for line in paid.lines:
        if line.kind in ("hourly", "sleep_in_allowance"):
            found[str(line.work)] += int(line.minutes)
    for left in paid.unpaid:
        found[left.work] += int(left.minutes)
    assert +found == by_law(visits, activities)


@settings(max_examples=40, deadline=None)
@given(visits_made, activities_made, terms_made)
def test_a_rate_is_paid_on_time_of_its_own_kind_alone(
    visits: list[Any], activities: list[Any], terms: PayTerms
) -> None:
    [paid] = pay_results([PayCase(terms=terms, days=[case_of(visits, activities)])])
    law = by_law(visits, activities)
    for line in paid.lines:
        if line.kind == "hourly":
            assert line.work is not None and terms.rates.hourly(line.work) == Decimal(line.rate)
            assert int(line.minutes) <= law[line.work]
