"""`doorstep doctor`: what is wrong is named, with what to do."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from backend import keys, settings
from backend.commands import doctor as doctors
from backend.commands.doctor import doctor, law_says
from backend.commands.doctor_database import archive_says, clocks_say, replicas_say, work_says
from backend.commands.findings import Wrong, looked_at
from backend.jobs.calendar import Period
from backend.jobs.pieces import Due
from tests.conftest import Database, InCharge

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SUBJECTS = {
    *("Python", "environment", "settings", "keys", "address", "disk", "law", "mail"),
    *("database", "migrations", "clock", "replicas", "archive", "jobs", "browser for tests"),
}


def _found(*arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = CliRunner().invoke(doctor, ["--json", *arguments])
    return done.exit_code, {finding["subject"]: finding for finding in json.loads(done.stdout)}


@pytest.fixture
def installed(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment with a database of its own and a file of keys, which is returned. Nothing is wrong with it."""
    for name in [name for name in os.environ if name.startswith("DOORSTEP_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "keys.json"
    path.write_text(keys.new())
    path.chmod(0o600)
    settings.use(
        replace(database.settings, embedded=False, keys=str(path), base_url="https://doorstep.example.org")
    )
    return path


def test_what_is_well_is_said_and_each_thing_that_is_wrong_comes_with_what_to_do(
    installed: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, found = _found()
    assert found.keys() == SUBJECTS
    assert [one for one in found.values() if not one["well"] or one["remedy"]] == []
    assert status == 0
    assert "agree" in found["clock"]["says"]

    installed.chmod(0o644)
    monkeypatch.setenv("DOORSTEP_KEY", "misspelt")
    settings.use(replace(settings.current(), base_url="http://doorstep.example.org"))
    superuser = InCharge(database.superuser_url)
    superuser.run(
        "INSERT INTO organisation (id, kind, reference, created_at)"
        f" VALUES ('{uuid4()}', 'provider', 'hearth', '2026-01-01Z')",
    )
    superuser.close()
    status, found = _found("--backups", str(tmp_path))
    wrong = {subject: one["remedy"] for subject, one in found.items() if not one["well"]}
    assert wrong.keys() == {"environment", "keys", "address", "backups", "jobs"}
    assert status == 1
    assert "chmod 600" in wrong["keys"]
    assert "doorstep worker" in wrong["jobs"]
    shown = CliRunner().invoke(doctor)
    assert f"       To do: {wrong['keys']}" in shown.output.splitlines()


def test_a_host_of_the_phones_that_is_not_encrypted_is_named(installed: Path) -> None:
    settings.use(replace(settings.current(), phones_url="http://phones.example.org"))
    status, found = _found()
    assert (status, found["address"]["well"]) == (1, False)
    assert "DOORSTEP_PHONES_URL is http://phones.example.org" in found["address"]["says"]
    settings.use(replace(settings.current(), phones_url="https://phones.example.org"))
    _, found = _found()
    assert found["address"]["says"] == "https://doorstep.example.org; https://phones.example.org"


def test_a_database_that_is_away_is_one_finding(installed: Path) -> None:
    settings.use(replace(settings.current(), database_url="postgresql://a:b@127.0.0.1:1/doorstep"))
    status, found = _found()
    assert (status, found["database"]["well"]) == (1, False)
    assert "DATABASE_URL" in found["database"]["remedy"]
    assert "jobs" not in found


def test_a_data_folder_of_somebody_elses_is_not_said_to_be_a_matter_of_the_database_s_address(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.use(replace(settings.current(), embedded=True, data=tmp_path, database_url=None))
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    _, found = _found()
    assert "belongs to another user" in found["database"]["says"]
    assert "Run as that user or name another folder" in found["database"]["says"]
    assert "DATABASE_URL" not in found["database"]["remedy"]


def test_a_disk_that_fills_up_is_told_where_the_database_is_ours(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=5))
    assert looked_at("disk", doctors._disk, "").well
    settings.use(replace(settings.current(), embedded=True))
    assert not looked_at("disk", doctors._disk, "").well


def test_the_newest_of_the_base_backups_counts(
    installed: Path, at: Callable[[datetime], None], tmp_path: Path
) -> None:
    for name, days in (("old", 9), ("new", 1)):
        (tmp_path / name).mkdir()
        manifest = tmp_path / name / "backup_manifest"
        manifest.touch()
        made = (NOW - timedelta(days=days)).timestamp()
        os.utime(manifest, (made, made))
    at(NOW)
    assert "2 under" in doctors._backups(tmp_path)
    at(NOW + timedelta(hours=3))
    with pytest.raises(Wrong, match="2026-11-21 12:00"):
        doctors._backups(tmp_path)


def test_law_that_ends_soon_is_told_with_its_last_day() -> None:
    assert "known from" in law_says(date(2026, 11, 22))
    with pytest.raises(Wrong, match="2027-03-31"):
        law_says(date(2027, 3, 31))


@pytest.mark.parametrize(("seconds", "words"), [(5, "5 seconds ahead of"), (-600, "600 seconds behind")])
def test_a_clock_that_is_wrong_is_told_which_way(seconds: int, words: str) -> None:
    later = NOW + timedelta(seconds=1)
    with pytest.raises(Wrong, match=words):
        clocks_say(NOW, NOW - timedelta(seconds=seconds - 0.5), later, "the database's")
    assert "agree" in clocks_say(NOW, NOW + timedelta(seconds=2), later, "the database's")


def test_a_replica_that_lags_is_named() -> None:
    near = {"application_name": "db2", "state": "streaming", "replay_lag": timedelta(seconds=3)}
    far = {**near, "application_name": "db3", "replay_lag": timedelta(minutes=5)}
    hidden = {"application_name": None, "state": None, "replay_lag": None}
    assert "none follows" in replicas_say([])
    assert "2 replicas, all" in replicas_say([near, {**near, "replay_lag": None}])
    assert "pg_read_all_stats" in replicas_say([hidden])
    with pytest.raises(Wrong, match="db3 is 300 seconds behind"):
        replicas_say([near, far])


def test_an_archive_that_fails_or_stands_still_is_told() -> None:
    row = {"mode": "on", "last_archived_time": NOW, "last_failed_time": None, "failed_count": 0, "at": NOW}
    assert "not archived" in archive_says({**row, "mode": "off"})
    assert "12:00" in archive_says({**row, "last_failed_time": NOW - timedelta(hours=1), "failed_count": 1})
    for altered, words in (
        ({"last_failed_time": NOW + timedelta(minutes=1), "failed_count": 7}, "7 times"),
        ({"last_archived_time": None}, "never"),
        ({"at": NOW + timedelta(hours=2)}, "last at 2026-11-22 12:00"),
    ):
        with pytest.raises(Wrong, match=words):
            archive_says({**row, **altered})


def test_work_that_is_late_fails_or_is_done_by_nobody_is_told() -> None:
    def due(hours: int) -> Due:
        period = Period(date(2026, 11, 9), date(2026, 11, 15))
        at = NOW - timedelta(hours=hours)
        return Due(job="invoices", provider_id=None, scope="x", period=period, due_at=at, work=_no_work)

    failed = {"job": "seals", "period_key": "2026-11-21", "attempts": 3, "claimed_at": NOW}
    says = partial(work_says, providers=1, now=NOW)
    assert says([due(0)], [], NOW).startswith("1 piece of work due")
    assert "no provider" in work_says([due(9)], [], None, 0, NOW)
    for work, runs, beat, words in (
        ([due(2), due(3)], [], NOW, "invoices of 2026-11-09 is due since 2026-11-22 09:00"),
        ([], [failed], NOW, "seals of 2026-11-21, tried 3 times"),
        ([], [], None, "no worker has said at all"),
        ([], [], NOW - timedelta(hours=1), "since 2026-11-22 11:00"),
    ):
        with pytest.raises(Wrong, match=words):
            says(work, runs, beat)


async def _no_work(*_: Any) -> str:
    return ""
