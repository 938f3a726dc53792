"""A carer is away: what that means for her visits, who could take them, and all of it saved at once."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.planning import reason_of, refused
from backend.console.planning_words import objected, suggested
from backend.console.proposals import Problems
from backend.console.rendering import redirect, render
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.cover_absence import FIELDS, Choice, Cover, read_cover, save_cover
from backend.use_cases.loading import LoadRefused
from backend.use_cases.plan_visit import Objection, Objections, Planner
from backend.use_cases.read_carers import read_carers

Form = dict[str, str]
_FIELDS: Final = ("carer", *FIELDS)
_PLACES: Final = {"employment": "carer", "provider": "carer"}
_PREFIX: Final = "visit-"


async def _cover(ask: Ask) -> Response[Any]:
    given = {name: ask.asked(name) or "" for name in _FIELDS}
    return await _page(ask, given, {}, looks=bool(given["carer"]))


async def _page(
    ask: Ask,
    given: Form,
    problems: Problems,
    found: Sequence[Objection] = (),
    status: int = 200,
    looks: bool = True,
) -> Response[Any]:
    """`looks`: whether the absence is filled in, so that what it means can be shown."""
    shown: Cover | None = None
    if looks:
        try:
            shown = await read_cover(Planner(ask.organisation, ask.user.user_id), given["carer"], given)
        except LoadRefused as error:
            problems, status = {**problems, **refused(error, _FIELDS, _PLACES)}, max(status, 400)
        except DomainError as error:
            problems, status = {**problems, "carer": error.detail}, max(status, STATUS[error.code])
    today = london_date(clock.now()).isoformat()
    fresh = {
        **dict.fromkeys((*_FIELDS, "anyway", "why"), ""),
        "kind": "sickness",
        "from": today,
        "until": today,
    }
    return render(
        "cover.html",
        ask.user,
        status=status,
        carer_options=await read_carers(ask.organisation),
        shown=shown,
        given={**fresh, **given} if looks else fresh,
        problems=problems,
        objections=[objected(one) for one in found],
        suggested=suggested,
        said="The absence is recorded, and the visits are given away." if ask.asked("done") else None,
    )


async def _save(ask: Ask) -> Response[Any]:
    form = {name: value.strip() for name, value in ask.form.items()}
    absence = {name: form.get(name, "") for name in _FIELDS}
    why, wrong = reason_of(form)
    problems, found, status = ({"why": wrong} if wrong else {}), list[Objection](), 400
    if not problems:
        planner = Planner(ask.organisation, ask.user.user_id, why)
        try:
            await save_cover(planner, absence["carer"], absence, _choices(form))
            asked = {name: value for name, value in absence.items() if value}
            return redirect(f"/roster/cover?{urlencode({**asked, 'done': 'covered'})}")
        except LoadRefused as error:
            problems = refused(error, _FIELDS, _PLACES)
        except Objections as error:
            problems, found, status = (
                {"anyway": "Something speaks against what was chosen: see below."},
                error.found,
                409,
            )
        except DomainError as error:
            problems, status = {"carer": error.detail}, STATUS[error.code]
    return await _page(ask, form | absence, problems, found, status)


def _choices(form: Form) -> list[Choice]:
    """What was chosen for each visit: a version and an employment, or a version and nobody. A visit without a choice
    stays as it is.
    """
    found = []
    for name, value in form.items():
        if name.startswith(_PREFIX) and value:
            seen, _, employment = value.partition(" ")
            try:
                found.append(Choice(UUID(name.removeprefix(_PREFIX)), int(seen[:9]), employment or None))
            except ValueError:
                raise DomainError(
                    "bad_request", "The form cannot be read. Look at the absence again."
                ) from None
    return found


handlers: Final[list[HTTPRouteHandler]] = [
    page("/roster/cover", "manager")(_cover),
    action("/roster/cover", "manager")(_save),
]
