"""How long records are kept, what is held, what was deleted, and everything about one carer or person as a file."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.erase_subject import erase_subject
from backend.use_cases.legal_holds import lift_hold, read_holds, set_hold
from backend.use_cases.read_forgotten import read_forgotten
from backend.use_cases.retention import read_periods, set_period
from backend.use_cases.subject_access import Subject, own_subject_access, subject_access
from schemas.scalars import parse_date

_SAID: Final = {
    "period": "The period is kept, and holds from its day on.",
    "held": "The hold stands: nothing of its subject is let go of.",
    "erased": "Names, homes and words are erased. What the law wants kept stays, under the reference alone.",
    "lifted": "The hold is lifted, and periods run again.",
}
_FIELDS: Final = (
    "class",
    "days",
    "from",
    "why",
    "subject",
    "reference",
    "reason",
    "lifted",
    "about",
    "of",
    "asked",
    "whose",
    "erase",
    "because",
)


async def _privacy(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(ask: Ask, problem: tuple[str, DomainError] | None = None) -> Response[Any]:
    field, error = problem or ("", None)
    given = {name: ask.form.get(name, "") for name in _FIELDS}
    given["from"] = given["from"] or london_date(clock.now()).isoformat()
    return render(
        "privacy.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        periods=await read_periods(ask.organisation),
        holds=await read_holds(ask.organisation),
        forgotten=await read_forgotten(ask.organisation),
        given=given,
        problems={} if error is None else {field: error.detail},
        problem=None if error is None else (field, error.detail),
        said=_SAID.get(ask.asked("done") or ""),
    )


async def _period(ask: Ask) -> Response[Any]:
    try:
        days, first = _number(ask.form.get("days", "")), _date(ask.form.get("from", ""))
        reason = ask.form.get("why", "")
        await set_period(ask.organisation, ask.form.get("class", ""), days, first, reason, ask.user.user_id)
    except DomainError as error:
        return await _page(ask, ("days", error))
    return redirect("/privacy?done=period")


def _number(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) < 6):
        raise DomainError("bad_request", "Say for how many days, as a whole number.")
    return int(text)


def _date(text: str) -> date:
    try:
        return parse_date(text.strip())
    except ValueError as error:
        raise DomainError("bad_request", f"The first day {error}.") from error


async def _hold(ask: Ask) -> Response[Any]:
    said = (ask.form.get("subject", ""), ask.form.get("reference", ""), ask.form.get("reason", ""))
    try:
        await set_hold(ask.organisation, *said, ask.user.user_id)
    except DomainError as error:
        return await _page(ask, ("reference", error))
    return redirect("/privacy?done=held")


async def _lift(ask: Ask) -> Response[Any]:
    try:
        await lift_hold(ask.organisation, ask.path("hold_id"), ask.form.get("lifted", ""), ask.user.user_id)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return await _page(ask, ("lifted", error))
    return redirect("/privacy?done=lifted")


async def _everything(ask: Ask) -> Response[Any]:
    subject = Subject(ask.form.get("about", ""), ask.form.get("of", "").strip())
    reason = ask.form.get("asked", "").strip()
    try:
        if subject.kind not in ("carer", "person") or not reason:
            raise DomainError("bad_request", "Say whom it is about, and who asked for it.")
        return download(await subject_access(ask.organisation, subject, ask.user.user_id, reason))
    except DomainError as error:
        return await _page(ask, ("of", error))


async def _erase(ask: Ask) -> Response[Any]:
    subject = Subject(ask.form.get("whose", ""), ask.form.get("erase", "").strip())
    try:
        await erase_subject(ask.organisation, subject, ask.form.get("because", ""), ask.user.user_id)
    except DomainError as error:
        return await _page(ask, ("erase", error))
    return redirect("/privacy?done=erased")


async def _own(ask: Ask) -> Response[Any]:
    """A person's own records, for the person."""
    assert ask.user.person_id is not None
    return download(await own_subject_access(ask.organisation, ask.user.person_id, ask.user.user_id))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/privacy", "manager")(_privacy),
    action("/privacy/period", "manager")(proven(_period)),
    action("/privacy/holds", "manager")(proven(_hold)),
    action("/privacy/holds/{hold_id:uuid}/lift", "manager")(proven(_lift)),
    action("/privacy/everything", "manager")(proven(_everything)),
    action("/privacy/erase", "manager")(proven(_erase)),
    page("/my-care/everything", "person")(proven(_own)),
]
