"""Disputes about lines of invoices, and about visits not billed yet, which the provider answers and decides."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast, get_args
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.answer_dispute import answer_dispute
from backend.use_cases.decide_dispute import Outcome, decide_dispute, still_asked
from backend.use_cases.raise_dispute import raise_dispute
from backend.use_cases.read_disputes import read_dispute, read_disputes
from backend.use_cases.read_invoice import read_line
from schemas.scalars import parse_instant, parse_positive_money

READERS: Final = ("manager", "finance", "commissioner")
DECIDERS: Final = ("manager", "finance")
Problem = tuple[str, str]
_SAID: Final = {
    "raised": "The dispute is raised. The provider sees it and answers here.",
    "answered": "Your answer is recorded.",
    "decided": "Your decision is recorded. What follows from it comes with the next documents.",
}
_LARGEST: Final = 2**31 - 1


async def _list(ask: Ask) -> Response[Any]:
    waiting = ask.asked("show") != "all"
    after = cast(tuple[datetime, UUID] | None, key_of(ask.asked("after"), parse_instant, UUID))
    shown, more = await read_disputes(ask.viewer, waiting, after)
    following = with_query(ask, "after", shown[-1].key) if more else None
    return render("disputes.html", ask.user, shown=shown, waiting=waiting, more=following)


async def _ask_why(ask: Ask) -> Response[Any]:
    return await _raise_page(ask)


async def _raise_page(
    ask: Ask, given: str = "", problem: Problem | None = None, status: int = 200
) -> Response[Any]:
    document_id, line = _line(ask)
    number, shown = await read_line(ask.viewer, document_id, line)
    return render(
        "raise-dispute.html",
        ask.user,
        status=status,
        document_id=document_id,
        number=number,
        line=shown,
        given=given,
        problem=problem,
        problems=dict([problem] if problem else []),
    )


def _line(ask: Ask) -> tuple[UUID, int]:
    return ask.path("document_id"), max(0, min(ask.path("line"), _LARGEST))


async def _raise(ask: Ask) -> Response[Any]:
    words = ask.form.get("words", "")
    try:
        dispute_id = await raise_dispute(ask.viewer, *_line(ask), words)
    except DomainError as error:
        return await _raise_page(ask, words, ("words", error.detail), STATUS[error.code])
    return redirect(f"/disputes/{dispute_id}?done=raised")


async def _dispute(ask: Ask) -> Response[Any]:
    return await _dispute_page(ask)


async def _dispute_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    shown = await read_dispute(ask.viewer, ask.path("dispute_id"))
    decides = ask.user.role in DECIDERS and shown.dispute.undecided
    return render(
        "dispute.html",
        ask.user,
        status=status,
        shown=shown,
        dispute=shown.dispute,
        decides=decides,
        asked=await still_asked(ask.organisation, shown.dispute.id) if decides else 0,
        given={name: ask.form.get(name, "") for name in ("answer", "reason", "amount")},
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
        problems=dict([problem] if problem else []),
    )


async def _answer(ask: Ask) -> Response[Any]:
    dispute_id = ask.path("dispute_id")
    try:
        await answer_dispute(ask.organisation, dispute_id, ask.user.user_id, ask.form.get("answer", ""))
    except DomainError as error:
        return await _dispute_page(ask, ("answer", error.detail), STATUS[error.code])
    return redirect(f"/disputes/{dispute_id}?done=answered")


async def _decide(ask: Ask) -> Response[Any]:
    dispute_id, outcome = ask.path("dispute_id"), ask.form.get("outcome")
    try:
        if outcome not in get_args(Outcome):
            raise DomainError("bad_request", "Choose whether it stands, is credited or is never billed.")
        pence = _pence(ask.form.get("amount", "")) if outcome == "credit" else None
        who = (ask.organisation, dispute_id, ask.user.user_id)
        await decide_dispute(*who, cast(Any, outcome), pence, ask.form.get("reason", ""))
    except DomainError as error:
        return await _dispute_page(ask, ("reason", error.detail), STATUS[error.code])
    return redirect(f"/disputes/{dispute_id}?done=decided")


def _pence(text: str) -> int | None:
    """An amount of a form in pence; None where it is left empty, for all. Raises DomainError bad_request."""
    if not text.strip():
        return None
    try:
        pence: Decimal = parse_positive_money(text.strip().removeprefix("£")) * 100
    except ValueError as error:
        raise DomainError("bad_request", f"The amount {error}.") from error
    if pence % 1:
        raise DomainError("bad_request", "The amount must be in whole pence.")
    return int(pence)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/disputes", *READERS)(_list),
    page("/invoices/{document_id:uuid}/lines/{line:int}/dispute", *READERS)(_ask_why),
    action("/invoices/{document_id:uuid}/lines/{line:int}/dispute", *READERS)(_raise),
    page("/disputes/{dispute_id:uuid}", *READERS)(_dispute),
    action("/disputes/{dispute_id:uuid}/answer", *DECIDERS)(_answer),
    action("/disputes/{dispute_id:uuid}/decision", *DECIDERS)(proven(_decide)),
]
