"""The lists of a day with years behind them beside few days: `python -m bench.lists [DAYS] [APART] [ROUNDS]`.

Two databases, each with 5,000 visits today: one with four such days behind it, the other with so many, so many days
apart. Each list is asked for in turns. A list that takes longer with years behind it looks at more than it shows.
"""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

import asyncpg

from backend import settings
from bench._county import A_DAY, begin_today, live_through, settle
from bench._servers import hundredths, keep
from tests.conftest import Database, client_of, clock_in, new_database, prepared
from tests.console.desk import NOW, Desk, fortnight

LISTS: Final = (
    "/today",
    "/today?state=late",
    "/roster?date=2026-11-16",
    "/roster?date=2026-11-16&by=person",
    "/exceptions?show=acknowledged",
    "/corrections",
    "/quarantine",
)
FEW: Final = 4
"""Days behind today."""
CALLS: Final = 5
"""Of each list, a round."""


@dataclass(slots=True)
class Side:
    """A database with so many days behind today, so many days apart, and how long its lists were found to take."""

    made: Database
    days: int
    apart: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: {path: [] for path in LISTS})

    async def settle(self) -> None:
        """Put the visits into it."""
        superuser = await asyncpg.connect(self.made.superuser_url)
        await settle(superuser)
        await live_through(superuser, self.days * A_DAY, self.apart)
        await begin_today(superuser)
        events = await superuser.fetchval("SELECT count(*) FROM event")
        print(f"{events:,} events over {self.days * self.apart:,} days", flush=True)
        await superuser.close()

    async def ask(self, worked: Desk, folder: Path) -> None:
        """A round; what is done at the first call of a list is not counted."""
        set_clock = clock_in(folder / "clock")
        async with client_of(self.made) as client:
            superuser = await asyncpg.connect(self.made.superuser_url)
            office = worked.office.again(client, lambda instant: set_clock(max(instant, NOW)))
            manager = await Desk(office, superuser).as_("manager")
            for path, seconds in self.seconds.items():
                await manager.get(path)
                for _ in range(CALLS):
                    began = perf_counter()
                    answer = await manager.get(path)
                    seconds.append(perf_counter() - began)
                    assert answer.status_code == 200, f"{path}: {answer.status_code}"
            await superuser.close()


def main(days: int = 86, apart: int = 30, rounds: int = 3) -> None:
    """Measure both in turns, print and keep."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # the database's own account must reach it
        with prepared(folder) as server:
            worked, name = fortnight(server, folder)
            sides = [Side(new_database(server, folder, name), *shape) for shape in ((FEW, 1), (days, apart))]
            for side in sides:
                asyncio.run(side.settle())
            for _ in range(rounds):
                for side in sides:
                    settings.use(side.made.settings)
                    asyncio.run(side.ask(worked, folder))
    keep("lists", [_told(path, *sides) for path in LISTS])


def _told(path: str, few: Side, many: Side) -> dict[str, object]:
    """Milliseconds with few days and with many, and how many times as long it takes with many; printed."""
    before, after = (hundredths(side.seconds[path], 50, 99) for side in (few, many))
    found: dict[str, object] = {"list": path, "load": round(os.getloadavg()[0], 1)}
    for name, *both in zip(("p50", "p99"), before, after, strict=True):
        found[f"{name}_ms"] = [round(one * 1000, 1) for one in both]
        found[f"{name}_ratio"] = round(both[1] / both[0], 2)
    print("  ".join(f"{name} {value}" for name, value in found.items()), flush=True)
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
