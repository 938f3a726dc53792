"""`doorstep load` and `doorstep user add`, as a person calls them."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import Database
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import as_csv, with_row


def doorstep(database: Database, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from backend.cli import main; main()", *arguments],
        env={**database.environment, "PYTHONPATH": str(Path.cwd()), "PATH": ""},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_load_prints_a_summary_or_a_line_for_each_fault(database: Database, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(samples.ORGANISATIONS))
    bad.write_bytes(as_csv(with_row(with_row(samples.ORGANISATIONS, 0, kind="x"), 1, name="")))
    refused = doorstep(database, "load", "organisations", str(bad))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "bad.csv, row 2, kind: must be one of provider, council, nhs",
        "bad.csv, row 3, name: is required",
        "2 faults found; nothing was changed.",
    ]
    loaded = doorstep(database, "load", "organisations", str(good))
    assert (loaded.returncode, loaded.stdout) == (
        0,
        "organisations: 4 rows: 4 new, 0 changed, 0 unchanged.\n",
    )
    again = doorstep(database, "load", "organisations", str(good), "--json", "--dry-run")
    assert json.loads(again.stdout)["unchanged"] == 4
    wrong = doorstep(database, "load", "rota", str(good), "--complete", "2026-11-02")
    assert wrong.returncode == 2
    assert "must be two London dates" in wrong.stderr


def test_user_add_prints_a_link_or_takes_a_password(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_bytes(as_csv(samples.ORGANISATIONS))
    assert doorstep(database, "load", "organisations", str(path)).returncode == 0
    manager = ("user", "add", "--organisation", "hearth", "--role", "manager", "--email")
    link = doorstep(database, *manager, "ann@example.org")
    assert link.stdout.startswith("http://127.0.0.1:8000/set-password/")
    twice = doorstep(database, *manager, "Ann@Example.org", "--password-stdin", typed="long enough\n")
    assert (twice.returncode, twice.stderr) == (
        1,
        "There is a user with the address Ann@Example.org already.\n",
    )
