"""What a user is notified of by email, the organisation's webhooks, and the address in an email that unsubscribes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import LARGEST_FORM, AnyRequest, Ask, action, page
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.domain.notices import KINDS, KINDS_OF_ROLE
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.mail import can_mail
from backend.use_cases.subscriptions import (
    add_webhook,
    end_webhook,
    read_subscriptions,
    read_troubled,
    read_undelivered,
    read_webhooks,
    refuse_made_up,
    stop,
    subscribe,
    try_again,
)

READERS: Final = tuple(KINDS_OF_ROLE)
KEEPERS: Final = ("manager", "commissioner")
_STOP: Final = "/unsubscribe/{user_id:uuid}/{kind:str}/{mark:str}"
_SAID: Final = {
    "kept": "Kept: you are told of what is ticked, and of nothing else.",
    "ended": "The webhook is called no more.",
    "again": "It is sent again within a minute or two.",
}


async def _notices(ask: Ask) -> Response[Any]:
    return render(
        "notices.html",
        ask.user,
        kinds={kind: KINDS[kind] for kind in KINDS_OF_ROLE[ask.user.role]},
        chosen=await read_subscriptions(ask.user.user_id),
        can_mail=can_mail(),
        undelivered=await read_undelivered(ask.user.user_id),
        keeps=ask.user.role in KEEPERS,
        said=_SAID.get(ask.asked("done") or ""),
    )


async def _choose(ask: Ask) -> Response[Any]:
    if not can_mail():
        raise DomainError("bad_request", "Whoever runs this service has not set up a mail server.")
    await subscribe(ask.user.user_id, ask.organisation, ask.user.role, _ticked(ask.form))
    return redirect("/notices?done=kept")


def _ticked(form: Mapping[str, str]) -> set[str]:
    return {name.removeprefix("kind-") for name in form if name.startswith("kind-")}


async def _webhooks(ask: Ask) -> Response[Any]:
    return await _webhooks_page(ask)


async def _webhooks_page(
    ask: Ask, error: DomainError | None = None, secret: str | None = None
) -> Response[Any]:
    return render(
        "webhooks.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        kinds={kind: KINDS[kind] for kind in KINDS_OF_ROLE[ask.user.role]},
        webhooks=await read_webhooks(ask.organisation),
        troubled=await read_troubled(ask.organisation),
        secret=secret,
        given=ask.form.get("address", "") if error else "",
        ticked=_ticked(ask.form) if error else set(),
        said=_SAID.get(ask.asked("done") or ""),
        problem=None if error is None else ("address", error.detail),
    )


async def _add(ask: Ask) -> Response[Any]:
    try:
        secret = await add_webhook(
            ask.organisation, ask.user.role, ask.form.get("address", ""), _ticked(ask.form), ask.user.user_id
        )
    except DomainError as error:
        return await _webhooks_page(ask, error)
    return await _webhooks_page(ask, secret=secret)


async def _end(ask: Ask) -> Response[Any]:
    await end_webhook(ask.organisation, ask.path("webhook_id"))
    return redirect("/webhooks?done=ended")


async def _again(ask: Ask) -> Response[Any]:
    await try_again(ask.organisation, ask.path("delivery_id"))
    return redirect("/webhooks?done=again")


@get(_STOP, include_in_schema=False)
async def stop_page(request: AnyRequest) -> Response[Any]:
    """The page that an email's address opens: mail programs open addresses too, so it asks first."""
    user_id, kind, mark = _stop_of(request)
    refuse_made_up(user_id, kind, mark)
    return render("unsubscribe.html", kind=KINDS[kind], path=request.scope["path"], done=False)


@post(_STOP, include_in_schema=False, status_code=200, request_max_body_size=LARGEST_FORM)
async def stop_now(request: AnyRequest) -> Response[Any]:
    """Unsubscribe a user from a kind; a mail program's own button sends this too (RFC 8058)."""
    user_id, kind, mark = _stop_of(request)
    await stop(user_id, kind, mark)
    return render("unsubscribe.html", kind=KINDS[kind], path=request.scope["path"], done=True)


def _stop_of(request: AnyRequest) -> tuple[UUID, str, str]:
    part = request.path_params
    return part["user_id"], part["kind"], part["mark"]


handlers: Final[list[HTTPRouteHandler]] = [
    page("/notices", *READERS)(_notices),
    action("/notices", *READERS)(_choose),
    page("/webhooks", *KEEPERS)(_webhooks),
    action("/webhooks", *KEEPERS)(proven(_add)),
    action("/webhooks/{webhook_id:uuid}/end", *KEEPERS)(_end),
    action("/webhooks/deliveries/{delivery_id:uuid}/again", *KEEPERS)(_again),
    stop_page,
    stop_now,
]
