"""The provider's office: the day's visits, one visit, corrections and quarantined events."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import ServerSentEvent, ServerSentEventMessage

from backend import clock
from backend.console.asking import Ask, action, local, page
from backend.console.paging import key_of, with_query
from backend.console.pictures.visit_map import Spot, VisitMap, visit_map
from backend.console.proving import proven
from backend.console.rendering import LIVE, redirect, render
from backend.console.words import EVENT_KINDS, metres, moment
from backend.domain.time import london_date
from backend.domain.visit_state import STATES
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.read_corrections import read_corrections
from backend.use_cases.read_quarantine import read_quarantine
from backend.use_cases.read_today import Wanted, read_today
from backend.use_cases.read_visit import ShownVisit, read_visit
from backend.use_cases.release_event import release_event
from backend.use_cases.watch_day import day_changes
from schemas.scalars import parse_date, parse_instant

Problem = tuple[str, str]
_SAID: Final = {
    "decided": "Your decision is recorded.",
    "proposed": "Your proposal is recorded. The carer sees it and may object; another manager decides.",
    "released": "The event counts now.",
}


async def _today(ask: Ask) -> Response[Any]:
    today = london_date(clock.now())
    wanted, problem = _wanted(ask, today)
    shown = await read_today(ask.organisation, wanted)
    return render(
        "today.html",
        ask.user,
        status=200 if problem is None else 400,
        shown=shown,
        wanted=wanted,
        today=today,
        previous=shown.day - timedelta(days=1),
        following=shown.day + timedelta(days=1),
        more=with_query(ask, "after", shown.visits[-1].key) if shown.more else None,
        problem=problem,
        here=with_query(ask, "date", shown.day.isoformat()),
        now=clock.now(),
        headers=LIVE,
    )


def _wanted(ask: Ask, today: date) -> tuple[Wanted, Problem | None]:
    """What the address asks for; today's visits and what is wrong with it if it cannot be read."""
    state = ask.asked("state")
    try:
        day = parse_date(ask.asked("date") or today.isoformat())
    except ValueError as error:
        return Wanted(today), ("date", f"The date {error}")
    if state is not None and state not in STATES:
        return Wanted(day), ("state", "Choose a state from the list")
    after = key_of(ask.asked("after"), int, parse_instant, lambda text: str(UUID(text)))
    return Wanted(day, state, ask.asked("carer"), cast(tuple[int, datetime, str] | None, after)), None


async def _live(ask: Ask) -> Response[Any]:
    """Server-sent events: `changed` each time that the day's page would look different."""
    mark = ask.request.headers.get("Last-Event-ID") or ask.asked("mark")
    if mark is None:
        raise DomainError(
            "bad_request", "The address names no moment to watch from. Start again from the day."
        )

    async def told() -> AsyncIterator[ServerSentEventMessage]:
        async for newest in day_changes(ask.organisation, mark):
            yield ServerSentEventMessage(event="changed", id=newest, data="")

    return ServerSentEvent(told())


async def _visit(ask: Ask) -> Response[Any]:
    shown = await read_visit(ask.organisation, ask.path("visit_id"), ask.user.user_id)
    said = _SAID.get(ask.asked("done") or "")
    return render("visit.html", ask.user, shown=shown, drawn=_drawn(shown), said=said)


def _drawn(shown: ShownVisit) -> VisitMap | None:
    """The places of the visit and each position that came with an event, in the order of the table of events."""
    places = [
        Spot(f"{place.name or 'Home'}: within {metres(place.radius_m)}", place.lat, place.lon, place.radius_m)
        for place in shown.places
    ]
    readings = [
        Spot(_reading(event), event["fix"].lat, event["fix"].lon, event["fix"].accuracy_m)
        for event in shown.events
        if event["fix"] is not None
    ]
    return visit_map(places, readings)


def _reading(event: Mapping[str, Any]) -> str:
    what = EVENT_KINDS.get(event["kind"], "Unreadable")
    return (
        f"{what}, {moment(event['paid_at'])}, {event['carer']}, accurate to {metres(event['fix'].accuracy_m)}"
    )


async def _corrections(ask: Ask) -> Response[Any]:
    return await _corrections_page(ask)


async def _corrections_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    waiting = ask.asked("show") != "all"
    after = cast(tuple[datetime, UUID] | None, key_of(ask.asked("after"), parse_instant, UUID))
    carer = ask.asked("carer")
    shown, more = await read_corrections(ask.organisation, ask.user.user_id, waiting, after, carer)
    return render(
        "corrections.html",
        ask.user,
        status=status,
        shown=shown,
        waiting=waiting,
        carer=carer or "",
        more=with_query(ask, "after", shown[-1].key) if more else None,
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
    )


async def _decide(ask: Ask) -> Response[Any]:
    correction_id, decision = ask.path("correction_id"), ask.form.get("decision")
    reason = ask.form.get("reason", "").strip() or None
    try:
        if decision not in ("accepted", "declined"):
            raise DomainError("bad_request", "Choose to accept or to decline.")
        if decision == "declined" and reason is None:
            raise DomainError("bad_request", "Say why, so that the carer can read it.")
        kept = cast(Any, decision)
        await decide_correction(ask.organisation, correction_id, ask.user.user_id, kept, reason)
    except DomainError as error:
        return await _corrections_page(ask, (f"reason-{correction_id}", error.detail), STATUS[error.code])
    return redirect(f"{local(ask.form.get('back')) or '/corrections'}?done=decided")


async def _quarantine(ask: Ask) -> Response[Any]:
    return await _quarantine_page(ask)


async def _quarantine_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    after = cast(tuple[datetime, UUID] | None, key_of(ask.asked("after"), parse_instant, UUID))
    carer = ask.asked("carer")
    shown, more = await read_quarantine(ask.organisation, after, carer)
    last = f"{shown[-1]['received_at'].isoformat()}~{shown[-1]['row_id']}" if more else None
    return render(
        "quarantine.html",
        ask.user,
        status=status,
        shown=shown,
        carer=carer or "",
        more=with_query(ask, "after", last) if last else None,
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
    )


async def _release(ask: Ask) -> Response[Any]:
    event_row = ask.path("event_row")
    try:
        await release_event(ask.organisation, event_row, ask.user.user_id, ask.form.get("reason", ""))
    except DomainError as error:
        return await _quarantine_page(ask, (f"reason-{event_row}", error.detail), STATUS[error.code])
    return redirect("/quarantine?done=released")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/today", "manager", "finance")(_today),
    page("/today/live", "manager", "finance")(_live),
    page("/visits/{visit_id:uuid}", "manager", "finance")(_visit),
    page("/corrections", "manager")(_corrections),
    action("/corrections/{correction_id:uuid}/decision", "manager")(proven(_decide)),
    page("/quarantine", "manager")(_quarantine),
    action("/quarantine/{event_row:uuid}/release", "manager")(proven(_release)),
]
