"""Passwords and PINs are hashed in threads of their own: signing in never waits behind a large file or a drawing."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_THREADS: Final = 4
"""At once, in a process: each takes a processor, and 64 MiB, for a tenth of a second."""
_POOL: Final = ThreadPoolExecutor(_THREADS, "hashing")


async def hash_apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives, done in one of these threads."""
    return await asyncio.wrap_future(_POOL.submit(work, *args, **kwargs))
