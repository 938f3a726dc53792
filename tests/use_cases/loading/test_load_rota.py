"""The rota: London times on the nights the clocks change, versions, cancellations, whole rotas, speed of reading."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from backend.use_cases.loading import Days, LoadRefused
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import ROTA, load_county, load_csv, with_row

AUTUMN = {"start": "2026-10-25T01:30", "end": "2026-10-25T03:00"}
SPRING = {"start": "2026-03-29T01:30", "end": "2026-03-29T03:00"}


async def newest(superuser: asyncpg.Connection, visit: str) -> asyncpg.Record:
    return await superuser.fetchrow(
        "SELECT w.* FROM visit v JOIN visit_version w ON w.visit_id = v.id WHERE v.reference = $1"
        " ORDER BY w.version DESC LIMIT 1",
        visit,
    )


async def test_a_time_that_happens_twice_needs_its_offset(db: Any, superuser: asyncpg.Connection) -> None:
    await load_county(until="rota")
    with pytest.raises(LoadRefused) as refused:
        await load_csv("rota", with_row(ROTA, 0, **AUTUMN))
    fault = refused.value.faults[0]
    assert (fault.row, fault.column) == (2, "start")
    assert "happens twice in London" in fault.detail
    assert "start_offset" in fault.detail
    for offset, hour in (("+01:00", 0), ("+00:00", 1)):
        await load_csv("rota", with_row(ROTA, 0, **AUTUMN, start_offset=offset))
        found = await newest(superuser, "V1")
        assert found["starts_at"] == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert found["ends_at"] == datetime(2026, 10, 25, 3, tzinfo=UTC)


async def test_a_time_that_never_happens_is_refused_whatever_its_offset(db: Any) -> None:
    await load_county(until="packages")
    await samples.load_rows("packages", [{**samples.PACKAGES[1], "contract": "HC-01", "from": "2026-04-01"}])
    for offset in ("", "+00:00", "+01:00"):
        with pytest.raises(LoadRefused) as refused:
            await load_csv("rota", with_row(ROTA[:1], 0, **SPRING, start_offset=offset, package="P2"))
        assert "does not exist in London: clocks go forward then" in str(refused.value.faults[0])


async def test_an_offset_in_the_time_itself_settles_it_too(db: Any, superuser: asyncpg.Connection) -> None:
    await load_county(until="rota")
    await load_csv("rota", with_row(ROTA, 0, start="2026-10-25T01:30+01:00", end="2026-10-25T01:15Z"))
    found = await newest(superuser, "V1")
    assert found["ends_at"] - found["starts_at"] == timedelta(minutes=45)


async def test_a_visit_keeps_its_tasks_carers_and_commissioner(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    found = await newest(superuser, "V1")
    assert found["tasks"] == '[{"id": "washing", "minutes": 10}, {"id": "meal", "minutes": 15}]'
    assert found["second_carer"] is None
    commissioner = await superuser.fetchval("SELECT id FROM organisation WHERE reference = 'wyeshire'")
    assert found["commissioner_id"] == commissioner
    cancelled = await newest(superuser, "V3")
    assert (cancelled["carer"], cancelled["cancelled_by"]) == (None, "person")
    assert cancelled["cancelled_at"] == datetime(2026, 11, 2, 12, tzinfo=UTC)


async def test_a_visit_of_a_package_that_has_ended_may_still_be_cancelled(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await samples.load_rows("packages", with_row(samples.PACKAGES, 0, until="2026-11-01"))
    with pytest.raises(LoadRefused, match="1 fault"):
        await load_csv("rota", ROTA)
    called_off = {"status": "cancelled", "cancelled_at": "2026-11-01T09:00", "cancelled_by": "commissioner"}
    loaded = await load_csv("rota", with_row(ROTA, 0, **called_off))
    assert loaded.changed == 1
    assert (await newest(superuser, "V1"))["status"] == "cancelled"


async def test_a_change_after_the_visit_began_is_kept_as_a_version(
    db: Any, superuser: asyncpg.Connection, at: Any, county: None
) -> None:
    at(datetime(2026, 11, 2, 7, 10, tzinfo=UTC))
    await load_csv("rota", with_row(ROTA, 0, end="2026-11-02T07:45"))
    found = await newest(superuser, "V1")
    assert (found["version"], found["recorded_at"]) == (2, datetime(2026, 11, 2, 7, 10, tzinfo=UTC))


async def test_a_whole_rota_cancels_what_it_leaves_out_in_its_london_days_alone(
    db: Any, superuser: asyncpg.Connection, at: Any, county: None
) -> None:
    late = {**ROTA[0], "visit": "V4", "start": "2026-11-03T23:30", "end": "2026-11-04T00:30"}
    after = {**ROTA[0], "visit": "V5", "start": "2026-11-04T00:00", "end": "2026-11-04T00:30"}
    await load_csv("rota", [*ROTA, late, after])
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    at(now)
    days = Days(date(2026, 11, 2), date(2026, 11, 3))
    loaded = await load_csv("rota", ROTA[:1], complete=days)
    assert (loaded.cancelled, loaded.unchanged) == (2, 1)
    for visit in ("V2", "V4"):
        found = await newest(superuser, visit)
        assert (found["status"], found["cancelled_by"], found["cancelled_at"]) == (
            "cancelled",
            "provider",
            now,
        )
    assert (await newest(superuser, "V5"))["status"] == "planned"
    assert (await newest(superuser, "V3"))["cancelled_by"] == "person"
    again = await load_csv("rota", ROTA[:1], complete=days)
    assert (again.cancelled, again.changed) == (0, 0)
    await load_csv("rota", ROTA)
    assert (await newest(superuser, "V2"))["status"] == "planned"


async def test_a_whole_rota_without_a_visit_names_no_provider(db: Any) -> None:
    days = Days(date(2026, 11, 2), date(2026, 11, 3))
    with pytest.raises(LoadRefused) as refused:
        await load_csv("rota", [], complete=days)
    assert refused.value.faults


async def test_a_provider_cannot_use_what_another_has_loaded(db: Any, county: None) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_csv("rota", with_row(ROTA[:1], 0, provider="lantern"))
    assert {fault.column for fault in refused.value.faults} == {"package", "carer"}
