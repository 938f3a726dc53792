"""The format is written down well enough: a verifier made from the page alone agrees, and finds what was changed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.documents.bundle import write_bundle
from tests.evidence.independent import Verifier
from tests.evidence.reported import Bundles, changed, relisted

CLOSED = """
import socket, sys
def refuse(*_args, **_more):
    raise AssertionError("the verifier opened a socket")
socket.socket.connect = socket.socket.bind = socket.create_connection = socket.getaddrinfo = refuse
from backend.cli import main
sys.argv = ["doorstep", "verify", *sys.argv[1:]]
main()
"""


def test_the_independent_verifier_shares_no_code() -> None:
    tree = ast.parse(Path(str(sys.modules[Verifier.__module__].__file__)).read_text(encoding="utf-8"))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not [
        name for name in named if str(name).split(".")[0] in ("backend", "schemas", "mobile_api", "tests")
    ]


@pytest.mark.parametrize("which", ["report", "worker"])
def test_a_verifier_written_from_the_page_agrees(bundles: Bundles, which: str) -> None:
    assert Verifier(getattr(bundles, which)).run() == []


def test_it_finds_what_was_changed_too(bundles: Bundles) -> None:
    def flip(events: list[dict[str, str]]) -> None:
        events[0]["signed"] = events[0]["signed"].replace("check_in", "check_out")

    found = Verifier(write_bundle(relisted(changed(bundles.worker, "events.json", flip)))).run()
    assert "the manifest is not signed by the server" in found and any(
        "signature" in fault for fault in found
    )


def run(*arguments: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """`doorstep verify` as its own process: no database, no keys, no network, nowhere to write."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-c", CLOSED, *arguments],
        env={**kept, "HOME": str(tmp_path / "nowhere")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_needs_no_database_no_keys_and_no_network(bundles: Bundles, tmp_path: Path) -> None:
    (tmp_path / "good.zip").write_bytes(bundles.report)
    (tmp_path / "bad.zip").write_bytes(bundles.report.replace(b"training", b"travelli"))
    keys = bundles.signer.jwk_set()
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    good = run("good.zip", "--key", "keys.json", "--json", tmp_path=tmp_path)
    told = json.loads(good.stdout)
    assert (good.returncode, told["holds"]) == (0, True), good.stderr
    assert told["subject"]["provider"] == "hearth"
    bad = run("bad.zip", "--key", keys["keys"][0]["kid"], tmp_path=tmp_path)
    assert bad.returncode == 1 and "events.json was changed in the ZIP file" in bad.stdout.replace("'", "")
    assert "THIS BUNDLE DOES NOT HOLD." in bad.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"good.zip", "bad.zip", "keys.json"}
