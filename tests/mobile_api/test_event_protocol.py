"""The event protocol as a whole: two phones, and whatever can happen between them and the server, against a model.

The model is the contract's words on lists (docs/phones.md): what was signed already is a duplicate with its first
receipt; an id with other content is a conflict; what does not continue the chain is a fork, the later arrival; nothing
else about order counts; whatever came is kept.
"""

import asyncio
import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend import settings as served
from backend.domain.canonical import base64url, canonical, sha256, unbase64url
from backend.use_cases.devices import revoke_device
from mobile_api.reference_client import Phone
from tests.mobile_api.world import Clock, World, hour, visit
from tests.shares import EXAMPLES

Event = dict[str, Any]
WHICH = st.sampled_from((0, 1))


@dataclass
class Seen:
    """An event as it was first answered. `stands`: it was no fork and no conflict; `holds`: nothing had its place."""

    id: str
    seq: int
    hash: bytes
    prev: bytes
    outcome: str
    code: str | None
    received_at: str
    stands: bool
    holds: bool


@dataclass
class Model:
    """What a server that does as it says knows of one phone."""

    device_id: str
    seen: list[Seen] = field(default_factory=list)
    doubted: set[bytes] = field(default_factory=set)
    revoked: bool = False

    def answer(self, event: Event, genuine: bool, now: datetime) -> tuple[str, str | None, str]:
        """Outcome, code, and the instant of the first receipt."""
        signed = event["signed"]
        hash_, when = sha256(canonical(signed)), now.isoformat()
        for one in self.seen:
            if (one.seq, one.hash) == (signed["seq"], hash_):
                return "duplicate", one.code, one.received_at
        if not genuine:
            self.doubted.add(canonical(event))
            return "quarantined", "bad_signature", when
        conflict = any(one.id == signed["id"] for one in self.seen)
        prev, taken = unbase64url(signed["prev"]), any(one.holds for one in self._at(signed["seq"]))
        fork = not conflict and (taken or self._breaks(signed["seq"], prev, hash_))
        late = datetime.fromisoformat(signed["occurred_at"]) > now + timedelta(minutes=10)
        code = (
            "conflict"
            if conflict
            else "fork"
            if fork
            else "revoked"
            if self.revoked
            else "absurd_time"
            if late
            else None
        )
        outcome = "conflict" if conflict else "quarantined" if code else "accepted"
        stands, holds = not (conflict or fork), not (conflict or taken)
        self.seen.append(Seen(signed["id"], signed["seq"], hash_, prev, outcome, code, when, stands, holds))
        return outcome, code, when

    def _at(self, seq: int) -> list[Seen]:
        return [one for one in self.seen if one.seq == seq]

    def _breaks(self, seq: int, prev: bytes, hash_: bytes) -> bool:
        before, here = self._at(seq - 1), {one.hash for one in self._at(seq)} | {hash_}
        if seq == 1 and prev != sha256(self.device_id.encode()):
            return True
        if before and prev not in {one.hash for one in before}:
            return True
        return any(after.stands and after.prev not in here for after in self._at(seq + 1))

    def waits(self, event: Event) -> bool:
        seq = event["signed"]["seq"]
        return seq > 1 and not self._at(seq - 1)


class Protocol(RuleBasedStateMachine):
    """Two phones of one carer that record, lose, repeat, reorder, restore backups and are revoked."""

    world: ClassVar[World]
    loop: ClassVar[asyncio.AbstractEventLoop]
    superuser: ClassVar[asyncpg.Connection]

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=60)

    @initialize()
    def two_phones(self) -> None:
        self.now = hour(9)
        self.world.at(hour(6))
        made = [self.run(self.world.phone("C1")) for _ in range(2)]
        self.phones: list[Phone] = [phone for phone, _ in made]
        self.clocks: list[Clock] = [clock for _, clock in made]
        for clock in self.clocks:
            clock.time = hour(7)
        self.models = [Model(str(phone.device_id)) for phone in self.phones]
        self.made: list[list[tuple[Event, bool]]] = [[], []]
        self.backups: list[list[tuple[int, str | None]]] = [[(0, None)], [(0, None)]]
        self.world.at(self.now)

    @rule(which=WHICH, kind=st.sampled_from(("check_in", "check_out", "note")), times=st.integers(2, 5))
    def record(self, which: int, kind: str, times: int) -> None:
        for _ in range(times):
            self.clocks[which].time += timedelta(seconds=20)
            self._keep(which, self.phones[which].record(kind, visit("V1")))

    @rule(which=WHICH, minutes=st.sampled_from((-45, -1, 1, 45, 240)))
    def step_the_clock(self, which: int, minutes: int) -> None:
        """Somebody sets the phone's clock; before its enrolment and after today it never is here."""
        moved = self.clocks[which].time + timedelta(minutes=minutes)
        self.clocks[which].time = min(max(moved, hour(6, 30)), hour(20))

    @rule(which=WHICH, data=st.data())
    def restore_a_backup(self, which: int, data: st.DataObject) -> None:
        """The phone goes on from an earlier state: what it records next takes places that are taken."""
        self.phones[which].seq, self.phones[which].prev = data.draw(st.sampled_from(self.backups[which]))

    @precondition(lambda self: any(self.made))
    @rule(data=st.data())
    def use_an_id_again(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from([one for one in (0, 1) if self.made[one]]))
        event, _ = data.draw(st.sampled_from(self.made[which]))
        self._keep(
            which, self.phones[which].record("note", visit("V1"), altered={"id": event["signed"]["id"]})
        )

    @precondition(lambda self: any(self.made))
    @rule(data=st.data())
    def alter_what_was_signed(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from([one for one in (0, 1) if self.made[one]]))
        event = deepcopy(data.draw(st.sampled_from(self.made[which]))[0])
        seconds = data.draw(st.integers(1, 900))
        signed_at = datetime.fromisoformat(event["signed"]["occurred_at"]) - timedelta(seconds=seconds)
        event["signed"]["occurred_at"] = signed_at.isoformat()
        self.made[which].append((event, False))

    @precondition(lambda self: any(self.made))
    @rule(data=st.data())
    def hand_in(self, data: st.DataObject) -> None:
        """Any of what was ever recorded, in any order, some of it twice."""
        which = data.draw(st.sampled_from([one for one in (0, 1) if self.made[one]]))
        sent = data.draw(st.lists(st.sampled_from(self.made[which]), min_size=1, max_size=6))
        self._hand_in(which, sent)

    @rule(which=WHICH)
    def hand_in_all(self, which: int) -> None:
        if self.made[which]:
            self._hand_in(which, self.made[which])

    @precondition(lambda self: min(len(model.seen) for model in self.models) > 6)
    @rule(which=WHICH)
    def revoke(self, which: int) -> None:
        self.run(revoke_device(UUID(self.models[which].device_id)))
        self.models[which].revoked = True

    def _keep(self, which: int, event: Event) -> None:
        self.made[which].append((event, True))
        self.backups[which].append((self.phones[which].seq, self.phones[which].prev))
        self.phones[which].outbox.clear()

    def _hand_in(self, which: int, sent: list[tuple[Event, bool]]) -> None:
        self.now += timedelta(seconds=1)
        self.world.at(self.now)
        phone, model = self.phones[which], self.models[which]
        response = self.run(phone.send(phone.batch([event for event, _ in sent]), proved=False))
        assert response.status_code == 200, response.text
        answer = response.json()
        self.run(phone.keep_receipts(answer))
        expected = [model.answer(event, genuine, self.now) for event, genuine in sent]
        found = [
            (result["outcome"], result["code"], datetime.fromisoformat(line["received_at"]).isoformat())
            for result, line in zip(answer["results"], answer["batch"], strict=True)
        ]
        assert [one[:2] for one in found] == [one[:2] for one in expected]
        firsts = [
            (one, other) for one, other in zip(found, expected, strict=True) if one[1] != "bad_signature"
        ]
        assert [one[2] for one, _ in firsts] == [other[2] for _, other in firsts], "the first receipt again"
        waiting = ["chain" in result for result in answer["results"]]
        assert waiting == [
            result["outcome"] == "accepted" and model.waits(event)
            for result, (event, _) in zip(answer["results"], sent, strict=True)
        ]

    @invariant()
    def all_is_kept_once_as_it_was_answered(self) -> None:
        for model in getattr(self, "models", ()):
            rows = self.run(
                self.superuser.fetch(
                    "SELECT event_id::text AS id, seq, signed_hash, outcome, code FROM event WHERE device_id = $1"
                    " AND code IS DISTINCT FROM 'bad_signature'",
                    UUID(model.device_id),
                )
            )
            kept = sorted(
                (row["id"], row["seq"], row["signed_hash"], row["outcome"], row["code"] or "") for row in rows
            )
            assert kept == sorted(
                (one.id, one.seq, one.hash, one.outcome, one.code or "") for one in model.seen
            )
            doubted = "SELECT count(*) FROM event WHERE device_id = $1 AND code = 'bad_signature'"
            assert self.run(self.superuser.fetchval(doubted, UUID(model.device_id))) == len(model.doubted)


@pytest.mark.slow
async def test_whatever_happens_between_phones_and_server_is_answered_as_the_contract_says(
    world: World, superuser: asyncpg.Connection
) -> None:
    # All of it comes from one address, which else would be asked to wait.
    served.use(replace(served.current(), unverified_events=1_000_000))
    here = type(
        "Here", (Protocol,), {"world": world, "loop": asyncio.get_running_loop(), "superuser": superuser}
    )
    tried = settings(
        max_examples=max(5, round(60 * EXAMPLES)),
        stateful_step_count=40,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, here, settings=tried)


def test_the_model_tells_a_fork_from_what_waits() -> None:
    """The model itself, on the example that the documentation of phones gives."""
    model = Model("d")
    first = {"id": "1", "seq": 1, "prev": base64url(sha256(b"d")), "occurred_at": hour(7).isoformat()}
    last = {"id": "3", "seq": 3, "prev": base64url(bytes(32)), "occurred_at": hour(7).isoformat()}
    between = {
        "id": "2",
        "seq": 2,
        "prev": base64url(sha256(canonical(first))),
        "occurred_at": hour(7).isoformat(),
    }
    answers = [model.answer({"signed": one}, True, hour(9))[:2] for one in (last, first, between, between)]
    assert answers == [("accepted", None), ("accepted", None), ("quarantined", "fork"), ("duplicate", "fork")]
    assert json.dumps(between)
