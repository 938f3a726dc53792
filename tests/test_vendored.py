"""The list of files that others made."""

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("backend", "mobile_api", "schemas", "docs", "tests")
SUFFIXES: Final = (".ttf", ".otf", ".woff", ".woff2", ".min.js", ".min.css")


def entries() -> list[dict[str, str]]:
    files: list[dict[str, str]] = tomllib.loads((ROOT / "vendored.toml").read_text())["file"]
    return files


def test_every_vendored_file_is_here_unchanged() -> None:
    found = {entry["path"]: sha256((ROOT / entry["path"]).read_bytes()).hexdigest() for entry in entries()}
    assert found == {entry["path"]: entry["sha256"] for entry in entries()}


def test_every_entry_states_name_version_and_licence() -> None:
    wanted = {"path", "name", "version", "licence", "sha256"}
    assert [
        entry["path"] for entry in entries() if not wanted <= {key for key, value in entry.items() if value}
    ] == []


def test_every_font_and_every_file_of_others_is_listed() -> None:
    listed = {entry["path"] for entry in entries()}
    here = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    others = (path for path in here if path.name.endswith(SUFFIXES) or path.parent.name == "vendored")
    assert (
        sorted(str(path.relative_to(ROOT)) for path in others if str(path.relative_to(ROOT)) not in listed)
        == []
    )
