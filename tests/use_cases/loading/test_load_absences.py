"""Who may say that a person is away, and of whom."""

from typing import Any

import asyncpg
import pytest

from backend.tables.ids import organisation_id
from backend.use_cases.loading import LoadRefused, Scope
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import ABSENCES, load_csv, load_rows

REPORTED = {"commissioner": "wyeshire", "service_user": "S1", "kind": "respite", "from": "2026-11-10"}


async def test_a_commissioner_reports_by_the_providers_reference_alone(
    db: Any, superuser: asyncpg.Connection, county: None
) -> None:
    await load_csv("absences", [REPORTED], scope=Scope(commissioner=organisation_id("wyeshire")))
    found = await superuser.fetchrow("SELECT * FROM absence_version WHERE kind = 'respite'")
    assert found["provider_id"] == organisation_id("hearth")
    assert found["reported_by"] == organisation_id("wyeshire")


async def test_a_reference_that_two_providers_use_needs_the_provider(db: Any, county: None) -> None:
    for kind, row in (
        ("service-users", samples.SERVICE_USERS[0]),
        ("contracts", samples.CONTRACT),
        ("packages", samples.PACKAGES[0]),
    ):
        await load_rows(kind, [{**row, "provider": "lantern"}])  # type: ignore[arg-type]
    with pytest.raises(LoadRefused) as refused:
        await load_csv("absences", [REPORTED])
    assert refused.value.faults[0].detail == "several providers have a service user S1: give the provider too"
    loaded = await load_csv("absences", [{**REPORTED, "provider": "lantern"}])
    assert loaded.new == 1


@pytest.mark.parametrize(
    ("scope", "row", "column"),
    [
        (Scope(commissioner=organisation_id("icb")), REPORTED, "commissioner"),
        (Scope(commissioner=organisation_id("wyeshire")), ABSENCES[0], "commissioner"),
        (Scope(provider=organisation_id("lantern")), ABSENCES[0], "provider"),
        (Scope(provider=organisation_id("hearth")), REPORTED, "commissioner"),
    ],
)
async def test_nobody_reports_for_somebody_else(
    db: Any, scope: Scope, row: samples.Row, column: str, county: None
) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_csv("absences", [row], scope=scope)
    assert [fault.column for fault in refused.value.faults] == [column]
