"""The pages of a person supported, or of whoever speaks for them: what is their own, and nothing about anybody else."""

from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.rendering import redirect, render
from backend.console.statements import as_pdf, asked_days, shown
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.my_care import my_statement, read_my_care, say_what_was_wrong
from backend.use_cases.read_documents import INVOICES, read_documents, read_file

_SAID: Final = {"told": "Thank you. We have what you said, and will answer here."}


async def _my_care(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(ask: Ask, problem: tuple[str, str] | None = None, status: int = 200) -> Response[Any]:
    said = _SAID.get(ask.asked("done") or "")
    care = await read_my_care(ask.viewer)
    return render("my-care.html", ask.user, status=status, care=care, said=said, problem=problem)


async def _statement(ask: Ask) -> Response[Any]:
    return shown(ask, await my_statement(ask.viewer, *asked_days(ask)), "/my-care/statement", {})


async def _pdf(ask: Ask) -> Response[Any]:
    return await as_pdf(await my_statement(ask.viewer, *asked_days(ask)))


async def _wrong(ask: Ask) -> Response[Any]:
    try:
        visit = UUID(ask.form.get("visit", ""))
    except ValueError:
        return await _page(ask, ("told", "Say it at the visit that you mean, in your statement."), 400)
    try:
        await say_what_was_wrong(ask.viewer, visit, ask.form.get("words", ""))
    except DomainError as error:
        return await _page(ask, ("told", error.detail), STATUS[error.code])
    return redirect("/my-care?done=told")


async def _invoices(ask: Ask) -> Response[Any]:
    found, _ = await read_documents(ask.viewer, INVOICES)
    return render("my-invoices.html", ask.user, found=found)


async def _file(ask: Ask) -> Response[Any]:
    return download(await read_file(ask.viewer, INVOICES, ask.path("document_id"), "pdf"))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/my-care", "person")(_my_care),
    page("/my-care/statement", "person")(_statement),
    page("/my-care/statement/pdf", "person")(_pdf),
    action("/my-care/statement/wrong", "person")(_wrong),
    page("/my-care/invoices", "person")(_invoices),
    page("/my-care/invoices/{document_id:uuid}", "person")(_file),
]
