"""A carer's phone fetches her own visits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from backend.domain.place import Circle
from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.use_cases.phone_calls import Call, as_device
from backend.use_cases.read_places import places_of
from schemas.mobile import Method, Named
from schemas.mobile_days import PlannedSpan, RotaAnswer, RotaPlace, RotaTask, RotaVisit

NOTE_OPENS: Final = timedelta(hours=24)
# What a task is about, by the words of its name. The office writes tasks as short words, such as washing or meal.
_ASPECTS: Final = {
    "personal care": ("wash", "bath", "shower", "dress", "toilet", "continence", "shave", "oral", "personal"),
    "food and drink": ("meal", "food", "drink", "breakfast", "lunch", "dinner", "tea", "feed"),
    "medicines": ("medic", "tablet", "cream", "eye"),
    "moving": ("hoist", "transfer", "turn", "mobil", "bed"),
    "the home": ("clean", "laundry", "shop", "bin", "house"),
    "company": ("chat", "company", "check", "welfare", "sit"),
}


async def read_rota(call: Call, first: date, days: int) -> RotaAnswer:
    """The carer's own visits that start on the London dates from `first`. Raises DomainError."""
    opens, closes = london_midnight(first), london_midnight(first + timedelta(days=days))
    async with as_device(call) as (connection, device):
        rows = await connection.fetch(
            query("phone_rota.visits"), device.provider_id, device.carer_id, opens, closes
        )
        people = {row["service_user_id"] for row in rows} - {None}
        places = await places_of(connection, device.provider_id, people)
    return RotaAnswer([_visit(row, places.get(row["service_user_id"], ()), call.received_at) for row in rows])


def _visit(row: Mapping[str, Any], places: Sequence[Circle], now: datetime) -> RotaVisit:
    day = london_date(row["starts_at"])
    return RotaVisit(
        id=str(row["visit_id"]),
        person=Named(str(row["service_user_id"]), short_name(row["name"] or "")),
        address=", ".join(part for part in (row["address"], row["postcode"]) if part),
        places=[
            RotaPlace(place.lat, place.lon, int(place.radius_m)) for place in places if place.in_force(day)
        ],
        planned=PlannedSpan(row["starts_at"], row["ends_at"]),
        status=row["status"],
        tasks=[_task(task) for task in _tasks(row["tasks"])],
        methods=_methods(row["tags"]),
        carers=list(row["carers"]) if len(row["carers"]) > 1 else [],
        access_note=row["access_note"] if _note_open(row, now) else None,
    )


def _methods(tags: Collection[str]) -> list[Method]:
    """How an arrival can be shown at this place: what hangs in the home, then what a phone can always do."""
    nfc: list[Method] = ["nfc"] if "nfc" in tags else []
    qr: list[Method] = ["qr"] if any(kind.startswith("qr_") for kind in tags) else []
    return [*nfc, *qr, "gps", "phone", "manual"]


def _note_open(row: Mapping[str, Any], now: datetime) -> bool:
    """From a day before the visit starts until it ends."""
    soon = row["starts_at"] - now <= NOTE_OPENS and row["ends_at"] >= now
    return bool(soon and row["status"] == "planned")


def _tasks(stored: Any) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = msgspec.json.decode(stored) if isinstance(stored, str) else stored
    return tasks


def _task(task: Mapping[str, Any]) -> RotaTask:
    name = str(task["id"])
    text = name.replace("_", " ").replace("-", " ").capitalize()
    minutes = task.get("minutes")
    return RotaTask(name, _aspect(name.lower()), text, None if minutes is None else int(minutes))


def _aspect(name: str) -> str:
    found = (aspect for aspect, words in _ASPECTS.items() if any(word in name for word in words))
    return next(found, "other")


def short_name(name: str) -> str:
    """First name and initial: enough to greet somebody, too little to find her."""
    first, *rest = name.split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first
