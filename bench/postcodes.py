"""Time the load of a postcode list of national size: 2.7 million made-up postcodes in the 41 columns of the lookup.

Run `.venv/bin/python -m bench.postcodes [ROWS]`. It works in a folder and a database of its own and removes both.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

from backend import settings
from backend.running import with_database
from backend.use_cases.loading import load_postcodes
from schemas.loading import LoadedCounts

NATIONAL = 2_700_000
HEADINGS = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,pcon,"
    "eer,teclec,ttwa,pct,itl,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
)
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
INDICATORS = ("A1", "B1", "C1", "C2", "D1", "D2", "E1", "E2", "F1", "F2", "")
AREA_CODES = '"E00070724","E99999999","E99999999"'
REGION_CODES = ",".join(f'"E{number}2000005"' for number in range(10, 28))


def postcodes() -> Iterator[tuple[str, str]]:
    """Made-up postcodes, outward and inward halves, more than four million of them."""
    for area in product("BCDEGHLMNPRSTW", LETTERS):
        for district, sector, unit in product(range(1, 10), range(10), product(LETTERS, repeat=2)):
            yield f"{''.join(area)}{district}", f"{sector}{''.join(unit)}"


def write(path: Path, rows: int) -> None:
    """Write a list of that many rows, a fifth of them ended."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADINGS + "\n")
        for outward, inward in islice(postcodes(), rows):
            code = f"{outward} {inward}"
            ended = "200806" if chance.random() < 0.2 else ""
            lat, lon = 50 + chance.random() * 5, -5 + chance.random() * 6
            file.write(
                f'"{code}","{code}","{code}","198001","{ended}","0","351418","0240501","1",{AREA_CODES},"E06000099",'
                f'{REGION_CODES},"{chance.choice(INDICATORS)}","4A2",{lat:.6f},{lon:.6f},"E37000036","","E23000016",8153,'
                '"E56000007","E54000019"\n'
            )


async def timed(path: Path) -> LoadedCounts:
    started = time.perf_counter()
    loaded = await load_postcodes([(path.name, path)])
    took = time.perf_counter() - started
    print(
        f"{loaded.rows:,} rows: {loaded.new:,} new, {loaded.unchanged:,} unchanged in {took:.1f} s",
        flush=True,
    )
    return loaded


async def twice(path: Path) -> None:
    await timed(path)
    await timed(path)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else NATIONAL
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        settings.use(replace(settings.current(), data=folder / "data", database_url=None, embedded=True))
        path = folder / "postcodes.csv"
        write(path, rows)
        print(f"{path.stat().st_size / 1e6:,.0f} MB generated", flush=True)
        asyncio.run(with_database(lambda: twice(path)))


if __name__ == "__main__":
    main()
