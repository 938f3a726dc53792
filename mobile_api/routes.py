"""All routes that phones call, under /mobile/v1."""

from datetime import timedelta
from typing import Annotated, Any, Final

from litestar import Response, Router, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.params import FromPath, QueryParameter

from backend.domain.time import london_date
from backend.use_cases.decide_correction import object_to_correction, withdraw_correction
from backend.use_cases.enrol_device import enrol_device
from backend.use_cases.list_corrections import list_corrections
from backend.use_cases.open_session import open_session
from backend.use_cases.phone_calls import new_nonce
from backend.use_cases.phone_passkeys import (
    list_passkeys,
    passkey_options,
    register_passkey,
    remove_passkey,
)
from backend.use_cases.propose_correction import propose_correction
from backend.use_cases.read_days import read_days
from backend.use_cases.read_pay_record import read_pay_record
from backend.use_cases.read_rota import read_rota
from backend.use_cases.receive_events import receive_events
from backend.use_cases.receive_raw import receive_raw
from mobile_api.calls import ANY, BASE, PROOF, TOKEN, AnyRequest, answer, body_of, call_of, tagged
from mobile_api.questions import date_of, uuid_of, whole_of
from schemas.mobile import (
    LARGEST_BODY_BYTES,
    CorrectionAnswer,
    CorrectionRequest,
    CorrectionsAnswer,
    Enrolled,
    EnrolRequest,
    EventsAnswer,
    EventsRequest,
    NonceAnswer,
    ObjectionRequest,
    RawAnswer,
    SessionAnswer,
    SessionRequest,
    WithdrawalRequest,
)
from schemas.mobile_days import DaysAnswer, RotaAnswer
from schemas.passkeys import PasskeyAnswer, PasskeyOptions, PasskeyRegistration, PasskeysAnswer

_LONGEST_ROTA: Final = 31
_LONGEST_DAYS: Final = 62


def _asked(name: str, words: str) -> QueryParameter:
    return QueryParameter(name=name, required=False, description=words)


_From = Annotated[str | None, _asked("from", "First London date, YYYY-MM-DD")]
_To = Annotated[str | None, _asked("to", "Last London date, included")]
_Days = Annotated[str | None, _asked("days", "How many days, 1 to 31")]
_Period = Annotated[str | None, _asked("period", "First day of the pay reference period")]


def _described(**kinds: Any) -> dict[str, Any]:
    return dict(kinds)


@get(
    "/nonce", summary="A nonce for the next proof", operation_id="nonce", opt=_described(answers=NonceAnswer)
)
async def nonce(request: AnyRequest) -> Response[bytes]:
    """The nonce stands in the body and, as with every answer, in the header DPoP-Nonce. Fresh for 300 seconds."""
    made = new_nonce(request.state.received_at)
    response = answer(NonceAnswer(made))
    response.headers["DPoP-Nonce"] = made
    return response


@post(
    "/enrol",
    status_code=201,
    summary="Enrol a phone with a manager's code",
    operation_id="enrol",
    security=PROOF,
    opt=_described(accepts=EnrolRequest, answers=Enrolled),
)
async def enrol(request: AnyRequest) -> Response[bytes]:
    """Needs a proof by the new key. The same code with the same key answers the same phone again."""
    return answer(await enrol_device(await body_of(request, EnrolRequest), call_of(request)), 201)


@post(
    "/session",
    status_code=200,
    summary="A token for one hour",
    operation_id="session",
    security=PROOF,
    opt=_described(accepts=SessionRequest, answers=SessionAnswer),
)
async def session(request: AnyRequest) -> Response[bytes]:
    """Needs a proof by the phone's key, and the PIN or an assertion by one of the phone's passkeys.

    Five wrong PINs lock the rota until a manager unlocks it; no passkey opens it then.
    """
    return answer(await open_session(await body_of(request, SessionRequest), call_of(request)))


@get(
    "/passkeys/options",
    summary="What to ask an authenticator for a new passkey",
    operation_id="passkey_options",
    security=TOKEN,
    opt=_described(answers=PasskeyOptions),
)
async def new_passkey_options(request: AnyRequest) -> Response[bytes]:
    """For `navigator.credentials.create`, or a phone's own passkey API. Its challenge is a nonce, fresh for 300 s."""
    return answer(await passkey_options(call_of(request)))


@post(
    "/passkeys",
    status_code=201,
    summary="Register a passkey that opens this phone's rota",
    operation_id="register_passkey",
    security=TOKEN,
    opt=_described(accepts=PasskeyRegistration, answers=PasskeyAnswer),
)
async def new_passkey(request: AnyRequest) -> Response[bytes]:
    """Kept for this phone alone; attestation is not looked at."""
    return answer(await register_passkey(await body_of(request, PasskeyRegistration), call_of(request)), 201)


@get(
    "/passkeys",
    summary="The passkeys of this phone",
    operation_id="passkeys",
    security=TOKEN,
    opt=_described(answers=PasskeysAnswer),
)
async def passkeys(request: AnyRequest) -> Response[bytes]:
    """Oldest first."""
    return answer(await list_passkeys(call_of(request)))


@delete(
    "/passkeys/{passkey_id:str}",
    status_code=204,
    summary="Remove a passkey of this phone",
    operation_id="remove_passkey",
    security=TOKEN,
)
async def old_passkey(request: AnyRequest, passkey_id: FromPath[str]) -> None:
    """It opens nothing from now on."""
    await remove_passkey(uuid_of("passkey_id", passkey_id), call_of(request))


@get(
    "/rota",
    summary="The carer's own visits",
    operation_id="rota",
    security=TOKEN,
    opt=_described(answers=RotaAnswer),
)
async def rota(request: AnyRequest, from_: _From = None, days: _Days = None) -> Response[bytes]:
    """`from` (default today) and `days` (default 7, at most 31) are London dates. Knows ETag and If-None-Match."""
    call = call_of(request)
    first = date_of("from", from_, london_date(call.received_at))
    found = await read_rota(call, first, whole_of("days", days, 7, _LONGEST_ROTA))
    return tagged(request, found)


@post(
    "/events",
    status_code=200,
    summary="Hand in signed events",
    operation_id="events",
    security=ANY,
    request_max_body_size=LARGEST_BODY_BYTES,
    opt=_described(accepts=EventsRequest, answers=EventsAnswer),
)
async def events(request: AnyRequest) -> Response[bytes]:
    """Taken with or without a proof, never answered 401. Each event is decided alone; the answer is a receipt."""
    call = call_of(request)
    return answer(await receive_events(await request.body(), call))


@post(
    "/events/raw",
    status_code=200,
    summary="Hand in bytes that were refused as events",
    operation_id="events_raw",
    request_max_body_size=LARGEST_BODY_BYTES,
    opt=_described(takes={"*/*": {"type": "string", "format": "binary"}}, answers=RawAnswer),
)
async def raw_events(request: AnyRequest) -> Response[bytes]:
    """Kept unread, with a receipt of their digest, so that a phone may let them go."""
    call = call_of(request)
    return answer(await receive_raw(await request.body(), call))


@get(
    "/days",
    summary="What I did, and what it pays",
    operation_id="days",
    security=TOKEN,
    opt=_described(answers=DaysAnswer),
)
async def days(request: AnyRequest, from_: _From = None, to: _To = None) -> Response[bytes]:
    """`from` and `to` are London dates, both included (default: the last seven days; at most 62)."""
    call = call_of(request)
    today = london_date(call.received_at)
    last = date_of("to", to, today)
    first = date_of("from", from_, last - timedelta(days=6), last, _LONGEST_DAYS)
    return answer(await read_days(call, first, last))


@get("/pay-record", summary="The record of a pay reference period", operation_id="pay_record", security=TOKEN)
async def pay_record(request: AnyRequest, period: _Period = None) -> Response[bytes]:
    """`period` is its first day. The carer's own pages of the report, as PDF."""
    call = call_of(request)
    name, content = await read_pay_record(call, date_of("period", period, None))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


@post(
    "/corrections",
    status_code=201,
    summary="Say that a recorded time is not what happened",
    operation_id="propose_correction",
    security=TOKEN,
    opt=_described(accepts=CorrectionRequest, answers=CorrectionAnswer),
)
async def correct(request: AnyRequest) -> Response[bytes]:
    """Signed by the phone. The same correction again is answered as before; its id with other content is refused."""
    body = await request.body()
    made, new = await propose_correction(body, call_of(request))
    return answer(made, 201 if new else 200)


@get(
    "/corrections",
    summary="Corrections and what was decided",
    operation_id="corrections",
    security=TOKEN,
    opt=_described(answers=CorrectionsAnswer),
)
async def corrections(request: AnyRequest) -> Response[bytes]:
    """The carer's own, newest first; those that a manager started are among them."""
    return answer(await list_corrections(call_of(request)))


@post(
    "/corrections/{correction_id:str}/objection",
    status_code=200,
    summary="Object to a correction that a manager started",
    operation_id="object_to_correction",
    security=TOKEN,
    opt=_described(accepts=ObjectionRequest, answers=CorrectionAnswer),
)
async def object_to(request: AnyRequest, correction_id: FromPath[str]) -> Response[bytes]:
    """Until the objection is settled nothing of that correction is applied."""
    call = call_of(request)
    given = await body_of(request, ObjectionRequest)
    return answer(await object_to_correction(uuid_of("correction_id", correction_id), given.reason, call))


@post(
    "/corrections/{correction_id:str}/withdrawal",
    status_code=200,
    summary="Take back a correction of one's own",
    operation_id="withdraw_correction",
    security=TOKEN,
    opt=_described(accepts=WithdrawalRequest, answers=CorrectionAnswer),
)
async def take_back(request: AnyRequest, correction_id: FromPath[str]) -> Response[bytes]:
    """While nobody has decided; once more is answered as before."""
    call = call_of(request)
    given = await body_of(request, WithdrawalRequest)
    return answer(await withdraw_correction(uuid_of("correction_id", correction_id), given.reason, call))


handlers: Final = [
    Router(
        BASE,
        route_handlers=[
            nonce,
            enrol,
            session,
            new_passkey_options,
            new_passkey,
            passkeys,
            old_passkey,
            rota,
            events,
            raw_events,
            days,
            pay_record,
            correct,
            corrections,
            object_to,
            take_back,
        ],
        response_headers=[
            ResponseHeader(
                name="DPoP-Nonce",
                documentation_only=True,
                description="The nonce for the next proof",
            )
        ],
        tags=["phones"],
    )
]
