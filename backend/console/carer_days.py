"""A carer's day, and time besides visits that a manager enters, changes or withdraws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, get_args
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.pictures.timeline import Stretch, Timeline, timeline
from backend.console.planning import seen_of
from backend.console.proposals import Problems, time_of, told, unfit
from backend.console.rendering import redirect, render
from backend.console.words import span
from backend.documents.words import worded
from backend.domain.time import LONDON, london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.correction_reasons import Reason
from backend.use_cases.enter_time import (
    NOT_SAID,
    Where,
    change_time,
    enter_time,
    entered_time,
    withdraw_time,
)
from backend.use_cases.propose_for_carer import propose_for_carer
from backend.use_cases.read_carer_day import CarerDay, read_carer_day
from backend.use_cases.read_carers import read_carers
from backend.use_cases.rule_texts import rule_texts
from schemas.cells import degrees, parse_postcode
from schemas.day import ActivityKind
from schemas.documents import RuleText
from schemas.loading import ENTERED_KINDS
from schemas.mobile import ProposedTimes, ReasonCode
from schemas.scalars import parse_date
from schemas.strict import Faulty

Form = dict[str, str]
_FIELDS: Final = ("kind", "start", "end", "place", "note")
_SAID: Final = {
    "entered": "The time is entered and counts from now on.",
    "proposed": "This kind of time can make less of the carer's time count, so it is proposed: she sees it and may "
    "object, and another manager decides.",
    "changed": "The new version counts from now on. The earlier ones are kept.",
    "withdrawn": "It is withdrawn and counts no more. What was entered is kept.",
}


async def _day(ask: Ask) -> Response[Any]:
    return await _day_page(ask, ask.asked("carer"), ask.asked("date"))


async def _day_page(
    ask: Ask,
    carer: str | None,
    date_asked: str | None,
    given: Form | None = None,
    problems: Problems | None = None,
    status: int = 200,
) -> Response[Any]:
    day, wrong = _read_day(date_asked)
    problems = {**(problems or {}), **({"date": wrong} if wrong else {})}
    shown = None if carer is None else await read_carer_day(ask.organisation, carer, day)
    return render(
        "carer-day.html",
        ask.user,
        status=400 if wrong else status,
        carers=await read_carers(ask.organisation),
        carer=carer,
        day=day,
        shown=shown,
        rules=_rules(shown),
        drawn=_drawn(shown),
        kind_options=[(kind, worded(kind).capitalize()) for kind in get_args(ActivityKind)],
        given=given or {**dict.fromkeys(_FIELDS, ""), "start": f"{day} ", "end": f"{day} "},
        problems=problems,
        said=_SAID.get(ask.asked("done") or ""),
    )


def _rules(shown: CarerDay | None) -> dict[str, RuleText]:
    used = [] if shown is None else [segment.rule for segment, _ in shown.segments]
    return {rule.id: rule for rule in rule_texts(used)}


def _drawn(shown: CarerDay | None) -> Timeline | None:
    if shown is None:
        return None
    planned = [
        Stretch("planned", start, end, f"{visit}, {span((start, end))}")
        for visit, start, end in shown.planned
    ]
    recorded = [
        Stretch(
            segment.kind,
            segment.start,
            segment.end,
            f"{worded(segment.kind)}, {span((segment.start, segment.end))}",
        )
        for segment, _ in shown.segments
    ]
    return timeline([("Planned", planned), ("Worked", recorded)])


def _read_day(text: str | None) -> tuple[date, str | None]:
    try:
        return (london_date(clock.now()) if text is None else parse_date(text)), None
    except ValueError as error:
        return london_date(clock.now()), f"The date {error}."


async def _enter(ask: Ask) -> Response[Any]:
    form = {name: ask.form.get(name, "").strip() for name in _FIELDS}
    carer = ask.form.get("carer", "")
    said, problems = _said(form, get_args(ActivityKind))
    status = 400
    if said is not None:
        try:
            asked = {"carer": carer, "date": london_date(said.start), "done": await _kept(ask, carer, said)}
            return redirect(f"/carer-day?{urlencode(asked)}")
        except Faulty as error:
            problems = told(error)
        except DomainError as error:
            problems, status = {"kind": error.detail}, STATUS[error.code]
    return await _day_page(ask, carer or None, ask.form.get("date") or None, form, problems, status)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a form says, every field of it sound by itself."""

    kind: str
    start: datetime
    end: datetime
    note: str
    where: Where


def _said(form: Form, kinds: Sequence[str]) -> tuple[_Said | None, Problems]:
    """What a form says; else a problem for each field that will not do."""
    problems: Problems = {}
    if form["kind"] not in kinds:
        problems["kind"] = "Choose the kind of time."
    start, end = (time_of(name, form, problems) for name in ("start", "end"))
    problems |= {name: f"The {name} is needed." for name in ("start", "end") if not form[name]}
    if fault := unfit(form["note"]):
        problems["note"] = fault
    where = _where(form, problems)
    if problems or start is None or end is None:
        return None, problems
    return _Said(form["kind"], start, end, form["note"], where), problems


def _where(form: Form, problems: Problems) -> Where:
    """Where the time was spent: `52.0565, -2.7160`, or a postcode, or nothing."""
    text = form["place"]
    if text and form["kind"] not in ENTERED_KINDS:
        problems["place"] = "Place: only time that counts once it is entered has one."
    elif text:
        try:
            if "," not in text:
                return Where(parse_postcode(text))
            north, _, east = text.partition(",")
            return Where(place=(degrees(90)(north.strip()), degrees(180)(east.strip())))
        except ValueError as error:
            problems["place"] = f"Place: {error}."
    return NOT_SAID


async def _kept(ask: Ask, carer: str, said: _Said) -> str:
    """Enter kinds of time that never make less of a carer's time count, propose others; returns what was done."""
    who = (ask.organisation, ask.user.user_id, carer)
    if said.kind in ENTERED_KINDS:
        await enter_time(*who, said.kind, said.start, said.end, said.note, said.where)
        return "entered"
    times = ProposedTimes(said.start, said.end)
    await propose_for_carer(*who, None, times, Reason(ReasonCode(said.kind)), said.note)
    return "proposed"


async def _entry(ask: Ask) -> Response[Any]:
    return await _entry_page(ask, ask.path("activity_id"))


async def _entry_page(
    ask: Ask, activity: UUID, given: Form | None = None, problems: Problems | None = None, status: int = 200
) -> Response[Any]:
    versions = await entered_time(ask.organisation, activity)
    return render(
        "entered-time.html",
        ask.user,
        status=status,
        activity=activity,
        versions=versions,
        newest=versions[-1],
        day=london_date(versions[-1]["starts_at"]),
        kind_options=[(kind, worded(kind).capitalize()) for kind in ENTERED_KINDS],
        given=given or {**dict.fromkeys(_FIELDS, ""), **_given(versions[-1])},
        problems=problems or {},
        said=_SAID.get(ask.asked("done") or ""),
    )


def _given(newest: Mapping[str, Any]) -> Form:
    times = {name: _typed(newest[f"{name}s_at"]) for name in ("start", "end")}
    place = "" if newest["lat"] is None else f"{newest['lat']}, {newest['lon']}"
    return {"kind": newest["kind"], "place": place, **times}


def _typed(instant: datetime) -> str:
    """An instant as a form takes it: London time with its offset, so that no night is in doubt."""
    local = instant.astimezone(LONDON)
    return local.isoformat(sep=" ", timespec="minutes" if local.second == 0 else "seconds")


async def _change(ask: Ask) -> Response[Any]:
    activity = ask.path("activity_id")
    form = {name: ask.form.get(name, "").strip() for name in _FIELDS}
    said, problems = _said(form, ENTERED_KINDS)
    status = 400
    if said is not None:
        who = (ask.organisation, ask.user.user_id, activity, seen_of(ask))
        try:
            await change_time(*who, said.kind, said.start, said.end, said.note, said.where)
            return redirect(f"/entered-time/{activity}?done=changed")
        except Faulty as error:
            problems = told(error)
        except DomainError as error:
            problems, status = {"kind": error.detail}, STATUS[error.code]
    return await _entry_page(ask, activity, form, problems, status)


async def _withdraw(ask: Ask) -> Response[Any]:
    activity, reason = ask.path("activity_id"), ask.form.get("reason", "").strip()
    if fault := unfit(reason):
        return await _entry_page(ask, activity, None, {"reason": fault}, 400)
    try:
        await withdraw_time(ask.organisation, ask.user.user_id, activity, seen_of(ask), reason)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return await _entry_page(ask, activity, None, {"reason": error.detail}, STATUS[error.code])
    return redirect(f"/entered-time/{activity}?done=withdrawn")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/carer-day", "manager", "finance")(_day),
    action("/carer-day/enter", "manager")(_enter),
    page("/entered-time/{activity_id:uuid}", "manager", "finance")(_entry),
    action("/entered-time/{activity_id:uuid}/change", "manager")(_change),
    action("/entered-time/{activity_id:uuid}/withdraw", "manager")(_withdraw),
]
