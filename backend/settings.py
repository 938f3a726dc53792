"""Settings, read from the environment once. Each is one row of SETTINGS; `doorstep settings` prints them."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from backend.faults import SetupFault

IPNetwork = IPv4Network | IPv6Network
POSTGRESQL_PORT: Final = 5432
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. `embedded` is true when no DATABASE_URL names a database of your own."""

    data: Path
    base_url: str = "http://127.0.0.1:8000"
    phones_url: str | None = None
    database_url: str | None = field(default=None, repr=False)
    owner_database_url: str | None = field(default=None, repr=False)
    replica_database_url: str | None = field(default=None, repr=False)
    keys: str | None = field(default=None, repr=False)
    clock: Path | None = None
    pool_size: int = 10
    database_seconds: int = 60
    prepared_statements: bool = True
    unverified_events: int = 100
    proven_minutes: int = 30
    idle_minutes: int = 60
    smtp: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    notice_hours: int = 72
    silent_hours: int = 24
    private_addresses: tuple[IPNetwork, ...] | None = None
    called_hosts: frozenset[str] | None = None
    log_format: str = "plain"
    metrics: bool = False
    travel: str = "straight_line"
    travel_urls: Mapping[str, str] | None = None
    travel_timeout: int = 5
    travel_map: str | None = None
    travel_version: str | None = None
    embedded: bool = True

    @property
    def phones_base(self) -> str:
        """The address that phones reach this service under."""
        return self.phones_url or self.base_url


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its meaning, its value when unset, and how it is read (or ValueError)."""

    variable: str
    name: str
    meaning: str
    default: str
    parse: Callable[[str], Any]
    secret: bool = False


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def hosts_of(url: str) -> Iterator[tuple[str, int]]:
    """Host and port of each server that a database address names: `postgresql://role@one:5432,two:5432/database`."""
    for part in urlsplit(url).netloc.rpartition("@")[2].split(","):
        found = urlsplit(f"//{part}")
        yield unquote(found.hostname or "localhost"), found.port or POSTGRESQL_PORT


def _database(text: str) -> str:
    parts = urlsplit(text)
    well_formed = parts.scheme in ("postgresql", "postgres") and parts.username and parts.path.strip("/")
    try:
        if well_formed and list(hosts_of(text)):
            return text
    except ValueError:  # whose words could hold a piece of the password
        pass
    raise ValueError("must look like postgresql://role:password@host:5432/database")


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address, such as https://doorstep.example.org")
    return text.rstrip("/")


def _whole(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
            raise ValueError(f"must be a whole number from 1 to {most:,}")
        return int(text)

    return parse


def _hosts(text: str) -> frozenset[str]:
    names = text.lower().split()
    if odd := [name for name in names if not _HOST.fullmatch(name)]:
        raise ValueError(f"must name hosts alone, such as login.council.gov.uk: {', '.join(odd)} is none")
    return frozenset(names)


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return parse


def _by_mode(text: str) -> dict[str, str]:
    """`car=ADDRESS walk=ADDRESS`, or one address for every way of travelling."""
    if "=" not in text.split("?")[0]:
        return dict.fromkeys(ROAD_MODES, _web_address(text))
    found = dict(part.partition("=")[::2] for part in text.split())
    if unknown := sorted(found.keys() - set(ROAD_MODES)):
        raise ValueError(f"names {', '.join(unknown)}; it may name {', '.join(ROAD_MODES)}")
    return {mode: _web_address(address) for mode, address in found.items()}


def _switch(text: str) -> bool:
    return _one_of("on", "off")(text) == "on"


def _mail_server(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://user:password@host")
    return text


def _networks(text: str) -> tuple[IPNetwork, ...]:
    try:
        return tuple(ip_network(part) for part in text.split())
    except ValueError as error:
        raise ValueError(f"must be networks, as 10.1.0.0/16 ::1 ({error})") from error


ROAD_MODES: Final = ("car", "bicycle", "walk")
"""What routing engines are asked about."""

SETTINGS: Final = (
    Setting(
        "DATABASE_URL",
        "database_url",
        "The database, as the application's role; of host1,host2 the one that takes writes. Unset: an embedded one.",
        "",
        _database,
        secret=True,
    ),
    Setting(
        "DOORSTEP_OWNER_DATABASE_URL",
        "owner_database_url",
        "The same database, as the role that owns the tables. Used by `doorstep migrate` alone.",
        "",
        _database,
        secret=True,
    ),
    Setting(
        "DOORSTEP_REPLICA_DATABASE_URL",
        "replica_database_url",
        "A streaming replica, as the application's role: reports are read there while it keeps up. Unset: none is.",
        "",
        _database,
        secret=True,
    ),
    Setting(
        "DOORSTEP_DATA",
        "data",
        "The folder of the embedded database and of the keys made for it.",
        ".data",
        _folder,
    ),
    Setting(
        "DOORSTEP_KEYS",
        "keys",
        "The signing keys: a file, or its text, as `doorstep keys new` prints. Required with DATABASE_URL.",
        "",
        str,
        secret=True,
    ),
    Setting(
        "DOORSTEP_BASE_URL",
        "base_url",
        "The address phones and browsers reach this service under.",
        "http://127.0.0.1:8000",
        _web_address,
    ),
    Setting(
        "DOORSTEP_PHONES_URL",
        "phones_url",
        "An address for phones alone, of another host: cookies of the office never reach it. Unset: the same.",
        "",
        _web_address,
    ),
    Setting(
        "DOORSTEP_CLOCK",
        "clock",
        "A file holding the instant to use as the present. For simulation; embedded database only.",
        "",
        _folder,
    ),
    Setting(
        "DOORSTEP_POOL_SIZE", "pool_size", "Most database connections of one process.", "10", _whole(1000)
    ),
    Setting(
        "DOORSTEP_DATABASE_SECONDS",
        "database_seconds",
        "Seconds that web processes and workers wait for a free connection, or for the answer to one query.",
        "60",
        _whole(3600),
    ),
    Setting(
        "DOORSTEP_PREPARED_STATEMENTS",
        "prepared_statements",
        "off for a pooler between here and the database that forgets them, as PgBouncer before 1.21.",
        "on",
        _switch,
    ),
    Setting(
        "DOORSTEP_UNVERIFIED_EVENTS",
        "unverified_events",
        "Most events without a valid signature that one address may send in a minute.",
        "100",
        _whole(1_000_000),
    ),
    Setting(
        "DOORSTEP_PROVEN_MINUTES",
        "proven_minutes",
        "Minutes after signing in from which what cannot be undone asks again who is there.",
        "30",
        _whole(720),
    ),
    Setting(
        "DOORSTEP_IDLE_MINUTES",
        "idle_minutes",
        "Minutes without use after which a session ends. A board of the day that is open is in use.",
        "60",
        _whole(720),
    ),
    Setting(
        "DOORSTEP_PRIVATE_ADDRESSES",
        "private_addresses",
        "Networks that are not public and may be called all the same (sign-in services, webhooks), as 10.1.0.0/16 ::1.",
        "",
        _networks,
    ),
    Setting(
        "DOORSTEP_CALLED_HOSTS",
        "called_hosts",
        "The only hosts that sign-in services and webhooks lead to, as login.council.gov.uk. Unset: any public one.",
        "",
        _hosts,
    ),
    Setting(
        "DOORSTEP_SMTP",
        "smtp",
        "The mail server for notices: smtp://user:password@host:587 (STARTTLS) or smtps://.. (TLS). Unset: no email.",
        "",
        _mail_server,
        secret=True,
    ),
    Setting(
        "DOORSTEP_MAIL_FROM",
        "mail_from",
        "The address that notices come from. Required with DOORSTEP_SMTP.",
        "",
        str,
    ),
    Setting(
        "DOORSTEP_NOTICE_HOURS",
        "notice_hours",
        "Hours after which a notice that nobody takes is given up.",
        "72",
        _whole(720),
    ),
    Setting(
        "DOORSTEP_SILENT_HOURS",
        "silent_hours",
        "Hours without a word from a phone, with a visit in them, after which it is called silent.",
        "24",
        _whole(720),
    ),
    Setting(
        "DOORSTEP_LOG_FORMAT",
        "log_format",
        "plain (for a person) or json.",
        "plain",
        _one_of("plain", "json"),
    ),
    Setting("DOORSTEP_METRICS", "metrics", "on serves Prometheus metrics at /metrics.", "off", _switch),
    Setting(
        "DOORSTEP_TRAVEL",
        "travel",
        "What judges journeys: straight_line, osrm or valhalla.",
        "straight_line",
        _one_of("straight_line", "osrm", "valhalla"),
    ),
    Setting(
        "DOORSTEP_TRAVEL_URL",
        "travel_urls",
        "The engine's address; of OSRM one for each way of travelling, as car=http://host:5000 walk=http://host:5001.",
        "",
        _by_mode,
    ),
    Setting("DOORSTEP_TRAVEL_TIMEOUT", "travel_timeout", "Seconds to wait for one answer.", "5", _whole(60)),
    Setting(
        "DOORSTEP_TRAVEL_MAP",
        "travel_map",
        "The date of the engine's map, where the engine does not tell it.",
        "",
        str,
    ),
    Setting(
        "DOORSTEP_TRAVEL_VERSION",
        "travel_version",
        "The engine's version, where it does not tell it, as OSRM.",
        "",
        str,
    ),
)


def load(environment: Mapping[str, str]) -> Settings:
    """Read the settings from `environment`. Raises SetupFault naming every faulty variable at once."""
    values, faults = _read(environment)
    if faults:
        raise SetupFault("\n".join(faults))
    return Settings(**values, embedded=values["database_url"] is None)


def faults_of(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with the settings of `environment`, a line each; each line begins with its variable."""
    return _read(environment)[1]


def _read(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        text = environment.get(setting.variable, "") or setting.default
        try:
            values[setting.name] = setting.parse(text) if text else None
        except ValueError as error:
            faults.append(f"{setting.variable} {error}")
    return values, [*faults, *_between(values)]


def _between(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong between settings that are each well formed."""
    own_database = values.get("database_url") is not None
    if own_database and values.get("keys") is None:
        yield (
            "DOORSTEP_KEYS is required with DATABASE_URL: make the keys once with "
            "`doorstep keys new > FILE`, keep FILE safe, and set DOORSTEP_KEYS=FILE for every process"
        )
    if own_database and values.get("clock") is not None:
        yield "DOORSTEP_CLOCK is only for the embedded database: unset it, or unset DATABASE_URL"
    phones, office = (urlsplit(values.get(name) or "").hostname for name in ("phones_url", "base_url"))
    if phones is not None and phones == office:
        yield (
            "DOORSTEP_PHONES_URL names the host of DOORSTEP_BASE_URL: unset it, or give phones a host of their own "
            "(browsers do not keep two ports of one host apart)"
        )
    if values.get("travel", "straight_line") != "straight_line" and values.get("travel_urls") is None:
        yield "DOORSTEP_TRAVEL_URL is required with DOORSTEP_TRAVEL: where the engine answers"
    addresses = list((values.get("travel_urls") or {}).values())
    if values.get("travel") == "osrm" and len(set(addresses)) < len(addresses):
        yield (
            "DOORSTEP_TRAVEL_URL gives one address for several ways of travelling, and an OSRM server has one profile: "
            "name them apart, as car=http://host:5000 walk=http://host:5001"
        )
    if values.get("smtp") is not None and values.get("mail_from") is None:
        yield "DOORSTEP_MAIL_FROM is required with DOORSTEP_SMTP: the address that notices come from"
    for name in ("owner_database_url", "replica_database_url"):
        if not own_database and values.get(name) is not None:
            yield f"DOORSTEP_{name.upper()} is set without DATABASE_URL: set both, or neither"


_current: Settings | None = None


def current() -> Settings:
    """The settings of this process, read from the environment at first use. Raises SetupFault."""
    return use(load(os.environ)) if _current is None else _current


def use(settings: Settings) -> Settings:
    """Make `settings` those of this process, and return them."""
    global _current
    _current = settings
    return settings


def forget() -> None:
    """Forget the settings of this process: the next use reads the environment again."""
    global _current
    _current = None
