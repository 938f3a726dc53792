"""What the record shows about pay, in figures that may be published: no person, no carer, nothing about only a few
people.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from backend import clock, db
from backend.domain.public_answer import told
from backend.domain.shares import percent
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.statute.measures import measures_on
from backend.use_cases.parties import parties
from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.read_performance import after
from backend.use_cases.remediation import remediation
from backend.use_cases.travel_paid import read_travel_paid
from backend.use_cases.viewer import Viewer
from schemas.public_answer import ProvingReport, PublicAnswer
from schemas.remediation import OwedPeriod

MOST_MONTHS: Final = 12
_NOTHING: Final = Decimal("0.00")


async def read_public_answer(viewer: Viewer, first: date, last: date) -> list[PublicAnswer]:
    """For each provider, of pay reference periods that end in the months that begin with `first` to `last`.

    Raises DomainError bad_request.
    """
    end = after(last) - timedelta(days=1)
    if not 0 <= (last.year - first.year) * 12 + last.month - first.month < MOST_MONTHS:
        raise DomainError("bad_request", f"Ask for one to {MOST_MONTHS} months, the first before the last.")
    try:
        fewest = measures_on(last).fewest_shown
    except LookupError as error:
        raise DomainError("bad_request", f"Nothing can be told so far back: {error}.") from error
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        for provider_id in providers:
            await viewer.note(connection, provider_id, "answer about pay", None)
    found = [await _answer(viewer, provider_id, first, end, fewest) for provider_id in providers]
    return sorted(found, key=lambda one: one.provider.name)


async def _answer(viewer: Viewer, provider_id: UUID, first: date, end: date, fewest: int) -> PublicAnswer:
    now = clock.now()
    async with viewer.transaction() as connection:
        party = (await parties(connection, [provider_id]))[provider_id]
        touching = await connection.fetch(query("provider_risk.reports"), provider_id, first, end)
        reports = [row for row in touching if first <= row["period_end"] <= end]
        read = await read_travel_paid(connection, viewer, provider_id, first, end)
    ended = {row["id"] for row in reports}
    workers = {name for report in read.reports if report.id in ended for name in report.tested}
    travel = read.months
    owed = [row for row in await _owed(provider_id, now) if first <= row.period.end <= end]
    seconds, paid = int(travel["seconds"].sum()), int(travel["paid_seconds"].sum())
    figures = {
        "workers": len(workers),
        "tests": sum(row["tested"] for row in reports),
        "not_tested": sum(row["not_tested"] for row in reports),
        **_short(owed),
        "travel_seconds": seconds,
        "travel_paid_seconds": paid,
        "travel_percent": percent(paid, seconds),
    }
    carers = int(travel["workers"].max() or 0)  # type: ignore[arg-type]
    return PublicAnswer(
        provider=party,
        start=first,
        end=end,
        worked_out_at=now,
        fewest=fewest,
        reports=[
            _report(row) for row in sorted(reports, key=lambda row: (row["period_start"], row["scope"]))
        ],
        simulated_clock=clock.is_simulated(),
        **told(figures, carers, fewest),
    )


async def _owed(provider_id: UUID, now: datetime) -> list[OwedPeriod]:
    """Every period that was short, worked out as the provider: payroll is closed to commissioners."""

    def masked(employment: str, name: str | None) -> str:
        return pseudonym(provider_id, employment)

    async with db.as_provider(provider_id) as connection:
        return (await remediation(connection, provider_id, london_date(now), now, masked)).periods


def _short(owed: Sequence[OwedPeriod]) -> dict[str, Any]:
    return {
        "workers_short": len({row.worker for row in owed}),
        "tests_short": len(owed),
        "underpayment": sum((row.underpayment for row in owed), _NOTHING),
        "due": sum((row.due for row in owed if row.due is not None), _NOTHING),
        "paid_since": sum((row.paid_since for row in owed), _NOTHING),
        "outstanding": sum((row.outstanding for row in owed if row.outstanding is not None), _NOTHING),
        "tests_put_right": sum(row.settled_on is not None for row in owed),
    }


def _report(row: Mapping[str, Any]) -> ProvingReport:
    return ProvingReport(
        pay_cycle=row["scope"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        edition=row["edition"],
        made_at=row["created_at"],
        digest=row["digest"],
    )
