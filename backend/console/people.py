"""The people supported: where their visits may be made, and the cards, fobs and tags in their homes."""

from datetime import date
from typing import Any, Final, cast
from uuid import UUID

import segno
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import AnyRequest, Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.rendering import redirect, render
from backend.domain.time import london_date
from backend.domain.tokens import PATH, TagKind
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.read_people import read_people, read_person
from backend.use_cases.read_places import list_places
from backend.use_cases.read_tags import list_tags, read_card
from backend.use_cases.read_worker import read_needs
from backend.use_cases.retire_tag import retire_tag
from backend.use_cases.suggest_places import suggest_place, suggest_places
from schemas.scalars import parse_date
from schemas.strict import Fault, Faulty

_SAID: Final = {
    "added": "It is in the register.",
    "retired": "It is retired: from now on it proves nothing.",
    "approved": "The place is approved.",
    "ended": "The last day of the place is recorded.",
    "needed": "What is needed is kept. Planning warns of a carer without it.",
}
_KINDS: Final = ("qr_static", "qr_rotating", "nfc", "line")
Problem = tuple[str, str]


async def _people(ask: Ask) -> Response[Any]:
    after = cast(tuple[UUID] | None, key_of(ask.asked("after"), UUID))
    wanted = ask.asked("name")
    shown, more = await read_people(ask.organisation, after[0] if after else None, wanted)
    following = with_query(ask, "after", str(shown[-1]["id"])) if more else None
    return render("people.html", ask.user, shown=shown, wanted=wanted or "", more=following)


async def _positions(ask: Ask) -> Response[Any]:
    shown = await suggest_places(ask.organisation)
    return render("positions.html", ask.user, shown=shown)


async def _person(ask: Ask) -> Response[Any]:
    return await person_page(ask, ask.path("person_id"))


async def person_page(
    ask: Ask, person: UUID, problem: Problem | None = None, status: int = 200, **more: Any
) -> Response[Any]:
    """The page of a person, with what is wrong in one of its forms."""
    return render(
        "person.html",
        ask.user,
        status=status,
        person=await read_person(ask.organisation, person),
        places=await list_places(ask.organisation, person),
        needs=await read_needs(ask.organisation, person),
        tags=await list_tags(ask.organisation, person),
        suggestion=await suggest_place(ask.organisation, person),
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
        today=london_date(clock.now()),
        **{"problems": {}, "given": {}, **more},
    )


async def _add(ask: Ask) -> Response[Any]:
    person = ask.path("person_id")
    try:
        made = await add_tag(ask.organisation, person, _new_tag(ask), ask.user.user_id)
    except Faulty as error:
        fault = error.faults[0]
        problem = (fault.pointer.strip("/"), f"This {fault.detail}.")
        return await person_page(ask, person, problem, 400, given=ask.form)
    except DomainError as error:
        problem = ("uid" if error.code == "conflict" else "kind", error.detail)
        return await person_page(ask, person, problem, STATUS[error.code], given=ask.form)
    if ask.form["kind"] == "qr_static":
        return redirect(f"/people/{person}/cards/{made}")
    return redirect(f"/people/{person}?done=added")


def _new_tag(ask: Ask) -> NewTag:
    kind = ask.form.get("kind", "")
    if kind not in _KINDS:
        raise DomainError("bad_request", "Choose what to add.")
    # The page sends with every kind how often a fob's code is new.
    step = ask.form.get("step_s", "") if kind == "qr_rotating" else ""
    return NewTag(
        kind=cast(TagKind, kind),
        label=ask.form.get("label", "").strip(),
        uid=_hex(ask, "uid"),
        key=_hex(ask, "key"),
        meta_key=_hex(ask, "meta_key"),
        step_s=int(step) if step in ("30", "60") else None,
        number=ask.form.get("number", "").strip() or None if kind == "line" else None,
        first_day=_first_day(ask),
    )


def _first_day(ask: Ask) -> date | None:
    try:
        return parse_date(ask.form["first_day"]) if ask.form.get("first_day") else None
    except ValueError as error:
        raise Faulty([Fault("/first_day", str(error))]) from error


def _hex(ask: Ask, name: str) -> bytes | None:
    """A field of hex digits, with or without separators; None if it is empty. Other text is as wrong as too few."""
    text = ask.form.get(name, "").replace(":", "").strip()
    try:
        return bytes.fromhex(text) if text else None
    except ValueError:
        return b""


async def _card(ask: Ask) -> Response[Any]:
    shown = await read_card(ask.organisation, ask.path("tag_id"))
    code = segno.make(shown.text, error="m").svg_inline(
        border=4, omitsize=True, lineclass=None, svgclass=None
    )
    return render("card.html", ask.user, shown=shown, code=code)


async def _retire(ask: Ask) -> Response[Any]:
    person, tag = ask.path("person_id"), ask.path("tag_id")
    try:
        await retire_tag(ask.organisation, tag, ask.form.get("reason", ""), ask.user.user_id)
    except DomainError as error:
        return await person_page(ask, person, (f"reason-{tag}", error.detail), STATUS[error.code])
    return redirect(f"/people/{person}?done=retired")


@get(PATH, include_in_schema=False)
async def scanned(request: AnyRequest) -> Response[Any]:
    """Where the addresses on cards and tags lead a phone's own camera: words for whoever scanned one."""
    return render("scanned.html")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/people", "manager")(_people),
    page("/people/positions", "manager")(_positions),
    page("/people/{person_id:uuid}", "manager")(_person),
    action("/people/{person_id:uuid}/tags", "manager")(_add),
    page("/people/{person_id:uuid}/cards/{tag_id:uuid}", "manager")(_card),
    action("/people/{person_id:uuid}/tags/{tag_id:uuid}/retire", "manager")(_retire),
    scanned,
]
