"""Requests that another site makes a browser send, and what every answer carries against the like."""

import re
from typing import Final
from urllib.parse import urlencode

import httpx
import pytest

from backend import settings
from backend.api import cookies
from backend.middleware import SECURITY_HEADERS
from tests.browser.serving import served
from tests.conftest import application
from tests.console.desk import HTML, PASSWORD, Browser, Desk, email
from tests.console.test_access import MAY_OPEN, PUBLIC, _routes, filled
from tests.security.grounds import everything

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
UNSAFE: Final = sorted({path for method, path in _routes() if method == "POST"})
WITHOUT_A_TOKEN: Final = {"/unsubscribe/{user_id:uuid}/{kind:str}/{mark:str}"}
"""Pressed in a mail program (RFC 8058): its address is its token."""
INLINE: Final = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:")
"""What a page would run or style by itself: with any of it the policy would need an exception."""
ELSEWHERE: Final = {
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "Sec-Fetch-Site": "cross-site",
}


async def forge(browser: Browser, path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    sent = {**HTML, **ELSEWHERE, **headers, "Cookie": cookie}
    return await browser.client.post(path, content=content, headers=sent)


async def test_no_form_of_another_site_is_taken_by_any_page(desk: Desk) -> None:
    """With the victim's cookies and no token, the attacker's own token, or a token anywhere but in the form."""
    attacker = await desk.as_("second")
    await attacker.get("/sessions")
    [own] = set(re.findall(r'name="csrf_token" value="([^"]+)"', attacker.page))
    for who in ("manager", "finance", "commissioner", "auditor", "administrator", "person"):
        await desk.as_(who)
    before = await everything(desk)
    tried = 0
    for path in UNSAFE:
        if path in PUBLIC:
            continue
        victim = await desk.as_(min(MAY_OPEN[path] - {"administrator"}, default="administrator"))
        right = await desk.superuser.fetchval(
            "SELECT csrf_token FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE u.email = $1",
            email(min(MAY_OPEN[path] - {"administrator"}, default="administrator")),
        )
        address = filled(path)
        for content, headers, asked in (
            (b"csrf_token=", FORM, ""),
            (urlencode({"csrf_token": own}).encode(), FORM, ""),
            (b"", {**FORM, "X-CSRF-Token": right}, f"?csrf_token={right}"),
            (b'{"csrf_token": "' + right.encode() + b'"}', {"Content-Type": "text/plain"}, ""),
        ):
            answer = await forge(victim, f"{address}{asked}", content, headers)
            assert answer.status_code in (403, 415), (path, content, answer.status_code)
            tried += 1
    assert tried > 200
    assert await everything(desk) == before


async def test_no_form_before_signing_in_is_taken_from_another_site(desk: Desk) -> None:
    before = await everything(desk)
    fields = {"email": email("manager"), "password": PASSWORD, "csrf_token": "chosen by somebody else"}
    for path in sorted(set(UNSAFE) & PUBLIC - set(WITHOUT_A_TOKEN)):
        stranger = desk.browser()
        answer = await forge(stranger, filled(path), urlencode(fields).encode(), FORM)
        assert answer.status_code in (403, 404), (path, answer.status_code)
        assert cookies.SESSION not in answer.headers.get("set-cookie", "")
        stranger.cookies[cookies.FORM] = ""
        answer = await forge(stranger, filled(path), urlencode({**fields, "csrf_token": ""}).encode(), FORM)
        assert answer.status_code in (403, 404), path
    assert await everything(desk) == before


async def test_what_changes_something_is_not_done_by_following_a_link(desk: Desk) -> None:
    """A link of another site brings the cookies along (SameSite=Lax): nothing but a form does anything."""
    shown = {path for method, path in _routes() if method == "GET"}
    manager = await desk.as_("manager")
    for path in sorted(set(UNSAFE) - shown):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            cookie = "; ".join(f"{name}={value}" for name, value in manager.cookies.items())
            answer = await manager.client.request(method, filled(path), headers={"Cookie": cookie})
            assert answer.status_code in (404, 405), (method, path)


async def kinds_of_answers(desk: Desk) -> dict[str, httpx.Response]:
    """At least one of each kind that the service gives."""
    stranger, manager, http = desk.browser(), await desk.as_("manager"), desk.office.http
    answers = {
        f"{method} {path} of a stranger": await stranger._send(method, filled(path), {})
        for method, path in _routes()
    }
    for method, path in _routes():
        if method == "GET" and path != "/today/live" and path not in PUBLIC:
            who = min(MAY_OPEN[path] - {"manager"}, default="manager")
            answers[f"{path} of a {who}"] = await (await desk.as_(who)).get(filled(path))
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', (await manager.get("/today")).text))
    assert assets
    for path in (
        *assets,
        "/health/live",
        "/health/ready",
        "/metrics",
        "/schema/openapi.json",
        "/schema/keys",
        "/app/",
        "/app",
        "/mobile/v1/nonce",
        "/mobile/v1/rota",
        "/nowhere",
        "/api/v1/nowhere",
        "/today?format=csv&table=1",
        "/%ff",
    ):
        answers[path] = await http.get(path)
    answers["a method"] = await http.request("DELETE", "/sign-in")
    answers["trace"] = await http.request("TRACE", "/sign-in", headers={"X-Seen": "by nobody"})
    assert answers["trace"].status_code == 405 and "by nobody" not in answers["trace"].text
    answers["options"] = await http.options("/api/v1/calc/day", headers=ELSEWHERE)
    answers["head"] = await http.head("/sign-in")
    answers["a body too large"] = await http.post("/api/v1/calc/day", content=b"x" * 2_000_000)
    answers["a fault"] = await http.post("/api/v1/calc/day", content=b"{}")
    await desk.superuser.execute(
        "ALTER FUNCTION session_account(bytea, timestamptz, interval) RENAME TO gone"
    )
    answers["our own mistake"] = await manager.get("/today")
    assert answers["our own mistake"].status_code == 500
    await desk.superuser.execute(
        "ALTER FUNCTION gone(bytea, timestamptz, interval) RENAME TO session_account"
    )
    return answers


@pytest.mark.variants
@pytest.mark.parametrize("base", ["https://doorstep.example", "http://127.0.0.1:8000"])
async def test_every_kind_of_answer_carries_the_headers_that_browsers_heed(desk: Desk, base: str) -> None:
    now = settings.current()
    object.__setattr__(now, "base_url", base)
    for name, answer in (await kinds_of_answers(desk)).items():
        for header in SECURITY_HEADERS:
            assert answer.headers.get(header), (name, header)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "*" not in policy and "http:" not in policy, (name, policy)
        said = set(policy.split("; "))
        assert {"base-uri 'none'", "frame-ancestors 'none'"} <= said, name
        assert {"object-src 'none'", "default-src 'none'"} & said, name
        assert not [header for header in answer.headers if header.startswith("access-control-")], name
        assert "server" not in answer.headers and "x-powered-by" not in answer.headers, name
        kept = "max-age=31536000; includeSubDomains" if base.startswith("https") else None
        assert answer.headers.get("strict-transport-security") == kept, name
        assert "charset=utf-8" in answer.headers.get("content-type", "charset=utf-8") or not answer.headers[
            "content-type"
        ].startswith("text/html"), name
        if " of a " in name:
            assert answer.headers["cache-control"] == "no-store", name
            assert not INLINE.search(answer.text), name
        for line in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in line and "SameSite=lax" in line and "Path=/" in line, (name, line)
            assert ("Secure" in line) == base.startswith("https") and "Domain" not in line, (name, line)


async def test_every_cookie_of_signing_in_and_out_is_for_this_site_alone(desk: Desk) -> None:
    object.__setattr__(settings.current(), "base_url", "https://doorstep.example")
    browser = desk.browser()
    lines = [*(await browser.get("/sign-in")).headers.get_list("set-cookie")]
    lines += (await browser.sign_in(email("manager"))).headers.get_list("set-cookie")
    assert {line.partition("=")[0] for line in lines} == {
        f"__Host-{name}" for name in (cookies.SESSION, cookies.KNOWN, cookies.FORM)
    }
    for line in lines:
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(line.split("; ")), line
        assert "Domain" not in line


async def test_what_a_page_follows_carries_the_headers_too(desk: Desk) -> None:
    """An answer without end, by way of a real server: in this process alone it would be awaited whole."""
    manager = await desk.as_("manager")
    cookie = f"{cookies.SESSION}={manager.cookies[cookies.SESSION]}"
    async with (
        served(application()) as address,
        httpx.AsyncClient() as client,
        client.stream("GET", f"{address}/today/live?mark=0", headers={"Cookie": cookie}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] in ("no-store", "no-cache")
        assert [name for name in SECURITY_HEADERS if name not in answer.headers] == []
