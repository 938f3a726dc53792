"""What holds for every kind: versions, idempotence, dry runs, all or nothing."""

from typing import Any

import asyncpg

from tests.use_cases.loading.samples import (
    FILES,
    load_county,
    load_rows,
)


async def contents(superuser: asyncpg.Connection) -> dict[str, list[Any]]:
    """Every row of every table, in an order of its own."""
    tables = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        row["relname"]: sorted(map(repr, await superuser.fetch(f'SELECT * FROM "{row["relname"]}"')))
        for row in tables
    }


async def test_every_kind_loads_and_the_same_content_again_changes_nothing(
    db: Any, superuser: asyncpg.Connection
) -> None:
    await load_county()
    before = await contents(superuser)
    for kind, rows in FILES:
        again = await load_rows(kind, rows)
        assert (again.new, again.changed, again.rows) == (0, 0, len(rows)), kind
        assert again.unchanged >= len(rows)
    assert await contents(superuser) == before
