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


def test_a_phone_handed_on_for_good_is_not_shared() -> None:
    assert two(ended_at=at("12:00")).flags("audit-shared-phone") == []
    assert len(two(ended_at=at("18:00")).flags("audit-shared-phone")) == 2


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


def test_a_clock_that_is_wrong_by_as_much_all_the_time_or_creeps_has_not_jumped() -> None:
    assert calls(900, 900, 901) == []
    assert calls(0, 60, 120, 180) == []
