"""What is read quickly is what the readers that name faults would find."""

from copy import deepcopy
from typing import Any, Final

import msgspec
import pytest

from schemas import strict
from schemas.mobile import CorrectionRequest, Envelope, EventPayload, Fix, SentEvent, SessionRequest

_SALT: Final = "AAECAwQFBgcICQoLDA0ODw"
_DIGEST: Final = "9-VRI0W7qO71KphPploxX-4U4d0dxDMn2dyfw4GTnEU"
_ID: Final = "2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11"
_SIGNED: Final = {
    "type": "doorstep-event-1", "id": _ID, "device_id": "phone", "seq": 4, "prev": _DIGEST, "kind": "check_in",
    "occurred_at": "2026-11-02T07:00:00+01:00", "clock_id": "c", "monotonic_ms": 0, "method": "gps",
    "visit_id": _ID.upper(),
}  # fmt: skip
_FIX: Final = {"salt": _SALT, "lat": 52, "lon": -2.5, "accuracy_m": 0, "taken_at": "2026-11-02T07:00:00.5Z"}
_PLACE: Final = {"lat": 52.1, "lon": -2.5}
_GOOD: Final[list[tuple[Any, Any]]] = [
    (SentEvent, {"signed": _SIGNED, "signature": "AA", "fix": _FIX, "payload": {"salt": _SALT}}),
    (EventPayload, {"salt": _SALT, "activity": "training", "task_id": "wash", "person_id": _ID, "words": ""}),
    (EventPayload, {"salt": _SALT, "place": _PLACE, "no_fix": "denied", "event_id": None}),
    (Fix, _FIX | {"mocked": True}),
    (Envelope, {"device_id": "x", "sent_at": "2026-11-02T07:00Z", "clock_id": "c", "sent_monotonic_ms": 2**53 - 1}),
    (SessionRequest, {"device_id": "x", "pin": "1234"}),
    (CorrectionRequest, {
        "signed": {
            "type": "doorstep-correction-1", "id": _ID, "device_id": "x", "reason_code": "other", "visit_id": _ID,
            "proposed": {"start": "2026-11-02T07:00:00Z"},
        },
        "signature": "AA",
    }),
]  # fmt: skip
_ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 2**53 - 1, 2**53, 1.0, 1.5, "", "x", "no such", "1234", _ID, _ID.replace("-", ""),
    _DIGEST, _DIGEST[:-1] + "V", _SALT, "\0", "\u2028", "\ud800", "a" * 501, "2026-11-02T07:00:00Z",
    "2026-11-02 07:00:00Z", "2026-11-02T07:00:00", "9999-11-02T07:00:00Z", [], [1], {}, {"salt": _SALT}, _PLACE, _FIX,
)  # fmt: skip


def _places(value: Any) -> list[tuple[Any, str]]:
    """Each object of a value with each of its names, and one that it lacks."""
    if not isinstance(value, dict):
        return []
    inside = [place for item in value.values() for place in _places(item)]
    return [*((value, name) for name in [*value, "visit_id", "salt", "other"]), *inside]


def _spoilt(good: Any) -> list[Any]:
    """The value as it is, and with one member gone or another in its place."""
    made = [good]
    for at in range(len(_places(good))):
        for odd in _ODD:
            made.append(deepcopy(good))
            there, name = _places(made[-1])[at]
            there[name] = odd
        made.append(deepcopy(good))
        there, name = _places(made[-1])[at]
        there.pop(name, None)
    return made


@pytest.mark.parametrize(("kind", "good"), _GOOD)
def test_quick_and_thorough_readers_agree(kind: Any, good: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    values = _spoilt(good)
    quick = [strict.decode(kind, value) for value in values]
    assert quick[0].value is not None and sum(not one.faults for one in quick) > 1

    def nothing(reader: Any, data: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(strict._StructReader, "quick", nothing)
    thorough = [strict.decode(kind, value) for value in values]
    for value, one, other in zip(values, quick, thorough, strict=True):
        assert one == other, value


@pytest.mark.parametrize(("kind", "good"), _GOOD[:5])
def test_what_phones_send_again_and_again_is_read_quickly(
    kind: Any, good: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = strict.decode(kind, good).value
    monkeypatch.setattr(strict._StructReader, "_with_faults", None)
    assert strict.decode(kind, msgspec.json.decode(msgspec.json.encode(good))).value == read
