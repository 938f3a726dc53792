"""Where telephone services tell of calls and text messages: our own plain form, and that of Twilio."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID
from xml.sax.saxutils import escape

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from backend import settings
from backend.domain.webhook_signatures import plain_is_right, twilio_is_right
from backend.faults import DomainError
from backend.use_cases.add_telephone import PATH
from backend.use_cases.hear_call import NOT_UNDERSTOOD, Told, hear_call, refuse_signature, secret_of
from mobile_api.calls import AnyRequest, answer, body_of, call_of
from mobile_api.questions import uuid_of
from schemas.telephone import CallAnswer, CallTold

_LARGEST: Final = 16 * 1024
_MOST_FIELDS: Final = 200
_XML: Final = "text/xml"


@post(
    f"{PATH}/{{service:str}}",
    status_code=200,
    summary="A call or a text message of a carer",
    operation_id="telephone",
    tags=["telephone"],
    request_max_body_size=_LARGEST,
    opt={"accepts": CallTold, "answers": CallAnswer},
)
async def told(request: AnyRequest, service: FromPath[str]) -> Response[Any]:
    """Signed by the service: `Doorstep-Signature`, or `X-Twilio-Signature` with Twilio's own form."""
    service_id = uuid_of("service", service)
    found = await secret_of(service_id)
    if found is None:
        raise DomainError("not_found", "There is no such telephone service.")
    provider_id, dialect, secret = found
    if dialect == "twilio":
        return await _twilio(request, provider_id, service_id, secret)
    return await _plain(request, provider_id, service_id, secret)


async def _plain(request: AnyRequest, provider_id: UUID, service: UUID, secret: bytes) -> Response[bytes]:
    call, header = call_of(request), request.headers.get("Doorstep-Signature", "")
    if not plain_is_right(secret, header, await request.body(), call.received_at):
        raise refuse_signature()
    given = await body_of(request, CallTold)
    heard = Told(given.call_id, given.kind, given.sender, given.text)
    found = await hear_call(provider_id, service, heard, call)
    return answer(CallAnswer(found.outcome, found.words))


async def _twilio(request: AnyRequest, provider_id: UUID, service: UUID, secret: bytes) -> Response[str]:
    form = _form(await request.body())
    header = request.headers.get("X-Twilio-Signature", "")
    address = f"{settings.current().base_url}{request.url.path}"
    if not twilio_is_right(secret, header, address, form):
        raise refuse_signature()
    written = "MessageSid" in form
    if not written and "Digits" not in form:
        return _spoken(NOT_UNDERSTOOD, asks=True)
    text = form.get("Body" if written else "Digits", "")
    call_id = form.get("MessageSid" if written else "CallSid", "")
    heard = Told(call_id, "message" if written else "call", form.get("From", ""), text)
    found = await hear_call(provider_id, service, heard, call_of(request))
    if written:
        return _xml(f"<Message>{escape(found.words)}</Message>")
    return _spoken(found.words, asks=found.outcome in ("not_understood", "unknown_number"))


def _form(body: bytes) -> Mapping[str, str]:
    """The members of a form; of a name that stands twice the last. Raises DomainError for more than Twilio sends."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise refuse_signature() from error
    return dict(pairs)


def _spoken(words: str, asks: bool) -> Response[str]:
    said = f"<Say>{escape(words)}</Say>"
    gather = f'<Gather input="dtmf" finishOnKey="#" timeout="15">{said}</Gather>'
    return _xml(gather if asks else f"{said}<Hangup/>")


def _xml(inner: str) -> Response[str]:
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'
    return Response(text, media_type=_XML, headers={"Cache-Control": "no-store"})


handlers: Final[list[HTTPRouteHandler]] = [told]
