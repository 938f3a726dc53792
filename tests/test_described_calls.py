"""Whatever a stranger sends, in the shape that the OpenAPI document describes or not, is answered as it says."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend import settings as own_settings
from backend.api.cookies import SESSION
from backend.domain.proof import access_token_hash
from mobile_api.reference_client import Phone
from tests.console.desk import Desk, desk
from tests.shares import THOROUGH

__all__ = ["desk"]

pytestmark = pytest.mark.slow

REVIEWED = Path(__file__).parents[1] / "schemas" / "openapi.json"
DESCRIBED = schemathesis.openapi.from_dict(json.loads(REVIEWED.read_text()))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DESCRIBED.raw_schema["paths"].items()
    for method, operation in operations.items()
]
EVENTS = "/mobile/v1/events"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def _can_be_broken(operation: dict[str, Any]) -> bool:
    """Whether anything that the call takes could be of another shape than described."""
    queries = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return bool(queries) or "application/json" in operation.get("requestBody", {}).get("content", {})


def _needs(operation: dict[str, Any], what: str) -> bool:
    return any(what in needs for needs in operation.get("security", []))


def calls(mode: schemathesis.GenerationMode, mobile: bool) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for method, path, operation in OPERATIONS
        if path.startswith("/mobile/") == mobile
        and (mode is schemathesis.GenerationMode.POSITIVE or _can_be_broken(operation))
    ]


@pytest.mark.parametrize("mobile", [True, False])
@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
async def test_each_call_is_answered_as_it_is_described(
    desk: Desk, mode: schemathesis.GenerationMode, mobile: bool
) -> None:
    for method, path, operation in calls(mode, mobile):
        most = 24 if path == EVENTS else 4 if mobile else 2
        statuses = await answers(desk, method, path, mode, most * 10 if THOROUGH else most)
        assert 429 not in statuses, (method, path)
        if _needs(operation, "token") or _needs(operation, "session"):
            assert 401 not in statuses, (method, path, "who calls is known")
        if path == EVENTS and mode is schemathesis.GenerationMode.POSITIVE:
            assert 200 in statuses


def test_no_call_of_the_document_is_left_out() -> None:
    asked = [
        *calls(schemathesis.GenerationMode.POSITIVE, True),
        *calls(schemathesis.GenerationMode.POSITIVE, False),
    ]
    assert len(asked) == len(OPERATIONS) >= 22


async def answers(
    desk: Desk, method: str, path: str, mode: schemathesis.GenerationMode, most: int
) -> set[int]:
    """Send made-up calls and hold each answer against the document; the statuses that came.

    A manager makes what needs a session, and a carer's phone what needs its token.
    """
    operation = DESCRIBED.raw_schema["paths"][path][method.lower()]
    phone = await desk.office.phone() if _needs(operation, "token") else None
    session = (await desk.as_("manager")).cookies[SESSION] if _needs(operation, "session") else None
    # Nothing made up carries a genuine signature, and this is no test of the limit on that.
    own_settings.use(replace(own_settings.current(), unverified_events=1_000_000))
    loop, statuses = asyncio.get_running_loop(), set[int]()

    @settings(
        max_examples=most,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=DESCRIBED[path][method].as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        asked = asyncio.run_coroutine_threadsafe(_sent(desk.office.http, case, phone, session), loop)
        response = asked.result(timeout=60)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    await asyncio.to_thread(send)
    return statuses


async def _sent(
    http: httpx.AsyncClient, case: Any, phone: Phone | None, session: str | None
) -> httpx.Response:
    asked = case.as_transport_kwargs(base_url=str(http.base_url).rstrip("/"))
    raw = asked.pop("data", None)
    asked.pop("cookies")
    content = raw if isinstance(raw, bytes | str | None) else json.dumps(raw).encode()
    if "json" in asked:
        content = json.dumps(asked.pop("json")).encode()
    if phone is not None:
        nonce = (await http.get("/mobile/v1/nonce")).headers["DPoP-Nonce"]
        ath = access_token_hash(str(phone.token))
        asked["headers"]["DPoP"] = phone.key.proof(asked["method"], asked["url"], nonce, ath=ath)
        asked["headers"]["Authorization"] = f"DPoP {phone.token}"
    if session is not None:
        asked["headers"]["Authorization"] = f"Bearer {session}"
    return await http.request(**asked, content=content)
