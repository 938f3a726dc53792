"""Where a person's visits may be made besides the home: a manager approves a place, and ends one."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action
from backend.console.people import person_page
from backend.console.proving import proven
from backend.console.rendering import redirect
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.approve_place import CELLS, approve_place
from backend.use_cases.end_place import end_place
from schemas.scalars import parse_date
from schemas.strict import Faulty

FIELDS: Final = {name: f"place-{name}" for name in CELLS}
"""The form's field for each thing that is said of a place."""
_LABELS: Final = {
    "name": "Name of the place",
    "postcode": "Postcode",
    "lat": "Degrees north",
    "lon": "Degrees east",
    "radius_m": "Metres within which one is there",
    "from": "First day",
    "until": "Last day",
}
"""What the page calls them."""


async def _add(ask: Ask) -> Response[Any]:
    person = ask.path("person_id")
    cells = {name: ask.form.get(field, "") for name, field in FIELDS.items()}
    try:
        await approve_place(ask.organisation, person, cells, ask.user.user_id)
    except Faulty as error:
        named = [(fault.pointer.strip("/"), fault.detail) for fault in error.faults]
        faults = {FIELDS[name]: f"{_LABELS[name]}: {detail}." for name, detail in named}
        return await person_page(ask, person, status=400, problems=faults, given=ask.form)
    except DomainError as error:
        return await person_page(ask, person, (FIELDS["name"], error.detail), STATUS[error.code])
    return redirect(f"/people/{person}?done=approved")


async def _end(ask: Ask) -> Response[Any]:
    person, place = ask.path("person_id"), ask.path("place_id")
    try:
        await end_place(ask.organisation, place, _last(ask), ask.user.user_id)
    except DomainError as error:
        return await person_page(ask, person, (f"last-{place}", error.detail), STATUS[error.code])
    return redirect(f"/people/{person}?done=ended")


def _last(ask: Ask) -> date:
    try:
        return parse_date(ask.form.get("last", ""))
    except ValueError as error:
        raise DomainError("bad_request", f"The last day {error}.") from error


handlers: Final[list[HTTPRouteHandler]] = [
    action("/people/{person_id:uuid}/places", "manager")(proven(_add)),
    action("/people/{person_id:uuid}/places/{place_id:uuid}/end", "manager")(proven(_end)),
]
