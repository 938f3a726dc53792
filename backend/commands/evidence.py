"""`doorstep evidence`: evidence bundles, made. `doorstep verify` checks them."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.commands.listing import json_option

if TYPE_CHECKING:
    from backend.use_cases.frozen_documents import File


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--provider", required=True, help="The provider (its reference).")
@click.option("--report", required=True, help="The wage report: its id, or the first day of its period.")
@click.option("--worker", help="Only this worker: the reference of the employment or the person.")
@json_option
def evidence(out: Path, provider: str, report: str, worker: str | None, as_json: bool) -> None:
    """Write the evidence behind a wage report into OUT, a ZIP file that `doorstep verify` checks.

    \b
    Example:
      doorstep evidence evidence.zip --provider brightwater --report 2026-11-02
      doorstep evidence ann.zip --provider brightwater --report 2026-11-02 --worker E1
    """
    file = asyncio.run(_export(provider, report, worker))
    out.write_bytes(file.content)
    if as_json:
        click.echo(json.dumps({"file": str(out), "bytes": len(file.content)}))
    click.echo(f"{out} written ({len(file.content)} bytes). To check it: doorstep verify {out}", err=True)


async def _export(provider: str, report: str, worker: str | None) -> "File":
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.export_evidence import export_evidence

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await export_evidence(provider_id, report, worker)


commands: Final = [evidence]
