"""The look for known weaknesses of libraries: never says that all is well when it could not look."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.listening import Quiet, listening

ROOT = Path(__file__).parents[2]


def look(address: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "advisories", address], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


class Advisories(Quiet):
    """Knows one weakness of one library, or answers what it is told to."""

    answer: bytes | None = None

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        known = [{"vulns": [{"id": "X-1"}]} if one["package"]["name"] == "litestar" else {} for one in asked]
        said = json.dumps({"results": known}).encode() if self.answer is None else self.answer
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


@pytest.mark.parametrize("answer", [None, b"", b"{}", b"[]", b'{"results": []}', b"<html>"])
def test_what_is_known_is_said_and_no_answer_is_no_good_news(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Advisories, "answer", answer)
    with listening(Advisories) as address:
        status, said = look(address)
    if answer is None:
        assert (status, "X-1" in said, "1 with known weaknesses" in said) == (1, True, True)
    else:
        assert status == 3 and said.startswith("NOT CHECKED")


def test_without_a_network_nothing_is_said_to_be_well() -> None:
    status, said = look("http://127.0.0.1:1/")
    assert status == 3 and said.startswith("NOT CHECKED") and "Traceback" not in said
