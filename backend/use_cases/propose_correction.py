"""Somebody says that a recorded time is not what happened. Both times are kept; nothing changes until accepted."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from backend.domain.canonical import Unreadable, base64url, canonical, members, read, sha256, unbase64url
from backend.domain.signatures import verifies
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.list_corrections import corrections_of
from backend.use_cases.phone_calls import Call, Device, as_device
from schemas.mobile import (
    DAY_REASONS,
    CorrectionAnswer,
    CorrectionRequest,
    SignedCorrection,
)
from schemas.strict import Fault, Faulty, decode


async def propose_correction(body: bytes, call: Call) -> tuple[CorrectionAnswer, bool]:
    """Keep a carer's signed correction; whether it is new. The same one again is answered as before.

    Raises Faulty, or DomainError: conflict (the id holds other content), not_found (not her visit).
    """
    value, request = _read(body)
    signed_canonical = canonical(value["signed"])
    async with as_device(call) as (connection, device):
        _refuse_unsigned(request, value, signed_canonical, device)
        new = await _insert(connection, device, request, members(body)["signed"], call.received_at)
        row = await connection.fetchrow(query("corrections.one"), device.provider_id, request.signed.id)
        if not new and (row["signed"] is None or canonical(read(row["signed"])) != signed_canonical):
            raise DomainError("conflict", "Another correction has this id already.")
        if new and request.note is not None:
            note = canonical(value["note"])
            await connection.execute(query("corrections.insert_note"), device.provider_id, row["id"], note)
            row = await connection.fetchrow(query("corrections.one"), device.provider_id, row["id"])
        return (await corrections_of(connection, [row]))[0], new


def _read(body: bytes) -> tuple[dict[str, Any], CorrectionRequest]:
    try:
        value = read(body)
    except Unreadable as error:
        raise Faulty([Fault("", str(error))]) from error
    decoded = decode(CorrectionRequest, value)
    if decoded.value is None:
        raise Faulty(decoded.faults)
    if faults := _reason_faults(decoded.value.signed):
        raise Faulty(faults)
    return value, decoded.value


def _reason_faults(signed: SignedCorrection) -> list[Fault]:
    about_day = signed.reason_code in DAY_REASONS
    if about_day == (signed.day is not None):
        return []
    return [
        Fault("/signed/reason_code", "is a reason for a day, not a visit" if about_day else "is for a visit")
    ]


def _refuse_unsigned(
    request: CorrectionRequest, value: dict[str, Any], signed_canonical: bytes, device: Device
) -> None:
    faults: list[Fault] = []
    if request.signed.device_id != str(device.id):
        faults.append(Fault("/signed/device_id", "is not the phone that makes this call"))
    if not _verifies(device, request.signature, signed_canonical):
        faults.append(Fault("/signature", "is not this phone's over the signed part"))
    note = None if request.note is None else base64url(sha256(canonical(value["note"])))
    if request.signed.note_hash != note:
        faults.append(Fault("/note", "is not the one that was signed"))
    if faults:
        raise Faulty(faults)


def _verifies(device: Device, signature: str, message: bytes) -> bool:
    try:
        return verifies(device.public_key, unbase64url(signature), message)
    except ValueError:
        return False


async def _insert(
    connection: asyncpg.Connection,
    device: Device,
    request: CorrectionRequest,
    signed_bytes: bytes,
    now: datetime,
) -> bool:
    signed = request.signed
    await refuse_foreign(connection, device.provider_id, signed.visit_id, device.carer_id)
    inserted = await connection.fetchval(
        query("corrections.insert"),
        device.provider_id,
        signed.id,
        device.carer_id,
        signed.visit_id,
        signed.day,
        signed.proposed.start,
        signed.proposed.end,
        signed.reason_code.value,
        "carer",
        None,
        device.id,
        unbase64url(signed.note_hash) if signed.note_hash else None,
        signed_bytes,
        unbase64url(request.signature),
        now,
        None,
    )
    return inserted is not None


async def refuse_foreign(
    connection: asyncpg.Connection, provider_id: UUID, visit_id: UUID | None, carer_id: UUID
) -> None:
    """Raise DomainError not_found for a visit that is not one of the carer's."""
    if visit_id is None:
        return
    if not await connection.fetchval(query("corrections.own_visit"), provider_id, visit_id, carer_id):
        raise DomainError("not_found", "That is not one of this carer's visits.")
