"""Contracts said back, and the gaps found in them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.commands.contracts import contract as command
from backend.use_cases.check_contract import check_contract
from schemas.strict import Faulty
from tests.pricing import contract

RATE: dict[str, Any] = {"service": "home_care", "zone": "rural", "from": "2026-04-06", "hourly": "24.00"}
LOADED = {"provider": "wye", "commissioner": "shire", "from": "2026-04-06", "billing_period": "weekly:mon"}


def told_gaps(rates: list[dict[str, Any]], **more: Any) -> list[str]:
    [checked] = check_contract(json.dumps(contract(rates=rates, **more)).encode())
    return [gap.says for gap in checked.gaps]


def test_one_rate_without_an_end_leaves_no_gap() -> None:
    assert told_gaps([RATE]) == []


def test_rates_that_follow_each_other_leave_no_gap() -> None:
    assert told_gaps([RATE | {"until": "2027-04-04"}, RATE | {"from": "2027-04-05"}]) == []


def test_the_days_between_two_rates_are_a_gap() -> None:
    rates = [RATE | {"until": "2027-03-31"}, RATE | {"from": "2027-04-05"}]
    assert told_gaps(rates) == ["no rates for home_care in zone rural from 2027-04-01 to 2027-04-04"]


def test_the_days_of_two_rates_are_told_too() -> None:
    rates = [RATE | {"until": "2027-04-05"}, RATE | {"from": "2027-04-05"}]
    assert told_gaps(rates) == ["2 rates for home_care in zone rural from 2027-04-05 to 2027-04-05"]


def test_an_end_without_a_successor_is_a_gap_from_then_on() -> None:
    assert told_gaps([RATE | {"until": "2027-03-31"}]) == [
        "no rates for home_care in zone rural from 2027-04-01 on"
    ]


def test_each_service_is_looked_for_in_each_zone() -> None:
    rates = [RATE, RATE | {"zone": "urban"}, RATE | {"service": "night_sitting"}]
    assert told_gaps(rates) == ["no rates for night_sitting in zone urban from 2026-04-06 on"]


def test_a_service_that_begins_later_has_a_gap_from_the_first_date_of_any_rate() -> None:
    later = RATE | {"service": "night_sitting", "from": "2026-05-01"}
    gap = "no rates for night_sitting in zone rural from 2026-04-06 to 2026-04-30"
    assert told_gaps([later, RATE]) == told_gaps([RATE, later]) == [gap]


def test_a_contract_without_any_rate_has_no_service_to_miss_one() -> None:
    assert told_gaps([]) == []


def test_a_loaded_contract_is_looked_at_for_its_own_dates_only() -> None:
    dated = {"from": "2026-04-01", "until": "2027-03-31"}
    rates = [RATE | {"until": "2027-03-31"}]
    assert told_gaps(rates, **LOADED | dated) == [
        "no rates for home_care in zone rural from 2026-04-01 to 2026-04-05"
    ]


def test_a_contract_is_said_back_in_full() -> None:
    terms = contract(
        **LOADED,
        pay_basis="planned_within_tolerance",
        tolerance_minutes=7,
        cap_at_planned=True,
        rounding={"minutes": 15, "mode": "nearest"},
        minimum_minutes="7.5",
        rates=[RATE | {"visit_prices": {"30": "13.40"}}],
        uplifts=[
            {"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"},
            {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"},
        ],
    )
    [checked] = check_contract(json.dumps([terms]).encode())
    assert checked.sentences == [
        "wye for shire, from 2026-04-06 on, billed weekly:mon.",
        "Pays the planned time of each visit made if the actual time lies within 7 minutes of it, otherwise the "
        "actual time.",
        "Never pays more than the planned time.",
        "Rounds the length of a visit to the nearest multiple of 15 minutes, a half going up.",
        "Pays at least 7.5 minutes for a visit made.",
        "home_care in zone rural, from 2026-04-06 on: £24.00 an hour; £13.40 for a visit of exactly 30 minutes.",
        "Uplift weekend, on Saturdays and Sundays: the price plus £1.20 an hour.",
        "Uplift night, starting from 22:00 until before 07:00: the price times 1.25.",
        "Where several uplifts fit, only the one giving the highest price.",
        "A missed visit: 0 % of the planned price.",
        "A refused visit: 100 % of the planned price.",
        "A visit cancelled with less than 24 hours' notice: 100 % of the planned price; with that notice, or "
        "cancelled by the provider, nothing.",
        "A visit suspended while the person is away: nothing.",
        "Who pays: council 100 %.",
    ]


def test_every_fault_of_every_contract_is_named() -> None:
    bad = contract(**LOADED, funding=[]) | {"billing_period": "yearly"}
    with pytest.raises(Faulty) as refusal:
        check_contract(json.dumps([contract(), bad, 7]).encode())
    assert {fault.pointer for fault in refusal.value.faults} == {"/1/funding", "/1/billing_period", "/2"}


def test_the_command_prints_the_gaps_and_fails_for_them(tmp_path: Path) -> None:
    file = tmp_path / "contracts.json"
    file.write_text(json.dumps(contract(rates=[RATE | {"until": "2027-03-31"}])))
    run = CliRunner().invoke(command, ["check", str(file)])
    assert run.exit_code == 1
    assert "To settle:\n  No rates for home_care in zone rural from 2027-04-01 on." in run.output
    file.write_text(json.dumps(contract()))
    assert CliRunner().invoke(command, ["check", str(file)]).exit_code == 0
    listed = json.loads(CliRunner().invoke(command, ["check", str(file), "--json"]).output)
    assert listed[0]["reference"] == "HC-01"


def test_annual_uplifts_retainer_lots_and_division_are_said_back() -> None:
    terms = contract(
        rates=[RATE],
        annual_uplifts=[{"from": "2027-04-05", "percent": "3.25"}],
        uplifts=[{"name": "holiday", "days": ["bank_holiday"], "multiplier": "1.5"}],
        suspended={"percent": "50", "days": 14},
        division="scotland",
        lots=[{"lot": "Lot 2 North", "zones": ["rural"], "tier": "prime"}],
    )
    [checked] = check_contract(json.dumps(terms).encode())
    said = " ".join(checked.sentences)
    assert "from 2026-04-06 to 2027-04-04: £24.00 an hour. " in said
    assert "from 2027-04-05 on: £24.78 an hour, with the annual uplift. " in said
    assert "from 2027-04-05 on, every rate in force the day before is 3.25 % higher" in said
    assert "Bank holidays are those of Scotland." in said
    assert "50 % of the planned price for the first 14 days, then nothing." in said
    assert "Lot 2 North, held as a prime provider: zone rural." in said


def test_a_zone_of_a_lot_that_no_rate_covers_is_a_gap() -> None:
    lots = [{"lot": "North", "zones": ["rural", "isolated"]}]
    assert told_gaps([RATE], lots=lots) == ["no rates for home_care in zone isolated from 2026-04-06 on"]


def test_what_is_taxed_and_what_is_exempt_is_said_with_the_reason() -> None:
    vat = [
        {"category": "E", "reason": "by a charity"},
        {"services": ["x", "y"], "category": "S", "rate": "20.0"},
    ]
    [checked] = check_contract(json.dumps(contract(vat=vat)).encode())
    assert checked.sentences[-2:] == [
        "x and y: VAT at 20 % is added to these prices.",
        "Every other service: no VAT. by a charity.",
    ]


def told_between(*dates: tuple[str, str | None]) -> list[list[str]]:
    """What is told of versions of one contract that run on these dates, beside another contract."""
    versions = [contract(**LOADED | {"from": first, "until": last}) for first, last in dates]
    other = contract(**LOADED | {"provider": "lantern"})
    checked = check_contract(json.dumps([*versions, other]).encode())
    return [[gap.says for gap in one.version_gaps] for one in checked]


def test_versions_that_follow_each_other_leave_no_day_out() -> None:
    assert told_between(("2026-04-06", "2027-04-04"), ("2027-04-05", None)) == [[], [], []]


def test_days_between_versions_and_days_of_two_versions_are_told_of_the_first() -> None:
    assert told_between(("2027-04-05", "2027-05-31"), ("2026-04-06", "2027-03-31"), ("2027-05-01", None)) == [
        [
            "no versions of the contract from 2027-04-01 to 2027-04-04",
            "2 versions of the contract from 2027-05-01 to 2027-05-31",
        ],
        [],
        [],
        [],
    ]
    assert told_between(("2026-04-06", None), ("2027-04-05", None))[0] == [
        "2 versions of the contract from 2027-04-05 on"
    ]
    long, inside, after = ("2026-04-06", None), ("2027-01-01", "2027-01-31"), ("2027-06-01", "2027-06-30")
    assert told_between(long, inside, after)[0] == [
        "2 versions of the contract from 2027-01-01 to 2027-01-31",
        "2 versions of the contract from 2027-06-01 to 2027-06-30",
    ]


def test_the_command_fails_for_versions_that_overlap(tmp_path: Path) -> None:
    file = tmp_path / "contracts.json"
    file.write_text(json.dumps([contract(**LOADED), contract(**LOADED | {"from": "2027-01-01"})]))
    run = CliRunner().invoke(command, ["check", str(file)])
    assert run.exit_code == 1 and "  2 versions of the contract from 2027-01-01 on." in run.output


def said(**terms: Any) -> list[str]:
    """The sentences on a plain contract with the terms given instead, but for those on visits that were not made."""
    [checked] = check_contract(json.dumps(contract(**terms)).encode())
    return [sentence for sentence in checked.sentences if not sentence.startswith("A ")]


PLAIN = [
    "Pays the actual time of each visit made.",
    "home_care in zone rural, from 2026-04-06 on: £24.00 an hour.",
    "Who pays: council 100 %.",
]


def test_of_terms_that_a_contract_does_not_have_nothing_is_said() -> None:
    assert said() == PLAIN


def test_one_uplift_is_said_by_itself_and_bank_holidays_where_any_uplift_speaks_of_them() -> None:
    night: dict[str, Any] = {"name": "night", "from": "22:00", "until": "07:00", "per_hour": "0.125"}
    holiday: dict[str, Any] = {"name": "holiday", "days": ["bank_holiday"], "from": "07:00", "until": "22:00"}
    told = "Uplift night, starting from 22:00 until before 07:00: the price plus £0.125 an hour."
    assert said(uplifts=[night]) == [*PLAIN[:2], told, PLAIN[2]]
    assert said(uplifts=[night, holiday | {"multiplier": "1.50"}]) == [
        *PLAIN[:2],
        told,
        "Uplift holiday, on bank holidays starting from 07:00 until before 22:00: the price times 1.5.",
        "Where several uplifts fit, only the one giving the highest price.",
        "Bank holidays are those of England.",
        PLAIN[2],
    ]


@pytest.mark.parametrize(
    ("mode", "minutes", "words"),
    [
        ("up", 5, "up to a multiple of 5 minutes."),
        ("down", 1, "down to a multiple of 1 minute."),
        ("nearest", 15, "to the nearest multiple of 15 minutes, a half going up."),
    ],
)
def test_each_way_of_rounding_is_said(mode: str, minutes: int, words: str) -> None:
    assert said(rounding={"minutes": minutes, "mode": mode})[1] == f"Rounds the length of a visit {words}"


def test_a_length_that_is_no_tenth_of_a_minute_is_said_in_seconds() -> None:
    assert said(minimum_minutes="7.1")[1] == "Pays at least 7.1 minutes for a visit made."
    assert said(minimum_minutes="7.05")[1] == "Pays at least 423 seconds for a visit made."


def test_rates_with_an_end_and_prices_below_the_penny_are_said_as_written() -> None:
    rate = {
        "service": "sitting",
        "zone": "urban",
        "from": "2026-04-06",
        "until": "2027-04-05",
        "hourly": "24.125",
    }
    prices = {"visit_prices": {"30": "13.4", "15": "7"}}
    assert said(rates=[rate | prices])[1] == (
        "sitting in zone urban, from 2026-04-06 to 2027-04-05: £24.125 an hour; £7.00 for a visit of exactly "
        "15 minutes; £13.40 for a visit of exactly 30 minutes."
    )


def test_lots_with_and_without_a_tier_and_several_payers_are_said() -> None:
    lots = [
        {"lot": "North", "zones": ["rural", "urban"]},
        {"lot": "South", "zones": ["urban"], "tier": "prime"},
    ]
    funding = [{"payer": "council", "percent": "70.00"}, {"payer": "icb", "percent": "30"}]
    assert said(lots=lots, funding=funding)[-3:] == [
        "Who pays: council 70 %, icb 30 %.",
        "North, held: zones rural and urban.",
        "South, held as a prime provider: zone urban.",
    ]


def test_later_annual_uplifts_are_said_after_earlier_ones_and_mileage_by_the_mile() -> None:
    uplifts = [{"from": "2028-04-03", "percent": "2"}, {"from": "2027-04-05", "percent": "3"}]
    told = said(annual_uplifts=uplifts, mileage={"per_mile": "0.45"})
    assert [sentence.split(",")[0] for sentence in told[4:6]] == [
        "Annual uplift: from 2027-04-05 on",
        "Annual uplift: from 2028-04-03 on",
    ]
    assert told[6].startswith("Mileage: £0.45 for each mile")


def test_gaps_of_a_part_of_the_dates_end_where_that_part_ends() -> None:
    dated = {"from": "2026-04-06", "until": "2027-04-30"}
    rates = [RATE | {"until": "2026-12-31"}, RATE | {"from": "2027-02-01", "until": "2027-03-31"}]
    assert told_gaps(rates, **LOADED | dated) == [
        "no rates for home_care in zone rural from 2027-01-01 to 2027-01-31",
        "no rates for home_care in zone rural from 2027-04-01 to 2027-04-30",
    ]
    assert told_gaps([RATE | {"until": "2027-04-29"}, RATE | {"from": "2027-04-30"}], **LOADED | dated) == []
    assert told_gaps([RATE | {"until": "2027-04-29"}, RATE | {"from": "2027-05-01"}], **LOADED | dated) == [
        "no rates for home_care in zone rural from 2027-04-30 to 2027-04-30"
    ]
