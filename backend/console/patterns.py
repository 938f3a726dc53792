"""How a person's visits come again each week: listed, begun, changed from a day on, ended."""

from collections.abc import Sequence
from typing import Any, Final, cast
from urllib.parse import unquote
from uuid import uuid4

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.planning import package_words, person_of, reason_of, refused, seen_of
from backend.console.planning_words import objected
from backend.console.proposals import Problems
from backend.console.rendering import redirect, render
from backend.domain.page_keys import text_part
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.loading import LoadRefused
from backend.use_cases.plan_pattern import (
    ShownPattern,
    end_pattern,
    keep_pattern,
    list_patterns,
    read_pattern,
)
from backend.use_cases.plan_visit import Objection, Objections, Planner
from backend.use_cases.read_plan import read_offered
from schemas.scalars import WEEKDAYS

Form = dict[str, str]
_ROW: Final = (
    "package",
    "every_weeks",
    "start",
    "minutes",
    "carer",
    "second_carer",
    "tasks",
    "from",
    "until",
)
_DAYS: Final = tuple(f"on-{day}" for day in WEEKDAYS)
_FIELDS: Final = (*_ROW, *_DAYS, "anyway", "why", "last", "by")
_PLACES: Final = {"days": "on-mon", "reference": "package", "provider": "package"}
_SHOWN: Final = 20
"""How many objections a page lists: a pattern makes many visits."""
_SAID: Final = {
    "kept": "The pattern is kept, and the visits ahead follow it.",
    "ended": "The pattern ends then. Visits beyond that nobody changed by hand are cancelled.",
}


async def _patterns(ask: Ask) -> Response[Any]:
    after = cast(tuple[str, str] | None, key_of(ask.asked("after"), unquote, unquote))
    shown, more = await list_patterns(ask.organisation, person_of(ask.asked("person") or ""), after)
    following = "~".join(text_part(shown[-1][name]) for name in ("person", "reference")) if more else None
    return render(
        "patterns.html",
        ask.user,
        shown=shown,
        person=ask.asked("person"),
        more=with_query(ask, "after", following) if following else None,
        said=_SAID.get(ask.asked("done") or ""),
    )


async def _new(ask: Ask) -> Response[Any]:
    given = {"from": london_date(clock.now()).isoformat(), "every_weeks": "1", "minutes": "30"}
    return await _page(ask, None, f"T-{uuid4().hex[:12]}", given)


async def _page(
    ask: Ask,
    pattern: ShownPattern | None,
    reference: str,
    given: Form,
    problems: Problems | None = None,
    found: Sequence[Objection] = (),
    status: int = 200,
) -> Response[Any]:
    person = ask.asked("person") or ask.form.get("person") or ""
    offered = await read_offered(ask.organisation, person_of(person))
    more = [f"And {len(found) - _SHOWN} more."] if len(found) > _SHOWN else []
    return render(
        "pattern.html",
        ask.user,
        status=status,
        pattern=pattern,
        reference=reference,
        person=person,
        weekdays=WEEKDAYS,
        package_options=[(one, package_words(row)) for one, row in offered.packages],
        carer_options=offered.carers,
        given={**dict.fromkeys(_FIELDS, ""), **given},
        problems=problems or {},
        objections=[*(objected(one) for one in found[:_SHOWN]), *more],
    )


async def _pattern(ask: Ask) -> Response[Any]:
    pattern = await read_pattern(ask.organisation, ask.path("pattern_id"))
    return await _page(ask, pattern, pattern.reference, _given(pattern))


def _given(pattern: ShownPattern) -> Form:
    """The period that stands today, or else the last one, as the form says it: to be changed from today on."""
    today = london_date(clock.now()).isoformat()
    standing = [row for row in pattern.periods if row.get("until", today) >= today]
    row = standing[0] if standing else pattern.periods[-1] if pattern.periods else {}
    days = {f"on-{day}": "yes" for day in row.get("days", "").split(";") if day}
    first = max(today, row.get("from", today))
    return {**{name: row.get(name, "") for name in _ROW}, **days, "from": first, "last": today}


async def _begin(ask: Ask) -> Response[Any]:
    reference = ask.form.get("reference", "").strip()[:180] or f"T-{uuid4().hex[:12]}"
    return await _keep(ask, None, reference, 0)


async def _change(ask: Ask) -> Response[Any]:
    pattern = await read_pattern(ask.organisation, ask.path("pattern_id"))
    return await _keep(ask, pattern, pattern.reference, seen_of(ask, "seen"))


async def _keep(ask: Ask, pattern: ShownPattern | None, reference: str, seen: int) -> Response[Any]:
    form = {name: ask.form.get(name, "").strip() for name in _FIELDS}
    why, wrong = reason_of(form)
    problems, found, status = ({"why": wrong} if wrong else {}), list[Objection](), 400
    if not problems:
        days = ";".join(day for day in WEEKDAYS if form[f"on-{day}"])
        row = {**{name: form[name] for name in _ROW}, "days": days}
        try:
            await keep_pattern(Planner(ask.organisation, ask.user.user_id, why), reference, seen, row)
            return redirect("/roster/patterns?done=kept")
        except LoadRefused as error:
            problems = refused(error, (*_ROW, "on-mon"), _PLACES)
        except Objections as error:
            problems, found, status = (
                {"anyway": "Something speaks against visits of it: see below."},
                error.found,
                409,
            )
        except DomainError as error:
            problems, status = {"package": error.detail}, STATUS[error.code]
    return await _page(ask, pattern, reference, form, problems, found, status)


async def _end(ask: Ask) -> Response[Any]:
    pattern = await read_pattern(ask.organisation, ask.path("pattern_id"))
    last, by = (ask.form.get(name, "").strip() for name in ("last", "by"))
    problems, status = ({} if by in _BY else {"by": "Choose who ends it."}), 400
    if not problems:
        planner = Planner(ask.organisation, ask.user.user_id)
        try:
            await end_pattern(planner, pattern.reference, seen_of(ask, "seen"), last, by)
            return redirect("/roster/patterns?done=ended")
        except LoadRefused as error:
            problems = refused(error, ("last",), {"until": "last"})
        except DomainError as error:
            problems, status = {"last": error.detail}, STATUS[error.code]
    given = {**_given(pattern), "last": last, "by": by}
    return await _page(ask, pattern, pattern.reference, given, problems, status=status)


_BY: Final = ("person", "commissioner", "provider")

handlers: Final[list[HTTPRouteHandler]] = [
    page("/roster/patterns", "manager")(_patterns),
    page("/roster/patterns/new", "manager")(_new),
    action("/roster/patterns/new", "manager")(_begin),
    page("/roster/patterns/{pattern_id:uuid}", "manager")(_pattern),
    action("/roster/patterns/{pattern_id:uuid}", "manager")(_change),
    action("/roster/patterns/{pattern_id:uuid}/end", "manager")(_end),
]
