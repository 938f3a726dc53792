"""One visit from what was recorded of it: which plan counts, who attended, and what is doubtful."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from backend.domain import visit
from backend.domain.visit import VisitFacts, visits
from backend.statute.policy import policy_on

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
POLICY = policy_on(NINE.date())
EMPLOYED = [("E", "C", date(2026, 1, 1), None), ("F", "D", date(2026, 1, 1), None)]


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def version(number: int = 1, recorded: float = -600, **changes: Any) -> dict[str, Any]:
    """A version of the plan: carer C from nine to half past."""
    usual = {
        "visit_id": "V", "reference": "V", "version": number, "planned_start": at(0), "planned_end": at(30),
        "carer": "E", "plan_status": "planned", "recorded_at": at(recorded), "package_id": "P",
    }  # fmt: skip
    return usual | changes


def said(kind: str, minute: float, carer: str = "C", **changes: Any) -> dict[str, Any]:
    """An event of a phone."""
    name = f"{carer}-{kind}-{minute}"
    usual = {
        "event_row": name, "event_id": name, "device_id": f"phone-{carer}", "carer_id": carer, "kind": kind,
        "visit_id": "V", "unplanned": False, "foreign": False, "at": at(minute), "fact_at": at(minute), "flags": [],
        "level": "position", "digest": "00",
    }  # fmt: skip
    return usual | changes


def rows(
    versions: list[dict[str, Any]],
    *events: dict[str, Any],
    now: float = 1440,
    employments: list[tuple[Any, ...]] = EMPLOYED,
    packages: list[dict[str, Any]] | None = None,
    places: list[tuple[Any, ...]] | None = None,
    corrections: list[tuple[Any, ...]] | None = None,
) -> list[dict[str, Any]]:
    facts = VisitFacts(
        versions=pl.DataFrame(versions, schema=visit.VERSION_SCHEMA),
        events=pl.DataFrame(list(events), schema=visit.EVENT_SCHEMA),
        employments=pl.DataFrame(employments, schema=visit.EMPLOYMENT_SCHEMA, orient="row"),
        packages=pl.DataFrame(packages or [], schema=visit.PACKAGE_SCHEMA),
        places=pl.DataFrame(places or [], schema=visit.PLACE_SCHEMA, orient="row"),
        corrections=pl.DataFrame(corrections or [], schema=visit.CORRECTION_SCHEMA, orient="row"),
    )
    return visits(facts, at(now), POLICY).to_dicts()


def only(*args: Any, **more: Any) -> dict[str, Any]:
    [row] = rows(*args, **more)
    return row


def test_a_visit_runs_from_the_earliest_check_in_to_the_latest_check_out() -> None:
    row = only(
        [version()], said("check_out", 31), said("check_in", 5), said("check_in", 1), said("check_out", 25)
    )
    assert (row["actual_start"], row["actual_end"]) == (at(1), at(31))
    assert (row["status"], row["flags"], row["incomplete"]) == ("completed", ["repeated"], False)
    assert row["event_ids"] == ["C-check_in-1", "C-check_in-5", "C-check_out-25", "C-check_out-31"]
    assert (row["carer_id"], row["employment_id"], row["assigned"]) == ("C", "E", True)


def test_one_end_alone_is_an_incomplete_visit() -> None:
    for kind in ("check_in", "check_out"):
        row = only([version()], said(kind, 3))
        assert (row["status"], row["incomplete"], row["flags"]) == ("completed", True, ["incomplete"])


def test_ends_by_two_phones_and_by_an_unknown_clock_are_flagged() -> None:
    row = only(
        [version()], said("check_in", 0), said("check_out", 30, device_id="another", flags=["clock_unknown"])
    )
    assert (row["flags"], row["unresolved"]) == (["clock_unknown", "two_devices"], "clock_unknown")


@pytest.mark.parametrize(
    ("recorded", "counts"),
    [(-1, 2), (0, 2), (1, 1)],
)
def test_a_change_counts_that_was_recorded_before_the_visit_began(recorded: float, counts: int) -> None:
    later = version(2, recorded, planned_start=at(60), planned_end=at(90))
    row = only([version(), later], said("check_in", 5), said("check_out", 30))
    assert (row["plan_version"], row["changed_after_start"]) == (counts, counts == 1)
    assert ("changed_after_start" in row["flags"]) is (counts == 1)


def test_a_visit_that_was_begun_early_began_then_and_later_versions_after_a_late_one_count_no_more() -> None:
    changed = [version(), version(2, -5), version(3, -4)]
    assert only(changed, said("check_in", -10))["plan_version"] == 1
    both = rows(changed, said("check_in", -10, foreign=True, carer="D"), said("check_in", 0))
    assert [row["plan_version"] for row in both if row["carer_id"] == "C"] == [3]
    assert only([version(), version(2, 10), version(3, -20)], said("check_in", 0))["plan_version"] == 1


def test_of_a_version_that_came_too_late_only_who_was_to_come_counts() -> None:
    [planned] = rows([version(), version(2, 10, carer="F")])
    assert (planned["carer_id"], planned["plan_version"]) == ("D", 1)
    found = {
        row["carer_id"]: row for row in rows([version(), version(2, 10, carer="F")], said("check_in", 0))
    }
    assert {carer: row["assigned"] for carer, row in found.items()} == {"C": False, "D": True}
    assert found["C"]["employment_id"] == "E"


def test_each_of_two_carers_has_a_row() -> None:
    both = rows([version(second_carer="F")], said("check_in", 0, "D"), said("check_out", 30, "D"))
    assert [(row["carer_id"], row["employment_id"], row["actual_start"]) for row in both] == [
        ("C", "E", None), ("D", "F", at(0)),
    ]  # fmt: skip


def test_a_visit_assigned_to_nobody_is_a_row_without_a_carer_until_somebody_comes() -> None:
    nobody = version(carer=None)
    assert [row["carer_id"] for row in rows([nobody])] == [None]
    row = only([nobody], said("check_in", 0))
    assert (row["carer_id"], row["employment_id"], row["assigned"]) == ("C", "E", False)


@pytest.mark.parametrize(
    ("now", "status"),
    [(30 + POLICY.missed_after_minutes, "planned"), (31 + POLICY.missed_after_minutes, "missed")],
)
def test_a_visit_of_which_nothing_was_heard_is_missed_after_the_minutes_of_the_policy(
    now: float, status: str
) -> None:
    assert only([version()], now=now)["status"] == status
    assert only([version()], said("note", 3), now=now)["status"] == "planned"


def test_who_was_not_let_in_is_refused_and_what_was_called_off_is_cancelled() -> None:
    assert only([version()], said("refused_entry", 2, flags=["offline"]))["status"] == "refused"
    assert only([version(plan_status="cancelled")])["status"] == "cancelled"
    worked = only([version(plan_status="cancelled")], said("check_in", 0), said("check_out", 300))
    assert (worked["status"], worked["flags"]) == ("completed", ["worked_though_cancelled"])


@pytest.mark.parametrize(
    ("minutes", "status"),
    [
        (0, "cancelled"),
        (POLICY.turned_away_minutes, "cancelled"),
        (POLICY.turned_away_minutes + 1, "completed"),
    ],
)
def test_who_leaves_a_cancelled_visit_at_once_found_it_out_at_the_door(minutes: int, status: str) -> None:
    row = only([version(plan_status="cancelled")], said("check_in", 0), said("check_out", minutes))
    assert row["status"] == status
    assert ("cancelled_on_arrival" in row["flags"]) is (status == "cancelled")


@pytest.mark.parametrize(("minute", "there"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_visit_called_off_while_she_was_there_is_flagged(minute: float, there: bool) -> None:
    late = version(2, 60, plan_status="cancelled", cancelled_at=at(minute))
    row = only([version(), late], said("check_in", 0), said("check_out", 30))
    assert ("cancelled_on_arrival" in row["flags"]) is there


@pytest.mark.parametrize(
    ("end", "unresolved"),
    [
        (POLICY.implausible_visit_hours * 60, None),
        (POLICY.implausible_visit_hours * 60 + 1, "implausible"),
        (0, None),
        (-1, "implausible"),
    ],
)
def test_a_visit_that_ends_before_it_began_or_lasts_too_long_is_implausible(
    end: int, unresolved: str | None
) -> None:
    assert (
        only([version()], said("check_in", 0), said("check_out", end), now=9999)["unresolved"] == unresolved
    )


def test_an_event_at_another_s_visit_is_not_hers_and_takes_nothing_of_its_plan() -> None:
    found = rows([version()], said("check_in", 0, "D", foreign=True))
    mine, hers = sorted(found, key=lambda row: str(row["carer_id"]))
    assert (mine["carer_id"], mine["status"]) == ("C", "missed")
    assert (hers["unresolved"], hers["flags"], hers["planned_start"]) == (
        "not_your_visit", ["incomplete", "not_your_visit"], None,
    )  # fmt: skip
    assert [(row["visit_id"], row["unplanned"], row["changed_after_start"]) for row in found] == 2 * [
        ("V", False, False)
    ]
    assert mine["flags"] == [], "nothing came of it, so there is nothing to doubt"


def test_the_employment_of_a_carer_the_plan_does_not_name_is_the_one_in_force_on_the_day() -> None:
    jobs = [
        ("old", "C", date(2025, 1, 1), date(2026, 11, 1)),
        ("now", "C", date(2026, 11, 2), date(2026, 11, 2)),
        ("next", "C", date(2026, 11, 3), None),
    ]
    nobody = version(carer=None)
    found = {day: only([nobody], said("check_in", day * 1440), employments=jobs) for day in (-1, 0, 1)}
    assert {day: row["employment_id"] for day, row in found.items()} == {-1: "old", 0: "now", 1: "next"}
    both = [("later", "C", date(2026, 6, 1), None), ("earlier", "C", date(2025, 1, 1), None)]
    for jobs in (both, both[::-1]):
        assert only([nobody], said("check_in", 0), employments=jobs)["employment_id"] == "later"


def test_the_employment_that_the_newest_version_named_is_the_one_that_a_visit_given_away_was_attended_under() -> (
    None
):
    jobs = [*EMPLOYED, ("E2", "C", date(2026, 6, 1), None)]
    named = [version(), version(2, carer="E2"), version(3, carer="F")]
    for plans, expected in ((named, "E2"), (named[::-1], "E2"), ([named[1], named[0], named[2]], "E2"),
                            ([version(1, carer="E2"), version(2), version(3, carer="F")], "E")):  # fmt: skip
        found = rows(plans, said("check_in", 0), employments=jobs)
        assert [row["employment_id"] for row in found] == [expected, "F"]


def test_a_carer_who_is_named_twice_attends_once_and_under_the_first_employment() -> None:
    jobs = [*EMPLOYED, ("E2", "C", date(2026, 6, 1), None)]
    for carer, second in (("E", "E2"), ("E2", "E")):
        row = only([version(carer=carer, second_carer=second)], said("check_in", 0), employments=jobs)
        assert (row["carer_id"], row["employment_id"]) == ("C", carer)


def package(first: str, last: str | None, contract: str) -> dict[str, Any]:
    return {
        "package_id": "P", "starts_on": date.fromisoformat(first), "ends_on": last and date.fromisoformat(last),
        "service_user_id": "ann", "contract_id": contract, "service": "home_care", "zone": "rural", "carers": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("last", "contract"),
    [("2026-11-01", None), ("2026-11-02", "first"), (None, "first")],
)
def test_the_package_in_force_on_the_london_day_is_asked(last: str | None, contract: str | None) -> None:
    packages = [package("2026-11-03", None, "later"), package("2026-01-01", last, "first")]
    row = only([version()], packages=packages)
    assert (row["contract_id"], row["service_user_id"]) == (contract, contract and "ann")
    assert row["package_id"] == "P", "the plan says it all the same"


def test_each_visit_asks_for_the_package_of_its_own_day_in_whatever_order_they_come() -> None:
    packages = [package(f"2026-11-{day:02}", None, f"from {day}") for day in (20, 2, 9)]
    days = (23, 3, 12, 2, 30)
    plans = [
        version(visit_id=f"{day}", carer="EF"[day % 2], planned_start=start, planned_end=start)
        for day in days
        for start in [at(1440 * (day - 2))]
    ]
    found = {row["visit_id"]: row["contract_id"] for row in rows(plans, packages=packages, now=0)}
    assert found == {"23": "from 20", "3": "from 2", "12": "from 9", "2": "from 2", "30": "from 20"}


def test_a_visit_stands_at_the_approved_place_that_its_arrival_or_else_its_leaving_was_inside_of() -> None:
    places = [("ann", 52.0, -2.0, 100.0), ("club", 52.5, -2.5, 50.0)]

    def seen(arrived: tuple[str, bool], left: tuple[str, bool]) -> tuple[Any, ...]:
        events = [
            said(kind, minute, place_id=place, inside=inside, fix_within_m=10.0)
            for kind, minute, (place, inside) in (("check_in", 0, arrived), ("check_out", 30, left))
        ]
        row = only([version()], *events, packages=[package("2026-01-01", None, "c")], places=places)
        return row["lat"], row["start_fix_within_m"], row["end_fix_within_m"]

    assert seen(("club", True), ("ann", True)) == (52.5, 10.0, None)
    assert seen(("club", False), ("ann", True)) == (52.0, None, 10.0)
    assert seen(("club", False), ("club", True)) == (52.5, 10.0, 10.0)
    assert seen(("club", False), ("club", False)) == (52.0, None, None)
    assert seen(("gone", True), ("ann", False)) == (52.0, None, 10.0)


def test_of_several_events_at_an_end_the_first_arrival_and_the_last_leaving_say_where_she_was() -> None:
    def end(kind: str, minute: float, level: str, within: float, **changes: Any) -> dict[str, Any]:
        digest = f"{60 - minute:02}" if minute != 2 else None
        return said(kind, minute, level=level, fix_within_m=within, fix_age_s=within, place_id="ann", digest=digest,
                    **changes)  # fmt: skip

    events = [
        end("check_out", 30, "card", 4.0),
        end("check_out", 28, "tag", 3.0),
        end("check_in", 2, "tag", 2.0, service_user_id="bob"),
        end("check_in", 0, "position", 1.0, service_user_id="ann"),
        end("note", -5, "message", 9.0) | {"digest": None},
        end("note", 45, "message", 9.0) | {"digest": None},
    ]
    home = [("ann", 52.0, -2.0, 100.0)]
    row = only([version()], *events, packages=[package("2026-01-01", None, "c")], places=home)
    assert row["evidence_level"] == "position", "the weaker of the two"
    assert (row["start_fix_within_m"], row["start_fix_age_s"]) == (1.0, 1.0)
    assert (row["end_fix_within_m"], row["end_fix_age_s"]) == (4.0, 4.0)
    assert row["digests"] == ["30", "32", "60"], "those that are known, in order"
    assert row["last_fact_at"] == at(45)
    stronger = [{**one, "level": "card"} if one["at"] == at(0) else one for one in events]
    weaker = [{**one, "level": "message"} if one["at"] == at(30) else one for one in stronger]
    assert only([version()], *stronger)["evidence_level"] == "card"
    assert only([version()], *weaker)["evidence_level"] == "message"
    unplanned = [{**one, "unplanned": True} for one in events]
    assert only([], *unplanned)["service_user_id"] == "ann", "who was named first"


def test_a_check_in_or_a_check_out_that_is_told_twice_is_flagged() -> None:
    both = [said("check_in", 0), said("check_out", 30)]
    for again in (said("check_in", 1), said("check_out", 29)):
        assert only([version()], *both, again)["flags"] == ["repeated"]


def test_doubts_about_the_ends_of_a_visit_count_and_those_about_what_is_said_in_between_do_not() -> None:
    row = only(
        [version()],
        said("check_in", 0, flags=["outside", "late_upload", "fob_unknown", "at_own_home"]),
        said("note", 5, flags=["clock_unknown", "no_position"], device_id="another", level="tag"),
        said("check_out", 30, flags=["mock_location", "outside", "chain_gap", "implied_speed"]),
    )
    told = [
        "at_own_home",
        "chain_gap",
        "fob_unknown",
        "implied_speed",
        "late_upload",
        "mock_location",
        "outside",
    ]
    assert (row["flags"], row["unresolved"]) == (told, None), "each once and in order"
    refused = only([version()], said("refused_entry", 2, flags=["offline"]))
    assert (refused["status"], refused["flags"]) == ("refused", ["offline"])


def test_rows_of_one_carer_at_one_visit_stand_in_the_same_order_in_whatever_order_facts_come() -> None:
    """Whoever works a frozen document out again reads the same facts in another order."""
    events = [
        said(kind, minute, carer, foreign=foreign)
        for carer in ("C", "D")
        for kind, minute, foreign in (("check_in", 0, True), ("check_out", 30, False))
    ]
    for turn in range(4):
        told = rows([version(second_carer="F")], *events[turn:], *events[:turn])
        assert [(row["carer_id"], row["unresolved"]) for row in told] == [
            ("C", None),
            ("C", "not_your_visit"),
            ("D", None),
            ("D", "not_your_visit"),
        ]


def test_a_carer_who_was_not_let_in_where_another_was_is_flagged() -> None:
    two = version(second_carer="F")
    refused = [said("check_in", 0), said("refused_entry", 1), said("check_out", 2)]
    made = [said("check_in", 0, "D"), said("check_out", 30, "D")]
    told = [(row["status"], row["flags"]) for row in rows([two], *refused, *made)]
    assert told == [("refused", ["one_refused"]), ("completed", [])]
    assert [row["flags"] for row in rows([two], *refused)] == [[], []]
    strangers = [event | {"foreign": True} for event in made]
    assert "one_refused" not in rows([version()], *refused, *strangers)[0]["flags"]
    elsewhere = [event | {"visit_id": "W"} for event in made]
    both = [version(), version(visit_id="W", reference="W", carer="F")]
    assert [row["flags"] for row in rows(both, *refused, *elsewhere)] == [[], []]


def test_visits_stand_in_order_of_carer_and_time() -> None:
    plans = [
        version(
            visit_id=name, reference=name, carer=carer, planned_start=at(start), planned_end=at(start + 30)
        )
        for name, carer, start in (
            ("W", "F", 0),
            ("X", "E", 60),
            ("Y", "E", 0),
            ("Z", None, 0),
            ("U", "E", 60),
        )
    ]
    assert [row["visit_id"] for row in rows(plans)] == ["Y", "U", "X", "W", "Z"]


def test_of_several_ends_inside_approved_places_the_first_arrival_and_else_the_last_leaving_tell_the_place() -> (
    None
):
    places = [("ann", 52.0, -2.0, 100.0), ("club", 52.5, -2.5, 50.0)]
    packages = [package("2026-01-01", None, "c")]
    inside = [
        said("check_in", 0, place_id="club", inside=True), said("check_in", 2, place_id="ann", inside=True),
        said("check_out", 28, place_id="ann", inside=True), said("check_out", 30, place_id="club", inside=True),
    ]  # fmt: skip
    assert only([version()], *inside, packages=packages, places=places)["lat"] == 52.5
    outside = [one | {"inside": False} if one["kind"] == "check_in" else one for one in inside]
    assert only([version()], *outside, packages=packages, places=places)["lat"] == 52.5


def test_versions_count_in_any_order_by_who_began_first_and_each_visit_by_itself() -> None:
    assert only([version(2, 10), version()], said("check_in", 0))["plan_version"] == 1
    assert only([version(2, -10), version()], said("check_in", 0))["plan_version"] == 2
    both = rows([version(), version(2, -5)], said("check_in", -10), said("check_in", 0, "D"))
    assert {row["plan_version"] for row in both} == {1}, "somebody had begun"
    later = {"visit_id": "W", "reference": "W", "planned_start": at(200), "planned_end": at(230)}
    plans = [
        version(), version(2, -5, carer="F"), version(1, 100, **later), version(2, 110, **later),
        version(3, 120, carer="F", **later),
    ]  # fmt: skip
    found = {row["visit_id"]: (row["carer_id"], row["plan_version"]) for row in rows(plans, now=0)}
    assert found == {"V": ("D", 2), "W": ("D", 3)}
    late = [
        version(second_carer="F"), version(2, 10), version(1, 100, **later), version(2, 110, second_carer="F", **later),
    ]  # fmt: skip
    told = [(row["visit_id"], row["carer_id"], row["plan_version"]) for row in rows(late, now=0)]
    assert sorted(told) == [("V", "C", 1), ("W", "C", 2), ("W", "D", 2)]


def test_what_the_newest_version_says_is_said_of_its_own_visit_alone() -> None:
    """Who is to come, when it was called off, how often it changed and when that was last."""
    later = {"visit_id": "W", "reference": "W", "planned_start": at(200), "planned_end": at(230)}
    plans = [
        version(), version(2, -5), version(1, -400, **later), version(2, -300, **later),
        version(3, -9, carer="F", second_carer="E", cancelled_at=at(-9), cancelled_by="person", **later),
    ]  # fmt: skip
    found = rows(plans, now=0)
    told = [
        (row["visit_id"], row["carer_id"], row["last_fact_at"], row["changed_after_start"]) for row in found
    ]
    assert told == [("V", "C", at(-5), False), ("W", "C", at(-9), False), ("W", "D", at(-9), False)]
    called_off = version(3, 5, plan_status="cancelled", cancelled_at=at(215), **later)
    ends = (("check_in", 200), ("check_out", 230))
    stayed = [said(kind, minute, visit_id=name) for name in ("V", "W") for kind, minute in ends]
    again = [version(2, 4, cancelled_at=at(500)), *plans[:1], *plans[2:4], called_off]
    flags = {row["visit_id"]: row["flags"] for row in rows(again, *stayed)}
    assert flags == {"V": ["changed_after_start"], "W": ["cancelled_on_arrival", "worked_though_cancelled"]}


def test_a_visit_that_never_changed_stands_once_beside_one_that_did() -> None:
    plans = [version(), version(2, -60), version(visit_id="W", reference="W", carer="F")]
    assert [(row["visit_id"], row["plan_version"]) for row in rows(plans)] == [("V", 2), ("W", 1)]
