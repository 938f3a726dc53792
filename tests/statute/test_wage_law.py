"""The packaged statute, and what its loader refuses."""

from copy import deepcopy
from typing import Any

import pytest

from backend.statute import strict_yaml
from backend.statute.catalogue import parsed
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import (
    mileage_intervals,
    offset_intervals,
    rate_intervals,
    read_wage_law,
    treatments,
    wage_law,
)


def rates() -> list[dict[str, Any]]:
    return deepcopy(strict_yaml.read("wage_rates.yaml"))


def test_rates_and_offsets_are_known_from_october_2015_to_march_2027() -> None:
    law = wage_law()
    assert (law.first_known.isoformat(), law.last_known.isoformat()) == ("2015-10-01", "2027-03-31")
    assert law.rates["statute"].n_unique() == len(law.offsets) == 13


def test_offsets_are_those_of_the_instruments() -> None:
    daily = {
        entry.since.isoformat(): str(entry.daily)
        for entry in offset_intervals(strict_yaml.read("accommodation_offsets.yaml"))
    }
    assert daily == {
        "2015-10-01": "5.35", "2016-04-01": "5.35", "2016-10-01": "6.00", "2017-04-01": "6.40", "2018-04-01": "7.00",
        "2019-04-01": "7.55", "2020-04-01": "8.20", "2021-04-01": "8.36", "2022-04-01": "8.70", "2023-04-01": "9.10",
        "2024-04-01": "9.99", "2025-04-01": "10.66", "2026-04-01": "11.10",
    }  # fmt: skip


def test_apprentice_rates_are_those_of_the_instruments() -> None:
    found = [str(entry.apprentice) for entry in rate_intervals(rates())]
    assert found == [
        "3.30", "3.30", "3.40", "3.50", "3.70", "3.90", "4.15", "4.30", "4.81", "5.28", "6.40", "7.55", "8.00",
    ]  # fmt: skip


def test_mileage_rises_for_cars_in_april_2026() -> None:
    before, after = mileage_intervals(strict_yaml.read("mileage.yaml"))
    assert (str(before.car), str(after.car), str(after.car_after)) == ("0.45", "0.55", "0.25")
    assert (before.until.isoformat(), after.since.isoformat()) == ("2026-04-05", "2026-04-06")


def refused(change: Any) -> str:
    data = rates()
    change(data)
    with pytest.raises(StatuteError) as caught:
        rate_intervals(data)
    return str(caught.value)


def test_a_missing_interval_is_a_gap() -> None:
    assert "a gap between nmw-rate-2022-04-01 and nmw-rate-2024-04-01" in refused(lambda data: data.pop(9))


def test_an_overlap_is_refused() -> None:
    assert "overlaps" in refused(lambda data: data[3].update(until="2018-04-01"))


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    assert "ends before it starts" in refused(lambda data: data[-1].update(until="2026-03-31"))


def test_an_open_interval_is_refused() -> None:
    assert "/12/until" in refused(lambda data: data[-1].update(until=None))


@pytest.mark.parametrize("name", ["instrument", "href", "checked_against", "checked_on", "checked_in"])
def test_a_value_with_no_citation_is_refused(name: str) -> None:
    assert f"/2/{name} is required" in refused(lambda data: data[2].pop(name))


def test_a_number_that_is_not_text_is_refused() -> None:
    assert "/0/apprentice" in refused(lambda data: data[0].update(apprentice=3))


def test_an_age_without_a_rate_or_with_two_is_refused() -> None:
    assert "do not cover every age once" in refused(lambda data: data[0]["bands"].pop(1))
    assert "do not cover every age once" in refused(lambda data: data[0]["bands"][1].update(below_age=22))
    assert "do not cover every age once" in refused(lambda data: data[0]["bands"].pop())


def test_a_key_given_twice_is_refused_with_its_line() -> None:
    with pytest.raises(StatuteError, match="line 1: the key a stands twice"):
        strict_yaml.parse("a: 1\na: 2\n")


def test_a_value_that_stands_for_another_is_refused_with_its_line() -> None:
    with pytest.raises(StatuteError, match="line 2: write the value out"):
        strict_yaml.parse("a: &big [1, 2]\nb: [*big, *big]\n")


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 3000, "{" * 3000, "a: !!int foo", "a: !!int ''", "a: !!bool maybe", "a: !!set [x]"),
        *(f"a: {'9' * 5000}", "? [a]\n: b", "a: !!python/object:os.system x", b"\xff\xfe\xff", b"a: \xe9"),
    ],
)
def test_a_hostile_file_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(StatuteError):
        strict_yaml.parse(text)


def test_a_floating_number_is_refused_with_its_line() -> None:
    with pytest.raises(StatuteError, match=r"line 2: 12\.71 must be quoted"):
        strict_yaml.parse("a: 1\nb: 12.71\n")


def test_text_that_is_not_yaml_is_refused() -> None:
    with pytest.raises(StatuteError, match="is not valid YAML"):
        strict_yaml.parse("a: [1")


def test_every_kind_on_the_wire_has_a_treatment() -> None:
    assert treatments().work["contact"].counted is True
    assert treatments().pay["tips"].counted is False


@pytest.mark.parametrize("name", ["wage_rates.yaml", "accommodation_offsets.yaml"])
def test_rates_and_offsets_known_for_different_dates_are_refused(name: str) -> None:
    def shortened(file: str) -> Any:
        data = strict_yaml.read(file)
        return data[:-1] if file == name else data

    with pytest.raises(StatuteError, match="covers other dates than wage_rates"):
        read_wage_law(shortened)


def test_rates_and_offsets_that_both_end_before_the_treatments_are_refused() -> None:
    def shortened(file: str) -> Any:
        data = strict_yaml.read(file)
        return data if file == "treatments.yaml" else data[:-1]

    with pytest.raises(StatuteError, match=r"treatments\.yaml: covers other dates"):
        read_wage_law(shortened)


def test_offsets_and_mileage_refuse_gaps_and_overlaps_as_rates_do() -> None:
    offsets = strict_yaml.read("accommodation_offsets.yaml")
    with pytest.raises(StatuteError, match="a gap between nmw-offset-2015-10-01"):
        offset_intervals([offsets[0], *offsets[2:]])
    first, second = strict_yaml.read("mileage.yaml")
    with pytest.raises(StatuteError, match="mileage-2026-04-06 overlaps mileage-2015-04-06"):
        mileage_intervals([first | {"until": "2026-04-06"}, second])


def test_a_file_that_is_wrong_is_named() -> None:
    with pytest.raises(StatuteError, match=r"rules/x\.yaml: .*/0/title is required"):
        parsed([{"id": "abc"}], "rules/x.yaml")
