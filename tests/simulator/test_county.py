"""The made-up county: the same seed makes the same one, and it holds what it is made to show."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from backend.faults import SetupFault
from backend.simulator.county import make_county
from backend.simulator.gazetteer import SETTLEMENTS
from backend.simulator.handset import FUTURE_BY
from backend.simulator.happenings import live
from backend.simulator.journal import CODES, write_journal
from backend.simulator.load_files import county_files
from backend.simulator.model import County


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(7)


def test_the_same_seed_makes_the_same_files_and_the_same_events(county: County) -> None:
    again = make_county(7)
    assert county_files(again) == county_files(county)
    assert write_journal(again, live(again)) == write_journal(county, live(county))


def test_another_seed_makes_another_county(county: County) -> None:
    assert county_files(make_county(8))["rota.csv"] != county_files(county)["rota.csv"]


def test_the_county_has_the_size_that_is_asked_for(county: County) -> None:
    assert len(county.carers) == 60
    assert len(county.service_users) == 240
    assert len({visit.start.date() for visit in county.rota}) == 14


def test_every_way_of_paying_and_every_habit_is_there(county: County) -> None:
    assert {provider.pays for provider in county.providers} == {
        "all_time",
        "contact_only",
        "contact_and_travel",
    }
    habits = {habit for carer in county.carers for habit in carer.habits}
    assert habits == {"clips", "from_home", "overlaps", "shares_phone", "outruns", "hostile"}
    quirks = {carer.quirk for carer in county.carers}
    assert {"exactly_minimum", "penny_short", "uniform", "own_petrol", "sleep_in", "unpaid_yet"} <= quirks
    assert any(carer.apprenticeship_started for carer in county.carers)


def test_nights_double_handed_and_cancelled_visits_are_there(county: County) -> None:
    assert any(visit.reference.endswith("night") for visit in county.rota)
    assert any(visit.second_carer for visit in county.rota)
    assert {visit.cancelled_by for visit in county.rota} == {None, "person", "commissioner", "provider"}


def test_nobody_is_planned_at_two_visits_at_once(county: County) -> None:
    for carer in county.carers:
        mine = [visit for visit in county.rota if carer.employment in visit.employments]
        assert all(before.end <= after.start for before, after in pairwise(mine)), carer.employment


def test_homes_lie_near_a_place_of_the_gazetteer(county: County) -> None:
    for user in county.service_users:
        assert min(place.point.metres_to(user.home.point) for place in SETTLEMENTS) < 8_000


def test_every_trick_is_tried_and_an_event_sent_again_is_expected_to_be_a_duplicate(county: County) -> None:
    items = [item for sending in write_journal(county, live(county)) for item in sending.items]
    assert {item.trick for item in items} == {None, *CODES}
    assert {item.expected[0] for item in items if item.again} == {"duplicate"}


def test_what_is_sent_again_is_told_its_first_code_again(county: County) -> None:
    item = write_journal(county, live(county))[0].items[0]
    assert replace(item, again=True).expected == ("duplicate", None)
    assert replace(item, again=True, trick="bad_hash").expected == ("duplicate", "bad_hash")
    assert replace(item, again=True, ahead=True).expected == ("duplicate", "absurd_time")


def test_every_moment_is_sent_exactly_once_for_the_first_time(county: County) -> None:
    happened = live(county)
    sent = [(sending.employment, item.moment) for sending in write_journal(county, happened)
            for item in sending.items if item.trick is None and not item.again]  # fmt: skip
    told = [(employment, moment) for employment, moments in happened.moments.items() for moment in moments]
    assert sorted(sent, key=repr) == sorted(told, key=repr)


def test_nothing_is_sent_before_it_happened(county: County) -> None:
    for sending in write_journal(county, live(county)):
        assert all(item.moment.at < sending.at for item in sending.items)


def test_a_phone_in_a_dead_spot_sends_later_and_more_at_once(county: County) -> None:
    silent = {user.reference: replace(user.home, signal=False) for user in county.service_users}
    rounds = tuple(
        replace(patch, users=tuple(replace(user, home=silent[user.reference]) for user in patch.users))
        for patch in county.rounds
    )
    quiet = replace(county, rounds=rounds)
    assert len(write_journal(quiet, live(quiet))) < len(write_journal(county, live(county))) / 2


@pytest.mark.parametrize(("carers", "people", "days"), [(5, 20, 3), (10, 9, 3), (10, 20, 0), (10, 20, 29)])
def test_a_county_that_cannot_be_made_is_refused(carers: int, people: int, days: int) -> None:
    with pytest.raises(SetupFault, match="needs at least 6 carers"):
        make_county(1, carers, people, days)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_waits_on_a_phone_for_longer_than_its_future_event_lies_ahead(seed: int) -> None:
    """Else an event from the future would have become one from the past by the time it is received."""
    small = make_county(seed, carers=12, service_users=48, days=4)
    for sending in write_journal(small, live(small)):
        assert all(sending.at - item.moment.at < FUTURE_BY for item in sending.items)


def test_an_event_of_a_fast_clock_that_nothing_measures_is_expected_to_be_kept_apart() -> None:
    small = make_county(104, carers=9, service_users=24, days=28)
    drifts = {carer.employment: timedelta(seconds=carer.drift_s) for carer in small.carers}
    ahead = [
        (sending, item)
        for sending in write_journal(small, live(small))
        for item in sending.items
        if item.trick is None and not item.again and item.expected != ("accepted", None)
    ]
    assert [item.expected for _, item in ahead] == [("quarantined", "absurd_time")]
    assert [sending.proof for sending, _ in ahead] == [False]
    [lead] = [item.moment.at + drifts[sending.employment] - sending.at for sending, item in ahead]
    assert lead > timedelta(minutes=10)
