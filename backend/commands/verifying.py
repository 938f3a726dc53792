"""`doorstep verify`: an evidence bundle, what somebody kept outside, or everything that the database holds."""

import asyncio
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.commands.listing import json_option

if TYPE_CHECKING:
    from backend.use_cases.verification.findings import Finding
    from backend.use_cases.verification.server_keys import Trusted
    from backend.use_cases.verify_bundle import Verification

_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""An RFC 7638 thumbprint, as the service names its keys."""
MARKS: Final = {"proved": "proved    ", "failed": "FAILED    ", "not proved": "not proved"}


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", help="The server's key from elsewhere: its id, or a file with its JWK set (/schema/keys)."
)
@click.option("--provider", help="Without a file: only this provider's records (its reference).")
@json_option
def verify(file: Path | None, key: str | None, provider: str | None, as_json: bool) -> None:
    """Say whether records are as they were. Exit status 1 if anything fails.

    \b
    An evidence bundle (ZIP) is checked from the file alone, without database and network. A commissioner's digest, or
    the receipts of a phone (JSON), are held against what the database says today. Without a file every record of the
    database is held against its checkpoints and seals.

    \b
    Example:
      doorstep verify evidence.zip --key keys-public.json
      doorstep verify doorstep-digest_2026-11-22.json
      doorstep verify --provider brightwater
    """
    content = None if file is None else file.read_bytes()
    if content is None:
        findings = asyncio.run(_records(provider))
    elif content.lstrip()[:1] in (b"{", b"["):
        findings = asyncio.run(_anchor(content))
    else:
        _bundle(content, key, as_json)
        return
    holds = not any(finding.state == "failed" for finding in findings)
    if as_json:
        click.echo(json.dumps({"holds": holds, "findings": _built(findings)}))
    else:
        verdict = "Everything is as it was." if holds else "RECORDS ARE NOT AS THEY WERE."
        click.echo("\n".join(map(_harmless, [*_lines(findings), "", verdict])))
    if not holds:
        raise SystemExit(1)


def _bundle(content: bytes, key: str | None, as_json: bool) -> None:
    from backend.use_cases.verify_bundle import verify_bundle

    found = verify_bundle(content, None if key is None else _trusted(key))
    click.echo(json.dumps(_plain(found)) if as_json else _in_words(found))
    if not found.holds:
        raise SystemExit(1)


async def _records(provider: str | None) -> list["Finding"]:
    from backend import clock, db
    from backend.commands.providers import providers
    from backend.running import database
    from backend.use_cases.check_records import check_records
    from backend.use_cases.verification.findings import held, open_question

    found = []
    async with database():
        for provider_id, reference in await providers(provider):
            async with db.as_provider(provider_id) as connection:
                checked = await check_records(connection, provider_id, clock.now())
            found.append(held(reference, f"{checked.words}.", checked.faults, f"{checked.words}."))
            found.append(open_question(reference, checked.unsealed))
    return found


async def _anchor(content: bytes) -> list["Finding"]:
    from backend.running import database
    from backend.use_cases.check_records import server_keys
    from backend.use_cases.record_checks.anchors import anchor_found, read_anchor
    from backend.use_cases.verification.findings import failed

    try:
        anchor = read_anchor(content)
    except ValueError as error:
        return [failed("file", f"The file {error}.")]
    async with database():
        return await anchor_found(anchor, server_keys())


def _trusted(key: str) -> "Trusted":
    from backend.use_cases.verification.server_keys import read_keys

    path = Path(key)
    if not path.is_file():
        if not _KEY_ID.fullmatch(key):
            raise click.BadParameter(f"there is no file {key}, and no key has such an id", param_hint="--key")
        return {key: None}
    try:
        return read_keys(path.read_bytes())
    except (ValueError, KeyError) as error:
        raise click.BadParameter(f"{key} holds no key of a server: {error}", param_hint="--key") from None


def _plain(found: "Verification") -> dict[str, Any]:
    import msgspec

    return {
        "holds": found.holds,
        "subject": msgspec.to_builtins(found.subject),
        "findings": _built(found.findings),
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
    lines += _lines(found.findings)
    verdict = "Everything that can be checked holds." if found.holds else "THIS BUNDLE DOES NOT HOLD."
    return "\n".join(map(_harmless, [*lines, "", verdict]))


def _built(findings: Iterable["Finding"]) -> list[Any]:
    import msgspec

    return [msgspec.to_builtins(finding) for finding in findings]


def _lines(findings: Iterable["Finding"]) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]}  {finding.about}: {finding.says}")
        lines += [f"                {detail}" for detail in finding.details]
    return lines


def _harmless(line: str) -> str:
    """The line without what a terminal obeys: a forged bundle could have it paint over the verdict."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


commands: Final = [verify]
