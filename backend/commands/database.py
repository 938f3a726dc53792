"""`doorstep migrate`: the database's tables."""

import asyncio
import json
from typing import Final

import click

from backend.commands.listing import json_option
from backend.domain.counted import counted


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the newest version. Safe to run from several machines at once.

    Works as the role of DOORSTEP_OWNER_DATABASE_URL; the embedded database needs no settings.

    \b
    Example:
      doorstep migrate
    """
    ran = _migrate()
    if as_json:
        click.echo(json.dumps({"ran": ran}))
        return
    for name in ran:
        click.echo(name)
    click.echo(f"{counted(len(ran), 'migration')} ran." if ran else "The database is at the newest version.")


def _migrate() -> list[str]:
    from backend.faults import SetupFault
    from backend.migrations.runner import migrate as run
    from backend.running import addressed

    with addressed() as now:
        if now.owner_database_url is None:
            raise SetupFault(
                "DOORSTEP_OWNER_DATABASE_URL is not set: name the role that owns the tables, in the same database."
            )
        return asyncio.run(run(now.owner_database_url, str(now.database_url)))


commands: Final = [migrate]
