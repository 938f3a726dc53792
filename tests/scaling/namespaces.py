"""Machines as far as the network goes: namespaces, each with an address of its own, joined by a switch to this one."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.processes import Place

_NET_ADMIN, _SYS_ADMIN = 12, 21
"""The capabilities that making and entering a namespace takes, by the number of their bit."""
_NETWORK = "10.213.77"


@dataclass(frozen=True, slots=True)
class Switched:
    """Places that reach each other and this machine by the switch's network alone."""

    places: Sequence[Place]
    here: str
    network: str


def possible() -> bool:
    """Whether this process may make them."""
    status = Path("/proc/self/status")
    if shutil.which("ip") is None or not status.exists():
        return False
    held = int(status.read_text().partition("CapEff:")[2].split()[0], 16)
    return all(held >> bit & 1 for bit in (_NET_ADMIN, _SYS_ADMIN))


@contextmanager
def switched(number: int) -> Iterator[Switched]:
    """So many for the block; whatever is in them must have ended before."""
    names = [f"doorstep-{os.getpid()}-{place}" for place in range(number)]
    bridge = f"ds{os.getpid()}"
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("address", "add", f"{_NETWORK}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for place, name in enumerate(names):
            _join(bridge, name, f"v{place}-{os.getpid()}", f"{_NETWORK}.{place + 2}/24")
        places = [
            Place(f"{_NETWORK}.{place + 2}", ("ip", "netns", "exec", name))
            for place, name in enumerate(names)
        ]
        yield Switched(places, f"{_NETWORK}.1", f"{_NETWORK}.0/24")
    finally:
        for gone in (*(("netns", "delete", name) for name in names), ("link", "delete", bridge)):
            with suppress(subprocess.CalledProcessError):
                _ip(*gone)


def _join(bridge: str, name: str, cable: str, address: str) -> None:
    """A namespace whose one interface is a cable to the switch."""
    _ip("netns", "add", name)
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", cable, "master", bridge, "up")
    _ip("-n", name, "address", "add", address, "dev", "eth0")
    for interface in ("lo", "eth0"):
        _ip("-n", name, "link", "set", interface, "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
