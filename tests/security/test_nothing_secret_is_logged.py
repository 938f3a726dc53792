"""Marked secrets through every surface, in requests that succeed, fail and fall over: none stands in any log."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import structlog

from backend import logs, settings
from backend.jobs.runner import run_due
from backend.use_cases.add_telephone import add_service
from backend.use_cases.add_user import add_user
from backend.use_cases.subscriptions import add_webhook, subscribe
from mobile_api.reference_client import BASE, Phone
from tests.browser.serving import served
from tests.conftest import Database
from tests.console.desk import PASSWORD, Browser, Desk, email
from tests.jobs.office import PROVIDER, visit_id

NAMES: Final = (
    "password email code note name query path header cookie bearer state nonce caller text words pin token link "
    "address reason upload column smtp database payload raw proof passkey folder field"
)
MARKS: Final = {name: f"marked{name}{4711 + at}x" for at, name in enumerate(NAMES.split())}
POSITION: Final = {"lat": 52.061234567, "lon": -2.712345678, "accuracy_m": 9.8765, "mocked": False}
PINS: Final = ("88224466", "0047110815")


@contextmanager
def heard(made: settings.Settings, as_json: bool) -> Iterator[io.StringIO]:
    """All that any logger says down to debugging for the block, as the program would write it to its standard error."""
    said, before = io.StringIO(), sys.stderr
    sys.stderr = said
    logs.configure(replace(made, log_format="json" if as_json else "plain"))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    root, handler, level = logging.getLogger(), logs.handler(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        sys.stderr = before
        logs.configure(made)


async def at_the_desk(busy: Desk) -> set[str]:
    """Pages and forms, well and badly filled in; what was made for the browsers besides."""
    stranger, manager = busy.browser(), await busy.as_("manager")
    link = await add_user("hearth", "finance", f"{MARKS['email']}@example.org", None)
    await stranger.sign_in(f"{MARKS['email']}@example.org", MARKS["password"])
    await stranger.sign_in(email("second"), PASSWORD)
    await stranger.post("/sign-in/code", pending=MARKS["token"], code=PINS[0])
    await stranger.post("/sign-in/passkey", credential_id=MARKS["passkey"], client_data_json="e30")
    await stranger.get(f"/set-password/{MARKS['link']}")
    await stranger.get(str(link).split("8000", 1)[1])
    await stranger.post(str(link).split("8000", 1)[1], password=MARKS["password"], again=MARKS["password"])
    asked = f"code={MARKS['code']}&state={MARKS['state']}&error_description={MARKS['words']}"
    await stranger.get(f"/sign-in/with/hearth/back?{asked}")
    await stranger.get(f"/{MARKS['path']}?who={MARKS['query']}")
    await stranger.get("/calendar/" + MARKS["token"])
    for browser, path in (
        (manager, "/visits"),
        (manager, "/carer-day"),
        (manager, "/find"),
        (stranger, "/today"),
    ):
        await browser.ask(path, carer=MARKS["name"], ref=MARKS["query"], date=MARKS["query"])
    await manager.get("/carer-day?carer=C1&date=2026-11-02")
    entered = {"carer": "C1", "date": "2026-11-02", "kind": "meeting", "note": MARKS["note"]}
    times = {"start": "2026-11-02 10:20", "end": "2026-11-02 11:00"}
    await manager.post("/carer-day/enter", **entered, **times)
    await manager.post("/carer-day/enter", **entered, start=MARKS["words"])
    await manager.post("/devices/codes", carer="C1")
    await manager.post_as_it_is("/sign-out", csrf_token=MARKS["token"])
    await load_names(manager)
    return {*stranger.cookies.values(), *manager.cookies.values(), str(link).rpartition("/")[2]}


async def load_names(manager: Browser) -> None:
    people = (
        f"provider,reference,name,address,postcode\nhearth,S9,{MARKS['name']},{MARKS['address']},ZX1 1AA\n"
    )
    for name, content in (
        ("people.csv", people),
        (f"{MARKS['upload']}.csv", f"{people}{MARKS['column']},,,\n"),
        (f"{MARKS['upload']}.xlsx", MARKS["raw"]),
    ):
        await manager.get("/load/service-users")
        await manager.upload("/load/service-users", name, content.encode())


async def on_phones(busy: Desk) -> set[str]:
    """Calls that are right, wrong and no calls at all; what the phone holds besides."""
    http, phone = busy.office.http, await busy.office.phone()
    await phone.open_session()
    phone.record(
        "check_in",
        visit_id("RUNNING"),
        fix={**POSITION, "taken_at": busy.office.clock.isoformat()},
        payload={"words": MARKS["words"], "token": MARKS["token"]},
        method="qr",
    )
    held = json.dumps(phone.outbox)
    await phone.flush()
    made = await phone.correct(visit_id("A"), busy.office.clock, None, "other", MARKS["note"])
    assert made.status_code in (201, 400), made.text
    for pin in PINS:
        await phone.call("POST", "/session", json={"device_id": phone.device_id, "pin": pin})
    device = {"name": MARKS["name"], "platform": "other", "public_key": phone.key.jwk}
    enrolling = {"code": MARKS["code"], "install_id": MARKS["token"], "device": device, "pin": PINS[0]}
    await Phone(http).call("POST", "/enrol", json=enrolling)
    headers = {"DPoP": MARKS["proof"], "Authorization": f"DPoP {MARKS['bearer']}", "Cookie": MARKS["cookie"]}
    for path in ("/rota", f"/rota?from={MARKS['query']}", f"/{MARKS['path']}", "/days?from=1", "/pay-record"):
        await http.get(f"{BASE}{path}", headers=headers)
    for content in (
        MARKS["raw"],
        json.dumps({"events": [MARKS["payload"]]}),
        held,
        f'{{"{MARKS["field"]}": 1}}',
    ):
        for path in (f"{BASE}/events", f"{BASE}/events/raw", f"{BASE}/session", "/api/v1/calc/day"):
            await http.post(path, content=content.encode(), headers={**headers, "X-Any": MARKS["header"]})
    address, secret = await add_service(PROVIDER, "plain", "Line")
    called = {"call_id": MARKS["token"], "kind": "call", "sender": MARKS["caller"], "text": MARKS["text"]}
    await http.post(address, json=called, headers={"Doorstep-Signature": MARKS["proof"]})
    positions = {str(value) for name, value in POSITION.items() if name in ("lat", "lon")}
    return {secret, str(phone.token), phone.key.sign(b"x")[:20], *positions}


async def in_jobs(busy: Desk, made: settings.Settings) -> set[str]:
    """Messages that no mail server and no receiver takes."""
    settings.use(
        replace(
            settings.current(), smtp=f"smtp://{MARKS['name']}:{MARKS['smtp']}@127.0.0.1:1", mail_from="a@b.c"
        )
    )
    who = await busy.superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email("manager"))
    await subscribe(who, PROVIDER, "manager", {"visit_missed"})
    address = f"https://localhost:1/{MARKS['path']}?key={MARKS['query']}"
    secret = await add_webhook(PROVIDER, "manager", address, {"visit_missed"}, who)
    await busy.superuser.execute(
        "INSERT INTO alert VALUES ($1, 'missed', gen_random_uuid(), NULL, $2)", PROVIDER, busy.office.clock
    )
    busy.office.set(busy.office.clock + timedelta(minutes=2))
    await run_due(busy.office.clock)
    assert await busy.superuser.fetchval("SELECT count(*) FROM notice_delivery WHERE attempts > 0") >= 2
    settings.use(replace(settings.current(), smtp=None))
    return {secret}


async def falling_over(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mistakes of ours while something secret is in every frame: in the rules, in the database, beside the routes."""
    manager = await busy.as_("manager")

    async def falls(connection: Any, now: Any) -> str:
        held = MARKS["note"]
        raise ValueError(f"{held} cannot be read as {MARKS['name']}")

    with monkeypatch.context() as patched:
        patched.setattr("backend.jobs.runner.raise_alerts", falls)
        busy.office.set(busy.office.clock + timedelta(minutes=2))
        assert any(ran.failed for ran in await run_due(busy.office.clock, "alerts"))
        patched.setattr("backend.api.authentication.token_hash", lambda token: int(MARKS["token"] + token))
        assert (await manager.get("/today")).status_code == 500
    await manager.get("/carer-day?carer=C1&date=2026-11-02")
    await busy.superuser.execute("ALTER TABLE activity_version ADD CONSTRAINT never CHECK (false) NOT VALID")
    entered = {"carer": "C1", "date": "2026-11-02", "kind": "meeting", "note": MARKS["note"]}
    times = {"start": "2026-11-02 12:20", "end": "2026-11-02 13:00"}
    assert (await manager.post("/carer-day/enter", **entered, **times)).status_code == 500
    await busy.superuser.execute("ALTER TABLE user_account RENAME COLUMN email_key TO gone")
    stranger = busy.browser()
    assert (await stranger.sign_in(f"{MARKS['email']}@example.org", MARKS["password"])).status_code == 500
    await busy.superuser.execute("ALTER TABLE user_account RENAME COLUMN gone TO email_key")


async def under_the_server() -> None:
    """What uvicorn and the event loop say of an application that fell over."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        held = MARKS["header"]
        raise RuntimeError(f"{MARKS['cookie']} {held}")

    async with served(broken) as address, httpx.AsyncClient() as client:
        answer = await client.get(
            f"{address}/{MARKS['path']}?x={MARKS['query']}", headers={"X": MARKS["header"]}
        )
        assert answer.status_code == 500
        try:
            await client.get(f"{address}/", headers={"Bad header": MARKS["header"]})
        except httpx.HTTPError as error:
            assert error
    # In asyncio's words, as for a task whose exception nobody looked at: the test's own loop would raise it here.
    lost = RuntimeError(MARKS["note"])
    message = f"Task exception was never retrieved\nfuture: <Task finished exception={lost!r}>"
    logging.getLogger("asyncio").error(message, exc_info=lost)


@pytest.mark.slow
@pytest.mark.parametrize("as_json", [True, pytest.param(False, marks=pytest.mark.thorough)])
async def test_no_marked_secret_stands_in_any_log(
    busy: Desk, database: Database, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    with heard(settings.current(), as_json) as said:
        secrets = await at_the_desk(busy) | await on_phones(busy) | await in_jobs(busy, database.settings)
        await falling_over(busy, monkeypatch)
        await under_the_server()
    logged = said.getvalue()
    for expected in (
        '"route"' if as_json else "route=",
        "unexpected",
        "job_failed",
        "never",
        "Exception in ASGI",
    ):
        assert expected in logged, expected
    assert len(logged.splitlines()) > 60
    kept = json.loads((Path(database.environment["DOORSTEP_KEYS"])).read_text())
    found = [secret for secret in (*MARKS.values(), *PINS, *secrets, *strings(kept)) if secret in logged]
    assert found == []
    assert [line for line in logged.splitlines() if "csrf" in line or "cookie" in line.lower()] == []


def strings(value: Any) -> Iterator[str]:
    """The secrets of the keys' file: whatever is longer than a name."""
    if isinstance(value, dict):
        value = [part for name, part in value.items() if name not in ("kid", "x")]
    for part in value if isinstance(value, list) else []:
        yield from strings(part)
    if isinstance(value, str) and len(value) >= 32:
        yield value


COMMANDS: Final = (
    ("migrate",),
    ("doctor",),
    ("settings",),
    ("jobs", "list"),
    ("load", "carers", f"{MARKS['folder']}.csv"),
    ("user", "add", "--organisation", "hearth", "--role", "manager", "--email", "x"),
)


@pytest.mark.slow
@pytest.mark.variants
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://somebody:{}@127.0.0.1:1/none",
        "postgresql://somebody:{}@127.0.0.1:port/none",
        "mysql://somebody:{}@127.0.0.1/none",
    ],
)
def test_no_command_repeats_the_database_s_or_the_mail_server_s_password(url: str, tmp_path: Path) -> None:
    (tmp_path / f"{MARKS['folder']}.csv").write_text("a,b\n1,2\n")
    environment = {
        **os.environ,
        "DATABASE_URL": url.format(MARKS["database"]),
        "DOORSTEP_OWNER_DATABASE_URL": url.format(MARKS["database"]),
        "DOORSTEP_SMTP": f"smtp://somebody:{MARKS['smtp']}@127.0.0.1:1",
        "DOORSTEP_MAIL_FROM": "a@b.c",
        "DOORSTEP_KEYS": json.dumps({"signing": [MARKS["token"]]}),
        "DOORSTEP_DATA": str(tmp_path),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "backend", *command],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in COMMANDS
    ]
    for command, process in zip(COMMANDS, running, strict=True):
        said, _ = process.communicate(timeout=120)
        assert said, command
        assert [mark for name in ("database", "smtp", "token") if (mark := MARKS[name]) in said] == [], (
            command,
            said,
        )
