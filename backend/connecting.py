"""A session with the database that takes writes: of the several hosts that an address may name, the one that does.

Or with one that follows it, for what is only read.
"""

from typing import Any, Final, Literal

import asyncpg

from backend.settings import hosts_of

HOST_SECONDS: Final = 5
"""How long one host may take to answer before the next is asked: a machine that is gone is silent."""

_ELSEWHERE: Final = (
    OSError,  # and with it TimeoutError
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""What one host may answer while another is the one that serves."""


class Hosts:
    """The hosts of one database address, the one that served last first. What a pool makes its sessions with."""

    def __init__(self, url: str, wanted: Literal["read-write", "standby"] = "read-write") -> None:
        self._addresses = list(hosts_of(url))
        self._wanted = wanted

    async def connect(self, dsn: str, **options: Any) -> asyncpg.Connection:
        """A session with the first host that is as wanted. Raises ConnectionError if none does, or as asyncpg."""
        refusals: list[str] = []
        for address in list(self._addresses):
            host, port = address
            try:
                made = await asyncpg.connect(
                    dsn,
                    host=host,
                    port=port,
                    timeout=HOST_SECONDS,
                    target_session_attrs=self._wanted,
                    **options,
                )
            except _ELSEWHERE as error:
                refusals.append(f"{host}:{port} {_words(error)}")
            else:
                self._addresses.sort(key=lambda one: one != address)
                return made
        raise ConnectionError("; ".join(refusals))


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "does not answer"
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "takes no writes"
    return str(error) or type(error).__name__
