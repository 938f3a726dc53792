"""Hold everything that was recorded of a provider against its checkpoints and seals, and name whatever is not as it
was.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Gauge

from backend import db, keys
from backend.domain.counted import counted
from backend.sql import query
from backend.use_cases.record_checks.beside import beside_faults
from backend.use_cases.record_checks.checkpoints import checkpoint_faults
from backend.use_cases.record_checks.forgotten import read_forgotten
from backend.use_cases.record_checks.receipts import receipt_faults
from backend.use_cases.record_checks.seals import seal_faults
from backend.use_cases.verification.server_keys import ServerKeys, read_keys

MOST_KEPT: Final = 1_000
"""Faults that are kept of one look: the first thousand say enough."""
SHOWN: Final = 30
_FAULTS: Final = Gauge(
    "doorstep_record_faults", "Records not as they were sealed, at the last look", ["provider"]
)
_CHECKED: Final = Gauge(
    "doorstep_record_check_seconds", "When records were looked at last (Unix time)", ["provider"]
)
log = structlog.get_logger("doorstep.records")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look found: how much was looked at, and what is wrong, in words that name no person."""

    checkpoints: int
    seals: int
    facts: int
    faults: tuple[str, ...]
    sealed_until: datetime | None

    @property
    def unsealed(self) -> str:
        """What no seal holds yet, in a sentence: of that nothing is proved, be it new or be its seals cut off."""
        if self.sealed_until is None:
            return "Nothing is sealed yet."
        return f"What was recorded since {self.sealed_until:%Y-%m-%d %H:%M} UTC is in no seal yet."

    @property
    def words(self) -> str:
        """The result in a sentence."""
        seen = ", ".join(
            (
                counted(self.facts, "row"),
                counted(self.seals, "seal"),
                counted(self.checkpoints, "checkpoint"),
            )
        )
        return f"{seen}: {counted(len(self.faults), 'fault') if self.faults else 'all as they were'}"


async def check_records(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> Checked:
    """Look at every checkpoint, seal and sealed row of the open provider. Reads alone."""
    published = server_keys()
    checkpoints, faults = await checkpoint_faults(connection, provider_id, published)
    faults += await receipt_faults(connection, provider_id, published)
    forgotten = await read_forgotten(connection, provider_id, now)
    seals, facts, changed = await seal_faults(connection, provider_id, published, forgotten)
    faults += [*changed, *forgotten.faults]
    faults += await beside_faults(connection, provider_id, now, forgotten)
    newest = await connection.fetchrow(query("seals.newest"), provider_id)
    return Checked(checkpoints, seals, facts, tuple(faults), newest and newest["until"])


async def check_and_note(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> str:
    """The same, and keep what was found as a fact, which notifies whoever subscribed to it. Returns it in words."""
    found = await check_records(connection, provider_id, now)
    seen = (now, found.checkpoints, found.seals, found.facts, list(found.faults[:MOST_KEPT]))
    await connection.execute(query("seals.insert_check"), provider_id, *seen)
    if found.faults:
        log.error("records_changed", provider=str(provider_id), faults=len(found.faults))
    return found.words


async def measure_records() -> None:
    """Set the metrics of the newest look at each provider's records, if the database answers."""
    try:
        async with db.as_system() as connection:
            rows = await connection.fetch(query("seals.newest_checks"))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("records_not_measured", error=type(error).__name__)
        return
    for row in rows:
        _FAULTS.labels(row["reference"]).set(row["faults"])
        _CHECKED.labels(row["reference"]).set(row["checked_at"].timestamp())


async def read_checks(provider_id: UUID) -> list[dict[str, Any]]:
    """The newest looks: checked_at, checkpoints, seals, facts, faults."""
    async with db.as_provider(provider_id) as connection:
        return [dict(row) for row in await connection.fetch(query("seals.checks"), provider_id, SHOWN)]


def server_keys() -> ServerKeys:
    """The keys that this server publishes."""
    return read_keys(json.dumps(keys.current().jwk_set()))
