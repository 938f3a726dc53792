"""Payroll: its exports loaded, and what its elements are taken for, for finance to mend and for an auditor to see."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page, upload
from backend.console.rendering import render
from backend.console.uploads import held, source_of
from backend.use_cases.load_payroll_file import TriedPayroll, load_payroll_file
from backend.use_cases.loading import Given, SourceFile
from backend.use_cases.loading.templates import PAY
from backend.use_cases.read_payroll import read_payroll
from backend.use_cases.read_templates import templates_for
from schemas.scalars import parse_date

LOADERS: Final = ("manager", "finance")
_ASKED: Final = ("template", "paid_on", "run")
Problem = tuple[str, str]


async def _payroll(ask: Ask) -> Response[Any]:
    return render("payroll.html", ask.user, shown=await read_payroll(ask.viewer))


async def _choose(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _load(ask: Ask) -> Response[Any]:
    """First a dry run of the file that was chosen; then, confirmed, the same file as the page held it."""
    source = source_of(ask)
    if source is None:
        return await _page(ask, problem=("file", "Choose the file that your payroll exported."))
    try:
        paid_on = _day(ask.form.get("paid_on", ""))
    except ValueError as error:
        return await _page(ask, problem=("paid_on", f"The date {error}."))
    given = Given(paid_on, ask.form.get("run", "").strip() or None)
    keep = ask.form.get("confirmed") == "yes"
    tried = await load_payroll_file(ask.organisation, source, ask.form.get("template", ""), given, keep=keep)
    return await _page(ask, tried, source)


async def _page(
    ask: Ask,
    tried: TriedPayroll | None = None,
    source: SourceFile | None = None,
    problem: Problem | None = None,
) -> Response[Any]:
    wrong = problem is not None or (tried is not None and tried.loaded is None)
    return render(
        "payroll-load.html",
        ask.user,
        status=400 if wrong else 200,
        templates=await templates_for(ask.organisation, PAY),
        asked={name: ask.form.get(name, "") for name in _ASKED},
        tried=tried,
        **held(source, () if tried is None else tried.faults),
        problem=problem,
    )


def _day(text: str) -> date | None:
    return parse_date(text.strip()) if text.strip() else None


handlers: Final[list[HTTPRouteHandler]] = [
    page("/payroll", *LOADERS, "auditor")(_payroll),
    page("/payroll/load", *LOADERS)(_choose),
    upload("/payroll/load", *LOADERS)(_load),
]
