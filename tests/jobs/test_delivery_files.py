"""Service delivery files: one reference a file, counting up, and the same file whenever it is asked for."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.faults import DomainError
from backend.use_cases.frozen_documents import File
from backend.use_cases.make_delivery_files import make_delivery_files
from backend.use_cases.verify_documents import verify_documents
from tests.conftest import Database
from tests.jobs.office import PROVIDER, SECOND_WEEK_DUE, Office
from tests.program import doorstep
from tests.use_cases.loading.samples import load_rows

OURS: dict[str, Any] = {
    "provider": "hearth",
    "reference": "ours",
    "title": "Ours",
    "source": "A made-up council",
    "format": "csv",
    "levels": [{"element": "row", "columns": [{"heading": "Ref", "value": "file_reference"}]}],
}


@pytest.fixture
async def billed(office: Office) -> Office:
    """Two invoices, of two weeks."""
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-10T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    return office


async def written(template: str = "access-csv", **narrowed: Any) -> list[File]:
    return [file async for file in make_delivery_files(PROVIDER, template, **narrowed)]


def references(files: list[File]) -> list[str]:
    return [file.content.decode().splitlines()[1].split(",")[0] for file in files]


async def test_files_are_numbered_in_order_and_come_out_the_same_ever_after(billed: Office) -> None:
    first = await written()
    assert references(first) == ["000001", "000002"]
    billed.set(billed.clock.replace(day=28))
    assert await written() == first
    assert [one.faults async for one in verify_documents(PROVIDER)] == [(), ()]


async def test_several_at_once_write_each_file_once(billed: Office) -> None:
    found = await asyncio.gather(*(written() for _ in range(4)))
    assert all(files == found[0] for files in found)
    assert sorted(references(found[0])) == ["000001", "000002"]


async def test_a_changed_template_makes_a_new_file_with_the_next_reference(billed: Office) -> None:
    await load_rows("delivery-templates", [OURS])
    [old] = await written("ours", number="HEARTH-000001")
    await load_rows("delivery-templates", [{**OURS, "prefix": "H-"}])
    [new] = await written("ours", number="HEARTH-000001")
    assert (old.content, new.content) == (b"Ref\r\n000001\r\n", b"Ref\r\nH-000002\r\n")
    await load_rows("delivery-templates", [OURS])
    assert await written("ours", number="HEARTH-000001") == [old]


async def test_a_changed_file_is_named_when_documents_are_recomputed(
    billed: Office, superuser: asyncpg.Connection
) -> None:
    await written(number="HEARTH-000002")
    await superuser.execute("ALTER TABLE delivery_file DISABLE TRIGGER ALL")
    await superuser.execute(
        "UPDATE delivery_file SET content = content || ' ', sha256 = sha256(content || ' ')"
    )
    faults = [one.faults async for one in verify_documents(PROVIDER)]
    assert faults[0] == () and "_000001.csv comes out otherwise" in faults[1][0]


async def test_the_command_writes_the_files_of_a_contract(
    billed: Office, database: Database, tmp_path: Path
) -> None:
    asked = ("export", "delivery", str(tmp_path), "--provider", "hearth", "--template")
    done = doorstep(database, *asked, "access-xml", "--contract", "HC-01")
    assert done.returncode == 0 and len(list(tmp_path.glob("*_access-xml_00000?.xml"))) == 2
    assert doorstep(database, *asked, "access-xml", "--contract", "HC-99").returncode == 1
    with pytest.raises(DomainError, match="No template has the name nobodys"):
        await written("nobodys")
