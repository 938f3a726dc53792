"""A week of two carers, reported on, whose evidence is asked for."""

import io
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from backend import keys
from backend.documents.bundle import write_bundle
from backend.domain.canonical import sha256
from backend.embedded import Urls
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.verification.server_keys import Trusted
from backend.use_cases.verify_bundle import Verification, verify_bundle
from tests.conftest import Database
from tests.jobs.office import PROVIDER, Office, instant, visit_id
from tests.worlds import SetClock, made_once

WEEK = ("2026-11-02", "2026-11-08")
REPORT_DUE = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
Members = dict[str, bytes]


@dataclass(frozen=True)
class Bundles:
    """Bundles that were made once, with the keys that sealed them."""

    report: bytes
    worker: bytes
    signer: keys.Keys


@dataclass
class Reported:
    """The office and the id of its report."""

    office: Office
    superuser: asyncpg.Connection
    report: str

    async def bundle(self, worker: str | None = None) -> bytes:
        return (await export_evidence(PROVIDER, self.report, worker)).content


async def work_a_week(office: Office, superuser: asyncpg.Connection, training: bool = True) -> Reported:
    """A round, a visit for two, a training, a corrected end, two checkpoints, pay, and the report."""
    for reference, start in (("A", "2026-11-02T09:00"), ("B", "2026-11-02T09:50")):
        await office.plan(reference, start)
    await office.plan("D", "2026-11-03T10:00", package="P2", second_carer="E2")
    await office.plan("F", "2026-11-04T10:00", carer="E2")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T09:50", "2026-11-02T10:20")
    await office.run(instant("2026-11-02T12:00"), "checkpoints")
    await office.record("check_in", "D", "2026-11-03T10:00", "C1")
    await office.record("check_in", "D", "2026-11-03T10:01", "C2")
    await office.record("check_out", "D", "2026-11-03T10:30", "C1")
    await office.record("check_out", "D", "2026-11-03T10:32", "C2")
    for carer in ("C1", "C2"):
        await office.hand_in(carer)
    for kind, moment in (("check_in", "2026-11-04T10:00"), ("check_out", "2026-11-04T10:30")):
        await stand_at_the_door(office, kind, "F", moment)
    await office.hand_in("C2")
    if training:
        await train(office)
    await correct(office)
    for employment in ("E1", "E2"):
        await office.pay(employment, "1", 90, "12.71", WEEK, "2026-11-13")
    await office.run(instant("2026-11-09T12:00"), "checkpoints")
    await office.run(REPORT_DUE, "wage_reports")
    report = await superuser.fetchval("SELECT id::text FROM document WHERE kind = 'wage_report'")
    return Reported(office, superuser, report)


@pytest.fixture
async def worked_week(
    http: httpx.AsyncClient, at: Any, superuser: asyncpg.Connection, server: Urls, folder: Path
) -> Reported:
    """An office whose carers worked a week, and its report."""
    made, _ = worked(server, folder)
    return Reported(made.office.again(http, at), superuser, made.report)


@cache
def worked(server: Urls, folder: Path) -> tuple[Reported, str]:
    """The same, made once for all tests of a process, and the name of its database."""
    return made_once(server, folder, _worked)


async def _worked(made: Database, http: httpx.AsyncClient, at: SetClock) -> Reported:
    superuser = await asyncpg.connect(made.superuser_url)
    reported = await work_a_week(await Office(http, at).open(), superuser)
    await superuser.close()
    return reported


async def stand_at_the_door(office: Office, kind: str, reference: str, moment: str) -> None:
    """An event of the second carer with a position, a few steps from the first person's home."""
    phone = await office.phone("C2")
    office.set(instant(moment))
    place = {"lat": 52.0608, "lon": -2.7101, "accuracy_m": 12.0, "taken_at": f"{moment}:00Z", "mocked": False}
    phone.record(kind, visit_id(reference), fix=place)


async def train(office: Office) -> None:
    phone = await office.phone("C1")
    for kind, moment in (("activity_start", "2026-11-05T09:00"), ("activity_end", "2026-11-05T10:00")):
        office.set(instant(moment))
        phone.record(kind, None, payload={"activity": "training"})
    await office.hand_in("C1")


async def correct(office: Office) -> None:
    """The second carer says that she left the visit for two later, and a manager accepts it."""
    phone = await office.phone("C2")
    office.set(instant("2026-11-06T09:00"))
    await phone.open_session()
    answer = await phone.correct(
        visit_id("D"), instant("2026-11-03T10:01"), instant("2026-11-03T10:40"), "recorded_late", "Tea"
    )
    await decide_correction(PROVIDER, UUID(answer.json()["id"]), uuid4(), "accepted")


def opened(bundle: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def member(bundle: bytes, name: str) -> Any:
    return msgspec.json.decode(opened(bundle)[name])


def relisted(members: Members) -> Members:
    """The same members under a manifest whose digests are right, as a forger would make it; the signature is old."""
    manifest = msgspec.json.decode(members["manifest.json"])
    listed = sorted(members.keys() - {"manifest.json", "signature.json"})
    manifest["files"] = [
        {"name": name, "bytes": len(members[name]), "sha256": sha256(members[name]).hex()} for name in listed
    ]
    return {**members, "manifest.json": msgspec.json.encode(manifest, order="sorted")}


def resealed(members: Members, signer: keys.Keys) -> bytes:
    """The members as one who holds a key would seal them."""
    made = relisted(members)
    return write_bundle({**made, "signature.json": msgspec.json.encode(signer.sign(made["manifest.json"]))})


def changed(bundle: bytes, name: str, change: Any) -> Members:
    """The members with one JSON member changed: `change` alters it in place."""
    members = opened(bundle)
    value = msgspec.json.decode(members[name])
    change(value)
    return {**members, name: msgspec.json.encode(value, order="sorted")}


def failures(bundle: bytes, trusted: Trusted | None = None) -> dict[str, str]:
    """What failed and in which words, details included."""
    return told(verify_bundle(bundle, trusted))


def told(found: Verification) -> dict[str, str]:
    words: dict[str, str] = defaultdict(str)
    for finding in found.findings:
        if finding.state == "failed":
            words[finding.about] += " ".join([finding.says, *finding.details])
    return dict(words)
