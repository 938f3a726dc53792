"""A manager plans a visit, changes it, gives it to another carer or takes it off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.planning_words import kept_words, objected
from backend.console.proposals import Problems
from backend.console.rendering import redirect, render
from backend.documents.words import worded
from backend.domain.time import LONDON, london_date, to_instant
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.loading import LoadRefused
from backend.use_cases.plan_visit import Objection, Objections, Planner, cancel_visit, plan_visit
from backend.use_cases.read_plan import ShownPlan, read_offered, read_plan
from schemas.cells import parse_moment, parse_text
from schemas.scalars import parse_date

Form = dict[str, str]
_FIELDS: Final = ("package", "start", "minutes", "carer", "second_carer", "tasks", "anyway", "why")
_OFF: Final = ("status", "by", "notice", "off-why")
_PLACES: Final = {"end": "minutes", "visit": "package", "provider": "package", "cancelled_at": "notice"}
"""The field of the form that a fault of a rota's column is about, where it is not named alike."""


async def _new(ask: Ask) -> Response[Any]:
    day = ask.asked("date") or london_date(clock.now()).isoformat()
    return await _new_page(ask, f"R-{uuid4().hex[:12]}", {"start": f"{_day(day)} ", "minutes": "30"})


def _day(text: str) -> str:
    try:
        return parse_date(text).isoformat()
    except ValueError:
        return london_date(clock.now()).isoformat()


async def _new_page(
    ask: Ask,
    visit: str,
    given: Form,
    problems: Problems | None = None,
    found: Sequence[Objection] = (),
    status: int = 200,
) -> Response[Any]:
    return await _page(ask, None, visit, given, problems or {}, found, status)


async def _page(
    ask: Ask,
    plan: ShownPlan | None,
    visit: str,
    given: Form,
    problems: Problems,
    found: Sequence[Objection],
    status: int,
) -> Response[Any]:
    person = ask.asked("person") or ask.form.get("person") or ""
    offered = await read_offered(ask.organisation, person_of(person))
    return render(
        "plan-visit.html",
        ask.user,
        status=status,
        plan=plan,
        visit=visit,
        person=person,
        package_options=[(reference, package_words(row)) for reference, row in offered.packages],
        carer_options=offered.carers,
        given={**dict.fromkeys((*_FIELDS, *_OFF), ""), **given},
        problems=problems,
        objections=[objected(one) for one in found],
        kept_words=kept_words,
    )


def person_of(text: str) -> UUID | None:
    """The person that an address names, if any. Raises DomainError not_found for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise DomainError("not_found", "There is no such person.") from None


def package_words(row: Mapping[str, Any]) -> str:
    """A package as a choice: whose it is, of what service, for how many carers."""
    carers = "" if row["carers"] == 1 else f", {row['carers']} carers"
    return f"{row['name']} ({row['person']}), {worded(row['service'])}{carers}, {row['reference']}"


async def _plan_new(ask: Ask) -> Response[Any]:
    visit = ask.form.get("visit", "").strip()[:200]
    form = _form(ask)
    problems, found, status = await _planned(ask, visit, 0, form)
    if status == 303:
        return _done(form, "planned")
    return await _new_page(ask, visit or f"R-{uuid4().hex[:12]}", form, problems, found, status)


def _form(ask: Ask) -> Form:
    return {name: ask.form.get(name, "").strip() for name in (*_FIELDS, *_OFF)}


async def _planned(ask: Ask, visit: str, seen: int, form: Form) -> tuple[Problems, Sequence[Objection], int]:
    """Plan what the form says: what is wrong, what speaks against it, and the status; 303 where it is planned."""
    why, wrong = reason_of(form)
    if not visit:
        return {"package": "The form names no visit. Start again from the roster."}, [], 400
    if wrong is not None:
        return {"why": wrong}, [], 400
    try:
        await plan_visit(Planner(ask.organisation, ask.user.user_id, why), visit, seen, form)
    except LoadRefused as error:
        return refused(error, _FIELDS, _PLACES), [], 400
    except Objections as error:
        return {"anyway": "Something speaks against this plan: see below."}, error.found, 409
    except DomainError as error:
        return {"start": error.detail}, [], STATUS[error.code]
    return {}, [], 303


def reason_of(form: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The reason for planning something despite what speaks against it (None: not given), and what is wrong with the
    reason.
    """
    if form.get("anyway") != "yes":
        return None, None
    why = form.get("why", "")
    if not why:
        return None, "Say why it is planned all the same. It is kept with your name."
    try:
        return parse_text(why), None
    except ValueError as error:
        return None, f"The reason {error}."


def refused(error: LoadRefused, fields: Sequence[str], places: Mapping[str, str]) -> Problems:
    """What is wrong, by the field it is about; all faults of one field together."""
    problems: Problems = {}
    for fault in error.faults:
        named = (fault.pointer or "").rpartition("/")[2]
        name = places.get(named, named if named in fields else fields[0])
        said = f"{worded(named).capitalize()}: {fault.detail}."
        problems[name] = f"{problems[name]} {said}" if name in problems else said
    return problems


def _done(form: Form, what: str) -> Response[Any]:
    moment = parse_moment(form["start"])
    day = london_date(moment) if moment.tzinfo is not None else moment.date()
    return redirect(f"/roster?{urlencode({'date': day.isoformat(), 'done': what})}")


async def _visit(ask: Ask) -> Response[Any]:
    plan = await read_plan(ask.organisation, ask.path("visit_id"))
    return await _visit_page(ask, plan, _given(plan))


async def _visit_page(
    ask: Ask,
    plan: ShownPlan,
    given: Form,
    problems: Problems | None = None,
    found: Sequence[Objection] = (),
    status: int = 200,
) -> Response[Any]:
    return await _page(ask, plan, plan.reference, given, problems or {}, found, status)


def _given(plan: ShownPlan) -> Form:
    """The plan as the form says it."""
    length = int((plan.end - plan.start).total_seconds())
    return {
        "package": plan.package,
        "start": typed(plan.start),
        "minutes": str(length // 60),
        "carer": plan.carers[0] or "",
        "second_carer": plan.carers[1] or "",
        "tasks": plan.tasks,
        "notice": typed(clock.now().replace(second=0, microsecond=0)),
    }


def typed(instant: datetime) -> str:
    """An instant as a form takes it: London time with any seconds, and its offset where that time happens twice."""
    local = instant.astimezone(LONDON)
    precision = "seconds" if local.second else "minutes"
    try:
        to_instant(local.replace(tzinfo=None))
    except ValueError:
        return local.isoformat(sep=" ", timespec=precision)
    return local.replace(tzinfo=None).isoformat(sep=" ", timespec=precision)


async def _plan_again(ask: Ask) -> Response[Any]:
    plan = await read_plan(ask.organisation, ask.path("visit_id"))
    form = _form(ask)
    problems, found, status = await _planned(ask, plan.reference, seen_of(ask), form)
    if status == 303:
        return _done(form, "changed")
    return await _visit_page(ask, plan, {**_given(plan), **form}, problems, found, status)


def seen_of(ask: Ask, name: str = "version") -> int:
    """The version that the form was made for; -1, which no version has, if it does not say."""
    text = ask.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


async def _off(ask: Ask) -> Response[Any]:
    plan = await read_plan(ask.organisation, ask.path("visit_id"))
    form, status = _form(ask), 400
    notice, problems = _read_off(form)
    if not problems and notice is not None:
        planner = Planner(ask.organisation, ask.user.user_id, form["off-why"])
        try:
            await cancel_visit(planner, plan.reference, seen_of(ask), form["status"], form["by"], notice)
            return _done({"start": typed(plan.start)}, form["status"])
        except LoadRefused as error:
            problems = refused(error, ("notice",), _PLACES)
        except DomainError as error:
            problems, status = {"status": error.detail}, STATUS[error.code]
    kept = {name: form[name] for name in _OFF}
    return await _visit_page(ask, plan, {**_given(plan), **kept}, problems, status=status)


def _read_off(form: Form) -> tuple[datetime | None, Problems]:
    problems: Problems = {}
    if form["status"] not in ("cancelled", "suspended"):
        problems["status"] = "Choose what becomes of the visit."
    if form["status"] == "cancelled" and form["by"] not in ("person", "commissioner", "provider"):
        problems["by"] = "Choose who cancelled it."
    why, wrong = reason_of({"anyway": "yes", "why": form["off-why"]})
    if why is None:
        problems["off-why"] = wrong if form["off-why"] and wrong else "Say why. It is kept with your name."
    try:
        notice = parse_moment(form["notice"])
        return (notice if notice.tzinfo is not None else to_instant(notice)), problems
    except ValueError as error:
        problems["notice"] = f"Notice: {error}."
        return None, problems


handlers: Final[list[HTTPRouteHandler]] = [
    page("/roster/plan", "manager")(_new),
    action("/roster/plan", "manager")(_plan_new),
    page("/roster/visits/{visit_id:uuid}", "manager")(_visit),
    action("/roster/visits/{visit_id:uuid}", "manager")(_plan_again),
    action("/roster/visits/{visit_id:uuid}/off", "manager")(_off),
]
"""Who plans may change the rota; finance reads it."""
