"""Calls to addresses that people entered: sign-in services of organisations, receivers of webhooks.

Such an address could lead into our own network. So a name is resolved here, every address behind it must be public (or
one that DOORSTEP_PRIVATE_ADDRESSES allows), and the connection goes to an address that was looked at, not to the name.
Where DOORSTEP_CALLED_HOSTS names hosts, no other is called.
Nothing is followed elsewhere, no proxy is asked, and an answer is read only so far.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from backend import settings

LONGEST_ANSWER: Final = 256 * 1024
"""Bytes."""
SECONDS: Final = 10
_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""Addresses that a gateway turns into any IPv4 address (RFC 6052), inside ones too."""
_INSIDE: Final = "is inside a network, and no public address"
_PORTS: Final = {"https": 443, "http": 80}
_Kinds = type[BaseException] | tuple[type[BaseException], ...]
_WHY: Final[tuple[tuple[_Kinds, str], ...]] = (
    (socket.gaierror, "did not answer: no host of that name is known"),
    (ssl.SSLCertVerificationError, "did not answer with a certificate for its name that this machine trusts"),
    (ssl.SSLError, "did not answer with TLS"),
    ((TimeoutError, httpx.TimeoutException), f"did not answer within {SECONDS} seconds"),
    ((ConnectionRefusedError, httpx.ConnectError), "did not answer: no connection was taken"),
)


class CallRefused(Exception):
    """The call was not made, or not answered; its words say why, to whoever set the address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: status, and no more than LONGEST_ANSWER bytes."""

    status: int
    body: bytes


def web_address_fault(address: str) -> str | None:
    """What is wrong with an address that somebody entered, before it is called; None if nothing is."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # raises for a port that is none
    except ValueError:
        return "is not a web address"
    if not address.isascii() or not address.isprintable() or " " in address or not parts.hostname:
        return "is not a web address"
    if parts.username is not None or parts.fragment:
        return "holds a user name or a fragment, which it may not"
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_own_machine(parts.hostname)):
        return "does not begin with https://"
    literal = _address_in(parts.hostname)
    if literal is not None and not may_call(literal):
        return _INSIDE
    listed = settings.current().called_hosts
    if listed is not None and parts.hostname.lower() not in listed:
        return "leads to a host that is not among those that may be called: ask whoever runs this service"
    return None


async def call(
    method: str, address: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Call an address. Raises CallRefused where it leads nowhere we may go, or nobody answers in time."""
    if fault := web_address_fault(address):
        raise CallRefused(f"{_origin(address)} {fault}")
    url = httpx.URL(address)
    host = url.host
    try:
        async with asyncio.timeout(SECONDS):
            found = await _looked_at(host, url.port or _PORTS[url.scheme])
            return await _sent(method, url.copy_with(host=str(found)), host, content, headers or {})
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, UnicodeError) as error:
        raise CallRefused(f"{_origin(address)} {_why(error)}") from error


def _why(error: Exception) -> str:
    """What went wrong with a call, for whoever set the address: never the error's own words, which may hold more."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for kinds, words in _WHY:
        if any(isinstance(one, kinds) for one in causes):
            return words
    return "did not answer as a web server does"


async def _sent(
    method: str, url: httpx.URL, host: str, content: bytes | None, headers: Mapping[str, str]
) -> Answer:
    """The address in `url` is one that was looked at; the certificate must be of `host`."""
    port = "" if url.port is None else f":{url.port}"
    named = {
        **headers,
        "Accept-Encoding": "identity",
        "Host": f"[{host}]{port}" if ":" in host else f"{host}{port}",
    }
    more: dict[str, Any] = {"sni_hostname": host}
    async with (
        httpx.AsyncClient(
            verify=_trusted(), trust_env=False, follow_redirects=False, timeout=SECONDS
        ) as client,
        client.stream(method, url, content=content, headers=named, extensions=more) as response,
    ):
        body = b""
        async for part in response.aiter_raw():
            body += part
            if len(body) > LONGEST_ANSWER:
                raise CallRefused(f"{host} answered more than {LONGEST_ANSWER} bytes")
        return Answer(response.status_code, body)


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates of the public authorities, and those that this machine trusts besides. To read them takes long."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


async def _looked_at(host: str, port: int) -> IPv4Address | IPv6Address:
    """One address of a host, all of whose addresses may be called. Raises CallRefused."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(entry[4][0]) for entry in found]
    if not addresses or not all(may_call(address) for address in addresses):
        raise CallRefused(f"{host} {_INSIDE}")
    return addresses[0]


def _address_in(host: str) -> IPv4Address | IPv6Address | None:
    """The address that stands in place of a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_call(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is public, or allowed by DOORSTEP_PRIVATE_ADDRESSES."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    allowed = settings.current().private_addresses or ()
    if any(each in network for each in (address, inner) for network in allowed):
        return True
    return address not in _TRANSLATED and all(
        each.is_global and not each.is_multicast and not each.is_reserved for each in (address, inner)
    )


def _is_own_machine(host: str) -> bool:
    """Whether plain HTTP goes no further than this machine: for a service beside ours, and for tests."""
    return host in ("localhost", "127.0.0.1", "::1") and bool(settings.current().private_addresses)


def _origin(address: str) -> str:
    """The address without what stands behind its host, which may hold a secret."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"[:200]
