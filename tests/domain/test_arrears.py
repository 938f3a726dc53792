"""Arrears: payments go to the oldest period first; once settled, a period stays so (Act 1998, s.17(5) and (6))."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrears import Paid, Penalty, ShortPeriod, exposure, settled

TODAY = date(2026, 11, 21)
MAY, JUNE = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))
LAW = Penalty(percent=200, most_a_worker=2_000_000, least_a_notice=10_000)


def short(span: tuple[date, date], pence: int, **due: int | None) -> ShortPeriod:
    days = {date.fromisoformat(day[1:].replace("_", "-")): amount for day, amount in due.items()}
    return ShortPeriod(*span, pence, {TODAY: pence, **days})


def paid(reference: str, day: str, pence: int, span: tuple[date, date] = MAY) -> Paid:
    return Paid(reference, date.fromisoformat(day), *span, pence)


def test_unpaid_arrears_are_outstanding_in_full() -> None:
    [standing], beyond = settled([short(MAY, 500)], [], TODAY)
    assert (standing.outstanding, standing.settled_on, beyond) == (500, None, [])


def test_a_part_payment_reduces_what_is_due() -> None:
    period = short(MAY, 500, d2026_08_01=500)
    [standing], _ = settled([period], [paid("a", "2026-08-01", 200)], TODAY)
    assert (standing.outstanding, standing.underpayment_left, standing.settled_on) == (300, 300, None)


def test_a_period_paid_in_full_stays_settled_when_the_rate_rises() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): 500, TODAY: 520})
    [standing], _ = settled([period], [paid("a", "2026-08-01", 500)], TODAY)
    assert (standing.outstanding, standing.settled_on) == (0, date(2026, 8, 1))
    assert standing.underpayment_left == 0


def test_paying_the_old_underpayment_after_a_rise_leaves_the_uplift() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): 520, TODAY: 520})
    [standing], _ = settled([period], [paid("a", "2026-08-01", 500)], TODAY)
    assert (standing.outstanding, standing.underpayment_left, standing.settled_on) == (20, 0, None)


def test_a_payment_for_two_periods_goes_to_the_older_first_and_the_rest_is_told() -> None:
    periods = [short(JUNE, 300, d2026_08_01=300), short(MAY, 500, d2026_08_01=500)]
    both = paid("a", "2026-08-01", 700, (MAY[0], JUNE[1]))
    [june, may], beyond = settled(periods, [both], TODAY)
    assert (may.outstanding, june.outstanding, beyond) == (0, 100, [])
    more = paid("a", "2026-08-01", 900, (MAY[0], JUNE[1]))
    assert settled(periods, [more], TODAY)[1] == [(more, 100)]


def test_a_payment_for_other_days_or_of_a_later_day_settles_nothing() -> None:
    period = short(MAY, 500, d2026_08_01=500, d2026_12_01=500)
    elsewhere = paid("a", "2026-08-01", 500, JUNE)
    [standing], beyond = settled([period], [elsewhere, paid("b", "2026-12-01", 500)], TODAY)
    assert (standing.outstanding, beyond) == (500, [(elsewhere, 500)])


def test_a_payment_counts_for_a_period_of_which_it_covers_the_first_or_the_last_day_alone() -> None:
    period = short(MAY, 500, d2026_08_01=500)
    for span in ((MAY[1], JUNE[1]), (date(2026, 4, 1), MAY[0])):
        [standing], beyond = settled([period], [paid("a", "2026-08-01", 200, span)], TODAY)
        assert (standing.outstanding, beyond) == (300, [])
    for span in ((JUNE[0], JUNE[1]), (date(2026, 4, 1), date(2026, 4, 30))):
        assert settled([period], [paid("a", "2026-08-01", 200, span)], TODAY)[0][0].outstanding == 500


def test_a_payment_of_today_counts() -> None:
    [standing], _ = settled([short(MAY, 500)], [paid("a", "2026-11-21", 500)], TODAY)
    assert (standing.outstanding, standing.settled_on) == (0, TODAY)


def test_what_is_paid_after_a_period_is_settled_goes_beyond_though_the_rate_has_risen() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): 500, date(2026, 9, 1): 520, TODAY: 520})
    later = paid("b", "2026-09-01", 20)
    [standing], beyond = settled([period], [later, paid("a", "2026-08-01", 500)], TODAY)
    assert (standing.outstanding, standing.settled_on, beyond) == (0, date(2026, 8, 1), [(later, 20)])
    assert [part for _, part in standing.paid] == [500]


def test_without_a_rate_of_today_nothing_is_claimed_to_be_outstanding() -> None:
    period = ShortPeriod(*MAY, 500, {TODAY: None})
    assert settled([period], [], TODAY)[0][0].outstanding is None


def test_a_payment_on_a_day_without_a_known_rate_reduces_and_settles_nothing() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): None, TODAY: None})
    [standing], _ = settled([period], [paid("a", "2026-08-01", 500)], TODAY)
    assert (standing.settled_on, standing.outstanding, standing.underpayment_left) == (None, None, 0)


def test_nothing_is_outstanding_once_as_much_as_today_s_due_was_paid_on_a_day_without_a_known_rate() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): None, TODAY: 500})
    [standing], _ = settled([period], [paid("a", "2026-08-01", 500)], TODAY)
    assert (standing.settled_on, standing.outstanding) == (None, 0)


def test_no_more_than_the_underpayment_is_taken_while_the_rate_is_not_known() -> None:
    period = ShortPeriod(*MAY, 500, {date(2026, 8, 1): None, date(2026, 8, 2): None, TODAY: None})
    second = paid("b", "2026-08-02", 100)
    [standing], beyond = settled([period], [paid("a", "2026-08-01", 500), second], TODAY)
    assert (standing.settled_on, beyond) == (None, [(second, 100)])


def test_the_penalty_is_twice_the_underpayment_within_its_bounds() -> None:
    assert exposure([]) == 0
    assert exposure([[(40_000, LAW), (10_000, LAW)]]) == 100_000
    assert exposure([[(1_000, LAW)]]) == 10_000, "at least £100 a notice"
    assert exposure([[(1_500_000, LAW)], [(40_000, LAW)]]) == 2_080_000, "at most £20,000 a worker"
    assert exposure([[(0, LAW)]]) == 10_000, "the underpayment repaid but not the uplift"


dues = st.lists(st.integers(1, 10_000), min_size=1, max_size=4)
amounts = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20_000)), max_size=5)


@given(dues, amounts)
def test_every_penny_paid_goes_to_a_period_or_is_told_as_beyond(
    owed: list[int], pays: list[tuple[int, int]]
) -> None:
    first = date(2026, 1, 1)
    spans = [(first + timedelta(days=7 * n), first + timedelta(days=7 * n + 6)) for n in range(len(owed))]
    whole = (spans[0][0], spans[-1][1])
    payments = [
        Paid(str(n), date(2026, 3, 1) + timedelta(days=day), *whole, pence)
        for n, (day, pence) in enumerate(pays)
    ]
    days = {TODAY, *(payment.paid_on for payment in payments)}
    periods = [
        ShortPeriod(*span, pence, dict.fromkeys(days, pence)) for span, pence in zip(spans, owed, strict=True)
    ]
    standings, beyond = settled(periods, payments, TODAY)
    used = sum(part for standing in standings for _, part in standing.paid)
    assert used + sum(left for _, left in beyond) == sum(pence for _, pence in pays)
    for pence, standing in zip(owed, standings, strict=True):
        assert sum(part for _, part in standing.paid) + (standing.outstanding or 0) == pence
        assert (standing.settled_on is None) == (standing.outstanding != 0)
