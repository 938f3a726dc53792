"""Exceptions: everything that waits for somebody in one list, and decisions about several of them at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import unquote, urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console import queue_words
from backend.console.asking import Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.proving import proven
from backend.console.rendering import render
from backend.domain.queue import DECISIONS, KINDS, VISIT_KINDS, Filter, Item, about, counts, page_of
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.decide_together import Outcome, decide_together
from backend.use_cases.read_queue import read_acknowledged, read_queue
from schemas.scalars import parse_date, parse_instant

PAGE: Final = 40
"""So many that all of a page fit into one form."""
_USUAL_DAYS: Final = 28
_FILTERS: Final = ("kind", "carer", "person", "from")
Problem = tuple[str, str]


async def _list(ask: Ask) -> Response[Any]:
    if ask.asked("show") == "acknowledged":
        since, problem = _since(ask)
        shown = await read_acknowledged(ask.organisation, since)
        status = 200 if problem is None else 400
        return render(
            "acknowledged.html",
            ask.user,
            status=status,
            shown=shown,
            since=since,
            kinds=queue_words.KINDS,
            VISIT_KINDS=VISIT_KINDS,
            problem=problem,
        )
    return await _page(ask)


async def _page(
    ask: Ask, problem: Problem | None = None, status: int = 200, outcomes: Sequence[Outcome] = ()
) -> Response[Any]:
    since, wrong = _since(ask)
    wanted, unknown = _wanted(ask)
    after = cast(tuple[int, datetime, str] | None, key_of(ask.asked("after"), int, parse_instant, unquote))
    items = about(await read_queue(ask.organisation, ask.user.user_id, since), wanted)
    shown, more = page_of(items, wanted.kind, after, PAGE)
    refused = {outcome.item.tick for outcome in outcomes if outcome.refused}
    problem = problem or wrong or unknown
    return render(
        "exceptions.html",
        ask.user,
        status=400 if problem and status == 200 else status,
        shown=shown,
        counts=counts(items),
        wanted=wanted,
        since=since,
        more=with_query(ask, "after", shown[-1].key, path="/exceptions") if more else None,
        query=urlencode({name: ask.asked(name) or "" for name in (*_FILTERS, "after") if ask.asked(name)}),
        address=lambda kind: f"/exceptions?{_filtered(ask, kind)}",
        words=queue_words,
        decisions=_offered(shown),
        now=clock.now(),
        outcomes=outcomes,
        ticked=refused if outcomes else _ticked(ask),
        given="" if outcomes and not refused else ask.form.get("reason", ""),
        problem=problem,
    )


def _filtered(ask: Ask, kind: str | None) -> str:
    """The query of the same list for another kind, from its first page on."""
    asked = {name: ask.asked(name) for name in _FILTERS} | {"kind": kind}
    return urlencode({name: value for name, value in asked.items() if value})


def _offered(shown: Sequence[Item]) -> dict[str, str]:
    """The decisions that can be taken about something of the page."""
    kinds = {item.kind for item in shown if item.tickable}
    return {name: words for name, words in queue_words.DECISIONS.items() if DECISIONS[name] & kinds}


def _since(ask: Ask) -> tuple[date, Problem | None]:
    usual = london_date(clock.now()) - timedelta(days=_USUAL_DAYS)
    try:
        return parse_date(ask.asked("from") or usual.isoformat()), None
    except ValueError as error:
        return usual, ("from", f"The date {error}")


def _wanted(ask: Ask) -> tuple[Filter, Problem | None]:
    kind = ask.asked("kind")
    known = kind is None or kind in KINDS
    problem = None if known else ("kind", "Choose a kind from the list")
    return Filter(kind if known else None, ask.asked("carer"), ask.asked("person")), problem


def _ticked(ask: Ask) -> set[str]:
    return {name.removeprefix("pick.") for name in ask.form if name.startswith("pick.")}


async def _decide(ask: Ask) -> Response[Any]:
    ticked, decision = _ticked(ask), ask.form.get("decision", "")
    try:
        since, _ = _since(ask)
        waiting = await read_queue(ask.organisation, ask.user.user_id, since)
        items = sorted((item for item in waiting if item.tick in ticked), key=lambda item: item.order)
        done = await decide_together(
            ask.organisation, ask.user.user_id, items, decision, ask.form.get("reason", "")
        )
    except DomainError as error:
        return await _page(ask, ("reason", error.detail), STATUS[error.code])
    refused = sum(outcome.refused is not None for outcome in done)
    problem = ("outcomes", f"{refused} of {len(done)} could not be decided.") if refused else None
    return await _page(ask, problem, STATUS["conflict"] if refused else 200, done)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/exceptions", "manager")(_list),
    action("/exceptions/decide", "manager")(proven(_decide)),
]
