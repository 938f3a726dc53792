"""Time besides visits from a file: versions, withdrawals and what is refused."""

from typing import Any

import asyncpg
import pytest

from backend.use_cases.loading import LoadRefused
from tests.use_cases.loading.samples import ACTIVITIES, Row, load_county, load_csv, with_row


async def load_activities(*rows: Row) -> tuple[int, int, int]:
    loaded = await load_csv("activities", rows)
    return loaded.new, loaded.changed, loaded.unchanged


async def test_other_content_is_another_version_and_the_same_content_none(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await load_county("activities")
    [row] = ACTIVITIES
    assert await load_activities(row) == (1, 0, 0)
    assert await load_activities(row) == (0, 0, 1)
    assert await load_activities({**row, "end": "2026-10-30 11:30", "reason": "It ended early"}) == (0, 1, 0)
    assert await load_activities({**row, "withdrawn": "yes", "reason": "Called off"}) == (0, 1, 0)
    found = await superuser.fetch(
        "SELECT version, withdrawn, entered_by FROM activity_version ORDER BY version"
    )
    assert [tuple(one) for one in found] == [(1, False, None), (2, False, None), (3, True, None)]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"carer": "C9"}, "carer", "no carer has the reference C9"),
        ({"kind": "break"}, "kind", "must be one of"),
        ({"end": "2026-10-30 09:00"}, "end", "must be after the start"),
        ({"end": "2026-11-01 09:00"}, "end", "more than 24 hours"),
        ({"start": "2036-10-30 09:00", "end": "2036-10-30 10:00"}, "end", "has not come yet"),
        ({"start": "2025-10-30 09:00", "end": "2025-10-30 10:00"}, "start", "not employed on 2025-10-30"),
        ({"start": "2026-10-25 01:30"}, "start", "say which with +01:00 or +00:00 in start_offset"),
        ({"start_offset": "+05:00"}, "start_offset", "never stands at that offset"),
        ({"reason": None}, "reason", "is required"),
        ({"lat": "52.0"}, "lon", "is required with lat"),
        ({"lat": "91", "lon": "0.0"}, "lat", "between -90 and 90"),
        ({"postcode": "ZX9 9ZZ"}, "postcode", "is not in the postcode list"),
    ],
)
async def test_what_cannot_be_is_refused_by_column(
    db: Any, county: None, changes: dict[str, Any], column: str, words: str
) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_csv("activities", with_row(ACTIVITIES, 0, **changes))
    [fault] = [one for one in refused.value.faults if one.column == column]
    assert words in fault.detail


async def test_a_place_is_given_by_degrees_or_a_postcode_and_is_part_of_the_version(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await load_county("activities")
    [row] = ACTIVITIES
    assert await load_activities({**row, "lat": "52.1", "lon": "0.0"}) == (1, 0, 0)
    assert await load_activities({**row, "postcode": "zx11aa"}) == (0, 1, 0)
    assert await load_activities(row) == (0, 1, 0)
    found = await superuser.fetch("SELECT lat, lon FROM activity_version ORDER BY version")
    listed = await superuser.fetchrow("SELECT lat, lon FROM postcode WHERE postcode = 'ZX11AA'")
    assert [tuple(one) for one in found] == [(52.1, 0.0), tuple(listed), (None, None)]


async def test_a_reference_never_passes_to_another_carer(db: Any) -> None:
    await load_county("activities")
    await load_activities(ACTIVITIES[0])
    with pytest.raises(LoadRefused) as refused:
        await load_activities({**ACTIVITIES[0], "carer": "C2"})
    assert refused.value.faults[0].column == "carer"
