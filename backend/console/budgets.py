"""Budgets: spent, not billed yet, and forecast, beside what was meant to be spent; and a form to set a budget."""

from decimal import Decimal
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.months import day_asked
from backend.console.pictures.columns import Columns, Part, columns
from backend.console.rendering import redirect, render
from backend.documents import words
from backend.domain.budgets import KINDS
from backend.domain.money import pounds
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.loading import LoadRefused, Scope, SourceFile, load
from backend.use_cases.parties import commissioner_reference
from backend.use_cases.read_budgets import ShownBudget, read_budgets

_LABELS: Final = {
    "reference": "Code",
    "name": "Name",
    "provider": "Provider",
    "contract": "Contract",
    "service": "Service",
    "from": "First day",
    "until": "Last day",
    "amount": "Pounds, before tax",
}
"""The fields of a budget, as the page calls them."""
_WORDS: Final = {"spent": "spent", "unbilled": "not billed yet", "forecast": "forecast"}


async def _budgets(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(
    ask: Ask, given: dict[str, str] | None = None, problems: dict[str, str] | None = None
) -> Response[Any]:
    problems = dict(problems or {})
    day = london_date(clock.now())
    try:
        day = day_asked(ask)
    except DomainError as error:
        problems["date"] = error.detail
    shown = await read_budgets(ask.viewer, day)
    return render(
        "budgets.html",
        ask.user,
        status=400 if problems else 200,
        shown=shown,
        pictures=[_picture(budget) for budget in shown.budgets],
        words=_WORDS,
        day=day,
        labels=_LABELS,
        given=given or dict.fromkeys(_LABELS, ""),
        problems=problems,
        said="The budget is kept." if ask.asked("done") else None,
    )


async def _keep(ask: Ask) -> Response[Any]:
    given = {name: ask.form.get(name, "").strip() for name in _LABELS}
    row = {name: value for name, value in given.items() if value}
    row["commissioner"] = await commissioner_reference(ask.organisation)
    source = SourceFile("form", msgspec.json.encode([row]), "json")
    try:
        await load("budgets", [source], scope=Scope(commissioner=ask.organisation, user=ask.user.user_id))
    except LoadRefused as error:
        found = ((fault.pointer or "").rpartition("/")[2] for fault in error.faults)
        problems = {
            field: f"{_LABELS[field]}: {fault.detail}."
            for name, fault in zip(found, error.faults, strict=True)
            for field in [name if name in _LABELS else "reference"]
        }
        return await _page(ask, given, problems)
    return redirect(f"/budgets?done=kept&date={given['from']}")


def _picture(budget: ShownBudget) -> Columns | None:
    """What the year comes to by the end of each month, against the budget; a sum below zero is not drawn."""
    groups, so_far = [], dict.fromkeys(KINDS, 0)
    for month in budget.months:
        so_far = {kind: so_far[kind] + getattr(month, kind) for kind in KINDS}
        parts = [
            Part(
                kind,
                max(pounds(pence), Decimal(0)),
                f"By the end of {month.month:%B %Y} {_WORDS[kind]}: {words.pence(pence)}",
            )
            for kind, pence in so_far.items()
        ]
        groups.append((f"{month.month:%b %Y}", parts))
    return columns(groups, stacked=True, line=pounds(budget.pence))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/budgets", "commissioner", "auditor")(_budgets),
    action("/budgets/keep", "commissioner")(_keep),
]
