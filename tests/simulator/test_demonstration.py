"""The whole demonstration, small: real server, real worker, phones over HTTP; every figure is its true value."""

import fcntl
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend.faults import SetupFault
from backend.simulator.demonstration import Plan, prepared
from backend.simulator.processes import free_port, how_it_ended

PROGRAM = (sys.executable, "-m", "backend")


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_small_county_comes_out_as_the_truth_says(folder: Path) -> None:
    out = folder / "demo"
    size = ("--carers", "6", "--service-users", "12", "--days", "3", "--seed", "5")
    done = _run("demo", "--no-serve", "--out", str(out), *size)
    assert done.returncode == 0, done.stderr + done.stdout
    summary = json.loads((out / "summary.json").read_text())
    assert summary["agrees"]
    assert summary["differences"] == {"invoices": [], "workers": [], "answers": []}
    assert summary["events_duplicate"]["value"] > 0
    assert summary["events_quarantined"]["value"] > 0
    assert summary["workers_short"]["value"] > 0
    truth = json.loads((out / "truth.json").read_text())
    assert len(truth["received"]["invoices"]) == summary["invoices"]["value"]
    assert {path.suffix for path in (out / "invoices").iterdir()} == {
        ".pdf",
        ".csv",
        ".xlsx",
        ".json",
        ".xml",
    }
    assert {path.suffix for path in (out / "wage_reports").iterdir()} == {".pdf", ".xlsx", ".json"}
    assert "Every figure is its true value." in done.stdout
    assert not list((out / "data").glob("**/postmaster.pid")), "the database was left running"


def test_files_of_a_county_are_written_in_the_order_they_load(tmp_path: Path) -> None:
    done = _run("simulate", str(tmp_path), "--carers", "6", "--service-users", "12", "--days", "2")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "1-organisations.csv", "2-contracts.json", "3-pay-terms.json", "4-carers.csv", "5-service-users.csv",
        "6-packages.csv", "7-rota.csv", "8-budgets.csv", "9-pay.csv", "truth.json",
    ]  # fmt: skip


def test_a_folder_in_use_by_another_demonstration_is_left_alone(tmp_path: Path) -> None:
    before = dict(os.environ)
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (
            pytest.raises(SetupFault, match="Another demonstration is using"),
            prepared(Plan(tmp_path, 8000)),
        ):
            pass
    assert dict(os.environ) == before


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_a_postcode_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.csv"
    path.write_text("name,colour\nHereford,red\n")
    done = _run("simulate", str(tmp_path / "county"), "--postcodes", str(path))
    assert done.returncode == 1
    assert "is no National Statistics Postcode Lookup: it has no column ru11ind. Give the" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_process_that_the_system_killed_is_told_with_what_to_do() -> None:
    assert how_it_ended(1) == "ended with status 1"
    assert how_it_ended(-15) == "was ended by signal 15"
    assert "out of memory" in how_it_ended(-9) and "--carers" in how_it_ended(-9)
