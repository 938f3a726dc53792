"""The summary: it says that all is well only when every figure is its true value."""

from collections import Counter
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from backend.simulator.handset import Answered
from backend.simulator.office import at_london
from backend.simulator.outcome import Outcome, SeenVisit
from backend.simulator.play import Tally
from backend.simulator.story import Size, Story, tell_story
from backend.simulator.summary import summarise
from backend.simulator.truth.periods import INVOICES_AFTER


@pytest.fixture(scope="module")
def story() -> Story:
    return tell_story(Size(seed=3, carers=6, service_users=12, days=3))


def _perfect(story: Story) -> Outcome:
    """What a system without a fault would hold."""
    outcome = Outcome(visits=len(story.county.rota), events=dict(story.received.facts.outcomes))
    for bill in story.received.bills:
        outcome.invoices[bill.contract, str(bill.period[0]), str(bill.period[1]), bill.payer] = bill.pence
    for each in story.tested:
        key = (each.employment, str(each.period[0]), str(each.period[1]))
        if each.verdict is not None:
            outcome.tests[key] = each.verdict.pence_short
            if each.verdict.short:
                outcome.short.add(key)
    return outcome


def _tally(story: Story) -> Tally:
    return Tally(Counter(story.received.facts.outcomes))


def _summary(story: Story, outcome: Outcome, tally: Tally) -> dict[str, Any]:
    return summarise(story.county, story.happened, story.received, story.tested, tally, outcome)


def test_a_faultless_system_agrees_with_the_truth(story: Story) -> None:
    summary = _summary(story, _perfect(story), _tally(story))
    assert summary["agrees"]
    assert summary["differences"] == {"invoices": [], "workers": [], "answers": []}
    assert summary["workers_short"]["truth"] > 0


def _lose_an_invoice(outcome: Outcome) -> None:
    outcome.invoices.popitem()


def _a_penny_more(outcome: Outcome) -> None:
    outcome.tests[next(iter(outcome.tests))] += 1


def _accuse_somebody(outcome: Outcome) -> None:
    outcome.short.add(("marches-01-c9-e1", "2026-11-02", "2026-11-15"))


def _lose_an_event(outcome: Outcome) -> None:
    outcome.events["accepted"] -= 1


@pytest.mark.parametrize("fault", [_lose_an_invoice, _a_penny_more, _accuse_somebody, _lose_an_event])
def test_one_fault_of_the_system_shows(story: Story, fault: Callable[[Outcome], None]) -> None:
    outcome = _perfect(story)
    fault(outcome)
    assert not _summary(story, outcome, _tally(story))["agrees"]


def test_a_difference_names_whose_it_is(story: Story) -> None:
    outcome = _perfect(story)
    key = next(iter(outcome.tests))
    outcome.tests[key] += 1
    found = _summary(story, outcome, _tally(story))["differences"]["workers"]
    assert found == [{"of": list(key), "value": outcome.tests[key], "truth": outcome.tests[key] - 1}]


def test_an_unexpected_answer_shows_with_its_event(story: Story) -> None:
    tally = _tally(story)
    sending = story.journal[0]
    tally.surprises.append(Answered(sending.employment, sending.items[0], "quarantined", "fork"))
    summary = _summary(story, _perfect(story), tally)
    assert not summary["agrees"]
    assert summary["differences"]["answers"][0]["value"] == ["quarantined", "fork"]


def test_the_error_of_recorded_times_is_measured_against_the_true_door_times(story: Story) -> None:
    outcome = _perfect(story)
    true = next(each for each in story.happened.attendances if each.arrived is not None)
    outcome.seen = [
        SeenVisit(true.visit.reference, true.employment, true.arrived, true.left, elsewhere=False)
    ]
    assert _summary(story, outcome, _tally(story))["door_times"]["length_error_minutes"]["most"] == 0


def test_the_same_size_tells_the_same_story(story: Story) -> None:
    again = tell_story(Size(seed=3, carers=6, service_users=12, days=3))
    assert again.journal == story.journal
    assert again.diary == story.diary
    assert again.tested == story.tested


@pytest.mark.parametrize("days", [14, 28])
def test_the_offices_stay_open_until_every_document_that_is_expected_is_due(days: int) -> None:
    told = tell_story(Size(seed=11, carers=6, service_users=24, days=days))
    assert told.received.credit is not None
    closes = max(task.at for task in told.diary.tasks if task.does == "jobs")
    due = max(bill.period[1] for bill in told.received.bills) + INVOICES_AFTER
    assert closes >= at_london(due, time(7, 0))
