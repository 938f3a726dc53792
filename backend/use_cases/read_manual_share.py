"""How much of a provider's recorded time rests on people's word: by carer, by deciding manager, by reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.performance import manual_counts
from backend.domain.shares import percent
from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.verified_visits import carer_activities, verified_visits
from schemas.manual_share import CarerShare, ManagerShare, ManualShare, ReasonShare, Share

LONGEST_DAYS: Final = 400
_DEEDS: Final = ("proposed", "accepted", "declined", "entered", "withdrawn")
_COUNTS: Final = ("worked", "corrected", "beyond")


async def read_manual_share(provider_id: UUID, first: date, last: date) -> ManualShare:
    """The manual share of visits that start on London dates `first` to `last`, on all facts held.

    Raises DomainError bad_request for dates the wrong way round, or more than 400 days.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise DomainError(
            "bad_request", f"Ask for one day to {LONGEST_DAYS} days, the first before the last."
        )
    opens, closes = london_midnight(first), london_midnight(last + timedelta(days=1))
    async with db.as_reader(provider_id) as connection:
        now = clock.now()
        visits = await verified_visits(connection, provider_id, opens, closes, as_of=now)
        activities = await carer_activities(connection, provider_id, opens, closes, as_of=now)
        people = await connection.fetch(query("console.carers"), provider_id)
        said = {
            name: await connection.fetch(query(f"manual_share.{name}"), provider_id, opens, closes)
            for name in ("decided", "proposed", "entered", "reasons")
        }
        names = await parties(connection, [provider_id])
    counted = manual_counts(visits, "carer_id")
    return ManualShare(
        provider=names[provider_id].reference,
        from_=first,
        until=last,
        total=_share(counted.select(pl.col(_COUNTS).sum()).row(0, named=True)),
        carers=_carers(counted, _entered_minutes(activities), people),
        managers=_managers(said),
        reasons=[
            ReasonShare(reason_code=row["reason_code"], own=row["own_reason"], accepted=row["number"])
            for row in said["reasons"]
        ],
    )


def _entered_minutes(activities: pl.DataFrame) -> dict[str, int]:
    """Whole minutes that managers entered, by carer."""
    entered = activities.filter(pl.col("flags").list.contains("entered"))
    lasted = (pl.col("end") - pl.col("start")).dt.total_minutes()
    return dict(entered.group_by("carer_id").agg(lasted.sum()).iter_rows())


def _carers(
    counted: pl.DataFrame, entered: Mapping[str, int], people: Iterable[Mapping[str, Any]]
) -> list[CarerShare]:
    """By name; who neither worked nor was entered any time is left out."""
    found = {row["carer_id"]: row for row in counted.to_dicts()}
    carers = {str(row["carer_id"]): row for row in people}
    none = dict.fromkeys(_COUNTS, 0)
    return [
        CarerShare(
            carer=row["reference"],
            name=row["name"],
            entered_minutes=entered.get(carer, 0),
            **_figures(found.get(carer, none)),
        )
        for carer, row in carers.items()
        if carer in found or carer in entered
    ]


def _share(counts: Mapping[str, int]) -> Share:
    return Share(**_figures(counts))


def _figures(counts: Mapping[str, int]) -> dict[str, Any]:
    plain = {name: counts[name] for name in _COUNTS}
    return {**plain, "unedited_percent": _percent(plain["worked"] - plain["corrected"], plain["worked"])}


def _managers(said: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[ManagerShare]:
    deeds: dict[str, Counter[str]] = {}
    for row in said["decided"]:
        deeds.setdefault(row["manager"], Counter())[row["decision"]] += row["number"]
    for row in said["proposed"]:
        deeds.setdefault(row["manager"], Counter())["proposed"] += row["number"]
    for row in said["entered"]:
        deed = "withdrawn" if row["withdrawn"] else "entered"
        deeds.setdefault(row["manager"], Counter())[deed] += row["number"]
    accepted = sum(done["accepted"] for done in deeds.values())
    return [
        ManagerShare(
            manager=manager,
            **{deed: done[deed] for deed in _DEEDS},
            accepted_percent=_percent(done["accepted"], accepted),
        )
        for manager, done in sorted(deeds.items())
    ]


def _percent(part: int, whole: int) -> str | None:
    share = percent(part, whole)
    return None if share is None else f"{share:f}"
