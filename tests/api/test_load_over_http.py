"""Loading over HTTP: who may load what, and how a refusal reads."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from backend import clock, db
from backend.tables.ids import organisation_id
from backend.use_cases.sign_in import token_hash
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import as_csv, county, load_county

__all__ = ["county"]

CSRF = "a token of the session's own"


async def signed_in(role: str, organisation: str | None = None) -> str:
    """The token of a fresh session of a fresh user."""
    token, user, now = uuid4().hex, uuid4(), clock.now()
    home: UUID | None = None if organisation is None else organisation_id(organisation)
    async with db.as_administrator() as connection:
        await connection.execute(
            "INSERT INTO user_account (id, organisation_id, role, email, created_at) VALUES ($1, $2, $3, $4, $5)",
            user,
            home,
            role,
            f"{user}@example.org",
            now,
        )
        await connection.execute(
            "INSERT INTO user_session VALUES ($1, $2, $3, $4, $5, $6)",
            token_hash(token),
            user,
            home,
            CSRF,
            now,
            now + timedelta(hours=1),
        )
    return token


async def send(
    http: httpx.AsyncClient, kind: str, rows: Any, token: str | None, **query: str
) -> httpx.Response:
    headers = {"Content-Type": "text/csv"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return await http.post(f"/api/v1/load/{kind}", params=query, content=as_csv(rows), headers=headers)


async def test_a_manager_loads_and_reads_what_it_did(http: httpx.AsyncClient) -> None:
    await load_county(until="rota")
    token = await signed_in("manager", "hearth")
    dry = await send(http, "rota", samples.ROTA, token, dry_run="true")
    assert (dry.status_code, dry.json()["new"], dry.json()["dry_run"]) == (200, 3, True)
    first = await send(http, "rota", samples.ROTA, token)
    assert first.json() == {
        "kind": "rota",
        "dry_run": False,
        "rows": 3,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "cancelled": 0,
        "notes": [],
    }
    again = await send(http, "rota", samples.ROTA[:1], token, complete="2026-11-02..2026-11-02")
    assert (again.json()["unchanged"], again.json()["cancelled"]) == (1, 1)


async def test_faults_come_as_a_problem_with_row_and_column(http: httpx.AsyncClient) -> None:
    await load_county(until="rota")
    token = await signed_in("manager", "hearth")
    answer = await send(http, "rota", samples.with_row(samples.ROTA, 1, carer="E9", end="never"), token)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {
            "row": 3,
            "column": "end",
            "pointer": "",
            "detail": "must be a date and time, such as 2026-11-02T07:00 or 2026-11-02T07:00:00+00:00",
        },
        {"row": 3, "column": "carer", "pointer": "", "detail": "no employment has the reference E9"},
    ]
    nested = await http.post(
        "/api/v1/load/contracts",
        content=samples.as_json([{**samples.CONTRACT, "from": "soon"}]),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    assert nested.json()["errors"] == [
        {"row": None, "column": None, "pointer": "/0/from", "detail": "must be a date, such as 2026-11-02"}
    ]


@pytest.mark.parametrize(
    ("role", "organisation", "kind", "status"),
    [
        ("manager", "hearth", "carers", 200),
        ("manager", "lantern", "carers", 400),
        ("manager", "hearth", "organisations", 403),
        ("manager", "hearth", "postcodes", 403),
        ("finance", "hearth", "pay", 200),
        ("finance", "hearth", "carers", 403),
        ("commissioner", "wyeshire", "carers", 403),
        ("auditor", "wyeshire", "absences", 403),
        ("administrator", None, "organisations", 200),
        ("administrator", None, "carers", 200),
        (None, None, "carers", 401),
    ],
)
async def test_each_role_loads_its_own_kinds_of_its_own_organisation(
    http: httpx.AsyncClient, role: str | None, organisation: str | None, kind: str, status: int
) -> None:
    await load_county(until="absences")
    token = None if role is None else await signed_in(role, organisation)
    answer = await send(http, kind, dict(samples.FILES).get(kind, []), token)  # type: ignore[call-overload]
    assert answer.status_code == status, answer.text
    if status == 400:
        assert {error["detail"] for error in answer.json()["errors"]} == {"hearth is not your organisation"}


async def test_a_cookie_needs_the_sessions_csrf_token(http: httpx.AsyncClient) -> None:
    await load_county(until="leave")
    http.cookies.set("doorstep_session", await signed_in("manager", "hearth"))
    assert (await send(http, "leave", samples.LEAVE, None)).status_code == 403
    headers = {"Content-Type": "text/csv", "X-CSRF-Token": CSRF}
    answer = await http.post("/api/v1/load/leave", content=as_csv(samples.LEAVE), headers=headers)
    assert answer.status_code == 200


async def test_what_is_not_a_load_is_a_problem_too(http: httpx.AsyncClient) -> None:
    await load_county(until="carers")
    token = await signed_in("administrator")
    assert (await send(http, "planets", [], token)).status_code == 404
    wrong = await send(
        http, "rota", samples.ROTA, token, complete="yesterday", dry_run="perhaps", colour="red"
    )
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/complete", "/dry_run", "/colour"}
    twice = await http.post(
        "/api/v1/load/rota?dry_run=true&dry_run=false",
        content=as_csv(samples.ROTA),
        headers={"Content-Type": "text/csv", "Authorization": f"Bearer {token}"},
    )
    assert twice.json()["errors"] == [{"pointer": "/dry_run", "detail": "is given twice"}]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    assert (await http.post("/api/v1/load/rota", content=b"x", headers=headers)).status_code == 415
    expired = await send(http, "rota", samples.ROTA, "not-a-token")
    assert (expired.status_code, expired.json()["code"]) == (401, "unauthorised")


async def test_the_national_list_is_refused_by_size_and_not_read(http: httpx.AsyncClient) -> None:
    await load_county(until="organisations")
    token = await signed_in("administrator")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    answer = await http.post("/api/v1/load/postcodes", content=b"x" * (64 * 1024 * 1024 + 1), headers=headers)
    assert answer.status_code == 413
    small = await http.post("/api/v1/load/postcodes", content=samples.POSTCODES, headers=headers)
    assert (small.status_code, small.json()["unchanged"]) == (200, 5)


async def test_finance_loads_a_payroll_export_of_its_own_provider(
    http: httpx.AsyncClient, county: None
) -> None:
    token = await signed_in("finance", "hearth")
    rows = [
        {
            "employee": "E1",
            "code": "BASIC",
            "description": "Basic",
            "units": "10",
            "rate": "12.71",
            "run": "",
            "amount": "127.10",
            "paid_on": "2026-11-13",
            "earned_start": "",
            "earned_end": "",
            "reference": "",
        }
    ]
    loaded = await send(http, "pay", rows, token, template="generic")
    assert (loaded.status_code, loaded.json()["new"]) == (200, 1)
    other = await send(http, "pay", rows, token, template="generic", provider="lantern")
    assert (other.status_code, other.json()["errors"][0]["detail"]) == (
        400,
        "lantern is no provider of yours",
    )
    wrong = await send(http, "pay", rows, token, paid_on="2026-11-13", run="2")
    assert sorted(error["pointer"] for error in wrong.json()["errors"]) == ["/paid_on", "/run"]
    elsewhere = await send(http, "rota", rows, await signed_in("manager", "hearth"), template="generic")
    assert [error["pointer"] for error in elsewhere.json()["errors"]] == ["/template"]
    mapping = [
        {"provider": "hearth", "element": "BASIC", "section": "pay", "kind": "hourly", "from": "2026-01-01"}
    ]
    assert (await send(http, "pay-mapping", mapping, token)).json()["new"] == 1
