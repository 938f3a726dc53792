"""What nobody can go below: the least that a server does which keeps what phones send, on the same libraries.

`/one` keeps a body: BEGIN, the tenant, one INSERT, COMMIT. `/many` decodes a batch, verifies the same signatures as the
product does, and keeps each event: one INSERT of all. Nothing is judged, chained, or answered with a receipt.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec
import uvicorn
from litestar import Litestar, Request, Response, post

from backend import db, settings
from backend.commands.serve import SERVER
from backend.domain.canonical import canonical, unbase64url
from backend.domain.signatures import verifies

TABLES: Final = """
CREATE TABLE floor_event (
    provider_id uuid NOT NULL, id uuid NOT NULL, received_at timestamptz NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (provider_id, id)
);
ALTER TABLE floor_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider ON floor_event USING (provider_id = current_provider())
    WITH CHECK (provider_id = current_provider());
GRANT SELECT, INSERT ON floor_event TO doorstep_application;
"""
"""Under row security as every table of a tenant."""
_ONE: Final = "INSERT INTO floor_event (provider_id, id, received_at, body) VALUES ($1, $2, $3, $4)"
_MANY: Final = (
    "INSERT INTO floor_event (provider_id, id, received_at, body) "
    "SELECT $1, made.id, $3, made.body FROM unnest($2::uuid[], $4::bytea[]) AS made (id, body)"
)
PROVIDER: Final = "BENCH_PROVIDER"


class _Event(msgspec.Struct):
    signed: dict[str, Any]
    signature: str


class _Batch(msgspec.Struct):
    device_id: str
    events: list[_Event]


class _Held:
    """What the process holds."""

    pool: asyncpg.Pool
    provider: UUID
    keys: dict[str, dict[str, str]]


async def _keep(statement: str, ids: Any, bodies: Any) -> None:
    async with _Held.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config($1, $2, true)", "doorstep.provider_id", str(_Held.provider)
        )
        await connection.execute(statement, _Held.provider, ids, datetime.now(UTC), bodies)


@post("/one", status_code=200)
async def one(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Keep a body as it is."""
    made = uuid4()
    await _keep(_ONE, made, await request.body())
    return {"id": str(made)}


@post("/many", status_code=200)
async def many(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Keep the events of a batch whose signatures hold, as that of the proof must."""
    batch = msgspec.json.decode(await request.body(), type=_Batch)
    key = _Held.keys[batch.device_id]
    signed, _, signature = request.headers["DPoP"].rpartition(".")
    assert verifies(key, unbase64url(signature), signed.encode())
    kept = [canonical(event.signed) for event in batch.events]
    genuine = [verifies(key, unbase64url(e.signature), k) for e, k in zip(batch.events, kept, strict=True)]
    assert all(genuine)
    ids = [uuid4() for _ in kept]
    await _keep(_MANY, ids, kept)
    return Response(msgspec.json.encode({"ids": ids}), media_type="application/json")


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back, as in the product's own pool."""


@asynccontextmanager
async def _opened(app: Litestar) -> AsyncIterator[None]:
    _Held.provider = UUID(os.environ[PROVIDER])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"],
        server_settings=db.SETTINGS,
        min_size=0,
        max_size=settings.current().pool_size,
        reset=_as_it_is,
    ) as _Held.pool:
        async with _Held.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('doorstep.provider_id', $1, true)", str(_Held.provider)
            )
            rows = await connection.fetch("SELECT id, public_key FROM device")
        _Held.keys = {str(row["id"]): msgspec.json.decode(row["public_key"]) for row in rows}
        yield


def create_app() -> Litestar:
    """The application of one process."""
    return Litestar([one, many], lifespan=[_opened], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    uvicorn.run(
        "bench._floor:create_app", factory=True, port=int(sys.argv[1]), workers=int(sys.argv[2]), **SERVER
    )
