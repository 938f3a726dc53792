"""A manager starts a correction: of one carer's part in a visit, or of a stretch of her day."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.rendering import redirect, render
from backend.documents.words import worded
from backend.domain.time import to_instant
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.correction_reasons import Reason, reasons_today
from backend.use_cases.propose_for_carer import propose_for_carer
from backend.use_cases.read_carers import read_carers
from backend.use_cases.read_visit import ShownVisit, read_visit
from schemas.cells import parse_moment, parse_text
from schemas.mobile import ProposedTimes, ReasonCode
from schemas.strict import Faulty

Problems = dict[str, str]
_FIELDS: Final = ("carer", "start", "end", "reason", "note")
_NAMES: Final = {"start": "The start", "end": "The end", "reason": "The reason", "place": "The place"}


async def _new(ask: Ask) -> Response[Any]:
    day = ask.asked("day")
    given = {"start": f"{day} ", "end": f"{day} "} if day else {}
    return await _form(ask, _visit_id(ask.asked("visit")), {"carer": ask.asked("carer") or "", **given}, {})


async def _form(
    ask: Ask, visit_id: UUID | None, given: dict[str, str], problems: Problems, status: int = 200
) -> Response[Any]:
    visit = None if visit_id is None else await read_visit(ask.organisation, visit_id, ask.user.user_id)
    carers = await read_carers(ask.organisation) if visit is None else _attending(visit)
    return render(
        "propose.html",
        ask.user,
        status=status,
        visit=visit,
        carers=carers,
        reason_options=[
            (reason.key, reason.words or worded(reason.code.value).capitalize())
            for reason in await reasons_today(ask.organisation)
            if reason.about_day == (visit is None)
        ],
        given={name: given.get(name, "") for name in _FIELDS},
        problems=problems,
    )


def _attending(visit: ShownVisit) -> list[tuple[str, str]]:
    return [(part.reference, part.carer) for part in visit.attendances if part.reference is not None]


def _visit_id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise DomainError("not_found", "There is no such visit.") from None


async def _propose(ask: Ask) -> Response[Any]:
    form = {name: ask.form.get(name, "").strip() for name in _FIELDS}
    visit_id = _visit_id(ask.form.get("visit"))
    problems: Problems = {}
    times = ProposedTimes(time_of("start", form, problems), time_of("end", form, problems))
    reason = await _reason(ask, form["reason"], problems)
    if not form["carer"]:
        problems["carer"] = "Choose the carer."
    if fault := unfit(form["note"]):
        problems["note"] = fault
    if problems or reason is None:
        return await _form(ask, visit_id, form, problems, 400)
    who = (ask.organisation, ask.user.user_id, form["carer"])
    try:
        await propose_for_carer(*who, visit_id, times, reason, form["note"])
    except Faulty as error:
        return await _form(ask, visit_id, form, told(error), 400)
    except DomainError as error:
        return await _form(ask, visit_id, form, {"carer": error.detail}, STATUS[error.code])
    return redirect(f"{f'/visits/{visit_id}' if visit_id else '/corrections'}?done=proposed")


def time_of(name: str, form: dict[str, str], problems: Problems) -> datetime | None:
    """The instant of a London clock time, or of a time with its offset; None if the field is empty or wrong."""
    if not form[name]:
        return None
    try:
        moment = parse_moment(form[name])
        return moment if moment.tzinfo is not None else to_instant(moment)
    except ValueError as error:
        problems[name] = f"{_NAMES[name]}: {error}."
        return None


async def _reason(ask: Ask, text: str, problems: Problems) -> Reason | None:
    offered = {reason.key: reason for reason in await reasons_today(ask.organisation)}
    known = {code.value: Reason(code) for code in ReasonCode}
    if text not in offered and text not in known:
        problems["reason"] = "Choose a reason."
    return offered.get(text) or known.get(text)


def unfit(note: str) -> str | None:
    """What is wrong with a reason in words; None if it will do."""
    if not note:
        return "Say why: the carer and the manager who decides read it."
    try:
        parse_text(note)
    except ValueError as error:
        return f"The note {error}."
    return None


def told(error: Faulty) -> Problems:
    """Each fault beside its field; one about both times stands at the start."""
    named = ((fault.pointer.strip("/") or "start", fault.detail) for fault in error.faults)
    return {name: f"{_NAMES[name]} {detail}." for name, detail in named}


handlers: Final[list[HTTPRouteHandler]] = [
    page("/corrections/new", "manager")(_new),
    action("/corrections/new", "manager")(_propose),
]
