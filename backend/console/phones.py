"""The carers' phones: revoke a lost one, unlock one, make a code that enrols one."""

from typing import Any, Final, cast
from uuid import UUID

import segno
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.devices import read_devices, replaceable_devices, revoke_device, unlock_device
from backend.use_cases.issue_enrol_code import enrol_link, issue_for
from backend.use_cases.read_carers import read_carers

_SAID: Final = {
    "revoked": "The phone is revoked. What it still sends is kept, but does not count.",
    "unlocked": "The phone is unlocked: its PIN may be tried again.",
}


async def _devices(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(
    ask: Ask, code: dict[str, str] | None = None, problem: tuple[str, str] | None = None, status: int = 200
) -> Response[Any]:
    carers = await read_carers(ask.organisation)
    after = cast(tuple[UUID] | None, key_of(ask.asked("after"), UUID))
    wanted = (ask.asked("of"), ask.asked("state"))
    phones, more = await read_devices(ask.organisation, *wanted, after[0] if after else None)
    return render(
        "devices.html",
        ask.user,
        status=status,
        phones=phones,
        more=with_query(ask, "after", str(phones[-1]["id"]), "/devices") if more else None,
        replaceable=await replaceable_devices(ask.organisation),
        names=dict(carers),
        wanted={name: ask.asked(name) or "" for name in ("of", "state")},
        carers=carers,
        code=code,
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
    )


async def _make_code(ask: Ask) -> Response[Any]:
    carer, replaces = ask.form.get("carer", ""), ask.form.get("replaces", "")
    try:
        if not carer:
            raise DomainError("bad_request", "Choose a carer.")
        code = await issue_for(ask.organisation, carer, _uuid(replaces) if replaces else None)
    except DomainError as error:
        return await _page(ask, problem=("carer", error.detail), status=STATUS[error.code])
    return await _page(ask, code=_shown(dict(await read_carers(ask.organisation))[carer], code))


def _shown(carer: str, code: str) -> dict[str, str]:
    """A code in the three ways in which it reaches a phone: to scan, to open, to type."""
    link = enrol_link(code)
    drawn = segno.make(link, error="m").svg_inline(border=4, omitsize=True, lineclass=None, svgclass=None)
    return {"carer": carer, "code": code, "link": link, "drawn": drawn}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise DomainError("bad_request", "Choose the phone that is replaced from the list.") from None


async def _revoke(ask: Ask) -> Response[Any]:
    await revoke_device(ask.path("device_id"), ask.organisation)
    return redirect("/devices?done=revoked")


async def _unlock(ask: Ask) -> Response[Any]:
    await unlock_device(ask.path("device_id"), ask.organisation)
    return redirect("/devices?done=unlocked")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/devices", "manager")(_devices),
    action("/devices/codes", "manager")(_make_code),
    action("/devices/{device_id:uuid}/revoke", "manager")(_revoke),
    action("/devices/{device_id:uuid}/unlock", "manager")(_unlock),
]
