"""Commands that write files, told to write where nothing can be written: a sentence, and an end."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.jobs.conftest import office, opened_office
from tests.jobs.office import SECOND_WEEK_DUE, Office
from tests.program import doorstep

__all__ = ["office", "opened_office"]


def is_a_sentence_about(path: Path, done: subprocess.CompletedProcess[str]) -> bool:
    return (
        done.returncode == 1
        and done.stderr.startswith(f"{path} cannot be read or written: ")
        and len(done.stderr.splitlines()) == 1
    )


@pytest.fixture
async def reported(office: Office) -> Office:
    """A week with an invoice and a wage report."""
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.run(SECOND_WEEK_DUE)
    return office


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A folder that nobody, the superuser included, can make: its parent is a file."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


async def test_an_export_ends_and_names_the_folder(
    reported: Office, database: Database, nowhere: Path
) -> None:
    assert is_a_sentence_about(nowhere, doorstep(database, "export", "documents", str(nowhere)))


async def test_evidence_ends_and_names_the_file(reported: Office, database: Database, nowhere: Path) -> None:
    out = nowhere / "x.zip"
    options = ("--provider", "hearth", "--report", "2026-11-02")
    assert is_a_sentence_about(out, doorstep(database, "evidence", str(out), *options))


async def test_a_list_of_arrears_ends_and_names_the_file(
    reported: Office, database: Database, nowhere: Path
) -> None:
    out = nowhere / "x.csv"
    options = ("--provider", "hearth", "--csv", str(out))
    assert is_a_sentence_about(out, doorstep(database, "remediation", *options))


def test_a_made_up_county_ends_and_names_the_folder(database: Database, nowhere: Path) -> None:
    options = ("--carers", "6", "--service-users", "6", "--days", "1")
    assert is_a_sentence_about(nowhere, doorstep(database, "simulate", str(nowhere), *options))
