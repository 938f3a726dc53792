"""Bytes that a phone could not hand in as events: kept unread, with a receipt, so that it may let them go."""

from backend import db
from backend.domain.canonical import base64url, sha256
from backend.sql import query
from backend.use_cases.phone_calls import Call
from backend.use_cases.receipts import sign
from backend.use_cases.receive_events import unclaimed
from schemas.mobile import RawAnswer, RawReceipt


async def receive_raw(body: bytes, call: Call) -> RawAnswer:
    """Keep the bytes and answer with a signed receipt of their digest."""
    async with db.as_system() as connection:
        await connection.execute(query("events.insert_unclaimed"), *unclaimed("raw", body, call))
    receipts = [RawReceipt(base64url(sha256(body)), call.received_at)]
    return RawAnswer(receipts, sign(receipts)[1])
