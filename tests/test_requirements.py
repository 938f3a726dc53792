"""What pip installs is what the lock file says."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = {package["name"]: package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _requirements(name: str) -> dict[str, tuple[str, set[str]]]:
    """Package -> version and hashes of a requirements file."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        match = re.match(r"([a-z0-9-]+)==(\S+)", line)
        assert match, line
        found[match[1]] = (match[2], set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line)))
    return found


def _locked_hashes(name: str) -> set[str]:
    package = LOCK[name]
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return {file["hash"] for file in files}


def _reachable(*groups: list[str]) -> set[str]:
    """Every package of the lock that these direct requirements lead to, whatever the platform."""
    waiting = [re.split(r"[\[<>=;~! ]", requirement)[0].lower() for group in groups for requirement in group]
    extras = {"piccolo": ["postgres"]}
    seen: dict[str, list[str]] = {}
    while waiting:
        name = waiting.pop()
        if seen.get(name) == extras.get(name, []):
            continue
        seen[name] = list(extras.get(name, []))
        package = LOCK[name]
        optional = [
            found for extra in extras.get(name, []) for found in package["optional-dependencies"][extra]
        ]
        for dependency in [*package.get("dependencies", []), *optional]:
            waiting.append(dependency["name"])
            wanted = extras.setdefault(dependency["name"], [])
            wanted.extend(extra for extra in dependency.get("extra", []) if extra not in wanted)
    return set(seen)


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("runtime.txt", [PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["build"]]),
        (
            "dev.txt",
            [PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"].values()],
        ),
    ],
)
def test_the_requirements_are_the_locks_versions_and_hashes(name: str, groups: list[list[str]]) -> None:
    """When this fails: run scripts/lock."""
    found = _requirements(name)
    assert set(found) == _reachable(*groups)
    for package, (version, hashes) in found.items():
        assert version == LOCK[package]["version"], package
        assert hashes == _locked_hashes(package), package


def test_the_lock_knows_the_projects_own_requirements() -> None:
    """When this fails: run scripts/lock."""
    metadata = LOCK["doorstep"]["metadata"]
    locked = {(entry["name"], entry.get("specifier", "")) for entry in metadata["requires-dist"]}
    stated = {_stated(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert locked == stated


def _stated(requirement: str) -> tuple[str, str]:
    match = re.match(r"([a-z0-9-]+)(?:\[[a-z]+\])?([^;]*)", requirement)
    assert match
    return match[1], ",".join(
        sorted(match[2].strip().split(","), key=lambda part: part.startswith(">"), reverse=True)
    )
