"""Calls that come while others are being done wait for a moment, and are then done at once: one transaction for all.

Of few calls each is done alone, as soon as it comes. The more come, the more of them share what a transaction costs,
and so the less each costs.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import structlog

from backend.db import AWAY

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")
_LOG: Final = structlog.get_logger(__name__)
AT_ONCE: Final = 3
"""Transactions of one tenant that a process has under way: while one waits for the database another is worked out."""
MOST: Final = 50
"""What a transaction does at most, in the measure of its calls (events): so none waits long for the others."""
_TURN: Final = 5
"""Pieces of work (events) that are done in one go, some milliseconds: then it is other calls' turn."""


async def turn(done: int) -> None:
    """To be awaited by what works long, after each piece: of how many it has done it lets others have their turn."""
    if done % _TURN == 0:
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T, R]):
    asked: T
    size: int
    answer: "asyncio.Future[R]"


class Together(Generic[K, T, R]):
    """Does what is asked of each tenant by `do`, which takes several and answers each, in their order."""

    def __init__(self, do: Callable[[K, Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._do = do
        self._waiting: defaultdict[K, deque[_Waiting[T, R]]] = defaultdict(deque)
        self._under_way: Counter[K] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def done(self, whose: K, asked: T, size: int = 1) -> R:
        """Do it, alone or with others. Raises what doing it alone raises: nobody suffers from another's fault."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting[whose].append(_Waiting(asked, size, answer))
        if self._under_way[whose] < AT_ONCE:
            self._under_way[whose] += 1
            task = asyncio.create_task(self._run(whose), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _run(self, whose: K) -> None:
        """Until nothing waits."""
        try:
            while group := self._next(whose):
                await self._try(whose, group)
        finally:
            self._under_way[whose] -= 1
            if not self._under_way[whose]:
                del self._under_way[whose], self._waiting[whose]

    def _next(self, whose: K) -> list[_Waiting[T, R]]:
        """Those that came first, as many as one transaction may do, and one at least."""
        waiting, size = self._waiting[whose], 0
        group: list[_Waiting[T, R]] = []
        while waiting and (not group or size + waiting[0].size <= MOST):
            group.append(waiting.popleft())
            size += group[-1].size
        return group

    async def _try(self, whose: K, group: Sequence[_Waiting[T, R]]) -> None:
        try:
            answers = await self._do(whose, [one.asked for one in group])
        except Exception as error:
            if len(group) == 1 or isinstance(error, AWAY):
                _raise(group, error)
                return
            _LOG.warning("each alone", calls=len(group), kind=type(error).__name__)
            for one in group:
                await self._try(whose, [one])
        except BaseException as ended:  # the process stops
            _raise(group, ended)
            raise
        else:
            for one, answer in zip(group, answers, strict=True):
                if not one.answer.done():  # who asked may be gone
                    one.answer.set_result(answer)


def _raise(group: Sequence[_Waiting[Any, Any]], error: BaseException) -> None:
    for one in group:
        if not one.answer.done():
            one.answer.set_exception(error)
