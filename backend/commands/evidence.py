"""`doorstep evidence` and `doorstep verify`: evidence bundles, made and checked."""

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.commands.listing import json_option

_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""An RFC 7638 thumbprint, as the service names its keys."""

if TYPE_CHECKING:
    from backend.use_cases.frozen_documents import File
    from backend.use_cases.verify_bundle import Verification

MARKS: Final = {"proved": "proved    ", "failed": "FAILED    ", "not proved": "not proved"}


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


@click.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", help="The server's key from elsewhere: its id, or a file with its JWK set (/schema/keys)."
)
@json_option
def verify(bundle: Path, key: str | None, as_json: bool) -> None:
    """Say what an evidence bundle proves. Needs no database and no network. Exit status 1 if anything fails.

    \b
    Example:
      doorstep verify evidence.zip --key keys-public.json
    """
    from backend.use_cases.verify_bundle import verify_bundle

    found = verify_bundle(bundle.read_bytes(), None if key is None else _trusted(key))
    click.echo(json.dumps(_plain(found)) if as_json else _in_words(found))
    if not found.holds:
        raise SystemExit(1)


def _trusted(key: str) -> set[str]:
    from backend.use_cases.verification.server_keys import read_keys

    path = Path(key)
    if not path.is_file():
        if not _KEY_ID.fullmatch(key):
            raise click.BadParameter(f"there is no file {key}, and no key has such an id", param_hint="--key")
        return {key}
    try:
        return set(read_keys(path.read_bytes()))
    except (ValueError, KeyError) as error:
        raise click.BadParameter(f"{key} holds no key of a server: {error}", param_hint="--key") from None


def _plain(found: "Verification") -> dict[str, Any]:
    import msgspec

    return {
        "holds": found.holds,
        "subject": msgspec.to_builtins(found.subject),
        "findings": [msgspec.to_builtins(finding) for finding in found.findings],
    }


def _in_words(found: "Verification") -> str:
    lines = []
    if (subject := found.subject) is not None:
        whom = f", worker {subject.worker}" if subject.worker else ""
        lines = [
            f"Minimum wage report of {subject.provider}{whom}, {subject.period.start} to {subject.period.end}, "
            f"{subject.status}, on the facts recorded up to {subject.as_of:%Y-%m-%d %H:%M} UTC",
            "",
        ]
    for finding in found.findings:
        lines.append(f"{MARKS[finding.state]}  {finding.about}: {finding.says}")
        lines += [f"                {detail}" for detail in finding.details]
    verdict = "Everything that can be checked holds." if found.holds else "THIS BUNDLE DOES NOT HOLD."
    return "\n".join(map(_harmless, [*lines, "", verdict]))


def _harmless(line: str) -> str:
    """The line without what a terminal obeys: a forged bundle could have it paint over the verdict."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


async def _export(provider: str, report: str, worker: str | None) -> "File":
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.export_evidence import export_evidence

    async with database():
        [(provider_id, _)] = await providers(provider)
        return await export_evidence(provider_id, report, worker)


commands: Final = [evidence, verify]
