"""What phones give away: shared between carers, positions made up, clocks that jump."""

from datetime import datetime
from typing import Any

from tests.domain.audit_tests.recorded import Record, at, mark


def phone(device: str, carer: str, install: str, ended_at: datetime | None = None) -> dict[str, Any]:
    return {"device_id": device, "carer_id": carer, "install_id": install, "ended_at": ended_at}


def two(ended_at: datetime | None = None, install: str = "one") -> Record:
    marks = [
        mark("check_in", "a", "09:00"),
        mark("check_in", "b", "17:00", carer_id="eve", device_id="other"),
    ]
    return Record(
        marks=marks, phones=[phone("phone", "ann", "one", ended_at), phone("other", "eve", install)]
    )


def test_both_carers_of_one_installation_are_flagged() -> None:
    flags = two().flags("audit-shared-phone")
    assert [(flag["carer_id"], flag["visit_ids"], flag["measured"]) for flag in flags] == [
        ("ann", ["a"], 2), ("eve", ["b"], 2),
    ]  # fmt: skip
    assert flags[0]["others"] == ["other", "phone"]
    assert [(flag["event_rows"], flag["at"], flag["limit"]) for flag in flags] == [
        (["check_in/a/02090000"], at("09:00"), 1), (["check_in/b/02170000"], at("17:00"), 1),
    ]  # fmt: skip


def test_three_carers_of_one_installation_are_told_with_all_that_each_recorded() -> None:
    marks = [mark("check_out", "a", "10:00"), mark("check_in", "a", "09:00"), mark("check_in", "0", "11:00")]
    marks += [mark("check_in", "b", clock, carer_id="eve", device_id="other") for clock in ("12:00", "13:00")]
    marks += [mark("check_in", None, "08:00", carer_id="flo", device_id="third")]
    phones = [phone("phone", "ann", "one"), phone("other", "eve", "one"), phone("third", "flo", "one")]
    first, second, third = Record(marks=marks, phones=phones).flags("audit-shared-phone")
    assert [flag["carer_id"] for flag in (first, second, third)] == ["flo", "ann", "eve"]
    assert {flag["measured"] for flag in (first, second, third)} == {3}
    assert second["event_rows"] == ["check_in/0/02110000", "check_in/a/02090000", "check_out/a/02100000"]
    assert (second["visit_ids"], second["others"]) == (["0", "a"], ["other", "phone", "third"])
    assert (first["visit_ids"], second["at"]) == ([], at("09:00"))


def test_of_two_enrolments_of_one_carer_on_a_shared_phone_the_first_event_and_all_visits_are_told() -> None:
    record = two()
    record.marks += [
        mark("check_in", visit, clock, device_id="again") for visit, clock in (("0", "12:00"), ("c", "13:00"))
    ]
    record.phones.append(phone("again", "ann", "one"))
    told = record.flags("audit-shared-phone")[0]
    assert (told["carer_id"], told["at"], told["visit_ids"]) == ("ann", at("09:00"), ["0", "a", "c"])
    assert told["others"] == ["again", "other", "phone"]


def test_a_phone_handed_on_for_good_is_not_shared() -> None:
    assert two(ended_at=at("12:00")).flags("audit-shared-phone") == []
    assert len(two(ended_at=at("18:00")).flags("audit-shared-phone")) == 2
    assert two(ended_at=at("17:00")).flags("audit-shared-phone") == []
    assert len(two(ended_at=at("17:00:01")).flags("audit-shared-phone")) == 2


def test_two_installations_and_a_carer_who_enrolled_again_are_not_shared() -> None:
    assert two(install="two").flags("audit-shared-phone") == []
    again = Record(
        marks=[mark("check_in", "a", "09:00"), mark("check_in", "b", "17:00", device_id="other")],
        phones=[phone("phone", "ann", "one"), phone("other", "ann", "one")],
    )
    assert again.flags("audit-shared-phone") == []


def test_a_phone_on_which_the_other_recorded_nothing_is_not_shared() -> None:
    record = two()
    del record.marks[1]
    assert record.flags("audit-shared-phone") == []


def test_a_position_made_up_by_an_app_is_flagged() -> None:
    record = Record(marks=[mark("check_in", "a", "09:00", reasons=["mock_location"])])
    assert record.about("audit-mock-location") == ["a"]


def test_each_visit_with_made_up_positions_is_told_once_from_the_first() -> None:
    made_up = {"reasons": ["accuracy", "mock_location"]}
    marks = [mark("check_out", "a", "10:00", **made_up), mark("check_in", "a", "09:00", **made_up)]
    marks += [mark("check_in", "b", "11:00", reasons=["accuracy"]), mark("check_in", "c", "12:00", **made_up)]
    first, second = Record(marks=marks).flags("audit-mock-location")
    assert (first["visit_id"], first["measured"], first["limit"], first["at"]) == ("a", 2, 0, at("09:00"))
    assert sorted(first["event_rows"]) == ["check_in/a/02090000", "check_out/a/02100000"]
    assert (second["visit_id"], second["measured"]) == ("c", 1)


def test_a_clock_against_its_own_running_time_is_flagged() -> None:
    record = Record(marks=[mark("check_in", "a", "09:00", clock_flags=["clock_unknown"])])
    assert record.about("audit-clock-jump") == ["a"]


def calls(*offsets_s: int) -> list[float]:
    marks = [
        {
            **mark("check_in", f"v{number}", f"{9 + number:02}:00"),
            "offset_low_ms": low,
            "offset_high_ms": low + 500,
        }
        for number, low in enumerate(offset * 1000 for offset in offsets_s)
    ]
    return [flag["measured"] for flag in Record(marks=marks).flags("audit-clock-jump")]


def test_a_clock_put_forward_or_back_between_two_calls_is_flagged() -> None:
    assert calls(0, 600) == [599.5]
    assert calls(600, 0) == [599.5]


def test_a_jump_of_just_the_limit_is_none_and_one_beyond_it_names_both_events() -> None:
    def offsets(low: int, high: int) -> list[dict[str, Any]]:
        first = {**mark("check_in", "a", "09:00"), "offset_low_ms": -500, "offset_high_ms": 0}
        then = {**mark("check_in", "b", "10:00"), "offset_low_ms": low, "offset_high_ms": high}
        return Record(marks=[then, first]).flags("audit-clock-jump")

    assert offsets(120_000, 120_500) == offsets(-121_000, -120_500) == []
    [forward], [back] = offsets(120_001, 120_500), offsets(-121_000, -120_501)
    assert forward["measured"] == back["measured"] == 120.001
    assert (forward["event_rows"], forward["limit"]) == (["check_in/a/02090000", "check_in/b/02100000"], 120)
    assert (forward["visit_id"], forward["at"]) == ("b", at("10:00"))


def test_each_phone_s_clock_is_held_against_itself_and_calls_without_a_measure_against_none() -> None:
    def call(device: str, clock: str, offset_s: int | None, **other: Any) -> dict[str, Any]:
        low = None if offset_s is None else offset_s * 1000
        ends = {"offset_low_ms": low, "offset_high_ms": low}
        return {**mark("check_in", device, clock, device_id=device), **ends, **other}

    apart = [call("p", "09:00", 0), call("q", "09:30", 600), call("p", "10:00", 1), call("q", "10:30", 601)]
    assert Record(marks=apart).flags("audit-clock-jump") == []
    other_way = [{**one, "device_id": "a" if one["device_id"] == "q" else "z"} for one in apart]
    assert Record(marks=other_way).flags("audit-clock-jump") == []
    between = [call("p", "09:00", 0), call("p", "09:30", None), call("p", "10:00", 600)]
    [flag] = Record(marks=between).flags("audit-clock-jump")
    assert flag["event_rows"] == ["check_in/p/02090000", "check_in/p/02100000"]
    half = call("p", "09:30", None, offset_low_ms=900_000), call("p", "09:40", None, offset_high_ms=-900_000)
    assert len(Record(marks=[*between, *half]).flags("audit-clock-jump")) == 1


def test_a_clock_of_unknown_time_has_no_measure() -> None:
    record = Record(marks=[mark("check_in", "a", "09:00", clock_flags=["queued", "clock_unknown"])])
    [flag] = record.flags("audit-clock-jump")
    assert (flag["measured"], flag["limit"], flag["event_rows"]) == (None, 120, ["check_in/a/02090000"])


def test_a_clock_that_is_wrong_by_as_much_all_the_time_or_creeps_has_not_jumped() -> None:
    assert calls(900, 900, 901) == []
    assert calls(0, 60, 120, 180) == []
