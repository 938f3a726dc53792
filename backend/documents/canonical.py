"""Snapshots as canonical JSON (RFC 8785): one snapshot, one text, one digest."""

from hashlib import sha256
from typing import TypeVar

import msgspec

from schemas.documents import InvoiceSnapshot, WageReportSnapshot
from schemas.statements import PersonStatement
from schemas.strict import Faulty, decode, parse_json

Snapshot = InvoiceSnapshot | WageReportSnapshot
S = TypeVar("S")


def canonical_json(snapshot: Snapshot | PersonStatement) -> bytes:
    """The snapshot's canonical bytes. Decimals are text, instants RFC 3339 in UTC, dates YYYY-MM-DD.

    A snapshot holds no floats and its names are ASCII, so sorted members are all that RFC 8785 asks; a test holds the
    two together.
    """
    return msgspec.json.encode(snapshot, order="sorted")


def digest(document: bytes) -> str:
    """SHA-256 of a document's bytes, in hexadecimal."""
    return sha256(document).hexdigest()


def read_invoice(raw: bytes) -> InvoiceSnapshot:
    """The invoice snapshot that JSON holds. Raises schemas.strict.Faulty with every fault."""
    return _read(InvoiceSnapshot, raw)


def read_wage_report(raw: bytes) -> WageReportSnapshot:
    """The wage report snapshot that JSON holds. Raises schemas.strict.Faulty with every fault."""
    return _read(WageReportSnapshot, raw)


def _read(kind: type[S], raw: bytes) -> S:
    parsed = parse_json(raw)
    decoded = decode(kind, parsed.value)
    if parsed.faults or decoded.value is None:
        raise Faulty(parsed.faults or decoded.faults)
    return decoded.value
