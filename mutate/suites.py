"""Which tests answer for which module: those that need no database, the quickest to notice a fault first.

Of the laws of the wage test, of pricing and of days only those that hold what the slow others hold.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOMAIN: Final = ROOT / "backend" / "domain"
RULES: Final = "backend.domain."
_WAGE: Final = "tests/use_cases/test_calc_wage"
_LAWS: Final = (
    "tests/use_cases/test_calc_wage.py::test_a_worked_case_comes_out_as_published",
    "tests/domain/test_wage_verdict.py",
    "tests/use_cases/test_calc_wage_any_case.py",
    "tests/use_cases/test_calc_wage_laws.py::test_any_case_agrees_with_the_sums_done_by_hand",
)
"""What holds every part of the wage test; what is about one part stands with it."""
PRICE: Final = (
    "tests/use_cases/test_calc_price_laws.py::test_every_line_is_what_exact_fractions_give",
    "tests/use_cases/test_calc_price.py",
    "tests/use_cases/test_calc_price_minutes.py",
    "tests/use_cases/test_calc_price_rates.py",
    "tests/use_cases/test_calc_price_funding.py",
    "tests/use_cases/test_price_rules.py",
    "tests/domain/test_pricing.py",
    "tests/use_cases/test_check_contract.py",
    "tests/use_cases/test_calc_price_blocks.py",
    "tests/use_cases/test_calc_price_mileage.py",
    "tests/use_cases/test_calc_price_contract_terms.py",
)
_DAY: Final = "tests/domain/working_day"
DAY: Final = (
    f"{_DAY}/test_day_laws.py::test_every_second_and_flag_agrees_with_a_slow_second_reading_of_the_rules",
    f"{_DAY}/test_day_laws.py::test_a_gap_of_no_length_has_no_parts",
    f"{_DAY}/test_day_laws.py::test_between_stops_at_one_place_there_is_no_way_and_elsewhere_that_which_is_known",
    f"{_DAY}/test_day_laws.py::test_the_mark_of_a_visit_with_one_end_stands_on_its_own_date",
    f"{_DAY}/test_day_gaps.py",
    f"{_DAY}/test_day_contact.py",
    "tests/use_cases/test_calc_day.py",
    f"{_DAY}/test_day_rule_ids.py",
    f"{_DAY}/test_day_nights.py",
)
CUT: Final = (
    f"{_DAY}/test_day_cutting.py::test_working_days_are_what_a_slow_reading_of_each_carer_by_herself_gives",
    f"{_DAY}/test_day_cutting.py",
    f"{_DAY}/test_day_laws.py::test_cutting_at_midnight_wherever_it_falls_changes_no_total",
    f"{_DAY}/test_day_laws.py::test_a_day_whose_entries_are_all_cut_at_any_one_instant_has_the_same_totals",
    f"{_DAY}/test_day_nights.py",
    "tests/use_cases/test_calc_day.py",
)
_AUDIT: Final = "tests/domain/audit_tests"
AUDIT: Final = tuple(
    f"{_AUDIT}/test_{name}.py"
    for name in ("bills_and_edits", "doors", "lengths", "overlaps", "phones", "places", "registry")
)
SUITES: Final = {
    "minimum_wage": (
        "tests/domain/test_wage_units.py",
        *_LAWS,
        f"{_WAGE}.py",
        f"{_WAGE}_pay.py",
        f"{_WAGE}_hours.py",
    ),
    "minimum_wage.bands": (*_LAWS, f"{_WAGE}_rates.py", f"{_WAGE}.py"),
    "minimum_wage.hours": (*_LAWS, f"{_WAGE}_hours.py", f"{_WAGE}.py"),
    "minimum_wage.placing": (*_LAWS, f"{_WAGE}_placing.py", f"{_WAGE}.py"),
    "minimum_wage.reductions": (*_LAWS, f"{_WAGE}_reductions.py", f"{_WAGE}.py"),
    "minimum_wage.remuneration": (*_LAWS, f"{_WAGE}_pay.py", f"{_WAGE}.py"),
    "money": ("tests/domain/test_money.py", "tests/use_cases/test_calc_wage.py"),
    "time": ("tests/domain/test_time.py", "tests/domain/working_day/test_day_cutting.py"),
    "pay_period": ("tests/domain/test_pay_period.py", "tests/use_cases/test_calc_wage_placing.py"),
    "working_day": DAY,
    "working_day.cutting": CUT,
    "pricing": PRICE,
    "pay_terms": (
        "tests/domain/test_pay_terms.py",
        "tests/domain/test_pay_terms_said_back.py",
        "tests/use_cases/test_calc_pay_laws.py",
        "tests/use_cases/test_calc_pay.py",
    ),
    "said_back": ("tests/use_cases/test_check_contract.py", "tests/domain/test_pay_terms_said_back.py"),
    "funding": ("tests/domain/test_funding.py", "tests/use_cases/test_calc_price_funding.py"),
    "invoicing": ("tests/domain/test_invoicing.py",),
    "chain": ("tests/domain/test_chain.py",),
    "canonical": ("tests/domain/test_canonical.py",),
    "place": ("tests/domain/test_place.py",),
    "evidence": ("tests/domain/test_judged.py",),
    "positions": ("tests/domain/test_evidence.py",),
    "billing_period": ("tests/domain/test_billing_period.py",),
    "arrears": ("tests/domain/test_arrears.py",),
    "paid_time": ("tests/domain/test_paid_time.py",),
    "mileage_risk": ("tests/domain/test_mileage_risk.py",),
    "visit_state": ("tests/domain/test_visit_state.py",),
    "salaried_year": ("tests/domain/test_salaried_year.py",),
    "sampling": ("tests/domain/test_sampling.py",),
    "audit_tests": AUDIT,
    "audit_tests.edits": (f"{_AUDIT}/test_bills_and_edits.py",),
    "audit_tests.lengths": (f"{_AUDIT}/test_lengths.py",),
    "audit_tests.overlaps": (f"{_AUDIT}/test_overlaps.py",),
    "audit_tests.phones": (f"{_AUDIT}/test_phones.py",),
    "audit_tests.places": (f"{_AUDIT}/test_places.py", f"{_AUDIT}/test_doors.py"),
    "activity": ("tests/domain/test_activity.py",),
    "checkpoints": ("tests/domain/test_checkpoints.py",),
    "credits": ("tests/domain/test_credits.py",),
    "delivered": ("tests/domain/test_delivered.py",),
    "gap_ledger": ("tests/domain/test_gap_ledger.py",),
    "implied_speed": ("tests/domain/test_implied_speed.py",),
    "invoice_state": ("tests/domain/test_invoice_state.py",),
    "pay_doubles": ("tests/domain/test_pay_doubles.py",),
    "payer_bills": ("tests/domain/test_payer_bills.py",),
    "payroll": ("tests/domain/test_payroll.py",),
    "reconciliation": ("tests/domain/test_reconciliation.py",),
    "sun": ("tests/domain/test_sun.py",),
    "vat": ("tests/domain/test_vat.py",),
    "zone_costs": ("tests/domain/test_zone_costs.py",),
    "tokens": ("tests/domain/test_tokens.py", "tests/domain/test_heard.py"),
    "passkeys": ("tests/domain/test_passkeys.py",),
    "nonce": ("tests/domain/test_nonce.py",),
    "signatures": ("tests/domain/test_proof.py",),
    "proof": ("tests/domain/test_proof.py",),
    "absences": ("tests/domain/test_absences.py", "tests/domain/test_delivered.py"),
    "decisions": ("tests/domain/test_decisions.py",),
    "batches": ("tests/domain/test_batches.py",),
    "travel_paid": ("tests/domain/test_travel_paid.py",),
    "budgets": ("tests/domain/test_budgets.py",),
    "planning": ("tests/domain/test_planning.py",),
    "patterns": ("tests/domain/test_patterns.py",),
    "performance": ("tests/domain/test_performance.py",),
    "queue": ("tests/domain/test_queue.py",),
    "pin": ("tests/domain/test_pin.py",),
    "roster": ("tests/domain/test_roster.py",),
    "events": ("tests/domain/test_events.py",),
    "policy": ("tests/domain/test_policy.py",),
    "webhook_signatures": ("tests/domain/test_heard.py",),
    "visit": ("tests/domain/test_visit.py", "tests/domain/test_claimed_time.py"),
    "corrected": ("tests/domain/test_corrected.py", "tests/domain/test_claimed_time.py"),
    "quarantined": ("tests/domain/test_quarantined.py",),
    "statement": ("tests/domain/test_statement.py",),
    "heard": ("tests/domain/test_heard.py",),
    "seals": ("tests/domain/test_seals.py",),
    "provider_risk": ("tests/domain/test_provider_risk.py",),
    "cover": ("tests/domain/test_cover.py",),
    "public_answer": ("tests/domain/test_public_answer.py",),
    "shares": ("tests/domain/test_shares.py",),
    "notices": ("tests/domain/test_notices.py",),
    "one_time_codes": ("tests/domain/test_one_time_codes.py",),
    "zone": ("tests/domain/test_zone.py",),
}
"""By the name of a module or package in backend/domain, in the order of what a fault in it would cost.

A module of a package that has an entry of its own is not run with the package.
"""


LEFT_OUT: Final = {
    "counted": "there is no fault that the runner could make",
    "flag_states": "there is no fault that the runner could make",
    "measures": "a record, which works nothing out",
    "page_keys": "there is no fault that the runner could make",
}
"""Modules that have no entry, and why."""


def chosen(asked: Sequence[str]) -> list[str]:
    """The entries that are asked for: by their name, or by that of their package. All if none is."""
    unknown = [name for name in asked if not any(_within(entry, name) for entry in SUITES)]
    if unknown:
        raise SystemExit(f"not in mutate/suites.py: {', '.join(unknown)}")
    return [entry for entry in SUITES if not asked or any(_within(entry, name) for name in asked)]


def sources(name: str) -> dict[str, str]:
    """The modules of one entry of SUITES by dotted name, with their source, but for those with entries of their own."""
    base = DOMAIN.joinpath(*name.split("."))
    paths = sorted(base.glob("*.py")) if base.is_dir() else [base.with_suffix(".py")]
    found = {_dotted(path): path.read_text(encoding="utf-8") for path in paths}
    return {
        module: source
        for module, source in found.items()
        if module.removeprefix(RULES) not in {*SUITES} - {name}
    }


def rules() -> set[str]:
    """Every module of the rules, named as an entry would be, but for empty ones."""
    return {
        _dotted(path).removeprefix(RULES)
        for path in DOMAIN.rglob("*.py")
        if path.read_text(encoding="utf-8").strip()
    }


def _within(entry: str, name: str) -> bool:
    return entry == name or entry.startswith(f"{name}.")


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
