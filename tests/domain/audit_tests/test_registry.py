"""All tests together: each under its id, in the published order, and then by time."""

import msgspec
import pytest

from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.audit_tests.registry import BY_ID, TESTS, audit
from tests.domain.audit_tests.recorded import LIMITS, Record, mark, recorded, visit


def found(record: Record) -> list[tuple[str, str | None]]:
    return [(flag["test"], flag["visit_id"]) for flag in audit(record.facts(), LIMITS).to_dicts()]


def test_flags_stand_by_test_and_then_by_time_and_visit() -> None:
    begun = (("c", "11:00", "ann"), ("b", "10:00", "eve"), ("a", "10:00", "ann"))
    short = [
        visit(name, clock, f"{clock[:3]}01", plan=("09:00", "09:30"), carer_id=carer)
        for name, clock, carer in begun
    ]
    home = mark("check_out", "b", "10:02", at_home=True, carer_id="eve")
    record = recorded(*short)
    record.marks.append(home)
    assert found(record) == [
        ("audit-own-home", "b"), ("audit-short", "a"), ("audit-short", "b"), ("audit-short", "c"),
    ]  # fmt: skip


def test_every_test_is_kept_under_its_own_id() -> None:
    assert [BY_ID[test.id] for test in TESTS] == list(TESTS)
    assert all(1 <= test.weight <= 3 and test.unit for test in TESTS)


def test_what_has_an_innocent_explanation_weighs_less_than_two_records_that_contradict_each_other() -> None:
    weights = {
        weight: {test.id.removeprefix("audit-") for test in TESTS if test.weight == weight}
        for weight in (1, 2)
    }
    assert weights[2] == {"clipping", "travel-inside", "same-coordinates", "clock-jump"}
    assert weights[1] == {
        "shared-phone", "short", "rounding-pile", "recorded-unbilled", "edits-to-plan", "edits-concentrate",
        "edits-before-cut-off",
    }  # fmt: skip


def test_limits_are_those_named_and_do_not_change() -> None:
    told = msgspec.to_builtins(LIMITS)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert(told | {"day_minutes": 1}, AuditLimits)
    with pytest.raises(TypeError, match="positional"):
        AuditLimits(*told.values())
    with pytest.raises(AttributeError):
        setattr(LIMITS, next(iter(told)), 1)


def test_of_an_empty_record_no_test_makes_a_flag() -> None:
    assert found(Record()) == []
