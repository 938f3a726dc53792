"""Files loaded over HTTP: the same kinds, checks and answers as `doorstep load`."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, get_args

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import MultiDict
from litestar.params import FromPath

from backend.api.authentication import User, current_user
from backend.faults import DomainError
from backend.problems import problem, respond
from backend.use_cases.loading import (
    Days,
    Given,
    LoadRefused,
    Scope,
    SourceFile,
    load,
    load_payroll,
    parse_days,
)
from schemas.loading import Format, LoadedCounts, LoadKind
from schemas.scalars import parse_date
from schemas.strict import Fault, Faulty

T = TypeVar("T")

LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes. The national postcode list is larger: `doorstep load postcodes` takes it from a file."""

_FORMATS: Final[dict[str, Format]] = {
    "text/csv": "csv",
    "application/json": "json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_BODIES: Final[dict[str, dict[str, Any]]] = {
    "text/csv": {
        "type": "string",
        "description": "UTF-8, a heading for each column; not for the nested kinds",
    },
    "application/json": {
        "type": "array",
        "items": {"type": "object"},
        "description": "An object for each row, its fields named as the columns are",
    },
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
        "type": "string",
        "format": "binary",
        "description": "The first sheet of a workbook; not for the nested kinds",
    },
}
_ASKED: Final = {
    "dry_run": "true: check everything and keep nothing",
    "complete": "Of kind rota: FIRST..LAST, London dates whose whole rota the file is",
    "template": "Of kind pay: the template by which the body, an export of the payroll, is read",
    "provider": "With template: whose payroll it is, where that is not your own",
    "paid_on": "With template: the payment date, YYYY-MM-DD, where no column holds it",
    "run": "With template: the name of a second pay run of the same day",
}
_DEPLOYMENT: Final = frozenset({"organisations", "postcodes", "bank-holidays"})
_FINANCE: Final = frozenset({"pay", "pay-terms", "pay-templates", "pay-mapping", "delivery-templates"})
_OPTIONS: Final = frozenset({"dry_run", "complete"})
_PAYROLL: Final = frozenset({"template", "provider", "paid_on", "run"})
"""What a payroll export needs besides; with `template` the body of kind pay is one."""
_COMMISSIONER: Final = frozenset({"absences", "standards", "budgets"})


@post(
    "/api/v1/load/{kind:str}",
    status_code=200,
    request_max_body_size=LARGEST_BODY,
    opt={"takes": _BODIES, "asks": _ASKED, "answers": LoadedCounts},
    summary="Load a file of an organisation's facts",
    operation_id="load",
    security=[{"session": []}, {"session_cookie": [], "csrf": []}],
    tags=["loading"],
)
async def load_file(request: Request[Any, Any, Any], kind: FromPath[str]) -> Response[bytes]:
    """The body is the file: CSV, XLSX or JSON by its Content-Type. Nothing is changed if anything in it is wrong."""
    user = await current_user(request)
    if kind not in get_args(LoadKind):
        raise DomainError("not_found", f"There is no kind {kind}; there are {', '.join(get_args(LoadKind))}.")
    wanted: LoadKind = kind  # type: ignore[assignment]
    scope = scope_of(user, wanted)
    dry_run, complete, payroll = _options(request, wanted)
    source = SourceFile("body", await request.body(), _format(request))
    try:
        if payroll is not None:
            loaded = await _load_payroll(source, scope, payroll, dry_run)
        else:
            loaded = await load(wanted, [source], scope=scope, complete=complete, dry_run=dry_run)
    except LoadRefused as error:
        return respond({**problem("invalid", error.detail), "errors": _errors(error)})
    return Response(msgspec.json.encode(loaded), media_type="application/json")


def scope_of(user: User, kind: LoadKind) -> Scope:
    """Whose rows of a kind a user may load. Raises DomainError `forbidden`."""
    if user.role == "administrator":
        return Scope(user=user.user_id)
    allowed = {
        "manager": kind not in _DEPLOYMENT and kind != "budgets",
        "finance": kind in _FINANCE,
        "commissioner": kind in _COMMISSIONER,
    }
    if not allowed.get(user.role, False):
        raise DomainError("forbidden", f"The role {user.role} may not load {kind}.")
    if user.role == "commissioner":
        return Scope(commissioner=user.organisation_id, user=user.user_id)
    return Scope(provider=user.organisation_id, user=user.user_id)


def _format(request: Request[Any, Any, Any]) -> Format:
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given not in _FORMATS:
        raise DomainError("unsupported_media_type", f"Send the file as one of {', '.join(_FORMATS)}.")
    return _FORMATS[given]


async def _load_payroll(
    source: SourceFile, scope: Scope, payroll: Mapping[str, Any], dry_run: bool
) -> LoadedCounts:
    return await load_payroll(
        [source],
        provider=payroll["provider"],
        template=payroll["template"],
        given=Given(payroll["paid_on"], payroll["run"]),
        scope=scope,
        dry_run=dry_run,
    )


def _options(
    request: Request[Any, Any, Any], kind: LoadKind
) -> tuple[bool, Days | None, Mapping[str, Any] | None]:
    """Whether it is a dry run, the days of a complete rota, and what is said of a payroll export."""
    query = request.query_params
    faults = _parameter_faults(query, kind)
    dry_run, complete, paid_on = query.get("dry_run", "false"), query.get("complete"), query.get("paid_on")
    if dry_run not in ("true", "false"):
        faults.append(Fault("/dry_run", "must be true or false"))
    days = _read(complete, parse_days, "/complete", faults)
    paid = _read(paid_on, parse_date, "/paid_on", faults)
    if faults:
        raise Faulty(faults)
    given = {**{name: query.get(name) for name in _PAYROLL}, "paid_on": paid}
    return dry_run == "true", days, given if given["template"] else None


def _parameter_faults(query: MultiDict[str], kind: LoadKind) -> list[Fault]:
    known = _OPTIONS | (_PAYROLL if kind == "pay" else frozenset())
    faults = [Fault(f"/{name}", "is not a parameter of this address") for name in sorted(set(query) - known)]
    faults += [Fault(f"/{name}", "is given twice") for name in sorted(query) if len(query.getall(name)) > 1]
    if "template" not in query:
        faults += [Fault(f"/{name}", "goes with template") for name in sorted(set(query) & known & _PAYROLL)]
    return faults


def _read(text: str | None, parse: Callable[[str], T], pointer: str, faults: list[Fault]) -> T | None:
    try:
        return None if text is None else parse(text)
    except ValueError as error:
        faults.append(Fault(pointer, str(error)))
        return None


def _errors(error: LoadRefused) -> list[dict[str, Any]]:
    """The faults as a client shows them: rows and columns of a table, or pointers into JSON."""
    return [
        {"row": fault.row, "column": fault.column, "pointer": fault.pointer or "", "detail": fault.detail}
        for fault in error.faults
    ]


handlers: Final = [load_file]
