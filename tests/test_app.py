"""The composition root over HTTP: health, keys, the OpenAPI document, problems."""

import json
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from litestar import get

from tests.conftest import Database


async def test_a_ready_service_says_so(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).json() == {"status": "live"}
    assert (await http.get("/health/ready")).json() == {"status": "ready", "simulated_time": None}


async def test_keys_are_a_jwk_set_without_private_halves(http: httpx.AsyncClient) -> None:
    [key] = (await http.get("/schema/keys")).json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}


async def test_an_unknown_address_is_a_problem(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.json()["detail"] == "There is nothing at this address."
    assert answer.json()["type"] == "urn:doorstep:problem:not-found"


async def test_a_wrong_method_is_a_problem(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/calc/wage")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_head_is_answered_as_get_without_a_body(http: httpx.AsyncClient) -> None:
    for path in ("/health/ready", "/sign-in", "/schema/openapi.json", "/app/", "/nowhere", "/today"):
        asked, told = await http.get(path), await http.head(path)
        assert (told.status_code, told.content) == (asked.status_code, b""), path
        same = ("content-type", "content-length", "content-security-policy")
        assert [told.headers.get(name) for name in same] == [asked.headers.get(name) for name in same], path
    assert (await http.head("/api/v1/calc/wage")).status_code == 405


async def test_every_fault_of_a_body_is_named(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/calc/price", content=b'{"nonsense": 1}')
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert "/nonsense" in {error["pointer"] for error in problem["errors"]}
    assert len(problem["errors"]) > 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"NaN", b"[" * 5000, b'{"a":1,"a":2}', b'"\\ud800"', b"null"]
)
async def test_what_is_no_case_at_all_is_refused_without_a_trace(
    http: httpx.AsyncClient, body: bytes
) -> None:
    for name in ("wage", "day", "pay", "price"):
        answer = await http.post(f"/api/v1/calc/{name}", content=body)
        assert answer.status_code == 400, (name, answer.text)
        assert answer.json()["errors"]


async def test_a_body_over_the_limit_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/calc/price", content=b" " * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_every_answer_carries_the_security_headers_and_an_id(http: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nowhere"):
        headers = (await http.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 32


async def test_the_openapi_document_describes_bodies_answers_and_problems(http: httpx.AsyncClient) -> None:
    document = (await http.get("/schema/openapi.json")).json()
    operation = document["paths"]["/api/v1/calc/price"]["post"]
    one, many = operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert many["items"] == one
    assert one["$ref"].rpartition("/")[2] in document["components"]["schemas"]
    assert "application/json" in operation["responses"]["200"]["content"]
    assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert all(
        "$ref" not in reference or _resolves(document, reference["$ref"]) for reference in _objects(document)
    )


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _objects(value))]
    return [found for value in node for found in _objects(value)] if isinstance(node, list) else []


def _resolves(document: Any, reference: Any) -> bool:
    if not isinstance(reference, str):
        return True
    for part in reference.removeprefix("#/").split("/"):
        document = document.get(part, {})
    return bool(document)


async def test_our_own_mistake_is_logged_with_its_trace_and_answered_without(
    capfd: pytest.CaptureFixture[str], database: Database
) -> None:
    from backend.app import create_app

    @get("/broken", sync_to_thread=False)
    def broken() -> None:
        raise RuntimeError("a secret detail")

    app = create_app()
    app.register(broken)
    async with app.lifespan():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/broken?token=hidden")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
    logged = capfd.readouterr().err
    assert "RuntimeError" in logged and "in broken" in logged
    assert "a secret detail" not in logged
    assert "hidden" not in logged


async def test_a_phone_that_loses_its_network_in_the_middle_of_a_call_is_no_mistake_of_ours(
    capfd: pytest.CaptureFixture[str], database: Database
) -> None:
    from backend.app import create_app

    came = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        sent.append(message)

    app = create_app()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mobile/v1/events",
        "raw_path": b"/mobile/v1/events",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"100")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    async with app.lifespan():
        await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    assert "[error" not in capfd.readouterr().err


async def test_a_database_that_drops_its_sessions_is_a_short_pause(
    http: httpx.AsyncClient, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'doorstep_application'"
        " AND datname = current_database()"
    )
    answers = [await http.get("/health/ready") for _ in range(8)]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[-1].status_code == 200
    assert all(answer.headers.get("retry-after") for answer in answers if answer.status_code == 503)


async def test_metrics_count_by_route(http: httpx.AsyncClient) -> None:
    await http.get("/health/live")
    text = (await http.get("/metrics")).text
    assert 'doorstep_requests_total{route="/health/live",status="200"}' in text


async def test_logs_name_routes_not_paths(http: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as entries:
        await http.post("/api/v1/calc/price?who=ann", content=json.dumps({"visit": "private"}))
    logged = json.dumps(entries)
    assert "/api/v1/calc/price" in logged
    assert "ann" not in logged
    assert "private" not in logged
