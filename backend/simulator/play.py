"""Play the county's days against a running server: the clock, the phones and the offices, in order of time."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import httpx

from backend import clock
from backend.simulator.handset import Answered, Handset
from backend.simulator.journal import Sending
from backend.simulator.office import Task
from mobile_api.reference_client import BASE

AT_ONCE: Final = 12
"""How many phones call at the same time."""


@dataclass(slots=True)
class Tally:
    """What the server answered, and every answer that is not what the published rules give."""

    outcomes: Counter[str] = field(default_factory=Counter)
    surprises: list[Answered] = field(default_factory=list)

    def add(self, answers: Sequence[Answered]) -> None:
        """Count the answers of one sending."""
        for answer in answers:
            self.outcomes[answer.outcome] += 1
            if (answer.outcome, answer.code) != answer.item.expected:
                self.surprises.append(answer)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the play is given: the clock file, the way to the server, and who does an office's tasks."""

    clock: Path
    client: httpx.AsyncClient
    handsets: dict[str, Handset]
    office: Callable[[Task], Awaitable[None]]


async def play(
    stage: Stage, journal: Sequence[Sending], tasks: Sequence[Task], tell: Callable[[datetime, int], None]
) -> Tally:
    """Send everything and do every task, each at its own instant of simulated time.

    The clock moves only between calls, and each phone makes one call after the other, so the same journal always leaves
    the same facts. `tell` is told the instant and the events sent, after every step.
    """
    tally = Tally()
    _announce(stage, journal)
    for at, sendings, due in _steps(journal, tasks):
        clock.write(stage.clock, at)
        for task in due:
            await stage.office(task)
        if sendings:
            await _send_all(stage, sendings, await fresh_nonce(stage.client), tally)
        tell(at, sum(len(sending.items) for sending in sendings))
    return tally


def _announce(stage: Stage, journal: Sequence[Sending]) -> None:
    sendings: dict[str, list[Sending]] = defaultdict(list)
    for sending in journal:
        sendings[sending.employment].append(sending)
    for employment, own in sendings.items():
        stage.handsets[employment].expect(own)


def _steps(
    journal: Sequence[Sending], tasks: Sequence[Task]
) -> Iterator[tuple[datetime, list[Sending], list[Task]]]:
    """Sendings and tasks by instant; at one instant the tasks come first."""
    calls: dict[datetime, list[Sending]] = defaultdict(list)
    due: dict[datetime, list[Task]] = defaultdict(list)
    for sending in journal:
        calls[sending.at].append(sending)
    for task in tasks:
        due[task.at].append(task)
    for at in sorted(calls.keys() | due.keys()):
        yield at, calls.get(at, []), due.get(at, [])


async def fresh_nonce(client: httpx.AsyncClient) -> str:
    """A nonce of the present instant. A nonce is nobody's own, so all phones of one instant share it."""
    answer = await client.get(f"{BASE}/nonce")
    answer.raise_for_status()
    nonce: str = answer.json()["nonce"]
    return nonce


async def _send_all(stage: Stage, sendings: list[Sending], nonce: str, tally: Tally) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def send(employment: str, calls: list[Sending]) -> list[Answered]:
        async with room:
            return [answer for call in calls for answer in await stage.handsets[employment].send(call, nonce)]

    by_phone = [(name, list(calls)) for name, calls in groupby(sendings, lambda sending: sending.employment)]
    for answers in await asyncio.gather(*(send(name, calls) for name, calls in by_phone)):
        tally.add(answers)


def last_instant(journal: Sequence[Sending], tasks: Sequence[Task]) -> datetime:
    """When everything has been sent and done, and a little later."""
    return max([*(call.at for call in journal), *(task.at for task in tasks)]) + timedelta(minutes=1)
