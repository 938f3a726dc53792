"""Every rule a result names is listed with its citation."""

from datetime import date

from backend.statute.catalogue import rules
from backend.statute.soundness import checked, used_rules
from backend.statute.wage_law import treatments, wage_law
from tests.wage import answer


def test_every_rule_has_a_title_words_and_a_source() -> None:
    for rule in rules().values():
        assert rule.title
        assert rule.says.endswith(".")
        assert rule.instrument
        assert rule.href.startswith(("https://", "docs/"))


def test_the_packaged_law_is_sound() -> None:
    assert checked(date(2026, 11, 21)).last_known == date(2027, 3, 31)
    assert used_rules(treatments()) <= rules().keys()


def test_each_rate_interval_is_a_rule_of_its_own() -> None:
    assert set(wage_law().rates["statute"]) <= rules().keys()


def test_each_mileage_rate_is_a_rule_of_its_own() -> None:
    assert "£0.55 for the first 10000 miles" in rules()["mileage-2026-04-06"].says


def test_each_penalty_is_a_rule_of_its_own() -> None:
    found = rules()["nmw-penalty-2016-04-01"]
    assert "200 per cent" in found.says and "£20000.00" in found.says and "£100.00" in found.says
    assert found.href.endswith("1998/39/section/19A")
    assert "100 per cent" in rules()["nmw-penalty-2015-05-26"].says


def test_the_rules_in_an_answer_are_all_listed() -> None:
    result = answer(
        pay=[
            {"kind": "hourly", "minutes": 60, "rate": "10.00"},
            {"kind": "hourly", "minutes": 60, "rate": "14.00"},
            {"kind": "sleep_in_allowance", "amount": "40.00"},
        ],
        deductions=[{"kind": "uniform", "amount": "1.00"}],
        standards=[{"name": "x", "hourly": "13.45", "kinds": ["contact"]}],
        as_of="2030-01-01",
    )
    named = {
        row["rule"]
        for name in ("work", "pay", "adjustments", "standards", "warnings")
        for row in result[name]
    }
    named |= {result["arrears"]["rule"], result["required"]["statute"]}
    assert len(named) >= 8
    assert named <= rules().keys()
