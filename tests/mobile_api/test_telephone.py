"""Carers who call or write because no phone of theirs can record: what becomes of it, how well it is proved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from backend import settings
from backend.domain.tokens import fob_code
from backend.domain.webhook_signatures import plain_signature, twilio_signature
from backend.faults import DomainError
from backend.tables.ids import organisation_id
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.add_telephone import add_service, end_service, give_number, list_services
from backend.use_cases.devices import revoke_device
from backend.use_cases.retire_tag import retire_tag
from schemas.strict import Faulty
from tests.mobile_api.test_visits import one, visits
from tests.mobile_api.world import PROVIDER, World, hour, person, visit

LINE, OWN = "+441432000000", "+447700900123"
SEED = b"12345678901234567890"
TOKEN = "an auth token"
LANTERN = organisation_id("lantern")


@dataclass
class Exchange:
    """A plain telephone service, and a carer who calls through it."""

    world: World
    path: str
    secret: bytes
    carer: str

    async def tell(self, at: datetime, said: str, sender: str = LINE, **more: Any) -> dict[str, Any]:
        """One call (or, with `kind`, message) at an instant; the answer."""
        response = await self.post(
            at, {"call_id": uuid4().hex, "kind": "call", "sender": sender, "text": said, **more}
        )
        assert response.status_code == 200, response.text
        answered: dict[str, Any] = response.json()
        return answered

    async def post(
        self, at: datetime, told: object, signed_at: datetime | None = None, secret: bytes | None = None
    ) -> httpx.Response:
        self.world.at(at)
        body = json.dumps(told).encode()
        header = plain_signature(secret or self.secret, int((signed_at or at).timestamp()), body)
        return await self.world.http.post(self.path, content=body, headers={"Doorstep-Signature": header})


@pytest.fixture
async def exchange(world: World) -> Exchange:
    return await exchange_of(world)


async def exchange_of(world: World, provider: UUID = PROVIDER, carer: str = "C1") -> Exchange:
    address, secret = await add_service(provider, "plain", "Test")
    return Exchange(world, path_of(address), secret.encode(), await give_number(PROVIDER, carer))


def path_of(address: str) -> str:
    return address.removeprefix(settings.current().base_url)


async def line(whose: str = "S1", number: str = "01432 000000") -> UUID:
    return await add_tag(PROVIDER, UUID(person(whose)), NewTag("line", "Hall", number=number))


async def fob(whose: str = "S1") -> UUID:
    return await add_tag(PROVIDER, UUID(person(whose)), NewTag("qr_rotating", "Fob", key=SEED, step_s=30))


def code(at: datetime) -> str:
    return fob_code(SEED, int(at.timestamp()) // 30, 6)


async def test_calls_from_the_homes_line_make_a_visit_proved_by_the_line(exchange: Exchange) -> None:
    await line()
    assert (await exchange.tell(hour(7, 4), f"{exchange.carer}*1"))[
        "words"
    ] == "Arrived, 07:04: it is recorded."
    assert (await exchange.tell(hour(7, 31), f"{exchange.carer}*2"))["outcome"] == "accepted"
    row = await one("V1")
    assert (row["status"], row["evidence_level"], row["flags"]) == (
        "completed",
        "home_line",
        ["no_fix_not_collected", "no_position"],
    )
    assert (row["actual_start"], row["actual_end"]) == (hour(7, 4), hour(7, 31))


async def test_a_call_from_elsewhere_that_tells_the_code_in_the_home_is_proved_by_the_code(
    exchange: Exchange,
) -> None:
    await fob()
    for at, what in ((hour(7, 4), "1"), (hour(7, 31), "2")):
        await exchange.tell(at, f"{exchange.carer}*{what}*{code(at)}", sender=OWN)
    row = await one("V1")
    assert (row["status"], row["evidence_level"]) == ("completed", "told_code")
    assert "line_unverified" not in row["flags"]


@pytest.mark.parametrize("sender", [OWN, "", "anonymous"])
async def test_a_call_from_a_line_that_nobody_knows_is_the_carers_statement(
    exchange: Exchange, sender: str
) -> None:
    await exchange.tell(hour(7, 4), f"{exchange.carer} in", sender=sender)
    await exchange.tell(hour(7, 31), f"{exchange.carer} out", sender=sender)
    row = await one("V1")
    assert (row["status"], row["evidence_level"]) == ("completed", "statement")
    assert {"line_unverified", "line_unknown"} <= set(row["flags"])


async def test_a_text_message_is_the_last_resort_whatever_it_tells(exchange: Exchange) -> None:
    await line()
    await fob()
    await exchange.tell(hour(7, 4), f"{exchange.carer} in {code(hour(7, 4))}", kind="message")
    await exchange.tell(hour(7, 31), f"{exchange.carer} OUT", kind="message")
    assert (await one("V1"))["evidence_level"] == "message"


async def test_the_line_says_whose_visit_it_is_and_the_nearest_in_time_is_meant_otherwise(
    exchange: Exchange,
) -> None:
    await line("S2", "+44 1432 111111")
    await exchange.tell(hour(7, 20), f"{exchange.carer}*1", sender="01432 111111")
    await exchange.tell(hour(17, 50), f"{exchange.carer}*1", sender=OWN)
    found = {
        row["visit_id"] for row in (await visits()).iter_rows(named=True) if row["actual_start"] is not None
    }
    assert found == {visit("V2"), visit("V4")}


async def test_at_a_home_without_a_visit_it_is_one_that_nobody_planned(exchange: Exchange) -> None:
    await line("S2", LINE)
    world = exchange.world
    other = await exchange_of(world, carer="C1")
    await exchange.tell(hour(7, 50), f"{exchange.carer}*1")
    await exchange.tell(hour(8, 20), f"{exchange.carer}*2")
    await other.tell(hour(9), f"{other.carer}*1")
    await other.tell(hour(9, 25), f"{other.carer}*2")
    [row] = [row for row in (await visits()).iter_rows(named=True) if row["unplanned"]]
    assert (row["service_user_id"], row["actual_start"], row["actual_end"]) == (
        person("S2"),
        hour(9),
        hour(9, 25),
    )


async def test_a_line_of_another_home_proves_nothing(
    exchange: Exchange, superuser: asyncpg.Connection
) -> None:
    await line("S1", OWN)
    tag = await line("S2", LINE)
    await retire_tag(PROVIDER, tag, "moved")
    await exchange.tell(hour(7, 4), f"{exchange.carer}*1", sender=LINE)
    verdicts = await superuser.fetch("SELECT verdict, kind FROM event_token")
    assert [tuple(row) for row in verdicts] == [("line_unknown", None)]


async def test_a_call_that_is_told_again_is_one_event(
    exchange: Exchange, superuser: asyncpg.Connection
) -> None:
    said = {"call_id": "A1", "kind": "call", "sender": LINE, "text": f"{exchange.carer}*1"}
    first, again = [await exchange.post(hour(7, 4, second), said) for second in (0, 50)]
    assert (first.json()["outcome"], again.json()["outcome"]) == ("accepted", "repeated")
    assert again.json()["words"] == first.json()["words"]
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1


async def times(exchange: Exchange) -> dict[str, tuple[datetime | None, datetime | None]]:
    """When each visit of which something is on record began and ended."""
    return {
        "unplanned" if row["unplanned"] else row["visit_id"]: (row["actual_start"], row["actual_end"])
        for row in (await visits()).iter_rows(named=True)
        if row["actual_start"] is not None or row["actual_end"] is not None
    }


@pytest.mark.parametrize("sender", [LINE, OWN])
async def test_who_calls_again_to_say_that_she_arrived_does_not_begin_her_next_visit(
    exchange: Exchange, sender: str
) -> None:
    await line()
    for at, what in ((hour(7, 4), "1"), (hour(7, 6), "1"), (hour(7, 31), "2"), (hour(18, 2), "1")):
        assert (await exchange.tell(at, f"{exchange.carer}*{what}", sender=sender))["outcome"] == "accepted"
    await exchange.tell(hour(18, 29), f"{exchange.carer}*2", sender=sender)
    assert await times(exchange) == {
        visit("V1"): (hour(7, 4), hour(7, 31)),
        visit("V4"): (hour(18, 2), hour(18, 29)),
    }


@pytest.mark.parametrize("sender", [LINE, OWN])
async def test_who_calls_again_to_say_that_she_left_does_not_end_her_next_visit(
    exchange: Exchange, sender: str
) -> None:
    await line()
    said = (
        (hour(7, 4), "1"),
        (hour(7, 31), "2"),
        (hour(7, 33), "2"),
        (hour(18, 2), "1"),
        (hour(18, 29), "2"),
    )
    for at, what in said:
        assert (await exchange.tell(at, f"{exchange.carer}*{what}", sender=sender))["outcome"] == "accepted"
    assert await times(exchange) == {
        visit("V1"): (hour(7, 4), hour(7, 33)),
        visit("V4"): (hour(18, 2), hour(18, 29)),
    }


async def test_the_visit_that_nobody_planned_is_left_before_any_that_has_not_begun(
    exchange: Exchange,
) -> None:
    await line("S2", LINE)
    for at, what, sender in ((hour(7, 4), "1", OWN), (hour(7, 31), "2", OWN), (hour(8, 2), "1", LINE)):
        await exchange.tell(at, f"{exchange.carer}*{what}", sender=sender)
    await exchange.tell(hour(8, 29), f"{exchange.carer}*2", sender=OWN)
    await exchange.tell(hour(15), f"{exchange.carer}*1", sender=LINE)
    await exchange.tell(hour(15, 4), f"{exchange.carer}*1", sender=LINE)
    await exchange.tell(hour(15, 20), f"{exchange.carer}*2", sender=OWN)
    await exchange.tell(hour(15, 21), f"{exchange.carer}*2", sender=OWN)
    assert await times(exchange) == {
        visit("V1"): (hour(7, 4), hour(7, 31)),
        visit("V2"): (hour(8, 2), hour(8, 29)),
        "unplanned": (hour(15), hour(15, 21)),
    }


@pytest.mark.parametrize("sender", [LINE, OWN])
async def test_who_began_a_visit_that_nobody_planned_on_her_phone_ends_it_by_telephone(
    exchange: Exchange, sender: str
) -> None:
    await line("S2", LINE)
    phone, _ = await exchange.world.phone()
    exchange.world.at(hour(15))
    phone.record("check_in", None, at=hour(15), payload={"person_id": person("S2")})
    await phone.flush()
    assert (await exchange.tell(hour(15, 20), f"{exchange.carer}*2", sender=sender))["outcome"] == "accepted"
    [row] = [row for row in (await visits()).iter_rows(named=True) if row["unplanned"]]
    assert (row["service_user_id"], row["actual_start"], row["actual_end"]) == (
        person("S2"),
        hour(15),
        hour(15, 20),
    )


async def test_what_a_colleague_began_is_not_ended_by_her_call(exchange: Exchange) -> None:
    phone, _ = await exchange.world.phone("C2")
    exchange.world.at(hour(15))
    phone.record("check_in", None, at=hour(15), payload={"person_id": person("S2")})
    await phone.flush()
    await exchange.tell(hour(15, 20), f"{exchange.carer}*2", sender=OWN)
    [row] = [row for row in (await visits()).iter_rows(named=True) if row["unplanned"]]
    assert (row["actual_start"], row["actual_end"]) == (hour(15), None)


async def test_nobody_leaves_a_visit_that_is_to_begin_hours_later(exchange: Exchange) -> None:
    await exchange.tell(hour(15, 20), f"{exchange.carer}*2", sender=OWN)
    await exchange.tell(hour(18, 2), f"{exchange.carer}*1", sender=OWN)
    await exchange.tell(hour(18, 29), f"{exchange.carer}*2", sender=OWN)
    assert (await times(exchange))[visit("V4")] == (hour(18, 2), hour(18, 29))


async def test_what_is_not_signed_by_the_service_or_is_old_is_refused(
    exchange: Exchange, superuser: asyncpg.Connection
) -> None:
    said = {"call_id": "A1", "kind": "call", "sender": LINE, "text": f"{exchange.carer}*1"}
    rival = await exchange_of(exchange.world, LANTERN)
    refused = [
        await exchange.post(hour(7, 4), said, secret=b"guessed"),
        await exchange.post(hour(7, 4), said, secret=rival.secret),
        await exchange.post(hour(7, 4), said, signed_at=hour(7, 4) - timedelta(seconds=301)),
        await exchange.post(hour(7, 4), said, signed_at=hour(7, 4) + timedelta(seconds=301)),
        await exchange.world.http.post(exchange.path, json=said),
        await exchange.world.http.post(
            exchange.path, json=said, headers={"Doorstep-Signature": "t=1,v1=é".encode()}
        ),
    ]
    assert [response.status_code for response in refused] == [403] * 6
    assert {response.json()["code"] for response in refused} == {"forbidden"}
    assert (await exchange.world.http.post(f"/telephone/{uuid4()}", json=said)).status_code == 404
    assert (await exchange.world.http.post("/telephone/nothing", json=said)).status_code in (400, 404, 422)
    assert await superuser.fetchval("SELECT count(*) FROM event") == 0


async def test_another_providers_service_carer_and_line_are_unknown(
    world: World, superuser: asyncpg.Connection
) -> None:
    await line()
    own, rival = await exchange_of(world), await exchange_of(world, LANTERN)
    assert (await rival.tell(hour(7, 4), f"{own.carer}*1"))["outcome"] == "unknown_number"
    assert await superuser.fetchval("SELECT count(*) FROM event") == 0


async def test_an_ended_service_and_a_revoked_number_record_nothing_that_counts(
    exchange: Exchange, superuser: asyncpg.Connection
) -> None:
    device = await superuser.fetchval("SELECT id FROM device WHERE platform = 'telephone'")
    await revoke_device(device, PROVIDER)
    answered = await exchange.tell(hour(7, 4), f"{exchange.carer}*1")
    assert (answered["outcome"], "before it counts" in answered["words"]) == ("quarantined", True)
    [service] = await list_services(PROVIDER)
    await end_service(PROVIDER, service["id"])
    assert (await exchange.post(hour(7, 5), {})).status_code == 404
    with pytest.raises(DomainError):
        await end_service(LANTERN, service["id"])


@pytest.mark.parametrize(
    "said", ["", "12345678", "1*2*3", "hello there", "12345678*3", "12345678*1*12", "9" * 400]
)
async def test_what_cannot_be_understood_is_answered_with_how_to_say_it(
    exchange: Exchange, said: str
) -> None:
    answered = await exchange.tell(hour(7, 4), said)
    assert (answered["outcome"], answered["words"][:16]) == ("not_understood", "Say your number,")


async def test_guessing_numbers_is_slowed_down(exchange: Exchange) -> None:
    settings.use(replace(settings.current(), unverified_events=5))
    answers = []
    for guess in range(7):
        told = {"call_id": f"{guess}", "kind": "call", "sender": OWN, "text": f"{guess:08}*1"}
        answers.append(await exchange.post(hour(7, 4), told))
    assert [answer.status_code for answer in answers[-2:]] == [429, 429]
    assert "from this line" in answers[-1].json()["detail"] and answers[-1].headers["Retry-After"] == "60"
    assert (await exchange.tell(hour(7, 4), f"{exchange.carer}*1"))["outcome"] == "accepted"


async def test_a_body_of_another_shape_names_what_is_wrong(exchange: Exchange) -> None:
    response = await exchange.post(hour(7, 4), {"call_id": "", "kind": "fax", "text": 3})
    assert response.status_code == 400
    assert {fault["pointer"] for fault in response.json()["errors"]} >= {"/call_id", "/kind", "/sender"}


async def test_no_phone_may_say_that_it_was_heard_on_the_homes_line(
    world: World, superuser: asyncpg.Connection
) -> None:
    await line()
    hashed = (await superuser.fetchval("SELECT uid FROM home_tag")).hex()
    phone, _ = await world.phone()
    world.at(hour(8))
    phone.record(
        "check_in", visit("V1"), at=hour(7, 4), method="phone", payload={"token": f"heard:call:{hashed}:"}
    )
    await phone.flush()
    assert await superuser.fetchval("SELECT verdict FROM event_token") == "token_unreadable"


async def test_two_carers_never_have_the_same_number(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = iter([int(exchange.carer), int(exchange.carer), (int(exchange.carer) + 1) % 10**8])
    monkeypatch.setattr("backend.use_cases.add_telephone.secrets.randbelow", lambda _: next(digits))
    assert await give_number(PROVIDER, "C2") == f"{(int(exchange.carer) + 1) % 10**8:08}"


async def test_nothing_in_the_register_tells_a_number(world: World, superuser: asyncpg.Connection) -> None:
    await line()
    told = str([dict(row) for row in await superuser.fetch("SELECT * FROM home_tag")])
    assert "1432" not in told
    with pytest.raises(Faulty):
        await line(number="call me")


@dataclass
class Twilio:
    """Twilio's side of a service: forms signed with the account's token."""

    world: World
    address: str
    carer: str

    async def post(
        self, at: datetime, form: Mapping[str, str], token: str = TOKEN, address: str | None = None
    ) -> httpx.Response:
        self.world.at(at)
        header = twilio_signature(token.encode(), address or self.address, form)
        return await self.world.http.post(
            path_of(self.address), data=dict(form), headers={"X-Twilio-Signature": header}
        )


@pytest.fixture
async def twilio(world: World) -> Twilio:
    address, _ = await add_service(PROVIDER, "twilio", "Twilio", TOKEN)
    return Twilio(world, address, await give_number(PROVIDER, "C1"))


async def test_twilio_is_told_what_to_ask_and_what_to_say(twilio: Twilio) -> None:
    await line()
    call = {"CallSid": "CA1", "From": LINE, "To": "+441432999999"}
    asked = await twilio.post(hour(7, 4), call)
    assert asked.headers["Content-Type"].startswith("text/xml")
    assert '<Gather input="dtmf" finishOnKey="#"' in asked.text
    wrong = await twilio.post(hour(7, 4), {**call, "Digits": "00000000*1"})
    assert "<Gather" in wrong.text and "This number is not known." in wrong.text
    right = await twilio.post(hour(7, 4), {**call, "Digits": f"{twilio.carer}*1"})
    assert "<Say>Arrived, 07:04: it is recorded.</Say><Hangup/>" in right.text
    await twilio.post(hour(7, 31), {**call, "CallSid": "CA2", "Digits": f"{twilio.carer}*2"})
    assert (await one("V1"))["evidence_level"] == "home_line"


async def test_a_message_through_twilio_is_answered_with_a_message(twilio: Twilio) -> None:
    form = {"MessageSid": "SM1", "From": OWN, "Body": f"{twilio.carer} in", "NumMedia": "0"}
    answered = await twilio.post(hour(7, 4), form)
    assert "<Message>Arrived, 07:04: it is recorded.</Message>" in answered.text
    assert "repeated" not in answered.text
    again = await twilio.post(hour(7, 9), form)
    assert again.text == answered.text


async def test_twilios_signature_must_be_the_accounts_and_of_this_address_and_form(twilio: Twilio) -> None:
    call = {"CallSid": "CA1", "From": LINE, "Digits": f"{twilio.carer}*1"}
    refused = [
        await twilio.post(hour(7, 4), call, token="another account"),
        await twilio.post(hour(7, 4), call, address="https://elsewhere.example/telephone"),
        await twilio.world.http.post(path_of(twilio.address), data=call),
    ]
    header = twilio_signature(TOKEN.encode(), twilio.address, call)
    refused.append(
        await twilio.world.http.post(
            path_of(twilio.address), data={**call, "From": OWN}, headers={"X-Twilio-Signature": header}
        )
    )
    assert [response.status_code for response in refused] == [403] * 4


async def test_a_form_of_more_fields_than_twilio_sends_is_refused(twilio: Twilio) -> None:
    form = {f"field{number}": "x" for number in range(201)}
    assert (await twilio.post(hour(7, 4), form)).status_code == 403
