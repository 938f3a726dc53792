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

pytestmark = pytest.mark.slow

REVIEWED = Path(__file__).parents[1] / "schemas" / "openapi.json"
DESCRIBED = schemathesis.openapi.from_dict(json.loads(REVIEWED.read_text()))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DESCRIBED.raw_schema["paths"].items()
    for method, operation in operations.items()
    if path.startswith("/mobile/")
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


CALLS = [
    pytest.param(method, path, mode, id=f"{method}-{path}-{mode.value}")
    for method, path, operation in OPERATIONS
    for mode in schemathesis.GenerationMode
    if mode is schemathesis.GenerationMode.POSITIVE or _can_be_broken(operation)
]


@pytest.mark.parametrize(("method", "path", "mode"), CALLS)
async def test_a_call_is_answered_as_it_is_described(
    http: httpx.AsyncClient, method: str, path: str, mode: schemathesis.GenerationMode
) -> None:
    statuses = await answers(http, method, path, mode, 40 if path == EVENTS else 8)
    assert 429 not in statuses
    if path == EVENTS and mode is schemathesis.GenerationMode.POSITIVE:
        assert 200 in statuses


async def answers(
    http: httpx.AsyncClient, method: str, path: str, mode: schemathesis.GenerationMode, most: int
) -> set[int]:
    """Send made-up calls and hold each answer against the document; the statuses that came."""
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
        asked = asyncio.run_coroutine_threadsafe(_sent(http, case), loop)
        response = asked.result(timeout=60)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    await asyncio.to_thread(send)
    return statuses


async def _sent(http: httpx.AsyncClient, case: Any) -> httpx.Response:
    asked = case.as_transport_kwargs(base_url=str(http.base_url).rstrip("/"))
    raw = asked.pop("data", None)
    asked.pop("cookies")
    content = raw if isinstance(raw, bytes | str | None) else json.dumps(raw).encode()
    if "json" in asked:
        content = json.dumps(asked.pop("json")).encode()
    return await http.request(**asked, content=content)
