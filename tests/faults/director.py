"""Who breaks what, when: one fault after another, drawn from a seed."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from tests.faults import world
from tests.faults.harness import Rig
from tests.faults.processes import until

PROGRESS_SECONDS = 300
"""How long it may take, after a fault has passed, until events are acknowledged again. Machines differ."""


@dataclass(frozen=True, slots=True)
class Done:
    """One fault: how many seconds into the run, what, to whom, and whether it was a kill that killed."""

    at: float
    fault: str
    detail: str
    kill: bool


class Director:
    """Draws faults and does them until enough has been killed, while time passes and work goes on."""

    def __init__(self, rig: Rig, seed: int, kills: int, minutes: float) -> None:
        assert rig.disk is not None and rig.proxy is not None
        self.rig, self.disk, self.proxy = rig, rig.disk, rig.proxy
        self.seed = seed
        self.wanted = kills
        self._until = rig.began + 60 * minutes
        self.chance = random.Random(seed)
        self.done: list[Done] = []
        self._day = min(timedelta(days=0.75), timedelta(days=world.MOST_DAYS - 30) / (kills * 1.3))
        faults: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (6, self.kill_web),
            (6, self.kill_worker),
            (12, self.kill_session),
            (4, self.kill_postgres),
            (1, self.cut),
            (1, self.stall),
            (1, self.refuse),
            (1, self.clock_ahead),
            (1, self.clock_behind),
        ]
        if self.disk.small:
            faults.append((1, self.fill_disk))
        self._weights = [weight for weight, _ in faults]
        self._faults = [fault for _, fault in faults]
        self._first = [fault for _, fault in faults]
        self.chance.shuffle(self._first)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(one.kill for one in self.done)

    async def run(self) -> None:
        """Each kind of fault once, in any order, then whatever is drawn, until the last kill or the time is up."""
        while self._first or (self.kills < self.wanted and time.monotonic() < self._until):
            fault = self._first.pop() if self._first else self.chance.choices(self._faults, self._weights)[0]
            await asyncio.sleep(self.chance.uniform(0, 0.4))  # the moment is a part of what is drawn
            before = self.rig.heard.acknowledged
            await fault()
            self.rig.time.go_on(self._day * self.chance.uniform(0.5, 1.5))
            if self.chance.random() < 0.3:  # else the next comes while this one is not over
                await self.recovered(before)
        await self.recovered(self.rig.heard.acknowledged)

    async def recovered(self, before: int) -> None:
        """The database runs, started again if need be, and a phone has been given a receipt since."""
        await self.rig.postgres.start()

        async def acknowledged() -> bool:
            return self.rig.heard.acknowledged > before

        await until(acknowledged, PROGRESS_SECONDS, f"nothing was acknowledged after {self.done[-1]}")

    def note(self, fault: str, detail: str, kill: bool = False) -> None:
        """Write down what was done."""
        self.done.append(Done(round(time.monotonic() - self.rig.began, 2), fault, detail, kill))

    async def kill_web(self) -> None:
        """SIGKILL to a web process."""
        program = self.chance.choice(self.rig.webs)
        self.note("web killed", program.name, program.kill())

    async def kill_worker(self) -> None:
        """SIGKILL to a worker."""
        program = self.chance.choice(self.rig.workers)
        self.note("worker killed", program.name, program.kill())

    async def kill_session(self) -> None:
        """SIGKILL to the database's process behind one connection: all others are ended by the server itself."""
        pids = await self.rig.postgres.sessions() if await self.rig.postgres.answers() else []
        if not pids:
            self.note("session killed", "there was none")
            return
        pid = pids[0] if self.chance.random() < 0.7 else self.chance.choice(pids)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            self.note("session killed", "it had ended")
        else:
            self.note("session killed", "of the application", True)

    async def kill_postgres(self) -> None:
        """SIGKILL to the database's first process, which is started again at once."""
        self.note("database killed", "its first process", self.rig.postgres.kill())
        await self.rig.postgres.start()

    async def cut(self) -> None:
        """Every connection to the database, with nothing said."""
        self.note("connections cut", f"{self.proxy.cut()}")

    async def stall(self) -> None:
        """Nothing comes through for a while; then the connections are cut, or it goes on."""
        seconds, cut = self.chance.uniform(0.5, 4), self.chance.random() < 0.5
        self.note("connections stalled", f"for {seconds:.1f} s, {'then cut' if cut else 'then on'}")
        self.proxy.stall()
        await asyncio.sleep(seconds)
        if cut:
            self.proxy.cut()
        self.proxy.flow()

    async def refuse(self) -> None:
        """No connection is taken for a while, and those there are end."""
        seconds = self.chance.uniform(0.3, 1.5)
        self.note("connections refused", f"for {seconds:.1f} s")
        self.proxy.refuse()
        self.proxy.cut()
        await asyncio.sleep(seconds)
        await self.proxy.listen()

    async def fill_disk(self) -> None:
        """Not a byte is free for a while."""
        seconds = self.chance.uniform(0.3, 1.5)
        self.note("disk filled", f"for {seconds:.1f} s")
        with self.disk.full():
            await asyncio.sleep(seconds)

    async def clock_ahead(self) -> None:
        """The servers' clock steps forward, and back after a while."""
        await self._wrong(timedelta(minutes=self.chance.uniform(1, 24 * 60)), "clock ahead")

    async def clock_behind(self) -> None:
        """The servers' clock steps back, and forward after a while."""
        await self._wrong(-timedelta(minutes=self.chance.uniform(1, 24 * 60)), "clock behind")

    async def _wrong(self, by: timedelta, fault: str) -> None:
        seconds = self.chance.uniform(0.3, 1.5)
        self.note(fault, f"by {abs(by)} for {seconds:.1f} s")
        self.rig.time.step(by)
        await asyncio.sleep(seconds)
        self.rig.time.step(timedelta())

    def told(self) -> dict[str, Any]:
        """What was done, counted and one by one."""
        counts = Counter(one.fault for one in self.done if one.kill or not one.fault.endswith("killed"))
        return {"kills": self.kills, "faults": dict(counts), "list": [asdict(one) for one in self.done]}
