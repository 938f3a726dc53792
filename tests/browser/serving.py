"""The application on a real port in this event loop, and a line to it that can be made bad."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from tests.conftest import application


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """The address at which an ASGI application is served for the block."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=3
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving


@dataclass
class BadLine:
    """The application behind a line that fails as it is told to, for addresses that begin with `path`.

    `refuses`: 500 before anything is done. `forgets`: 500 after it was done. `cuts`: done, and the answer breaks off
    half-way. `hangs`: done, and the answer comes when `released` is set.
    """

    app: Any = field(default_factory=application)
    path: str = ""
    fault: str | None = None
    times: int = 0
    met: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def fail(self, path: str, fault: str, times: int = 1) -> None:
        """The next `times` calls there fail like this."""
        self.path, self.fault, self.times, self.met = path, fault, times, 0

    @property
    def holds(self) -> bool:
        """Whether an answer is being held back."""
        return self.fault == "hangs" and not self.released.is_set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self.fault is None or not scope["path"].startswith(self.path):
            return await self.app(scope, receive, send)
        self.met += 1
        if self.met > self.times:
            return await self.app(scope, receive, send)
        return await getattr(self, f"_{self.fault}")(scope, receive, send)

    async def _refuses(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _forgets(self, scope: Any, receive: Any, send: Any) -> None:
        await self._answer(scope, receive)
        await self._refuses(scope, receive, send)

    async def _cuts(self, scope: Any, receive: Any, send: Any) -> None:
        start, body = await self._answer(scope, receive)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise ConnectionResetError("the line is cut")

    async def _hangs(self, scope: Any, receive: Any, send: Any) -> None:
        start, body = await self._answer(scope, receive)
        await self.released.wait()
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Any) -> tuple[Any, bytes]:
        """What the application answers, kept back."""
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])
