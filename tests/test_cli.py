"""The `doorstep` command as a person meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from backend.cli import COMMANDS, cli
from tests.conftest import Database

ROOT = Path(__file__).parents[1]


def _run(
    *arguments: str, stdin: str = "", environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "backend", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=False,
    )


def _every_command(
    command: click.Command, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [item for name, inner in found if inner for item in _every_command(inner, (*path, name))]


def test_every_listed_command_exists_under_its_name() -> None:
    context = click.Context(cli)
    assert [cli.get_command(context, name) is not None for name in COMMANDS] == [True] * len(COMMANDS)


@pytest.mark.parametrize("path", [path for path, _ in _every_command(cli)], ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"doorstep {' '.join(path)}" in shown.output.split("Example", 1)[-1]


def test_help_imports_neither_the_database_nor_the_web() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from backend.cli import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "print([name for name in ('litestar', 'piccolo', 'polars', 'uvicorn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_a_case_that_cannot_be_right_exits_2_with_a_problem_on_standard_error() -> None:
    done = _run("calc", "price", "-", stdin='[{"a": 1}]')
    assert done.returncode == 2
    assert done.stdout == ""
    problem = json.loads(done.stderr)
    assert problem["status"] == 400
    assert "/0/a" in {error["pointer"] for error in problem["errors"]}


def test_a_setting_that_cannot_be_right_exits_1_with_a_sentence() -> None:
    done = _run("migrate", environment={"DATABASE_URL": "mysql://x"})
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL must look like postgresql://")
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    url = "postgresql://app:x@127.0.0.1:1/doorstep"
    environment = {"DATABASE_URL": url, "DOORSTEP_OWNER_DATABASE_URL": url, "DOORSTEP_KEYS": "none"}
    done = _run("migrate", environment=environment)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_new_keys_are_taken_as_keys(tmp_path: Path) -> None:
    made = _run("keys", "new")
    published = _run(
        "keys",
        "public",
        environment={"DATABASE_URL": "postgresql://app:x@db/doorstep", "DOORSTEP_KEYS": made.stdout},
    )
    assert len(json.loads(published.stdout)["keys"]) == 1


def test_the_doctor_finds_a_migrated_database_well(database: Database) -> None:
    done = _run("doctor", "--json", environment=database.environment)
    assert {finding["subject"]: finding["well"] for finding in json.loads(done.stdout)}["database"] is True
    assert done.returncode == 0


def test_the_doctor_finds_a_powerful_role_wrong(database: Database) -> None:
    done = _run("doctor", environment={**database.environment, "DATABASE_URL": database.superuser_url})
    assert done.returncode == 1
    assert "can get round row security" in done.stdout
