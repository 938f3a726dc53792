"""Tokens at the door: verified or doubted, kept as facts, never a reason to refuse; a counter proves one event."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import polars as pl
import pytest

from backend import clock as server_clock
from backend import db
from backend.domain.canonical import unbase64url
from backend.domain.sun import tap_code
from backend.domain.tokens import fob_code
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.read_tags import read_card
from backend.use_cases.release_event import release_event
from backend.use_cases.retire_tag import retire_tag
from mobile_api.reference_client import Phone
from schemas.strict import Faulty
from tests.mobile_api.test_visits import MANAGER, hand_in, one, visits
from tests.mobile_api.world import PROVIDER, World, fix, hour, person, visit

UID, FILE_KEY, META_KEY = bytes.fromhex("04DE5F1EACC040"), bytes(range(16)), b"m" * 16
SEED = b"12345678901234567890"


async def tag(whose: str = "S1", uid: bytes = UID, meta_key: bytes | None = None) -> UUID:
    return await add_tag(PROVIDER, UUID(person(whose)), NewTag("nfc", "Hall", uid, FILE_KEY, meta_key))


async def card(whose: str = "S1") -> tuple[UUID, str]:
    made = await add_tag(PROVIDER, UUID(person(whose)), NewTag("qr_static", "Hall"))
    return made, (await read_card(PROVIDER, made)).text


def tap(counter: int, uid: bytes = UID) -> str:
    code = tap_code(FILE_KEY, uid, counter).hex()
    return f"https://doorstep.example/at?uid={uid.hex()}&ctr={counter:06X}&cmac={code}"


def scan(
    phone: Phone, kind: str, token: str | None, at: datetime, method: str = "nfc", **more: Any
) -> dict[str, Any]:
    said = {} if token is None else {"token": token}
    where = {"visit_id": visit("V1"), **more}
    return phone.record(kind, at=at, method=method, payload={**said, **where.pop("payload", {})}, **where)


async def facts(superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await superuser.fetch(
        "SELECT e.kind, t.verdict, t.kind, t.counter FROM event_token t JOIN event e ON e.row_id = t.event_row "
        "ORDER BY e.paid_at, e.row_id"
    )
    return [tuple(row) for row in rows]


async def test_a_tapped_tag_proves_a_visit_without_a_position(
    world: World, superuser: asyncpg.Connection
) -> None:
    await tag()
    phone, clock = await world.phone()
    scan(phone, "check_in", tap(5), hour(7, 4))
    scan(phone, "check_out", tap(6), hour(7, 31))
    await hand_in(world, phone, clock, hour(8))
    assert await facts(superuser) == [("check_in", "verified", "nfc", 5), ("check_out", "verified", "nfc", 6)]
    assert (await one("V1"))["evidence_level"] == "tag"


async def test_a_tag_that_encrypts_its_uid_is_found_by_its_key(
    world: World, superuser: asyncpg.Connection
) -> None:
    """The PICCData of AN12196 holds this UID and counter 61 under a key of zeros."""
    await tag(uid=bytes.fromhex("04000000000001"), meta_key=META_KEY)
    await tag(meta_key=bytes(16))
    phone, clock = await world.phone()
    url = "https://doorstep.example/at?picc_data=EF963FF7828658A599F3041510671E88&cmac="
    scan(phone, "check_in", url + tap_code(FILE_KEY, UID, 61).hex(), hour(7))
    scan(phone, "check_out", url + "0" * 16, hour(7, 30))
    await hand_in(world, phone, clock, hour(8))
    assert await facts(superuser) == [
        ("check_in", "verified", "nfc", 61),
        ("check_out", "token_bad_mac", "nfc", None),
    ]


async def test_a_card_proves_nothing_without_a_position_and_more_with_one(world: World) -> None:
    _, text = await card()
    phone, clock = await world.phone()
    scan(phone, "check_in", text, hour(7), "qr")
    scan(phone, "check_out", text, hour(7, 30), "qr")
    await hand_in(world, phone, clock, hour(8))
    assert (await one("V1"))["evidence_level"] == "statement"
    for kind, hours, reference in (("check_in", 18, "V4"), ("check_out", 19, "V4")):
        at = hour(hours)
        scan(phone, kind, text, at, "qr", visit_id=visit(reference), fix=fix(at=at))
    await hand_in(world, phone, clock, hour(20))
    found = await one("V4")
    assert found["evidence_level"] == "card"
    assert not [flag for flag in found["flags"] if flag.startswith("token_")]


async def test_a_photographed_card_used_from_elsewhere_is_elsewhere(world: World) -> None:
    _, text = await card()
    phone, clock = await world.phone()
    for kind, at in (("check_in", hour(7)), ("check_out", hour(7, 30))):
        scan(phone, kind, text, at, "qr", fix=fix(52.2, -2.7, at=at))
    await hand_in(world, phone, clock, hour(8))
    assert (await one("V1"))["evidence_level"] == "elsewhere"


async def test_a_fob_s_code_is_judged_at_the_time_that_counts(
    world: World, superuser: asyncpg.Connection
) -> None:
    await add_tag(PROVIDER, UUID(person("S1")), NewTag("qr_rotating", "Fob 7", key=SEED, step_s=30))
    phone, clock = await world.phone()
    right = fob_code(SEED, int(hour(7).timestamp()) // 30, 6)
    scan(phone, "check_in", right, hour(7), "qr")
    scan(phone, "check_out", right, hour(7, 30), "qr")
    await hand_in(world, phone, clock, hour(12))
    assert await facts(superuser) == [
        ("check_in", "verified", "qr_rotating", None),
        ("check_out", "token_bad_mac", "qr_rotating", None),
    ]


async def test_whatever_is_wrong_with_a_token_the_event_is_accepted_and_the_reason_kept(
    world: World, superuser: asyncpg.Connection
) -> None:
    await tag()
    lost, text = await card()
    await retire_tag(PROVIDER, lost, "lost")
    other, elsewhere = await card("S2")
    phone, clock = await world.phone()
    wrong = {
        "token_missing": None,
        "token_unreadable": "hello \x01",
        "token_unknown_tag": tap(1, uid=b"u" * 7),
        "token_bad_mac": tap(2)[:-1] + ("0" if tap(2)[-1] != "0" else "1"),
        "token_other_place": elsewhere,
        "token_retired": text,
    }
    for minute, token in enumerate(wrong.values()):
        scan(phone, "check_in", token, hour(7, minute))
    clock.time = hour(8)
    world.at(hour(8))
    assert {result["outcome"] for result in await phone.flush()} == {"accepted"}
    assert [row[1] for row in await facts(superuser)] == list(wrong)
    found = await one("V1")
    assert set(wrong) < set(found["flags"])
    assert found["evidence_level"] == "statement"
    assert other != lost


async def test_what_carries_no_token_and_claims_none_has_no_verdict(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, clock = await world.phone()
    scan(phone, "check_in", None, hour(7), "gps")
    scan(phone, "note", None, hour(7), "manual", payload={"words": "Token? No."})
    await hand_in(world, phone, clock, hour(8))
    assert await facts(superuser) == []


async def verdicts() -> dict[datetime, str]:
    async with db.as_provider(PROVIDER) as connection:
        rows = await connection.fetch(query("console.visit_events"), PROVIDER, UUID(visit("V1")))
    return {row["paid_at"]: row["token"] for row in rows}


async def test_one_reading_of_a_tag_proves_one_event(world: World) -> None:
    await tag()
    phone, clock = await world.phone()
    scan(phone, "check_in", tap(5), hour(7))
    scan(phone, "check_out", tap(5), hour(7, 30))
    await hand_in(world, phone, clock, hour(8))
    assert await verdicts() == {hour(7): "verified", hour(7, 30): "token_replayed"}
    found = await one("V1")
    assert found["evidence_level"] == "statement"
    assert "token_replayed" in found["flags"]


async def test_a_resend_is_no_replay_and_a_lower_counter_may_come_later(world: World) -> None:
    await tag()
    phone, clock = await world.phone()
    events = [scan(phone, "check_in", tap(8), hour(7)), scan(phone, "check_out", tap(3), hour(7, 30))]
    await hand_in(world, phone, clock, hour(8))
    phone.outbox = list(events)
    assert {result["outcome"] for result in await phone.flush()} == {"duplicate"}
    assert set((await verdicts()).values()) == {"verified"}


@pytest.mark.parametrize("seed", range(4))
async def test_who_owns_a_counter_does_not_depend_on_what_came_first(world: World, seed: int) -> None:
    """Two phones, one URL passed on: the earliest signed time owns it, in any order and grouping of arrival."""
    await tag()
    shuffle = random.Random(seed)
    phone, clock = await world.phone()
    other, other_clock = await world.phone()
    for minute, (said_by, counter) in enumerate(((other, 5), (phone, 5), (phone, 6), (other, 6), (other, 7))):
        scan(said_by, "check_in", tap(counter), hour(7, minute))
    world.at(hour(8))
    waiting = [(said_by, [event]) for said_by in (phone, other) for event in said_by.outbox]
    shuffle.shuffle(waiting)
    for said_by, events in waiting:
        clock.time = other_clock.time = hour(8)
        said_by.outbox = events
        await said_by.flush()
    expected = ["verified", "token_replayed", "verified", "token_replayed", "verified"]
    assert await verdicts() == {hour(7, minute): verdict for minute, verdict in enumerate(expected)}


async def test_only_an_event_that_counts_owns_a_counter(world: World, superuser: asyncpg.Connection) -> None:
    """A visit that was never this carer's is quarantined: its tap takes nothing from the genuine one until released."""
    await tag()
    other, other_clock = await world.phone("C2")
    scan(other, "check_in", tap(5), hour(7))
    await hand_in(world, other, other_clock, hour(8))
    world.at(hour(6))
    phone, clock = await world.phone()
    scan(phone, "check_in", tap(5), hour(7, 5))
    await hand_in(world, phone, clock, hour(9))
    assert (await verdicts())[hour(7, 5)] == "verified"
    [row] = await superuser.fetch("SELECT row_id FROM event WHERE code = 'not_your_visit'")
    world.at(hour(10))
    await release_event(PROVIDER, row["row_id"], MANAGER, "she stood in")
    assert (await verdicts())[hour(7, 5)] == "token_replayed"
    before = (await visits(as_of=hour(9))).filter(pl.col("actual_start") == hour(7, 5))
    assert "token_replayed" not in before["flags"].to_list()[0]


async def test_a_verdict_stays_when_the_payload_is_erased(
    world: World, superuser: asyncpg.Connection
) -> None:
    await tag()
    phone, clock = await world.phone()
    for kind, counter, at in (("check_in", 5, hour(7)), ("check_out", 6, hour(7, 30))):
        scan(phone, kind, tap(counter), at)
    await hand_in(world, phone, clock, hour(8))
    before = await one("V1")
    await superuser.execute("SET session_replication_role = replica; DELETE FROM event_attachment")
    assert await one("V1") == before


async def test_no_key_is_in_the_database_in_clear(world: World, superuser: asyncpg.Connection) -> None:
    await tag(meta_key=META_KEY)
    made, text = await card()
    await add_tag(PROVIDER, UUID(person("S2")), NewTag("qr_rotating", "Fob 7", key=SEED, step_s=60))
    stored = "".join(row["t"] for row in await superuser.fetch("SELECT home_tag::text AS t FROM home_tag"))
    secret = unbase64url(text.rpartition(".")[2])
    assert not [one for one in (FILE_KEY, META_KEY, SEED, secret) if one.hex() in stored]
    swapped = "UPDATE home_tag SET secret = (SELECT secret FROM home_tag WHERE kind = 'nfc') WHERE id = $1"
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(swapped, made)
    with pytest.raises(Exception, match="sealed under other keys"):
        await read_card(PROVIDER, made)


async def test_a_tag_whose_key_cannot_be_opened_refuses_no_event(
    world: World, superuser: asyncpg.Connection
) -> None:
    await tag(meta_key=META_KEY)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE home_tag SET secret = 'x', meta_key = 'y'")
    phone, clock = await world.phone()
    scan(phone, "check_in", tap(5), hour(7))
    await hand_in(world, phone, clock, hour(8))
    assert await facts(superuser) == [("check_in", "token_unknown_tag", None, None)]


async def test_a_tag_that_is_in_use_cannot_be_registered_again(world: World) -> None:
    first = await tag()
    with pytest.raises(DomainError, match="in use for S1"):
        await tag("S2")
    await retire_tag(PROVIDER, first, "moved")
    await tag("S2")
    with pytest.raises(DomainError, match="retired before"):
        await retire_tag(PROVIDER, first, "again")


@pytest.mark.parametrize(
    ("new", "pointers"),
    [
        (NewTag("nfc", "", b"123", bytes(16)), ["/label", "/uid", "/key"]),
        (NewTag("nfc", "Hall", UID, b"short", b"short"), ["/key", "/meta_key"]),
        (NewTag("qr_rotating", "Fob", UID, b"short"), ["/key", "/uid", "/step_s"]),
        (NewTag("qr_static", "Hall\n", None, FILE_KEY, META_KEY), ["/label", "/key", "/uid"]),
    ],
)
async def test_every_fault_of_a_new_tag_is_named(world: World, new: NewTag, pointers: Sequence[str]) -> None:
    with pytest.raises(Faulty) as refused:
        await add_tag(PROVIDER, UUID(person("S1")), new)
    assert [fault.pointer for fault in refused.value.faults] == pointers


async def test_the_rota_offers_what_hangs_in_the_home(world: World) -> None:
    phone, _ = await world.phone()

    async def methods() -> dict[str, list[str]]:
        rota = await phone.rota("2026-11-02", 1)
        return {shown["id"]: shown["methods"] for shown in rota}

    always = ["gps", "phone", "manual"]
    assert await methods() == {visit(name): always for name in ("V1", "V2", "V4")}
    await tag()
    made, _ = await card("S2")
    nfc, qr = ["nfc", *always], ["qr", *always]
    assert await methods() == {visit("V1"): nfc, visit("V2"): qr, visit("V4"): nfc}
    await retire_tag(PROVIDER, made, "lost")
    assert (await methods())[visit("V2")] == always
    assert server_clock.now() < hour(8)


async def test_a_batch_of_hostile_tokens_is_accepted(world: World) -> None:
    """Whatever a signed token holds, the answer is a verdict and the next event is taken."""
    await tag(meta_key=META_KEY)
    phone, clock = await world.phone()
    chance = random.Random(7)
    base = [
        tap(5),
        "https://[",
        "?picc_data=" + "0" * 32 + "&cmac=" + "0" * 16,
        "#" + "A" * 22 + ".",
        "0" * 7,
    ]
    for _ in range(120):
        text = list(chance.choice(base) * chance.choice((1, 1, 1, 200)))
        for _ in range(chance.randint(0, 3)):
            text.insert(chance.randrange(len(text) + 1), chance.choice("\n\u202e%&=#?.\U0001f600é0"))
        scan(phone, "note", "".join(text), hour(7))
    world.at(hour(8))
    clock.time = hour(8)
    assert {(result["outcome"], result["detail"]) for result in await phone.flush()} == {("accepted", None)}
