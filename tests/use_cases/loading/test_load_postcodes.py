"""The published postcode list, and what follows from it: places and zones."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.domain.zone import zone_of
from backend.use_cases.loading import LoadFault, LoadRefused, load_postcodes
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import POSTCODES, load_county, load_csv, with_row


async def refused(content: bytes) -> list[LoadFault]:
    with pytest.raises(LoadRefused) as error:
        await load_postcodes([("list.csv", content)])
    return list(error.value.faults)


async def test_a_list_is_counted_and_its_gaps_are_told(db: Any, superuser: asyncpg.Connection) -> None:
    loaded = await load_postcodes([("list.csv", POSTCODES)])
    assert (loaded.rows, loaded.new) == (5, 5)
    assert loaded.notes == [
        "5 postcodes, 4 of them live.",
        "1 live without a rural-urban indicator, so that a package there must give its zone: ZX11AD",
        "1 live without a place: ZX11AE",
    ]
    found = await superuser.fetch("SELECT * FROM postcode ORDER BY postcode")
    assert tuple(found[1]) == ("ZX11AB", 52.0807, 0.0, "F2", "E06000099", False)
    assert tuple(found[2])[-1] is True
    assert (found[3]["rural_urban"], found[4]["lat"], found[4]["lon"]) == (None, None, None)


async def test_a_newer_list_changes_what_differs_and_keeps_the_rest(db: Any, tmp_path: Path) -> None:
    await load_postcodes([("list.csv", POSTCODES)])
    lines = POSTCODES.replace(b"52.0807", b"52.0808").splitlines(keepends=True)
    path = tmp_path / "newer.csv"
    path.write_bytes(b"".join([*lines[:3], b'"AB12 3CD","AB12 3CD","","E06000099","E1",57.1,-2.1\n']))
    loaded = await load_postcodes([("newer.csv", path)])
    assert (loaded.new, loaded.changed, loaded.unchanged) == (1, 1, 1)


async def test_the_headings_of_other_editions_are_understood(db: Any) -> None:
    newer = POSTCODES.replace(b"pcd,pcds,doterm,laua,ru11ind", b"pcd7,pcd8,doterm,lad25cd,ru21ind")
    loaded = await load_postcodes([("list.csv", b"\xef\xbb\xbf" + newer)])
    assert loaded.new == 5


async def test_faults_of_a_list_are_named_by_row(db: Any) -> None:
    wrong = POSTCODES.replace(b'"ZX1 1AC","ZX1 1AC"', b'"ZX1","ZX1"').replace(b"52.0607", b"12.0")
    assert [(fault.row, fault.column) for fault in await refused(wrong)] == [(2, "lat"), (4, "postcode")]
    assert await refused(POSTCODES + POSTCODES.splitlines()[1]) == [
        LoadFault(file="list.csv", row=7, column="postcode", detail="ZX11AA stands twice")
    ]
    missing = await refused(POSTCODES.replace(b"ru11ind", b"rural"))
    assert missing[0].detail == "no column is called ru11ind or ruc11ind or ru21ind or ruc21ind"
    assert await refused(b"")
    assert await refused(b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("indicator", "zone"),
    [
        *[(code, "urban") for code in ("A1", "B1", "C1", "C2")],
        *[(code, "fringe") for code in ("D1", "D2")],
        *[(code, "rural") for code in ("E1", "E2")],
        *[(code, "isolated") for code in ("F1", "F2")],
        *[(code, None) for code in ("", "Z9", "A", "5", "UN1", "RLF1", None)],
    ],
)
def test_the_rural_urban_indicator_gives_the_zone(indicator: str | None, zone: str | None) -> None:
    assert zone_of(indicator) == zone


async def test_a_package_takes_its_zone_from_the_postcode_unless_it_gives_one(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    found = await superuser.fetch(
        "SELECT p.reference, v.zone, v.zone_source FROM package p"
        " JOIN package_version v ON v.package_id = p.id ORDER BY 1"
    )
    assert [tuple(row) for row in found] == [("P1", "urban", "postcode"), ("P2", "rural", "given")]


@pytest.mark.parametrize(
    ("postcode", "reason"),
    [
        ("ZX1 1AD", "is required: ZX1 1AD has a blank rural-urban indicator, so it gives no zone"),
        ("ZX1 1AE", "is required: ZX1 1AE has the rural-urban indicator Z9, of another classification"),
        ("ZX1 9ZZ", "is required: ZX1 9ZZ is not in the postcode list"),
    ],
)
async def test_a_zone_is_never_made_up(db: Any, postcode: str, reason: str) -> None:
    await load_county(until="packages")
    await load_csv(
        "service-users", with_row(samples.SERVICE_USERS[:1], 0, postcode=postcode, lat="52", lon="-2")
    )
    with pytest.raises(LoadRefused) as error:
        await load_csv("packages", samples.PACKAGES[:1])
    assert error.value.faults[0].column == "zone"
    assert reason in error.value.faults[0].detail


async def test_an_ended_postcode_still_gives_a_place_and_is_told(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await load_county(until="service-users")
    loaded = await load_csv("service-users", with_row(samples.SERVICE_USERS, 0, postcode="ZX1 1AC"))
    assert loaded.notes == ["1 used though the postcode has ended: ZX1 1AC"]
    assert (
        await superuser.fetchval("SELECT lat FROM service_user_version WHERE place_source = 'postcode'")
        == 52.0907
    )


async def test_longitude_zero_is_a_real_place(db: Any, superuser: asyncpg.Connection) -> None:
    await load_county(until="service-users")
    assert await superuser.fetchval("SELECT home_lon FROM employment_version WHERE name = 'Bea Carer'") == 0.0
    await load_csv("service-users", with_row(samples.SERVICE_USERS, 0, postcode="ZX1 1AB"))
    assert await superuser.fetchval("SELECT lon FROM service_user_version WHERE postcode = 'ZX1 1AB'") == 0.0
