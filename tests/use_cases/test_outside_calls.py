"""Calls to addresses that people entered: never into our own network, whatever the name says, and never without end."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from backend import settings
from backend.settings import Settings
from backend.use_cases import outside_calls
from backend.use_cases.outside_calls import LONGEST_ANSWER, CallRefused, call, may_call, web_address_fault
from tests.console.receivers import certificate_of

INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "2002:a00:1::1",
    "64:ff9b::a00:1",
)
OUTSIDE = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """An event loop in which a test can answer whatever asks for the address of a name."""
    return "asyncio"


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    settings.use(Settings(data=Path()))
    yield
    settings.forget()


def allow(*networks: str) -> None:
    settings.use(Settings(data=Path(), private_addresses=tuple(ip_network(each) for each in networks)))


def test_inside_addresses_are_not_called_and_public_ones_are() -> None:
    assert [text for text in INSIDE if may_call(ip_address(text))] == []
    assert [text for text in OUTSIDE if not may_call(ip_address(text))] == []


def test_a_network_that_the_operator_allows_is_called_and_no_other() -> None:
    allow("10.1.0.0/16", "::1")
    called = [text for text in INSIDE if may_call(ip_address(text))]
    assert called == ["10.1.2.3", "::1"]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.org", None),
        ("https://example.org:8443/hook?key=1", None),
        ("http://example.org/", "does not begin with https://"),
        ("http://localhost:8000/", "does not begin with https://"),
        ("ftp://example.org/", "does not begin with https://"),
        ("https://user:word@example.org/", "holds a user name or a fragment, which it may not"),
        ("https://example.org/#part", "holds a user name or a fragment, which it may not"),
        ("https://", "is not a web address"),
        ("https://example.org:99999/", "is not a web address"),
        ("https://[::1/", "is not a web address"),
        ("https://exämple.org/", "is not a web address"),
        ("https://example.org/a b", "is not a web address"),
        ("https://example.org/\r\nX: y", "is not a web address"),
        ("", "is not a web address"),
        ("https://10.1.2.3/hook", "is inside a network, and no public address"),
        ("https://[::1]:8443/", "is inside a network, and no public address"),
        ("https://93.184.216.34/hook", None),
    ],
)
def test_what_is_wrong_with_an_address_is_said(address: str, fault: str | None) -> None:
    assert web_address_fault(address) == fault


async def test_where_hosts_are_listed_no_other_is_called() -> None:
    settings.use(Settings(data=Path(), called_hosts=frozenset({"login.example.org", "2606:4700::1"})))
    for listed in (
        "https://login.example.org/",
        "https://LOGIN.example.org:8443/a",
        "https://[2606:4700::1]/",
    ):
        assert web_address_fault(listed) is None
    for other in (
        "https://example.org/",
        "https://a.login.example.org/",
        "https://login.example.org.evil.example/",
    ):
        assert (web_address_fault(other) or "").startswith("leads to a host that is not among those")
    with pytest.raises(CallRefused, match=r"^https://example\.org leads to a host"):
        await call("GET", "https://example.org/secret")


async def test_a_name_with_one_address_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", ("1.1.1.1", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
    with pytest.raises(CallRefused, match=r"^rebinding\.example is inside a network"):
        await call("GET", "https://rebinding.example/secret")


async def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers otherwise the second time is not asked a second time."""
    allow("127.0.0.0/8")
    asked: list[str] = []

    async def resolved(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        here = "127.0.0.1" if len(asked) == 1 or host == "127.0.0.1" else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (here, port))]

    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (port, heard):
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
        answer = await call("GET", f"http://localhost:{port}/path?key=1")
    assert (answer.status, answer.body) == (200, b"ok")
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert b"GET /path?key=1 HTTP/1.1" in heard[0] and f"Host: localhost:{port}".encode() in heard[0]


@pytest.mark.parametrize(("of", "taken"), [("hook.test", True), ("other.test", False)])
async def test_the_certificate_must_be_of_the_name_and_not_of_the_address(
    of: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow("127.0.0.0/8")
    certificate, key = certificate_of(tmp_path, of)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)

    async def resolved(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(outside_calls, "_trusted", outside_calls._trusted.__wrapped__)  # reads them again
    async with answering(b"HTTP/1.1 204 No Content\r\n\r\n", context) as (port, _):
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
        asked = call("GET", f"https://hook.test:{port}/")
        if taken:
            assert (await asked).status == 204
        else:
            with pytest.raises(CallRefused, match="did not answer with a certificate for its name"):
                await asked
    assert names == ["hook.test"]


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    allow("127.0.0.0/8", "::1")
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with answering(moved) as (port, heard):
        assert (await call("POST", f"http://127.0.0.1:{port}/", b"{}")).status == 302
    assert len(heard) == 1


async def test_an_answer_without_end_and_one_that_never_comes_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow("127.0.0.0/8")
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * (LONGEST_ANSWER + 1)
    async with answering(long) as (port, _):
        with pytest.raises(CallRefused, match="answered more than"):
            await call("GET", f"http://127.0.0.1:{port}/")
    monkeypatch.setattr(outside_calls, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CallRefused, match="within 10"):
        await call("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/?key=secret")


async def test_why_nobody_answered_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    allow("127.0.0.0/8")

    async def said(address: str) -> str:
        with pytest.raises(CallRefused) as refusal:
            await call("GET", address)
        return str(refusal.value)

    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "no connection was taken" in await said(f"http://127.0.0.1:{port}/")
    async with answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n") as (port, _):
        assert "did not answer as a web server does" in await said(f"http://127.0.0.1:{port}/")
        assert "did not answer with TLS" in await said(f"https://127.0.0.1:{port}/")
    assert "no host of that name is known" in await said("https://nobody.invalid/")


async def test_a_refusal_does_not_repeat_what_may_be_secret() -> None:
    for address in ("https://10.0.0.1/hook?key=secret", "https://user:secret@example.org/", "ftp://h/secret"):
        with pytest.raises(CallRefused) as refusal:
            await call("GET", address)
        assert "secret" not in str(refusal.value)


@asynccontextmanager
async def answering(
    answer: bytes, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on this machine that answers everybody the same; its port, and what it heard."""
    heard: list[bytes] = []
    opened: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        heard.append(await reader.read(65536))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        for writer in opened:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()
