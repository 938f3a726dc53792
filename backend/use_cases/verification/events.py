"""Whether each event is what its phone signed, and each phone's chain is whole."""

from collections import defaultdict
from collections.abc import Iterator

from backend.domain.canonical import base64url, sha256, unbase64url
from backend.domain.counted import counted
from backend.domain.signatures import public_jwk, verifies
from backend.use_cases.verification.contents import Contents, Signed, json_object
from backend.use_cases.verification.findings import Finding, held, open_question
from schemas.scalars import parse_instant


def events_found(contents: Contents) -> Iterator[Finding]:
    """The signature of each event, its enrolled phone, its position and words, its place in the chain."""
    faults = [fault for signed in contents.events for fault in _signature_faults(signed, contents)]
    count, phones = len(contents.events), len({one.event.device_id for one in contents.events})
    yield held(
        "signatures",
        f"Signed by the keys of the phones they name, each enrolled by then: {counted(count, 'event')} of "
        f"{counted(phones, 'phone')}.",
        faults,
        "Events are not as their phones signed them.",
    )
    yield from _parts(contents)
    yield from _chain(contents)


def _signature_faults(signed: Signed, contents: Contents) -> Iterator[str]:
    event, device = signed.event, contents.devices.get(signed.event.device_id)
    if device is None:
        yield f"{signed.name}: its phone {event.device_id} is not in devices.json"
        return
    if signed.said.get("device_id") != event.device_id:
        yield f"{signed.name}: it was signed for another phone than {event.device_id}"
    try:
        genuine = verifies(public_jwk(device.public_key), unbase64url(event.signature), signed.canonical)
        early = parse_instant(event.received_at) < device.enrolled_at
    except ValueError as error:
        yield f"{signed.name}: {error}"
        return
    if not genuine:
        yield f"{signed.name}: the signature is not its phone's over these bytes"
    if early:
        yield f"{signed.name}: it came before its phone was enrolled"


def _parts(contents: Contents) -> Iterator[Finding]:
    """Positions and words against the digests that were signed; those no longer held are said."""
    faults, gone, never, withheld, shown = [], 0, 0, 0, 0
    for signed in contents.events:
        event = signed.event
        for name, part in (("fix", event.fix), ("payload", event.payload)):
            wanted = signed.said.get(f"{name}_hash")
            if part is not None:
                shown += 1
                if _digest(part) != wanted:
                    faults.append(f"{signed.name}: its {name} is not the one that was signed")
            elif wanted is not None and event.withheld:
                withheld += 1
            elif wanted is not None and name == "fix" and event.judged and not event.judged.position_kept:
                never += 1
            elif wanted is not None:
                gone += 1
    yield held(
        "positions and words",
        f"Positions and words are those that the phones signed: {shown}.",
        faults,
        "Positions or words are not those that the phones signed.",
    )
    yield from _not_there(gone, never, withheld)


def _not_there(gone: int, never: int, withheld: int) -> Iterator[Finding]:
    about = "positions and words"
    if gone:
        yield open_question(
            about, f"{gone}: position no longer held, or words. What was concluded from it is in the bundle."
        )
    if never:
        yield open_question(
            about, f"Judged and never kept, at a carer's own home: {counted(never, 'position')}."
        )
    if withheld:
        yield open_question(
            about, f"Positions and words that are not for the reader of this bundle: {withheld}."
        )


def _digest(part: str) -> str | None:
    try:
        return base64url(sha256(json_object(part)[1]))
    except ValueError:
        return None


def _chain(contents: Contents) -> Iterator[Finding]:
    """Each event names the digest of the one before it: held here as an event, or as a digest alone."""
    known: dict[tuple[str, int], set[str]] = defaultdict(set)
    for link in contents.links:
        known[link.device_id, link.seq].add(link.hash)
    for signed in contents.events:
        known[_place(signed)].add(base64url(signed.hash))
    faults, gaps = [], []
    for signed in contents.events:
        device, seq = _place(signed)
        before = known.get((device, seq - 1))
        first = base64url(sha256(device.encode("ascii", "replace")))
        if signed.event.code == "fork" or signed.said.get("prev") in (
            before or {first} if seq <= 1 else before or ()
        ):
            continue
        if before is None and seq > 1:
            gaps.append(f"phone {device}: number {seq - 1}, before {signed.name}")
        else:
            faults.append(f"{signed.name}: it does not follow the event before it")
    others = counted(len(contents.links), "other")
    says = f"Each event follows the one before it on its phone. Here as digests alone: {others}."
    yield held("chain", says, faults, "The chains of phones do not hold together.")
    if gaps:
        yield open_question("chain", "Numbers are missing in the chains of phones.", gaps)


def _place(signed: Signed) -> tuple[str, int]:
    seq = signed.said.get("seq")
    return signed.event.device_id, seq if isinstance(seq, int) else -1
