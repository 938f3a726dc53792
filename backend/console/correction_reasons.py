"""The provider's own reasons for corrections: what is in force, and a form to add one or to end one."""

from typing import Any, Final

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.rendering import redirect, render
from backend.documents.words import worded
from backend.domain.time import london_date
from backend.use_cases.correction_reasons import kept_reasons
from backend.use_cases.loading import LoadRefused, Scope, SourceFile, load
from backend.use_cases.parties import provider_reference
from schemas.mobile import DAY_REASONS, ReasonCode

_LABELS: Final = {
    "reference": "Code",
    "words": "In words",
    "means": "Means",
    "from": "First day",
    "until": "Last day",
}
"""The fields of a reason, as the page calls them."""


async def _reasons(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(
    ask: Ask, given: dict[str, str] | None = None, problems: dict[str, str] | None = None
) -> Response[Any]:
    today = london_date(clock.now())
    return render(
        "correction-reasons.html",
        ask.user,
        status=400 if problems else 200,
        kept=await kept_reasons(ask.organisation),
        today=today,
        means_options=[
            (code.value, f"{worded(code.value).capitalize()}{' (a day)' if code in DAY_REASONS else ''}")
            for code in ReasonCode
        ],
        labels=_LABELS,
        given=given or {**dict.fromkeys(_LABELS, ""), "from": today.isoformat()},
        problems=problems or {},
        said="The reason is kept." if ask.asked("done") else None,
    )


async def _keep(ask: Ask) -> Response[Any]:
    given = {name: ask.form.get(name, "").strip() for name in _LABELS}
    row = {name: value for name, value in given.items() if value}
    row["provider"] = await provider_reference(ask.organisation)
    source = SourceFile("form", msgspec.json.encode([row]), "json")
    try:
        await load("correction-reasons", [source], scope=Scope(provider=ask.organisation))
    except LoadRefused as error:
        return await _page(ask, given, _problems(error))
    return redirect("/correction-reasons?done=kept")


def _problems(refused: LoadRefused) -> dict[str, str]:
    """What is wrong, by the field it is about."""
    found = ((fault.pointer or "").rpartition("/")[2] for fault in refused.faults)
    return {
        field: f"{_LABELS[field]}: {fault.detail}."
        for name, fault in zip(found, refused.faults, strict=True)
        for field in [name if name in _LABELS else "reference"]
    }


handlers: Final[list[HTTPRouteHandler]] = [
    page("/correction-reasons", "manager")(_reasons),
    action("/correction-reasons/keep", "manager")(_keep),
]
