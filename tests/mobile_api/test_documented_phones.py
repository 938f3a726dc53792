"""What the page for phone apps shows holds: the worked event, the table of calls."""

import json
import re
from pathlib import Path

import httpx
import pytest

from backend.domain.canonical import base64url, canonical, sha256, unbase64url
from backend.domain.events import read_event
from mobile_api.calls import BASE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "phones.md").read_text()
[JWK] = (json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL))
FIX, PAYLOAD, SIGNED = (text.split("\n") for text in re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL))
CALLS = re.findall(r"^\| `(GET|POST|DELETE) (/\S+)` \| (\w+) \|", PAGE, re.MULTILINE)
DESCRIBED = json.loads((ROOT / "schemas" / "openapi.json").read_text())["paths"]


def test_the_worked_event_is_taken_as_genuine() -> None:
    signed = json.loads(SIGNED[0])
    event = {
        "signed": signed,
        "signature": SIGNED[2],
        "fix": json.loads(FIX[0]),
        "payload": json.loads(PAYLOAD[0]),
    }
    read = read_event(json.dumps(event).encode(), signed["device_id"])
    assert read.fault is None
    assert read.signed_by(JWK)
    assert read.wrong_hash() is None
    assert len(unbase64url(SIGNED[2])) == 64
    assert signed["prev"] == base64url(sha256(signed["device_id"].encode("ascii")))


@pytest.mark.parametrize("shown", [FIX, PAYLOAD, SIGNED], ids=["fix", "payload", "signed"])
def test_the_bytes_shown_are_canonical_and_have_the_digest_shown(shown: list[str]) -> None:
    assert canonical(json.loads(shown[0])) == shown[0].encode()
    assert base64url(sha256(shown[0].encode())) == shown[1]


def needs(method: str, path: str) -> str:
    """What the OpenAPI document says that a call needs, in the page's word."""
    ways = [set(way) for way in DESCRIBED[path][method.lower()].get("security", [{}])]
    least = min(ways, key=len)
    return {0: "nothing", 1: "proof", 2: "token"}[len(least)]


def test_the_table_of_calls_is_that_of_the_described_document() -> None:
    described = {
        (method.upper(), path.removeprefix(BASE), needs(method, path))
        for path, operations in DESCRIBED.items()
        if path.startswith(BASE)
        for method in operations
    }
    assert {tuple(call) for call in CALLS} == described
    assert len(CALLS) == len(described)


@pytest.mark.parametrize(
    "path", [path for method, path, needed in CALLS if (method, needed) == ("GET", "token")]
)
async def test_what_needs_a_token_answers_nothing_without(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(f"{BASE}{path}", params={"period": "2026-11-02"})
    assert response.status_code == 401


@pytest.mark.parametrize("path", [call[1] for call in CALLS if call[2] == "nothing" and call[0] == "POST"])
async def test_events_are_never_refused_for_want_of_a_proof(http: httpx.AsyncClient, path: str) -> None:
    response = await http.post(f"{BASE}{path}", content=b"{}")
    assert response.status_code in (200, 400)
