"""A batch of events as it came: its envelope read, its events still bytes, so that none can spoil another."""

from dataclasses import dataclass
from typing import Any, Final

from backend.domain.canonical import Unreadable, elements, members, read
from schemas.mobile import MOST_EVENTS, Envelope
from schemas.strict import Fault, Faulty, decode


@dataclass(frozen=True, slots=True)
class Batch:
    """What a phone sent in one call."""

    envelope: Envelope
    events: list[bytes]


_EVENTS: Final = "events"


def read_batch(body: bytes) -> Batch:
    """Read a body as a batch. Raises Faulty, with every fault, only if it is no such request at all."""
    try:
        parts = members(body)
    except Unreadable as error:
        raise Faulty([Fault("", f"the body {error}")]) from error
    faults: list[Fault] = []
    events = _events(parts.pop(_EVENTS, None), faults)
    decoded = decode(Envelope, {name: _value(name, part, faults) for name, part in parts.items()})
    # A value that could not be read was named already.
    named = {fault.pointer for fault in faults}
    faults += [fault for fault in decoded.faults if fault.pointer not in named]
    if faults or decoded.value is None:
        raise Faulty(faults)
    return Batch(decoded.value, events)


def _events(raw: bytes | None, faults: list[Fault]) -> list[bytes]:
    try:
        found = [] if raw is None else elements(raw)
    except Unreadable as error:
        faults.append(Fault("/events", str(error)))
        return []
    if raw is None:
        faults.append(Fault("/events", "is required"))
    elif not 1 <= len(found) <= MOST_EVENTS:
        faults.append(Fault("/events", f"holds {len(found)}: send 1 to {MOST_EVENTS} in one call"))
    return found


def _value(name: str, raw: bytes, faults: list[Fault]) -> Any:
    try:
        return read(raw)
    except Unreadable as error:
        faults.append(Fault(f"/{name}", str(error)))
        return None
