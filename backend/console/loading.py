"""Files loaded by upload: first tried, then exactly what was tried; and what is needed next for a first invoice."""

from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.loading import scope_of
from backend.console import menus
from backend.console.asking import Ask, page, upload
from backend.console.downloads import download
from backend.console.rendering import render
from backend.console.uploads import held, source_of
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.frozen_documents import File
from backend.use_cases.loading import Days, Scope, SourceFile, parse_days
from backend.use_cases.loading.examples import PROVIDER, columns_of_kind, empty_file, example_of
from backend.use_cases.parties import provider_reference
from backend.use_cases.read_onboarding import next_step, read_onboarding
from backend.use_cases.try_file import Tried, refuse_another, seal, try_file
from schemas.loading import LoadKind

LOADERS: Final = ("manager", "finance", "commissioner", "administrator")
Problem = tuple[str, str]

KINDS: Final[dict[LoadKind, str]] = {
    "organisations": "Organisations: providers, councils and NHS bodies",
    "postcodes": "Postcodes with their places, as published",
    "bank-holidays": "Bank holidays",
    "pay-terms": "Terms of pay: what carers are paid for which time",
    "carers": "Carers and their employments",
    "service-users": "People supported, with their homes",
    "places": "Other places where visits may be made",
    "contracts": "Contracts: what commissioners pay",
    "standards": "Standards of pay beyond the law",
    "packages": "Packages of care: who gets what under which contract",
    "rota": "The rota: planned visits",
    "patterns": "Patterns: visits that come back every week",
    "pay": "Payslip lines",
    "pay-mapping": "What the pay elements of the payroll are",
    "pay-templates": "How exports of the payroll read",
    "delivery-templates": "How service delivery files are written",
    "absences": "Absences of people: hospital, respite, away",
    "leave": "Leave of carers",
    "skills": "Skills of carers",
    "needs": "Skills that a person’s carers must have",
    "working-hours": "Working hours of carers",
    "activities": "Time besides visits: training, meetings",
    "correction-reasons": "Your own reasons for corrections",
    "budgets": "Budgets of commissioners",
}
"""Every kind of file, in the order in which they are loaded."""

STEPS: Final = {
    "postcodes": ("The postcode list is loaded, by the administrator", None),
    "bank_holidays": ("Bank holidays are loaded, by the administrator", None),
    "managers": ("Two managers can sign in: nobody accepts what they proposed", None),
    "pay_terms": ("Terms of pay are loaded", "/load/pay-terms"),
    "carers": ("Carers are loaded", "/load/carers"),
    "people": ("People are loaded, with their homes", "/load/service-users"),
    "contract": ("A contract is loaded", "/load/contracts"),
    "packages": ("Packages of care are loaded", "/load/packages"),
    "rota": ("Visits are on the rota", "/load/rota"),
    "phones": ("A carer’s phone is enrolled", "/devices"),
    "events": ("A phone has sent what it recorded", "/today"),
    "invoice": ("The first invoice is issued", "/invoices/drafts"),
}
"""Each step on the way to a first invoice, in words, and where it is done."""


async def _kinds(ask: Ask) -> Response[Any]:
    provider = ask.user.kind == "provider"
    steps = await read_onboarding(ask.organisation) if provider else {}
    kinds = [(kind, words) for kind, words in KINDS.items() if _scope(ask, kind) is not None]
    words = {
        step: (said, address if _open(ask, address) else None) for step, (said, address) in STEPS.items()
    }
    return render("load.html", ask.user, kinds=kinds, steps=steps, words=words, following=next_step(steps))


def _open(ask: Ask, address: str | None) -> bool:
    """Whether the user may open the page of a step: who enrols phones is the manager, and files are for some."""
    if address is None:
        return False
    if address.startswith("/load/"):
        return any(address == f"/load/{kind}" and _scope(ask, kind) is not None for kind in KINDS)
    return address.startswith(tuple(at for at, _ in menus.pages(ask.user.role)))


def _scope(ask: Ask, kind: LoadKind) -> Scope | None:
    """Whose rows of the kind the user may load; None if nobody's."""
    try:
        return scope_of(ask.user, kind)
    except DomainError:
        return None


def _kind(ask: Ask) -> tuple[LoadKind, Scope]:
    """The kind that the address names. Raises DomainError not_found for one that is not for the user."""
    kind = ask.path("kind")
    scope = _scope(ask, kind) if kind in get_args(LoadKind) else None
    if scope is None:
        raise DomainError("not_found", "There is no such kind of file for you to load.")
    return kind, scope


async def _choose(ask: Ask) -> Response[Any]:
    kind, _ = _kind(ask)
    return await _page(ask, kind)


async def _template(ask: Ask) -> Response[Any]:
    kind, _ = _kind(ask)
    found = empty_file(kind, await _provider(ask))
    if found is None:
        raise DomainError(
            "not_found", "This kind is read as it is published: there is no file to begin with."
        )
    name, media_type, content = found
    return download(File(kind, media_type, name, content))


async def _provider(ask: Ask) -> str:
    return await provider_reference(ask.organisation) if ask.user.kind == "provider" else PROVIDER


async def _load(ask: Ask) -> Response[Any]:
    """First a dry run of the file that was chosen; then, confirmed, the same file as the page held it."""
    kind, scope = _kind(ask)
    source, days = source_of(ask), ask.form.get("complete", "").strip()
    if source is None:
        return await _page(ask, kind, problem=("file", "Choose a file."))
    keep = ask.form.get("confirmed") == "yes"
    try:
        if keep:
            refuse_another(ask.form.get("seal", ""), ask.user.csrf_token, kind, days, source.content)
        tried = await try_file(kind, source, scope, _days(kind, days), keep=keep)
    except DomainError as error:
        return await _page(ask, kind, problem=("file", error.detail), status=STATUS[error.code])
    return await _page(ask, kind, tried, source)


def _days(kind: LoadKind, text: str) -> Days | None:
    """The days whose whole rota the file is. Raises DomainError bad_request."""
    try:
        return parse_days(text) if text and kind == "rota" else None
    except ValueError as error:
        raise DomainError("bad_request", f"The days of the whole rota: {error}.") from error


async def _page(
    ask: Ask,
    kind: LoadKind,
    tried: Tried | None = None,
    source: SourceFile | None = None,
    problem: Problem | None = None,
    status: int = 400,
) -> Response[Any]:
    wrong = problem is not None or (tried is not None and tried.loaded is None)
    days = ask.form.get("complete", "").strip()
    faults: Sequence[Any] = () if tried is None else tried.faults
    example = example_of(kind, await _provider(ask))
    return render(
        "load-kind.html",
        ask.user,
        status=status if wrong else 200,
        kind=kind,
        title=KINDS[kind],
        columns=columns_of_kind(kind),
        cells=example[0] if example else {},
        example=msgspec.json.format(msgspec.json.encode(example)).decode() if example else "",
        days=days,
        tried=tried,
        **held(source, faults),
        seal="" if tried is None else seal(ask.user.csrf_token, kind, days, tried.digest),
        problem=problem,
    )


handlers: Final[list[HTTPRouteHandler]] = [
    page("/load", *LOADERS)(_kinds),
    page("/load/{kind:str}", *LOADERS)(_choose),
    page("/load/{kind:str}/template", *LOADERS)(_template),
    upload("/load/{kind:str}", *LOADERS)(_load),
]
