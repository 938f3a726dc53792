"""What stands between the processes and the database, and can cut, stall and refuse their connections."""

import asyncio
from contextlib import suppress

from tests.faults.processes import lasting_port

_CUT = (OSError, RuntimeError)
"""What becomes of writing to a connection that was cut: the second is how uvloop says it."""


class Proxy:
    """A TCP proxy on a port of its own, in the harness's event loop."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = lasting_port()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._last_words: bytes | None = None
        self._asked = False

    async def listen(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def refuse(self) -> None:
        """Take no new connections, until `listen`."""
        assert self._server is not None
        self._server.close()

    def cut(self) -> int:
        """End every connection at once, with nothing said on either side; how many there were."""
        cut = len(self._open)
        for writer in self._open:
            writer.transport.abort()
        return cut // 2

    def stall(self) -> None:
        """Let nothing pass, until `flow`; both sides still believe that they are connected."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let everything pass again, what waited first."""
        self._flowing.set()

    def lose_answer_to(self, words: bytes) -> None:
        """Once, let a statement through to the server, and cut every connection instead of bringing its answer."""
        self._last_words = words

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        try:
            await asyncio.gather(self._ask(reader, far_writer), self._answer(far_reader, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_CUT):
            while data := await reader.read(65536):
                await self._flowing.wait()
                if self._last_words is not None and self._last_words in data:
                    self._last_words, self._asked = None, True
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_CUT):
            while data := await reader.read(65536):
                await self._flowing.wait()
                if self._asked:
                    self._asked = False
                    self.cut()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()
