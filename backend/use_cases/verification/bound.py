"""Whether the facts that the result is worked out from are those that the phones signed and the managers decided."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any, Final
from uuid import UUID

import msgspec

from backend.domain.canonical import unbase64url
from backend.domain.counted import counted
from backend.domain.paid_time import Offset, moved
from backend.domain.signatures import public_jwk, verifies
from backend.use_cases.verification.contents import Contents, Signed, json_object
from backend.use_cases.verification.findings import Finding, held, open_question
from backend.use_cases.wage_report_facts import RecordedWages
from schemas.evidence import Correction, Judged
from schemas.scalars import parse_instant

_ROUNDING: Final = timedelta(milliseconds=2)
Row = Mapping[str, Any]


def bound_found(contents: Contents, recorded: RecordedWages) -> Iterator[Finding]:
    """Each fact about an event beside the event itself, each applied correction beside its decisions."""
    events = {signed.event.row: signed for signed in contents.events}
    facts = _event_facts(recorded)
    limit = timedelta(seconds=recorded.days.visits.policy.clock_offset_limit_s)
    faults = [
        f"{row}: the facts name this event, which is not in the bundle" for row in facts.keys() - events
    ]
    faults += [f"{events[row].name}: the facts do not name it" for row in events.keys() - facts]
    moved_by_rule = 0
    for row in facts.keys() & events:
        faults += _faults(facts[row], events[row], contents, limit)
        moved_by_rule += facts[row]["at"] != _instant(events[row].said.get("occurred_at"))
    yield held(
        "facts",
        f"The facts say of {counted(len(facts), 'event')} what the phones signed; the time of "
        f"{moved_by_rule} was moved by the published rule for a wrong clock.",
        sorted(faults),
        "The facts are not those that the phones signed.",
    )
    yield open_question("facts", _on_the_seal(contents, recorded))
    yield _corrections(contents, recorded)


def _on_the_seal(contents: Contents, recorded: RecordedWages) -> str:
    """What nobody but the server says, and what would show that it says something else than before."""
    answers = counted(len(recorded.days.journeys), "answer")
    return (
        "On the seal alone rest: plans, packages, places, employments, terms and pay as the provider's systems "
        "loaded them; the policy; time that managers entered and what they decided; what positions, cards and tags "
        f"were judged to prove; {answers} of routing engines; changes of earlier periods. Whoever holds the server's "
        "key could alter these and the result to match, and seal both anew. To find that, compare a copy of the report "
        f"from another day: at its foot stands the digest of its facts, here {contents.manifest.subject.facts_sha256}."
    )


def _event_facts(recorded: RecordedWages) -> dict[str, Row]:
    visits = recorded.days.visits.facts.events.to_dicts()
    activities = recorded.days.activities.events.rename({"kind": "activity", "event_kind": "kind"}).to_dicts()
    return {row["event_row"]: row for row in (*visits, *activities)}


def _faults(fact: Row, signed: Signed, contents: Contents, limit: timedelta) -> Iterator[str]:
    event, said = signed.event, signed.said
    device = contents.devices.get(event.device_id)
    expected = {
        "event_id": said.get("id"),
        "kind": said.get("kind"),
        "digest": signed.hash.hex(),
        "carer_id": device.carer_id if device else None,
        "fact_at": max(filter(None, (_instant(event.received_at), event.released_at))),
    }
    if "activity" not in fact:
        foreign = event.code == "not_your_visit" and event.released_at is None
        expected |= {
            "device_id": event.device_id,
            "unplanned": said.get("visit_id") is None,
            "foreign": foreign,
        }
        expected["level"] = event.judged.evidence_level if event.judged else "statement"
        expected |= {
            "fix_within_m": _within(event.judged),
            "fix_age_s": event.judged and event.judged.fix_age_s,
            "place_id": event.judged and event.judged.place_id,
            "inside": event.judged is not None and event.judged.fence == "inside",
        }
    if visit := _visit_of(signed, device.carer_id if device else None, contents):
        expected["visit_id"] = visit
    for name, value in expected.items():
        if fact[name] != value:
            yield f"{signed.name}: the facts give {name} as {fact[name]}, the event as {value}"
    if not (event.outcome == "accepted" or event.released_at or event.code == "not_your_visit"):
        yield f"{signed.name}: it was {event.outcome} and never released, so it may not count"
    if not _right_time(fact["at"], signed, limit):
        yield f"{signed.name}: the facts give its time as {fact['at']}, which its phone and the rule do not"
    yield from _activity_faults(fact, signed)


def _visit_of(signed: Signed, carer_id: str | None, contents: Contents) -> str | None:
    """The visit that an event names. One that nobody planned goes by its carer and its check-in, which the event is or
    names in its words: None where they are no longer held, or the bundle is not for whoever may see the carer's id.
    """
    if (visit := signed.said.get("visit_id")) is not None:
        return str(visit)
    words = json_object(signed.event.payload)[0] if signed.event.payload is not None else {}
    own = signed.said.get("id") if signed.said.get("kind") == "check_in" else None
    named = words.get("check_in_id") or own
    if named is None or signed.event.payload is None or contents.manifest.reader != "provider":
        return None
    try:
        digest = md5(f"{carer_id}{UUID(named)}".encode(), usedforsecurity=False)
    except ValueError:
        return None
    return str(UUID(digest.hexdigest()))


def _within(judged: Judged | None) -> float | None:
    """How far from the place the phone was at most, in metres."""
    if judged is None or judged.distance_m is None or judged.accuracy_m is None:
        return None
    return judged.distance_m + judged.accuracy_m


def _right_time(at: datetime, signed: Signed, limit: timedelta) -> bool:
    low, high = signed.event.offset_low_ms, signed.event.offset_high_ms
    occurred = _instant(signed.said.get("occurred_at"))
    if occurred is None:
        return False
    if low is None or high is None:
        return at == occurred
    measured = Offset(timedelta(milliseconds=low), timedelta(milliseconds=high))
    return abs(occurred + moved(measured, limit) - at) <= _ROUNDING


def _activity_faults(fact: Row, signed: Signed) -> Iterator[str]:
    if "activity" not in fact or signed.event.payload is None:
        return
    words = json_object(signed.event.payload)[0]
    place = words.get("place") or {}
    if fact["activity"] != words.get("activity"):
        yield f"{signed.name}: the facts give the activity as {fact['activity']}"
    if (fact["lat"], fact["lon"]) != (place.get("lat"), place.get("lon")):
        yield f"{signed.name}: the facts give it another place"


def _instant(text: Any) -> datetime | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None


def _corrections(contents: Contents, recorded: RecordedWages) -> Finding:
    faults = [fault for one in contents.corrections for fault in _signature_faults(one, contents)]
    accepted = {
        (one.visit_id, one.carer_id, one.proposed_start, one.proposed_end, one.decisions[-1].decided_at)
        for one in contents.corrections
        if one.decisions and one.decisions[-1].decision == "accepted"
    }
    names = ("carer_id", "proposed_start", "proposed_end", "decided_at")
    applied = {
        (row["visit_id"], *(row[name] for name in names))
        for row in recorded.days.visits.facts.corrections.to_dicts()
    }
    names = ("carer_id", "start", "end", "last_fact_at")
    applied |= {
        (None, *(row[name] for name in names)) for row in recorded.days.activities.corrections.to_dicts()
    }
    faults += [f"the facts apply a correction of {row[1]} that nobody accepted" for row in applied - accepted]
    faults += [f"the facts lack an accepted correction of {row[1]}" for row in accepted - applied]
    corrections = counted(len(applied), "correction")
    says = f"Accepted and applied: {corrections}. Those that carers proposed are signed by their phones."
    return held(
        "corrections", says, sorted(faults), "Corrections are not those that were proposed and accepted."
    )


def _signature_faults(one: Correction, contents: Contents) -> Iterator[str]:
    if one.proposed_by != "carer":
        return
    device = contents.devices.get(one.device_id or "")
    if device is None or one.signed is None or one.signature is None:
        yield f"correction {one.id}: it is not signed by a phone in the bundle"
        return
    try:
        said, form = json_object(one.signed)
        genuine = verifies(public_jwk(device.public_key), unbase64url(one.signature), form)
    except ValueError as error:
        yield f"correction {one.id}: {error}"
        return
    if not genuine:
        yield f"correction {one.id}: the signature is not its phone's"
    if not _as_signed(one, said) or device.carer_id != one.carer_id:
        yield f"correction {one.id}: it says something else than its phone signed"


def _as_signed(one: Correction, said: Mapping[str, Any]) -> bool:
    times = said.get("proposed") or {}
    proposed = tuple(_instant(times.get(name)) for name in ("start", "end"))
    told = (said.get("id"), said.get("visit_id"), said.get("day"), said.get("reason_code"))
    stands = (one.id, one.visit_id, msgspec.to_builtins(one.day), one.reason_code)
    return told == stands and proposed == (one.proposed_start, one.proposed_end)
