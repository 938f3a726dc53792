"""What must hold when everything has been broken: read past the program, from the tables themselves."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend import db, keys
from backend.domain.canonical import base64url, sha256, unbase64url
from backend.domain.checkpoints import leaf, root
from backend.jobs.due import due_work
from backend.use_cases.reconcile import reconcile
from tests.faults.harness import Rig
from tests.faults.processes import until
from tests.faults.world import PROVIDER, opening

QUIET_SECONDS: Final = 240
"""How long it may take until everything is handed in, or the next job is done. Machines differ; stuck is for ever."""
DOCUMENTS: Final = ("invoices", "wage_reports", "wage_reports_final")
"""Jobs of which each period is made up for; of what is done each night only the newest is."""
A_WEEK_DUE: Final = timedelta(days=10)
"""After the opening: documents have fallen due in the shortest run too."""
TOMORROW: Final = timedelta(days=1)
"""After which what failed last is tried again, and a checkpoint looks further back than an hour.

Here days go by while a call is under way.
"""


async def settle(rig: Rig) -> None:
    """The faults are over: every phone hands in what it has, and the workers do what is due."""

    async def handed_in() -> bool:
        return all([await carer.hand_in() for carer in rig.carers])

    await until(handed_in, QUIET_SECONDS, "a phone still has what nobody acknowledged")
    rig.time.go_on(max(TOMORROW, opening() + A_WEEK_DUE - rig.time.true))
    at = rig.time.true

    before, since = -1, time.monotonic()
    while left := await _left(rig, at):
        rig.time.go_on(timedelta(seconds=10))
        [row] = await _rows(rig, "SELECT count(*) AS done FROM job_run WHERE status = 'done'")
        if row["done"] != before:
            before, since = row["done"], time.monotonic()
        assert time.monotonic() < since + QUIET_SECONDS, f"a job is stuck: {left}"
        await asyncio.sleep(0.3)


async def _left(rig: Rig, at: datetime) -> list[str]:
    """What is due, failed or held, and what of each minute was not done since an instant."""
    async with opened(rig):
        due = [f"{piece.job} {piece.scope} {piece.period_key} is due" for piece in await due_work(at)]
    rows = await _rows(
        rig,
        "SELECT job, scope, period_key, status, detail FROM job_run WHERE CASE WHEN period_key = 'each minute'"
        " THEN coalesce(finished_at <= $1, true) ELSE status <> 'done' AND job = ANY ($2) END",
        at,
        DOCUMENTS,
    )
    return due + [str(dict(row)) for row in rows]


@asynccontextmanager
async def opened(rig: Rig) -> AsyncIterator[None]:
    """The database open in the harness itself, past the proxy."""
    async with db.opened(rig.postgres.url("application")):
        yield


@asynccontextmanager
async def superuser(rig: Rig) -> AsyncIterator[asyncpg.Connection]:
    """A connection that row security does not bind."""
    connection = await asyncpg.connect(rig.postgres.url("superuser"))
    try:
        yield connection
    finally:
        await connection.close()


async def broken(rig: Rig) -> dict[str, list[str]]:
    """Each law with what breaks it, in words; nothing where it holds."""
    laws: dict[str, Callable[[Rig], Awaitable[list[str]]]] = {
        "every acknowledged event is there once, in its place, as it was acknowledged": _events,
        "nothing is there that no phone sent": _nothing_else,
        "an event that is sent again is answered as the first time": _again,
        "every document due is issued once": _documents,
        "invoice numbers have no gap": _numbers,
        "every visit is billed once": _money,
        "checkpoints are a chain that holds every event": _checkpoints,
        "no session is left behind": _sessions,
        "nothing was answered but receipts and short refusals": _answers,
        "nothing went wrong but what was broken": _logged,
    }
    return {name: await law(rig) for name, law in laws.items()}


async def _rows(rig: Rig, sql: str, *values: Any) -> list[Any]:
    async with superuser(rig) as connection:
        return list(await connection.fetch(sql, *values))


async def _events(rig: Rig) -> list[str]:
    rows = await _rows(
        rig,
        "SELECT device_id, event_id, seq, signed_hash, outcome, code, received_at FROM event ORDER BY device_id, seq",
    )
    held: dict[str, list[Any]] = {}
    for row in rows:
        held.setdefault(str(row["device_id"]), []).append(row)
    faults: list[str] = []
    for carer in rig.carers:
        faults += _of_phone(carer.phone.device_id, carer.sent, carer.phone.receipts, held)
    return faults


def _of_phone(
    device: str | None, sent: list[Any], receipts: dict[str, Any], held: dict[str, list[Any]]
) -> list[str]:
    rows = held.get(str(device), [])
    faults = []
    if [event["signed"]["id"] for event in sent] != [str(row["event_id"]) for row in rows]:
        faults.append(f"{device}: {len(sent)} sent, {len(rows)} held, or in another order")
    for row in rows:
        line = receipts.get(str(row["event_id"]))
        if line is None:
            faults.append(f"{device}: {row['event_id']} is held and was never acknowledged")
        elif _stored(row) != _told(line):
            faults.append(
                f"{device}: {row['event_id']} was acknowledged as {line} and is held as {_stored(row)}"
            )
    return faults


def _stored(row: Any) -> dict[str, Any]:
    """What a receipt says of an event, as the table has it."""
    return {
        "event_id": str(row["event_id"]),
        "signed_hash": base64url(row["signed_hash"]),
        "outcome": row["outcome"],
        "code": row["code"],
        "received_at": row["received_at"],
    }


def _told(line: dict[str, Any]) -> dict[str, Any]:
    told = {name: line[name] for name in ("event_id", "signed_hash", "outcome", "code")}
    return {**told, "received_at": datetime.fromisoformat(line["received_at"])}


async def _nothing_else(rig: Rig) -> list[str]:
    sent = {event["signed"]["id"] for carer in rig.carers for event in carer.sent}
    rows = await _rows(rig, "SELECT event_id FROM event")
    extra = [str(row["event_id"]) for row in rows if str(row["event_id"]) not in sent]
    unclaimed = await _rows(rig, "SELECT id FROM unclaimed_event")
    return [f"{one} is nobody's" for one in extra] + [f"{len(unclaimed)} unclaimed"] * bool(unclaimed)


async def _again(rig: Rig) -> list[str]:
    return [words for carer in rig.carers for words in carer.doubled]


async def _documents(rig: Rig) -> list[str]:
    """A wage report for each week, and for each contract and week that has a visit one invoice for each payer."""
    runs = await _rows(
        rig,
        "SELECT job, scope, min(period_key) AS first, max(period_key) AS last, count(*) AS runs FROM job_run"
        " WHERE job IN ('invoices', 'wage_reports') GROUP BY job, scope",
    )
    faults = [
        f"{run['job']} {run['scope']}: {run['runs']} runs from {run['first']} to {run['last']}"
        for run in runs
        if run["runs"] != _weeks(run["first"], run["last"])
    ]
    documents = await _rows(
        rig,
        "SELECT kind, scope, payer, count(*) AS made, count(DISTINCT period_start) AS periods FROM document"
        " GROUP BY kind, scope, payer",
    )
    for job in ("invoices", "wage_reports"):
        if len({run["runs"] for run in runs if run["job"] == job}) != 1:
            faults.append(f"{job}: not every scope has come as far")
    return faults + [
        f"{one['kind']} {one['scope']} {one['payer']}: {one['made']} in {one['periods']} periods"
        for one in documents
        if one["made"] != one["periods"]
    ]


def _weeks(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days // 7 + 1


async def _numbers(rig: Rig) -> list[str]:
    rows = await _rows(rig, "SELECT number FROM document WHERE number IS NOT NULL ORDER BY number")
    last = await _rows(rig, "SELECT last_number FROM invoice_sequence")
    found = [row["number"] for row in rows]
    wanted = [f"HEARTH-{number:06d}" for number in range(1, len(found) + 1)]
    faults = [] if found == wanted else [f"{found} are not all of {len(found)}"]
    return faults + (
        [] if [row["last_number"] for row in last] == [len(found)] else [f"the next follows {last}"]
    )


async def _money(rig: Rig) -> list[str]:
    async with opened(rig):
        return [
            f"{period.contract} {period.start}: {fault}"
            async for period in reconcile(PROVIDER)
            for fault in period.discrepancies
        ]


async def _checkpoints(rig: Rig) -> list[str]:
    checkpoints = await _rows(
        rig, "SELECT number, previous, events, root, body, kid, signature FROM checkpoint ORDER BY number"
    )
    faults: list[str] = []
    before = bytes(32)
    for place, one in enumerate(checkpoints, start=1):
        _public(one["kid"]).verify(unbase64url(one["signature"].decode()), one["body"])
        if one["number"] != place or one["previous"] != before:
            faults.append(f"checkpoint {one['number']} does not follow the one before")
        before = sha256(one["body"])
    return faults + await _covered(rig, {one["number"]: one for one in checkpoints})


def _public(kid: str) -> Ed25519PublicKey:
    [found] = [key for key in keys.current().jwk_set()["keys"] if key["kid"] == kid]
    return Ed25519PublicKey.from_public_bytes(unbase64url(found["x"]))


async def _covered(rig: Rig, checkpoints: dict[int, Any]) -> list[str]:
    rows = await _rows(
        rig,
        "SELECT c.number, e.row_id, e.device_id, e.signed_hash, e.outcome, e.code, e.received_at FROM event e"
        " LEFT JOIN checkpoint_event c ON c.event_row = e.row_id ORDER BY c.number, c.position",
    )
    leaves: dict[int | None, list[bytes]] = {}
    for row in rows:
        values = ("row_id", "device_id", "signed_hash", "outcome", "code", "received_at")
        leaves.setdefault(row["number"], []).append(leaf(*(row[name] for name in values)))
    faults = [f"{len(leaves[None])} events stand in no checkpoint"] if None in leaves else []
    return faults + [
        f"checkpoint {number} does not hold what it says"
        for number, one in checkpoints.items()
        if root(leaves.get(number, [])) != one["root"] or len(leaves.get(number, [])) != one["events"]
    ]


async def _sessions(rig: Rig) -> list[str]:
    rows = await _rows(
        rig,
        "SELECT state, query FROM pg_stat_activity"
        " WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '5 seconds'",
    )
    return [f"{row['state']}: {row['query']}" for row in rows]


async def _answers(rig: Rig) -> list[str]:
    strange = {status: n for status, n in rig.heard.statuses.items() if status not in (200, 201, 401, 503)}
    return rig.heard.wrong + ([f"answers {strange}"] if strange else [])


AWAY: Final = {
    "CannotConnectNowError",
    "ConnectionDoesNotExistError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "AdminShutdownError",
    "CrashShutdownError",
    "TimeoutError",
    "DiskFullError",
}
"""What may be logged of a database that is away."""


LATE: Final = "records_changed"
"""What the check of each night says of records that came after their day was sealed: here a day lasts a second."""
UNREADY: Final = {1, 3}
"""How a process ends that finds no database when it starts; the second is the web server's word for it."""


async def _logged(rig: Rig) -> list[str]:
    faults: list[str] = []
    for program in rig.programs:
        unready = program.log.read_text(errors="replace").count("The database does not answer")
        if not set(program.ended) <= UNREADY or len(program.ended) > unready:
            faults.append(
                f"{program.name} ended by itself: {program.ended}, {unready} times for want of a database"
            )
        for line in program.lines():
            if line.get("level") == "error" and line.get("error") not in AWAY and line["event"] != LATE:
                faults.append(f"{program.name}: {str(line)[:1500]}")
    return faults
