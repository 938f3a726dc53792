"""What planning knows of a carer (skills, working hours, leave) and of what a person needs: shown, added, ended."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, View, action, page
from backend.console.people import person_page
from backend.console.planning import refused
from backend.console.proposals import Problems
from backend.console.rendering import redirect, render
from backend.domain.time import london_date
from backend.use_cases.loading import LoadRefused, Scope, SourceFile, load
from backend.use_cases.parties import provider_reference
from backend.use_cases.read_carers import read_carers
from backend.use_cases.read_people import read_person
from backend.use_cases.read_worker import read_worker
from schemas.loading import LoadKind

Form = dict[str, str]
_FIELDS: Final[dict[LoadKind, tuple[str, ...]]] = {
    "skills": ("skill", "from", "until"),
    "working-hours": ("employment", "from", "until", "hours_per_week", "most_hours_per_week", "available"),
    "leave": ("employment", "kind", "from", "from_time", "until", "until_time"),
}
"""The fields of each form, which are columns of the kind of file that says the same."""


async def _workers(ask: Ask) -> Response[Any]:
    return render("carers.html", ask.user, carers=await read_carers(ask.organisation))


async def _worker(ask: Ask) -> Response[Any]:
    return await _worker_page(ask, ask.asked("carer") or "")


async def _worker_page(
    ask: Ask, carer: str, given: Form | None = None, problems: Problems | None = None
) -> Response[Any]:
    """`given` and `problems` by the id of a field: its form and its column."""
    shown = await read_worker(ask.organisation, carer)
    today = london_date(clock.now())
    fields = [f"{kind}-{name}" for kind, names in _FIELDS.items() for name in names]
    fresh = {**dict.fromkeys(fields, ""), **{f"{kind}-from": today.isoformat() for kind in _FIELDS}}
    return render(
        "carer-planning.html",
        ask.user,
        status=400 if problems else 200,
        shown=shown,
        today=today,
        employment_options=[(one, one) for one in shown.employments],
        given={**fresh, **(given or {})},
        problems=problems or {},
        said="It is kept." if ask.asked("done") else None,
    )


def _keep(kind: LoadKind) -> View:
    """Keep what one of the forms says, as a file of this kind would."""

    async def kept(ask: Ask) -> Response[Any]:
        carer = ask.form.get("carer", "")
        shown = await read_worker(ask.organisation, carer)
        form = {name: ask.form.get(f"{kind}-{name}", "").strip() for name in _FIELDS[kind]}
        whose = {"carer": shown.reference} if kind == "skills" else {}
        if problems := await keep_row(ask, kind, {**form, **whose}, _FIELDS[kind]):
            given = {f"{kind}-{name}": text for name, text in form.items()}
            return await _worker_page(
                ask, carer, given, {f"{kind}-{name}": w for name, w in problems.items()}
            )
        return redirect(f"/roster/carer?{urlencode({'carer': carer, 'done': 'kept'})}")

    return kept


async def keep_row(ask: Ask, kind: LoadKind, form: Form, fields: Sequence[str]) -> Problems:
    """Load one row of a form as the user's provider; what is wrong with it, by field."""
    row = {name: value for name, value in form.items() if value}
    row["provider"] = await provider_reference(ask.organisation)
    source = SourceFile("form", msgspec.json.encode([row]), "json")
    try:
        await load(kind, [source], scope=Scope(provider=ask.organisation, user=ask.user.user_id))
    except LoadRefused as error:
        return refused(error, fields, {})
    return {}


async def _need(ask: Ask) -> Response[Any]:
    person = ask.path("person_id")
    known = await read_person(ask.organisation, person)
    fields = ("skill", "from", "until")
    form = {name: ask.form.get(f"need-{name}", "").strip() for name in fields}
    problems = await keep_row(ask, "needs", {**form, "service_user": known["reference"]}, fields)
    if problems:
        named = {f"need-{name}": words for name, words in problems.items()}
        return await person_page(ask, person, status=400, problems=named, given=ask.form)
    return redirect(f"/people/{person}?done=needed")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/roster/carers", "manager")(_workers),
    page("/roster/carer", "manager")(_worker),
    action("/roster/carer/skills", "manager")(_keep("skills")),
    action("/roster/carer/working-hours", "manager")(_keep("working-hours")),
    action("/roster/carer/leave", "manager")(_keep("leave")),
    action("/people/{person_id:uuid}/needs", "manager")(_need),
]
