"""The correction that a played county leaves open for a manager."""

from backend.simulator.asking import asked_for
from backend.simulator.story import Size, tell_story


def test_who_asks_forgot_to_check_out_where_anybody_did() -> None:
    story = tell_story(Size(seed=7, carers=12, service_users=48, days=7))
    forgot = [key for key, times in story.received.facts.visits.items() if times.start and not times.end]
    employment, visit = asked_for(story)
    assert forgot and (employment, visit.reference) == min(forgot)
    assert employment in visit.employments


def test_where_nobody_forgot_somebody_asks_all_the_same() -> None:
    story = tell_story(Size(seed=5, carers=6, service_users=12, days=1))
    employment, visit = asked_for(story)
    assert (employment, visit.reference) in story.received.facts.visits
