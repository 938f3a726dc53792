"""What deploy/ starts is there to be started, and what it installs is whole."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from backend import db
from backend.commands.serve import GRACE_SECONDS
from backend.settings import SETTINGS
from tests.test_documentation import fault

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
PROGRAM = "/opt/doorstep/bin/doorstep"
CLOSED = {
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "DynamicUser=yes",
    "CapabilityBoundingSet=",
    "UMask=0077",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_there_is_closed_to_all_else(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    [line] = re.findall(rf"^ExecStart={PROGRAM} (.*)$", text, re.MULTILINE)
    assert fault(line) is None
    assert set(text.splitlines()) >= CLOSED
    assert _settings(text) - {setting.variable for setting in SETTINGS} == set()
    assert ("DOORSTEP_OWNER" in text) == (unit.stem == "doorstep-migrate")
    if shutil.which("systemd-analyze"):
        (tmp_path / unit.name).write_text(
            text.replace(PROGRAM, str(Path(sys.executable).with_name("doorstep")))
        )
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def _settings(text: str) -> set[str]:
    return set(re.findall(r"\b(?:DOORSTEP_[A-Z_]+|DATABASE_URL)\b", text))


def test_a_unit_waits_longer_than_the_program_takes_to_end() -> None:
    waits = {
        unit.stem: re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE) for unit in UNITS
    }
    assert int(waits["doorstep-web"][0]) > GRACE_SECONDS + db.CLOSE_SECONDS
    assert int(waits["doorstep-worker@"][0]) > int(waits["doorstep-web"][0])


def test_the_container_starts_a_command_that_there_is_as_nobody_of_the_machine() -> None:
    [entry] = re.findall(r"^ENTRYPOINT (.*)$", CONTAINER, re.MULTILINE)
    [command] = re.findall(r"^CMD (.*)$", CONTAINER, re.MULTILINE)
    assert json.loads(entry) == ["doorstep"]
    assert fault(" ".join(json.loads(command))) is None
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", CONTAINER, re.MULTILINE)
    assert re.search(r"^ARG BASE=python:\d+\.\d+\.\d+-", CONTAINER, re.MULTILINE)
    assert "--require-hashes -r requirements/runtime.txt" in CONTAINER
    assert "/health/ready" in CONTAINER
    assert _settings(CONTAINER) <= {setting.variable for setting in SETTINGS}
    copied = set(re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE))
    sources = {name.split("/")[0] for names in copied for name in names.split()}
    let_through = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sources == set(let_through)
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_the_command_that_builds_the_image_keeps_its_health_check() -> None:
    """Podman leaves HEALTHCHECK out of an image of its own format, and says so in one line among many."""
    told = (CONTAINER, (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    commands = [command for text in told for command in re.findall(r"podman build ([^`\n]*)", text)]
    assert len(commands) == 2
    assert [command for command in commands if not command.startswith("--format docker ")] == []


@pytest.mark.slow
def test_what_is_installed_holds_every_file_of_the_program(tmp_path: Path) -> None:
    packages = ("backend", "mobile_api", "schemas")
    hidden = shutil.ignore_patterns("__pycache__")
    for package in packages:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=hidden)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    wanted = {
        path.relative_to(tmp_path).as_posix()
        for package in packages
        for path in (tmp_path / package).rglob("*")
        if path.is_file()
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "-w",
            "made",
            ".",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [wheel] = (tmp_path / "made").iterdir()
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()
