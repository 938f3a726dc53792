"""One simulated phone: the reference client, a clock that may be wrong, and now and then a trick."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx

from backend.simulator.home_tags import HomeTag
from backend.simulator.journal import IN_CHAIN, Item, Sending, Trick
from backend.simulator.model import Carer
from backend.simulator.moments import Moment
from backend.simulator.rota import LONDON
from mobile_api.reference_client import Key, Phone, Refused

PIN: Final = "2468"
FUTURE_BY: Final = timedelta(days=2)
"""How far ahead of its phone an event from the future lies: further than any event waits to be sent."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one event of a sending."""

    employment: str
    item: Item
    outcome: str
    code: str | None


@dataclass(slots=True)
class Handset:
    """A carer's phone. `visits` turns references of the rota into the ids that phones use; `at` is the true instant.

    `tags` is what hangs in the homes, by the reference of each visit there.
    """

    carer: Carer
    visits: Mapping[str, str]
    phone: Phone
    at: datetime
    tags: Mapping[str, HomeTag] = field(default_factory=dict)
    unsigned: deque[Item] = field(default_factory=deque)
    calls_left: Counter[int] = field(default_factory=Counter)
    events: dict[int, Json] = field(default_factory=dict)

    @classmethod
    def new(
        cls,
        client: httpx.AsyncClient,
        carer: Carer,
        visits: Mapping[str, str],
        install_id: str,
        at: datetime,
        tags: Mapping[str, HomeTag],
    ) -> "Handset":
        """A phone out of its box, with a key and no carer's code yet."""
        phone = Phone(client, install_id=install_id)
        handset = cls(carer, visits, phone, at, tags)
        phone.now, phone.monotonic_ms = handset.shown, handset.monotonic_ms
        return handset

    def shown(self) -> datetime:
        """What the phone's clock shows."""
        return self.at + timedelta(seconds=self.carer.drift_s)

    def monotonic_ms(self) -> int:
        """Milliseconds since the app was started, at midnight."""
        local = self.at.astimezone(LONDON)
        return int((local - local.replace(hour=0, minute=0, second=0)).total_seconds() * 1000)

    async def enrol(self, code: str) -> datetime:
        """Enrol with a code from the office. Returns the instant by the server's clock. Raises Refused."""
        answer = await self.phone.enrol(code, PIN, f"{self.carer.name}'s phone", "android")
        return datetime.fromisoformat(answer["server_time"])

    def expect(self, sendings: Iterable[Sending]) -> None:
        """Know all that this phone will hand in. Each event is held only from its first call to its last."""
        items = [item for sending in sendings for item in sending.items]
        self.calls_left.update(item.index for item in items)
        self.unsigned.extend(sorted((item for item in items if not item.again), key=lambda item: item.index))

    async def send(self, sending: Sending, nonce: str) -> list[Answered]:
        """Make one call, or two where somebody pretends to be another phone as well. Raises Refused.

        `nonce` is one of this instant, so that the phone need not ask for its own.
        """
        self._sign_up_to(max(item.index for item in sending.items))
        self._set(sending.at)
        self.phone.nonce, self.phone.nonce_at = nonce, self.shown()
        own = [item for item in sending.items if item.trick != "unknown_device"]
        strange = [item for item in sending.items if item.trick == "unknown_device"]
        answered = await self._hand_in(self.phone, own, sending.proof) if own else []
        stranger = replace(self.phone, device_id=str(uuid4()))
        answered += await self._hand_in(stranger, strange, False) if strange else []
        self._let_go(sending.items)
        return answered

    async def ask_for_end(self, visit: str, end: datetime, at: datetime) -> None:
        """Ask at an instant that a visit (a reference) be taken to have ended then. Raises Refused."""
        self._set(at)
        await self.phone.open_session(PIN)
        answer = await self.phone.correct(self.visits[visit], None, end, words="I forgot to check out.")
        if answer.status_code != httpx.codes.CREATED:
            raise Refused(answer)

    def _sign_up_to(self, last: int) -> None:
        """Sign the carer's events one after the other, each as of when it happened; signing needs no network."""
        while self.unsigned and self.unsigned[0].index <= last:
            item = self.unsigned.popleft()
            self._set(item.moment.at)
            self.events[item.index] = self._signed(item)
        del self.phone.outbox[:-1]  # the newest stays: some tricks begin with it

    def _let_go(self, items: Iterable[Item]) -> None:
        self.calls_left.subtract(item.index for item in items)
        for item in items:
            if not self.calls_left[item.index]:
                del self.calls_left[item.index], self.events[item.index]
        self.phone.receipts.clear()

    async def _hand_in(self, phone: Phone, items: list[Item], proved: bool) -> list[Answered]:
        response = await phone.send(phone.batch([self.events[item.index] for item in items]), proved)
        if response.status_code != httpx.codes.OK:
            raise Refused(response)
        answer = response.json()
        await phone.keep_receipts(answer)
        return [
            Answered(self.carer.employment, item, result["outcome"], result["code"])
            for item, result in zip(items, answer["results"], strict=True)
        ]

    def _set(self, at: datetime) -> None:
        self.at = at
        self.phone.clock_id = f"{self.carer.employment}-{at.astimezone(LONDON):%Y%m%d}"

    def _signed(self, item: Item) -> Json:
        if item.trick == "unreadable":
            return {"signed": "scribble", "signature": ""}
        if item.trick == "altered":
            return self._altered()
        if item.trick is not None and item.trick not in IN_CHAIN:
            return self._beside_the_chain(item.moment, item.trick)
        event = self._record(item.moment, FUTURE_BY if item.trick == "future" else timedelta())
        if item.trick == "bad_hash":
            event = {**event, "payload": {**event["payload"], "words": "Altered on the way."}}
        return event

    def _beside_the_chain(self, moment: Moment, trick: Trick) -> Json:
        """An event that must not be part of the chain: a forger's, with another key, or the newest place again."""
        seq, prev, key = self.phone.seq, self.phone.prev, self.phone.key
        if trick == "fork":
            newest = next(event for event in reversed(self.phone.outbox))
            self.phone.seq, self.phone.prev = seq - 1, newest["signed"]["prev"]
        else:
            self.phone.key = Key()
        event = self._record(moment)
        self.phone.outbox.pop()
        self.phone.seq, self.phone.prev, self.phone.key = seq, prev, key
        return event

    def _record(self, moment: Moment, ahead: timedelta = timedelta()) -> Json:
        visit = None if moment.visit is None else self.visits[moment.visit]
        fix = self._fix(moment)
        method, payload = "gps", _payload(moment)
        if read := self._read(moment):
            method, payload = read[0], {**payload, "token": read[1]}
        return self.phone.record(moment.kind, visit, self.shown() + ahead, fix, payload, method)

    def _read(self, moment: Moment) -> tuple[str, str] | None:
        """What the phone reads from a tag in the home as its carer arrives or leaves."""
        if moment.visit is None or moment.kind not in ("check_in", "check_out"):
            return None
        tag = self.tags.get(moment.visit)
        return None if tag is None else tag.token(self.carer)

    def _fix(self, moment: Moment) -> Json | None:
        if moment.fix is None:
            return None
        point, taken = moment.fix.point, self.shown().isoformat()
        accuracy = moment.fix.accuracy_m
        return {
            "lat": point.lat,
            "lon": point.lon,
            "accuracy_m": accuracy,
            "taken_at": taken,
            "mocked": False,
        }

    def _altered(self) -> Json:
        """The newest event with its time put back by half an hour, under the old signature."""
        newest = self.phone.outbox[-1]
        earlier = datetime.fromisoformat(newest["signed"]["occurred_at"]) - timedelta(minutes=30)
        return {**newest, "signed": {**newest["signed"], "occurred_at": earlier.isoformat()}}


def _payload(moment: Moment) -> Json:
    said = {
        "activity": moment.activity,
        "task_id": moment.task,
        "words": "Spoke to the office." if moment.kind == "note" else None,
        "no_fix": moment.no_fix if moment.fix is None else None,
    }
    return {name: value for name, value in said.items() if value is not None}
