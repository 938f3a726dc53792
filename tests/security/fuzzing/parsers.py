"""What reads bytes of strangers, each with a few that are right, and how it may refuse the others."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import httpx
import xlsxwriter

from backend.domain.batches import read_batch
from backend.domain.canonical import Unreadable, canonical, read
from backend.domain.events import read_event
from backend.domain.proof import BadProof, read_proof
from backend.domain.sun import read_tap, tap_code
from backend.domain.tokens import card_text, read_token
from backend.use_cases.loading.files import SourceFile, read_sheet
from backend.use_cases.loading.report import Report
from mobile_api.reference_client import Key, Phone
from schemas.strict import Faulty

DEVICE: Final = "6f1c0a52-4a2b-4f0e-9d51-0d5a3f6c7b11"
URL: Final = "https://doorstep.example/mobile/v1/session"
COLUMNS: Final = ["carer", "from", "until"]


def events(content: bytes) -> None:
    """A batch, and each event in it; what is no batch is refused with its faults."""
    try:
        batch = read_batch(content)
    except Faulty as error:
        assert error.faults
        return
    for raw in batch.events:
        found = read_event(raw, batch.envelope.device_id)
        assert found.fault is not None or found.identity is not None


def one_event(content: bytes) -> None:
    """One event: whatever it is, it is read or told what is wrong with it."""
    found = read_event(content, DEVICE)
    assert found.fault is not None or found.identity is not None


def json_text(content: bytes) -> None:
    """JSON that is understood has one canonical form, which is understood as the same."""
    try:
        value = read(content)
    except Unreadable:
        return
    assert canonical(read(canonical(value))) == canonical(value)


def sheet(content: bytes) -> None:
    """A file to load, of whatever kind its first bytes show: rows, or faults in words."""
    report = Report()
    found = read_sheet(SourceFile("file", content), COLUMNS, report)
    assert found is not None or report.faults
    assert all(fault.detail.isprintable() for fault in report.faults)


def tapped(content: bytes) -> None:
    """The text of a tag, card or fob: known for what it is, or nothing."""
    text = content.decode("utf-8", "replace")
    assert read_tap(text) is None or len(read_tap(text).cmac) == 8  # type: ignore[union-attr]
    read_token(text)


def proof(content: bytes) -> None:
    """A proof of a phone's key: it holds for this call, or is refused in words."""
    try:
        read_proof(content.decode("latin-1"), "POST", [URL])
    except BadProof as error:
        assert str(error)


def samples() -> Mapping[str, list[bytes]]:
    """For each parser a few inputs that are right."""
    phone = Phone(httpx.AsyncClient(), device_id=DEVICE)
    taken = {
        "lat": 52.061,
        "lon": -2.71,
        "accuracy_m": 12.0,
        "taken_at": "2026-11-02T07:04:12+00:00",
        "mocked": False,
    }
    made = [
        phone.record("check_in", DEVICE, fix=taken, payload={"token": "1234567"}, method="qr"),
        phone.record("activity_start", payload={"activity": "training", "words": "é\u202e"}),
    ]
    uid, key = bytes.fromhex("04DE5F1EACC040"), bytes(16)
    tap = f"https://d.example/at?uid={uid.hex()}&ctr=000005&cmac={tap_code(key, uid, 5).hex()}"
    sealed = f"https://d.example/at?picc_data={'EF963FF7828658A599F3041510671E88'}&cmac={'0' * 16}"
    one = [json.dumps(event).encode() for event in made]
    return {
        "events": [phone.batch(made), phone.batch(made[:1])],
        "one_event": one,
        "json_text": [*one, b'{"a": [1, 2.5e3, null, true, "\\ud83d\\ude00"]}'],
        "sheet": [_book(), b"carer,from,until\nC1,2026-11-02,\n", b'[{"carer": "C1", "from": "2026-11-02"}]'],
        "tapped": [
            tap.encode(),
            sealed.encode(),
            card_text("https://d.example", UUID(DEVICE), bytes(16)).encode(),
        ],
        "proof": [Key().proof("POST", URL, "nonce", ath="x").encode()],
    }


def _book() -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    sheet.write_row(1, 0, ["C1", 46328, "=1+1"])
    book.close()
    return made.getvalue()


PARSERS: Final[Mapping[str, Callable[[bytes], Any]]] = {
    parser.__name__: parser for parser in (events, one_event, json_text, sheet, tapped, proof)
}
