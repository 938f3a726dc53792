"""A database whose own functions were replaced says that all is as it was; its rows, put into another one, do not."""

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from backend.embedded import Urls
from backend.embedded.binaries import find
from tests.conftest import Database, new_database
from tests.evidence.forger import Forger
from tests.evidence.reported import Reported
from tests.evidence.test_rewritten_records import looked
from tests.program import doorstep

LYING = """DO $$
DECLARE made text := pg_get_functiondef('rows_to_seal'::regproc);
BEGIN
    made := replace(made, E'BEGIN\\n    IF array_length',
                    E'BEGIN IF target = ''pay_line'' THEN target := ''as_it_was''; END IF;\\n    IF array_length');
    EXECUTE replace(made, 'to_regclass(quote_ident(target))',
                    'to_regclass(replace(quote_ident(target), ''as_it_was'', ''pay_line''))');
END $$"""


def copy_rows(source: str, target: str, folder: Path) -> None:
    """The commands of docs/evidence.md."""
    binaries, dump = find(None), str(folder / "rows.dump")
    kept = ("-Fc", "--data-only", "--load-via-partition-root", "--exclude-table-data=migration")
    subprocess.run(
        [binaries.program("pg_dump"), *kept, "-d", source, "-f", dump], check=True, stderr=subprocess.DEVNULL
    )
    subprocess.run(
        [binaries.program("pg_restore"), "--data-only", "-d", target, dump],
        check=False,  # what the clean database does not know is left out
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PGOPTIONS": "-c session_replication_role=replica"},
    )


@pytest.fixture
def clean(server: Urls, folder: Path) -> tuple[Database, Database]:
    """Two databases that hold nothing yet."""
    return new_database(server, folder), new_database(server, folder)


async def test_the_rows_alone_in_a_clean_database_tell_what_a_lying_one_hides(
    reported: Reported,
    forger: Forger,
    superuser: asyncpg.Connection,
    database: Database,
    clean: tuple[Database, Database],
    tmp_path: Path,
) -> None:
    await superuser.execute("CREATE TABLE as_it_was AS TABLE pay_line")
    await superuser.execute("GRANT SELECT ON as_it_was TO PUBLIC")
    await superuser.execute(LYING)
    await superuser.execute("SET session_replication_role = replica")
    honest, changed = clean
    copy_rows(database.superuser_url, honest.superuser_url, tmp_path)
    await superuser.execute("UPDATE pay_line SET rate = 20")
    assert (await looked(reported.office.clock)).faults == ()
    copy_rows(database.superuser_url, changed.superuser_url, tmp_path)
    assert "all as they were" in doorstep(honest, "verify", "--provider", "hearth").stdout
    told = doorstep(changed, "verify", "--provider", "hearth")
    assert told.returncode == 1 and "pay_line" in told.stdout and "was changed since" in told.stdout
