"""Every rule that a calculator, a report or a document names is one that `doorstep rules` explains."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

import backend
from backend.documents.canonical import read_wage_report
from backend.statute.catalogue import rule, rules
from backend.use_cases.calc_day import calc_day
from backend.use_cases.calc_pay import calc_pay
from backend.use_cases.calc_price import calc_price
from backend.use_cases.calc_wage import calc_wage
from backend.use_cases.wage_report_snapshot import rules_named
from schemas.day import ActivityKind
from schemas.strict import decode
from schemas.wage import WageResult
from schemas.wage_kinds import (
    DeductionKind,
    ExpenditureKind,
    PayKind,
    PaymentToEmployerKind,
    WorkKind,
    WorkType,
)
from tests.days import THERE, activity, visit
from tests.days import case as day_case
from tests.documents.samples import wage_report
from tests.rule_ids import named
from tests.wage import TODAY, answer, case

USE_CASES = Path(__file__).parents[1] / "use_cases"


def explained(data: Any) -> set[str]:
    """The rules that the data names, each of which must be one that there is."""
    found = named(data)
    for rule_id in found:
        assert rule(rule_id).id == rule_id
    return found


def wage_lines(work_type: str) -> dict[str, Any]:
    """A case with a line of every kind that this type of work may have."""
    salaried = work_type == "salaried"
    work = [{"kind": kind, "minutes": 60} for kind in get_args(WorkKind) if salaried or kind != "excess"]
    if salaried:
        work.append({"kind": "absence", "minutes": 60, "pay": "none"})
    pay = [_payment(kind) for kind in get_args(PayKind)]
    pay += [
        {"kind": "hourly", "minutes": 60, "rate": "20.00"},
        {"kind": "salary", "amount": "1", "paid_on": "2020-01-01"},
    ]
    return case(
        work_type=work_type,
        salaried={"basic_hours_per_year": 12, "pay_periods_per_year": 12} if salaried else None,
        work=work,
        pay=pay,
        deductions=[{"kind": kind, "amount": "1.00"} for kind in get_args(DeductionKind)],
        expenditure=[{"kind": kind, "amount": "1.00"} for kind in get_args(ExpenditureKind)],
        payments_to_employer=[{"kind": kind, "amount": "1.00"} for kind in get_args(PaymentToEmployerKind)],
        accommodation={"days": 3, "charge": "100.00"},
        standards=[{"name": "Real Living Wage", "hourly": "13.45", "kinds": ["contact"]}],
        as_of="2040-01-01",
    )


def _payment(kind: str) -> dict[str, Any]:
    if kind == "hourly":
        return {"kind": kind, "minutes": 60, "rate": "10.00"}
    if kind == "piece":
        return {"kind": kind, "units": 2, "rate": "5.00", "normal_rate": "4.00"}
    return {"kind": kind, "amount": "5.00"}


@pytest.mark.parametrize("work_type", get_args(WorkType))
def test_every_kind_of_line_of_a_wage_case_is_explained(work_type: str) -> None:
    found = explained(calc_wage(json.dumps(wage_lines(work_type)), TODAY))
    assert {"nmw-2015-9", "nmw-2015-12", "nmw-act-17", "contract-standard", "time-unresolved"} <= found
    assert len(found) > 25


def test_salaried_and_output_work_are_cited_by_their_own_regulations() -> None:
    salaried = named(calc_wage(json.dumps(wage_lines("salaried")), TODAY))
    assert {"nmw-2015-21", "nmw-2015-23", "nmw-2015-28", "nmw-2015-10-i", "nmw-2015-10-o"} <= salaried
    output = {row["kind"]: row["rule"] for row in answer(
        work_type="output", work=[{"kind": kind, "minutes": 1} for kind in ("contact", "travel", "training", "commute")]
    )["work"]}  # fmt: skip
    assert output == {
        "contact": "nmw-2015-37", "travel": "nmw-2015-39", "training": "nmw-2015-38", "commute": "nmw-2015-39-home",
    }  # fmt: skip


def test_an_absence_beyond_the_hours_of_a_salary_is_explained() -> None:
    found = explained(answer(
        work_type="salaried", salaried={"basic_hours_per_year": 12, "pay_periods_per_year": 12},
        work=[{"kind": "absence", "minutes": 600, "pay": "none"}],
    ))  # fmt: skip
    assert "nmw-2015-23" in found


@pytest.mark.parametrize(
    ("calculator", "cases"),
    [(calc_day, "day_cases.json"), (calc_price, "price_cases.json"), (calc_wage, "wage_cases.json")],
)
def test_every_rule_of_the_worked_cases_is_explained(calculator: Any, cases: str) -> None:
    worked = json.loads((USE_CASES / cases).read_text(encoding="utf-8"))
    answers = [calculator(json.dumps(one["input"])) for one in worked if "refused" not in one]
    assert len(explained(answers)) > 3


@pytest.mark.parametrize("kind", get_args(ActivityKind))
@pytest.mark.parametrize("long_gap", ["unresolved", "waiting", "break"])
def test_every_kind_of_activity_and_gap_in_a_day_and_its_pay_is_explained(kind: str, long_gap: str) -> None:
    visits = [
        visit("a", "09:00", "09:30"),
        visit("b", "09:20", "09:40", THERE),
        visit("c", "12:00", "12:30"),
        visit("d", "12:31", "13:00", THERE),
        visit("e", "14:00", None),
    ]
    around = [activity("sleep_in", "10:00", "11:00")] if kind == "awake" else []
    day = day_case(visits, [*around, activity(kind, "10:10", "10:30")], long_gap=long_gap)
    explained(calc_day(json.dumps(day).encode()))
    for basis in ("actual", "longer"):
        terms = {
            "rates": {"contact": "12.00", "training": "11.00", "sleep_in_flat": "40.00"},
            "contact_basis": basis,
        }
        terms |= {"paid_gap_limit_minutes": 5, "mileage_per_mile": {"car": "0.45"}}
        paid = calc_pay(json.dumps({"terms": terms, "days": [day], "miles": "auto"}).encode())
        assert any(rule_id.startswith("pay-") for rule_id in explained(paid))


def test_a_report_explains_every_rule_its_rows_name_standards_and_accommodation_too() -> None:
    report = read_wage_report(json.dumps(wage_report()).encode())
    [first, *_] = report.workers
    data = wage_lines("time")
    result = calc_wage(json.dumps(data), TODAY)
    assert isinstance(result, dict)
    filled = replace(first, result=decode(WageResult, result).value)
    assert named(result) - {result["required"]["statute"]} <= rules_named([filled])
    assert {"contract-standard", "nmw-2015-14"} <= rules_named([filled])


def test_every_rule_that_the_code_writes_down_is_explained() -> None:
    """Text constants of the code that look like rules of the law or the day."""
    pattern = re.compile(r'"((?:nmw|day|audit)-[a-z0-9-]*[a-z0-9])"')
    sources = sorted(Path(backend.__file__).parent.rglob("*.py"))
    found = {name for path in sources for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 15
    assert found - rules().keys() == set()
