"""The price level of an address, and postcodes as the list is keyed."""

from backend.domain.zone import LEVELS, squeezed, zone_of


def test_every_class_of_the_indicator_has_its_level_and_no_other_has_one() -> None:
    told = {code: zone_of(code) for code in ("A1", "B1", "C1", "C2", "D1", "D2", "E1", "E2", "F1", "F2")}
    assert list(dict.fromkeys(told.values())) == list(LEVELS)
    assert (told["C2"], told["D1"], told["E1"], told["F1"]) == ("urban", "fringe", "rural", "isolated")
    assert zone_of(None) is None and zone_of("") is None and zone_of("UN1") is None


def test_a_postcode_is_the_same_however_it_is_spaced_and_spelt() -> None:
    assert squeezed(" wr1  2ab ") == squeezed("WR12AB") == "WR12AB"
