"""Every fault of every kind, at its row and column; a refused file leaves no trace."""

from typing import Any

import asyncpg
import pytest

from backend.use_cases.loading import LoadRefused
from schemas.loading import LoadKind
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import Row, load_county, load_csv, load_rows, with_row
from tests.use_cases.loading.test_load import contents

Case = tuple[dict[str, Any], str, str]
"""What is changed in the first row of the sample, the column of the fault, and words of its reason."""

REFUSED: dict[LoadKind, tuple[list[Row], list[Case]]] = {
    "organisations": (
        samples.ORGANISATIONS,
        [
            ({"peppol_identifier": "5060012349998"}, "peppol_identifier", "must be scheme:number, such as"),
            ({"email": "office at hearth"}, "email", "must be an email address"),
            ({"postcode": "nowhere"}, "postcode", "must be a postcode"),
            ({"kind": "charity"}, "kind", "must be one of provider, council, nhs"),
            ({"kind": "council"}, "kind", "is held as provider"),
            ({"name": ""}, "name", "is required"),
            ({"reference": "x" * 201}, "reference", "has more than 200 characters"),
        ],
    ),
    "carers": (
        samples.CARERS,
        [
            ({"provider": "nobody"}, "provider", "no organisation has the reference nobody"),
            ({"provider": "wyeshire"}, "provider", "wyeshire is not a provider"),
            ({"employment": "E2"}, "employment", "stands in row 2 already"),
            ({"reference": "C7"}, "employment", "E1 is the employment of C1"),
            ({"date_of_birth": "1990-02-30"}, "date_of_birth", "is not a date that exists"),
            ({"home_postcode": "nowhere"}, "home_postcode", "must be a postcode"),
            ({"home_postcode": "ZX1 9ZZ"}, "home_postcode", "is not in the postcode list"),
            ({"home_postcode": "ZX1 1AE"}, "home_postcode", "has no place"),
            ({"home_postcode": ""}, "home_postcode", "is required, or home_lat and home_lon"),
            ({"home_lat": "52.0"}, "home_lon", "is required with home_lat"),
            ({"home_lat": "91", "home_lon": "0"}, "home_lat", "must lie between -90 and 90"),
            ({"home_lat": "52,1", "home_lon": "0"}, "home_lat", "must be a number of degrees"),
            ({"mode": "tram"}, "mode", "must be one of car, bicycle, walk, bus"),
            (
                {"national_insurance_number": "12"},
                "national_insurance_number",
                "must be a National Insurance number",
            ),
            ({"employment_end": "2025-12-31"}, "employment_end", "is before employment_start"),
            ({"employment_start": "1980-01-01"}, "employment_start", "is before date_of_birth"),
            ({"pay_cycle": "monthly:32"}, "pay_cycle", "must be such as weekly:mon"),
            ({"pay_cycle": "four_weekly:2026-02-30"}, "pay_cycle", "is not a date that exists"),
            (
                {"apprenticeship_ended": "2026-02-01"},
                "apprenticeship_started",
                "is required with apprenticeship_ended",
            ),
        ],
    ),
    "service-users": (
        samples.SERVICE_USERS,
        [
            (
                {"postcode": "ZX1 9ZZ"},
                "postcode",
                "give the coordinates, or have the newest postcode list loaded",
            ),
            ({"lat": "52.0"}, "lon", "is required with lat"),
            ({"radius_m": "0"}, "radius_m", "must be a whole number from 1 to 10,000"),
            ({"radius_m": "99.5"}, "radius_m", "must be a whole number"),
        ],
    ),
    "places": (
        samples.PLACES,
        [
            ({"service_user": "S9"}, "service_user", "no service user has the reference S9"),
            ({"lat": "91"}, "lat", "must lie between -90 and 90"),
            ({"lat": None}, "lat", "is required with lon"),
            ({"lat": None, "lon": None}, "postcode", "is required, or lat and lon"),
            ({"lat": None, "lon": None, "postcode": "ZX1 9ZZ"}, "postcode", "is not in the postcode list"),
            ({"until": "2026-11-01"}, "until", "2026-11-01 is before from, 2026-11-02"),
            ({"name": ""}, "name", "is required"),
        ],
    ),
    "packages": (
        samples.PACKAGES,
        [
            ({"service_user": "S9"}, "service_user", "no service user has the reference S9"),
            ({"contract": "HC-99"}, "contract", "no contract has the reference HC-99"),
            ({"from": "2026-03-31"}, "from", "the contract HC-01 has no version for 2026-03-31"),
            ({"until": "2027-04-01"}, "until", "the contract HC-01 has no version for 2027-04-01"),
            ({"from": "2027-01-01"}, "from", "overlaps: one version holds 2026-10-01 to 2027-01-31"),
            ({"funding": "wyeshire=70"}, "funding", "makes 70 per cent; the percentages must make 100"),
            ({"funding": "wyeshire:70;icb:30"}, "funding", "write each payer with its percentage"),
            ({"funding": "wyeshire=70;nobody=30"}, "funding", "no organisation has the reference nobody"),
            ({"funding": "icb=50;icb=50"}, "funding", "names icb twice"),
            ({"carers": "5"}, "carers", "must be a whole number from 1 to 4"),
            ({"high_dependency": "maybe"}, "high_dependency", "must be true or false"),
            ({"visits_per_week": "0"}, "visits_per_week", "must be a whole number from 1 to 200"),
            ({"hours_per_week": "168.5"}, "hours_per_week", "must be at most 168"),
            ({"hours_per_week": "0"}, "hours_per_week", "must be more than zero"),
            ({"hours_per_week": "7.125"}, "hours_per_week", "must have at most two decimals"),
            ({"tasks": "meal:15;meal:10"}, "tasks", "meal"),
        ],
    ),
    "rota": (
        samples.ROTA,
        [
            ({"package": "P9"}, "package", "no package has the reference P9"),
            (
                {"start": "2026-09-30T07:00", "end": "2026-09-30T08:00"},
                "package",
                "P1 is not in force on 2026-09-30",
            ),
            ({"carer": "E9"}, "carer", "no employment has the reference E9"),
            (
                {"carer": "E2", "start": "2026-11-16T07:00", "end": "2026-11-16T08:00"},
                "carer",
                "E2 is not employed on",
            ),
            ({"second_carer": "E1"}, "second_carer", "is the same as carer"),
            ({"end": "2026-11-02T07:00"}, "end", "must be after the start"),
            ({"end": "2026-12-24T07:00"}, "end", "is more than 31 days after the start"),
            ({"start": "2 November"}, "start", "must be a date and time"),
            ({"start": "2026-11-02T25:00"}, "start", "is not a date and time that exists"),
            ({"start_offset": "+25:00"}, "start_offset", "must be an offset from UTC"),
            ({"start_offset": "+01:00"}, "start_offset", "never stands at that offset"),
            ({"tasks": "washing"}, "tasks", "write each task with its minutes"),
            ({"tasks": "washing:5;washing:6"}, "tasks", "names washing twice"),
            (
                {"status": "cancelled", "cancelled_by": "person"},
                "cancelled_at",
                "is required for a cancelled visit",
            ),
            ({"cancelled_by": "person"}, "cancelled_by", "belongs to a cancelled visit; this one is planned"),
            ({"status": "done"}, "status", "must be one of planned, cancelled, suspended"),
        ],
    ),
    "pay": (
        samples.PAY,
        [
            ({"employment": "E9"}, "employment", "no employment has the reference E9"),
            ({"section": "perks"}, "section", "must be one of pay, deduction"),
            ({"kind": "uniform"}, "kind", "in the section pay"),
            ({"minutes": ""}, "minutes", "is required for hourly"),
            ({"rate": ""}, "rate", "is required for hourly"),
            ({"rate": "0"}, "rate", "must be more than zero"),
            ({"amount": "1271.00"}, "amount", "stands beside a rate"),
            ({"days": "3"}, "days", "does not belong to the section pay"),
            ({"normal_rate": "9"}, "normal_rate", "belongs to piece alone"),
            ({"earned_start": "2026-10-01"}, "earned_end", "is required with earned_start"),
            ({"record_submitted_on": "2026-11-01"}, "record_submitted_on", "needs earned_start"),
            (
                {"section": "deduction", "kind": "tax", "minutes": "", "rate": ""},
                "amount",
                "is required in the section",
            ),
            (
                {"section": "accommodation", "kind": "charge", "minutes": "", "rate": "", "amount": "0"},
                "days",
                "is required in the section accommodation",
            ),
        ],
    ),
    "absences": (
        samples.ABSENCES,
        [
            ({"provider": ""}, "provider", "is required, or commissioner in its place"),
            ({"service_user": "S9"}, "service_user", "no service user has the reference S9"),
            ({"kind": "holiday"}, "kind", "must be one of hospital, respite, away, ended"),
            ({"commissioner": "hearth"}, "commissioner", "hearth is a provider"),
            ({"commissioner": "icb"}, "service_user", "icb commissions no package for a service user S1"),
        ],
    ),
    "leave": (
        samples.LEAVE,
        [
            ({"employment": "E9"}, "employment", "no employment has the reference E9"),
            ({"until": "2026-11-01"}, "until", "is before from"),
        ],
    ),
    "bank-holidays": (
        samples.BANK_HOLIDAYS,
        [
            ({"division": "mars"}, "division", "must be one of england, wales"),
            (
                {"date": "2027-06-02", "withdrawn": "yes"},
                "withdrawn",
                "2027-06-02 is no bank holiday in wales",
            ),
        ],
    ),
}


async def test_each_fault_is_named_with_row_column_and_reason(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    before = await contents(superuser)
    for kind, (rows, cases) in REFUSED.items():
        for changes, column, reason in cases:
            with pytest.raises(LoadRefused) as refused:
                await load_csv(kind, with_row(rows, 0, **changes))
            found = [(fault.column, reason in fault.detail) for fault in refused.value.faults]
            assert (column, True) in found, (kind, changes, [str(fault) for fault in refused.value.faults])
            assert {fault.row for fault in refused.value.faults} <= {2, 3}, (kind, changes)
    assert await contents(superuser) == before


CONTRACT_FAULTS: list[Case] = [
    ({"commissioner": "nobody"}, "/0/commissioner", "no organisation has the reference nobody"),
    ({"commissioner": "lantern"}, "/0/commissioner", "lantern is a provider"),
    ({"commissioner": "icb"}, "/0/commissioner", "is with another commissioner"),
    ({"from": "2026-05-01"}, "/0/from", "overlaps"),
    (
        {"blocks": [{"name": "b", "services": ["s"], "zones": ["z"], "hours": "1", "hourly": "20"}]},
        "/0/from",
        "blocks are bought for whole periods: take 2026-03-30 or 2026-04-06",
    ),
    ({"from": "2026-01-01"}, "/0/until", "overlaps"),
    ({"from": "2027-04-01"}, "/0/until", "is before from"),
    ({"billing_period": "daily"}, "/0/billing_period", "must be such as weekly:mon"),
    ({"funding": [{"payer": "wyeshire", "percent": "99"}]}, "/0/funding", "must make 100 exactly"),
    ({"rates": [{"service": "x", "zone": "y", "from": "2026-04-01"}]}, "/0/rates/0/hourly", "is required"),
    ({"colour": "red"}, "/0/colour", "is not a field of this object"),
]


@pytest.mark.parametrize(("kind", "sample", "cases"), [
    ("contracts", samples.CONTRACT, CONTRACT_FAULTS),
    ("pay-terms", samples.PAY_TERMS, [
        ({"from": "2026-05-01"}, "/0/from", "overlaps"),
        ({"rates": {"contact": "free"}}, "/0/rates/contact", "must be a number such as 12.71"),
        ({"provider": "wyeshire"}, "/0/provider", "wyeshire is not a provider"),
    ]),
])  # fmt: skip
async def test_faults_of_nested_kinds_are_pointers(
    db: Any, superuser: asyncpg.Connection, kind: LoadKind, sample: Row, cases: list[Case], county: None
) -> None:
    before = await contents(superuser)
    for changes, pointer, reason in cases:
        with pytest.raises(LoadRefused) as refused:
            await load_rows(kind, [{**sample, **changes}])
        found = [(fault.pointer, reason in fault.detail) for fault in refused.value.faults]
        assert (pointer, True) in found, (changes, [str(fault) for fault in refused.value.faults])
    assert await contents(superuser) == before


async def test_unknown_parties_are_told_together_with_every_other_fault_of_an_object(
    db: Any, county: None
) -> None:
    named = {"provider": "wyeshire", "commissioner": "nobody"}
    lots = [{"lot": "a", "zones": ["z"]}, {"lot": "", "zones": ["z"]}, {"lot": "a", "zones": ["z"]}]
    with pytest.raises(LoadRefused) as refused:
        await load_rows("contracts", [{**samples.CONTRACT, **named, "colour": "red", "lots": lots}])
    assert {fault.pointer for fault in refused.value.faults} >= {
        *(f"/0/{name}" for name in (*named, "colour", "lots/1/lot", "lots/2/lot"))
    }


UNKNOWN_BESIDE: dict[LoadKind, tuple[Row, Row]] = {
    "absences": ({"kind": "holiday"}, {"service_user": "S9"}),
    "activities": ({"kind": "sleeping"}, {"carer": "C9"}),
    "leave": ({"from": "soon"}, {"employment": "E9"}),
    "needs": ({"from": "soon"}, {"service_user": "S9"}),
    "packages": ({"carers": "5"}, {"service_user": "S9", "contract": "HC-99"}),
    "patterns": ({"from": "soon"}, {"package": "P9", "carer": "E9"}),
    "pay": ({"section": "perks"}, {"employment": "E9"}),
    "places": ({"lat": "91"}, {"service_user": "S9"}),
    "rota": ({"start": "2 November"}, {"package": "P9", "carer": "E9", "second_carer": "E8"}),
    "skills": ({"from": "soon"}, {"carer": "C9"}),
    "working-hours": ({"hours_per_week": "many"}, {"employment": "E9"}),
}
"""What cannot be read in a row, and what the same row names that nobody holds."""


@pytest.mark.parametrize("kind", UNKNOWN_BESIDE)
async def test_what_is_not_known_is_told_together_with_every_other_fault_of_a_row(
    db: Any, kind: LoadKind, county: None
) -> None:
    wrong, unknown = UNKNOWN_BESIDE[kind]
    rows = with_row(dict(samples.FILES)[kind], 0, **wrong, **unknown)
    with pytest.raises(LoadRefused) as refused:
        await load_csv(kind, rows)
    found = {fault.column: fault.detail for fault in refused.value.faults if fault.row == 2}
    assert found.keys() >= {*wrong, *unknown}
    assert all(f"has the reference {named}" in found[column] for column, named in unknown.items())
    with pytest.raises(LoadRefused) as foreign:
        await load_csv(kind, with_row(rows, 0, provider="wyeshire"))
    assert {fault.column for fault in foreign.value.faults if fault.row == 2} >= {*wrong, "provider"}


async def test_a_row_that_holds_a_fault_is_also_told_that_it_stands_twice(db: Any, county: None) -> None:
    twice = with_row(samples.ROTA, 1, visit=samples.ROTA[0]["visit"])
    for row in (0, 1):
        with pytest.raises(LoadRefused) as refused:
            await load_csv("rota", with_row(twice, row, start="2 November"))
        told = {(fault.row, fault.column) for fault in refused.value.faults}
        assert told == {(row + 2, "start"), (3, "visit")}


async def test_a_contract_is_followed_by_another_once_it_ends(db: Any, county: None) -> None:
    follower = {**samples.CONTRACT, "from": "2027-01-01"}
    with pytest.raises(LoadRefused) as refused:
        await load_rows("contracts", [follower])
    assert (
        "Load the earlier one with until 2026-12-31 first, or with this one" in refused.value.faults[0].detail
    )
    shortened = {**samples.CONTRACT, "until": "2026-12-31"}
    loaded = await load_rows("contracts", [follower, shortened])
    assert (loaded.new, loaded.changed) == (1, 1)


async def test_one_person_has_one_birthday(db: Any) -> None:
    await load_county(until="carers")
    second = {**samples.CARERS[0], "employment": "E3", "date_of_birth": "1991-05-03"}
    with pytest.raises(LoadRefused) as refused:
        await load_csv("carers", [samples.CARERS[0], second])
    assert refused.value.faults[0].detail == "row 2 says that C1 was born on 1990-05-03"


async def test_faults_of_rows_are_named_beside_those_of_the_header(db: Any) -> None:
    rows = with_row(samples.ORGANISATIONS, 1, kind="x")
    with pytest.raises(LoadRefused) as refused:
        await load_csv("organisations", [{**row, "colour": "red"} for row in rows])
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(1, "colour"), (3, "kind")]


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_misspelt_heading_makes_no_faults_of_good_rows(db: Any, kind: LoadKind, county: None) -> None:
    rows = REFUSED[kind][0]
    for name in rows[0]:
        misspelt = [{("colour" if n == name else n): cell for n, cell in row.items()} for row in rows]
        with pytest.raises(LoadRefused) as refused:
            await load_csv(kind, misspelt)
        assert {fault.row for fault in refused.value.faults} == {1}, name
