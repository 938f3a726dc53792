"""A provider whose carers have a phone each, with the days behind them, and what those phones send, signed beforehand.

One phone is enrolled and checks in as in life; what lies behind the others is copied from its rows under names of
their own (nobody signed it: it is there to be read past). What the benchmarks send is signed by each phone's own key,
continues that phone's chain, and is kept by the product as evidence like any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import cycle
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx
import msgspec

from backend import keys
from backend.app import create_app
from backend.domain.canonical import base64url, sha256
from backend.domain.nonce import Token, issue_token
from backend.domain.signatures import thumbprint
from backend.use_cases.issue_enrol_code import issue_enrol_code
from backend.use_cases.phone_calls import new_nonce
from bench._county import copied, own
from mobile_api.reference_client import BASE, Key, Phone
from tests.mobile_api.world import DOOR, PROVIDER, fix, load_world, visit

CARERS: Final = 1000
VISITS: Final = 200
"""Planned for each carer today, more than a day has: each check-in is at a visit of its own."""
A_DAY: Final = 26
"""Events of each carer on each day before: thirteen visits, begun and ended."""
FIRST_SEQ: Final = 1_000_000_000
"""What was copied has places before this one; the phones go on from it."""
EVENTS: Final = f"{BASE}/events"
_NO_CLIENT: Final[Any] = None


async def settle(superuser: asyncpg.Connection, events: int, a_day: int = A_DAY) -> list["Carer"]:
    """Load the provider, enrol its phones, and put about so many events behind them. Needs the application's pool.

    `a_day`: how many of each carer on each day, an even number; with fewer they go further back.
    """
    await load_world()
    await _check_in()
    await superuser.execute("SET session_replication_role = replica")
    carers = [Carer(number) for number in range(CARERS)]
    await _copy_carers(superuser, carers)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await _plan(superuser, _numbered(VISITS, "today", today), "today")
    await _live_through(superuser, events, a_day, today)
    return carers


async def _live_through(superuser: asyncpg.Connection, events: int, a_day: int, today: datetime) -> None:
    """So many events before today, each with its place in the chain, its judgement, its position and its receipt."""
    days = max(1, events // (a_day * CARERS))
    await superuser.execute("SET session_replication_role = replica")  # in any order
    for year in range(days // 365 + 2):
        await superuser.execute("SELECT ensure_event_year($1)", today.date() - timedelta(days=365 * year))
    past = _numbered(days * a_day, "past", today, a_day)
    await _plan(superuser, f"(SELECT * FROM {past} WHERE k % 2 = 0) AS given", "past")
    await _record(superuser, past)
    await superuser.execute("RESET session_replication_role")
    await superuser.execute("VACUUM ANALYZE")


def _numbered(each: int, what: str, today: datetime, a_day: int = A_DAY) -> str:
    """So many rows of each carer: of today, or of the days before it, back into the past."""
    day = (
        f"timestamptz '{today.isoformat()}' + (k % 20) * interval '1 hour'"
        if what == "today"
        else f"timestamptz '{today.isoformat()}' - (k / {a_day} + 1) * interval '1 day' "
        f"+ (420 + 30 * (k % {a_day})) * interval '1 minute'"
    )
    return f"""(
        SELECT n, carer, k, {day} AS at
        FROM (SELECT n, n % {CARERS} AS carer, n / {CARERS} AS k
              FROM generate_series(0, {each * CARERS - 1}) AS n) AS given
        ) AS given"""


async def _check_in() -> None:
    """What one phone does in life; everything else is like it."""
    app = create_app()
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        phone = Phone(client)
        await phone.enrol(await issue_enrol_code("hearth", "C1"))
        phone.record("check_in", visit("V1"), fix=fix(at=datetime.now(UTC)))
        results = await phone.flush()
        assert results[0]["outcome"] == "accepted", results


async def _copy_carers(superuser: asyncpg.Connection, carers: Sequence["Carer"]) -> None:
    everyone = f"generate_series(0, {CARERS - 1}) AS n"
    carer, employment = own("carer", "n"), own("employment", "n")
    await copied(superuser, "carer", everyone, id=carer, reference="'B' || n")
    await copied(
        superuser,
        "employment",
        everyone,
        "reference = 'E1'",
        id=employment,
        carer_id=carer,
        reference="'B' || n",
    )
    first = "employment_id = (SELECT id FROM employment WHERE reference = 'E1')"
    await copied(
        superuser, "employment_version", everyone, first, employment_id=employment, name="'Carer ' || n"
    )
    await superuser.execute("CREATE TEMPORARY TABLE made (n integer, jwk jsonb, thumbprint text)")
    await superuser.executemany(
        "INSERT INTO made VALUES ($1, $2::text::jsonb, $3)",
        [(one.number, msgspec.json.encode(one.key.jwk).decode(), thumbprint(one.key.jwk)) for one in carers],
    )
    await copied(
        superuser, "device", "made", id=own("device", "made.n"), carer_id=own("carer", "made.n"),
        install_id="'bench-' || made.n", public_key="made.jwk", key_thumbprint="made.thumbprint",
        enrolled_at="kept.enrolled_at - interval '10 years'",
    )  # fmt: skip


async def _plan(superuser: asyncpg.Connection, source: str, what: str) -> None:
    number = own(f"{what}/visit", "given.n")
    await copied(superuser, "visit", source, id=number, reference=f"'{what}-' || given.n")
    await copied(
        superuser, "visit_version", source, "second_carer IS NULL", visit_id=number,
        carer=own("employment", "given.carer"), starts_at="given.at", ends_at="given.at + interval '30 minutes'",
        recorded_at="given.at - interval '7 days'",
    )  # fmt: skip


async def _record(superuser: asyncpg.Connection, source: str) -> None:
    row, seq, came = own("event", "given.n"), f"{FIRST_SEQ} - 1 - given.k", "given.at + interval '20 seconds'"
    device, digest = own("device", "given.carer"), "sha256(('signed/' || given.n)::bytea)"
    chain = {"device_id": device, "seq": seq, "received_at": came, "signed_hash": digest}
    await copied(
        superuser, "event", source, row_id=row, event_id=row, batch_id=own("batch", "given.n"),
        visit_id=own("past/visit", f"given.n - given.k % 2 * {CARERS}"), carer_id=own("carer", "given.carer"),
        kind="CASE given.k % 2 WHEN 0 THEN 'check_in' ELSE 'check_out' END", occurred_at="given.at", paid_at="given.at",
        **chain,
    )  # fmt: skip
    await copied(superuser, "event_key", source, id=row, event_row=row, **chain)
    await copied(superuser, "event_link", source, id=row, event_row=row, **chain)
    await copied(superuser, "event_judgement", source, event_row=row, judged_at=came)
    await copied(
        superuser,
        "event_position",
        source,
        carer_id=own("carer", "given.carer"),
        taken_at="given.at",
        event_row=row,
    )
    for kind in ("fix", "payload"):
        await copied(
            superuser, "event_attachment", source, f"kind = '{kind}'", event_row=row, received_at=came
        )
    await copied(
        superuser, "event_batch", source, id=own("batch", "given.n"), device_id=device, received_at=came
    )


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes, how many events it holds, and where its phone's chain stood before it."""

    content: bytes
    events: int
    carer: "Carer"
    seq: int
    prev: str | None


class Carer:
    """A carer's phone that signs beforehand what it will send."""

    def __init__(self, number: int) -> None:
        self.number, self.key = number, Key()
        self._visits = 0
        self._phone = Phone(
            _NO_CLIENT, key=self.key, device_id=str(uuid_of(f"device/{number}")), seq=FIRST_SEQ - 1
        )
        self._phone.prev = base64url(sha256(f"signed/{number}".encode()))

    def request(self, port: int, events: int, path: str = EVENTS) -> Request:
        """The next check-ins of this phone, each at a visit of its own, as one request that is sent about now."""
        phone, seq, prev = self._phone, self._phone.seq, self._phone.prev
        phone.outbox.clear()
        for _ in range(events):
            number = self.number + self._visits % VISITS * CARERS
            there = fix(DOOR[0] + self._visits % 7 * 0.00002, at=phone.now())
            phone.record("check_in", str(uuid_of(f"today/visit/{number}")), fix=there)
            self._visits += 1
        body = phone.batch(phone.outbox)
        return Request(_written(port, path, body, phone), events, self, seq, prev)

    def rota(self, port: int) -> Request:
        """Asks for today's visits, under a token such as the server issues."""
        phone, path = self._phone, f"{BASE}/rota"
        now = datetime.now(UTC)
        issued = Token(
            PROVIDER, UUID(str(phone.device_id)), thumbprint(self.key.jwk), now + timedelta(hours=1)
        )
        token = issue_token(issued, keys.current().nonce_mac)
        ath = base64url(sha256(token.encode()))
        proof = self.key.proof("GET", f"http://127.0.0.1:{port}{path}", new_nonce(now), ath=ath)
        asked = (
            f"GET {path}?days=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nDPoP: {proof}\r\n"
            f"Authorization: DPoP {token}\r\n\r\n"
        )
        return Request(asked.encode(), 0, self, phone.seq, phone.prev)

    def take_back(self, request: Request) -> None:
        """The request was not sent, nor was any after it."""
        self._phone.seq, self._phone.prev = request.seq, request.prev


def signed(carers: Sequence[Carer], port: int, sizes: Iterable[int], path: str = EVENTS) -> list[Request]:
    """A request of each size, phone after phone, signed now: a nonce is good for five minutes."""
    return [carer.request(port, size, path) for carer, size in zip(cycle(carers), sizes, strict=False)]


def rotas(carers: Sequence[Carer], port: int, count: int) -> list[Request]:
    """So many questions for the rota of today, phone after phone."""
    return [carer.rota(port) for carer, _ in zip(cycle(carers), range(count), strict=False)]


def _written(port: int, path: str, body: bytes, phone: Phone) -> bytes:
    """The bytes of the request that the reference client would send."""
    url = f"http://127.0.0.1:{port}{path}"
    claims = {"sent_at": msgspec.json.decode(body)["sent_at"], "body_sha256": base64url(sha256(body))}
    proof = phone.key.proof("POST", url, new_nonce(datetime.now(UTC)), **claims)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
        f"Connection: keep-alive\r\nUser-Agent: bench\r\nDPoP: {proof}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def uuid_of(text: str) -> UUID:
    """The id of what was copied under a name."""
    return UUID(md5(text.encode()).hexdigest())
