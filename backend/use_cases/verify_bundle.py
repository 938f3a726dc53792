"""Verify an evidence bundle: say what it proves, from the file alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
import polars as pl

from backend.documents.bundle import BundleFault, read_bundle
from backend.faults import DomainError
from backend.statute.strict_yaml import StatuteError
from backend.use_cases.evidence.facts_file import recorded_of
from backend.use_cases.verification.anchors import checkpoints_found, receipts_found
from backend.use_cases.verification.bound import bound_found
from backend.use_cases.verification.contents import Contents, Unusable, contents_of, manifest_of
from backend.use_cases.verification.events import events_found
from backend.use_cases.verification.findings import Finding, failed, held, open_question
from backend.use_cases.verification.recomputed import result_found, statute_found
from backend.use_cases.verification.sealed import files_found, seal_found
from backend.use_cases.verification.server_keys import ServerKeys, Trusted, known_withdrawals, read_keys
from schemas.evidence import Manifest, Subject
from schemas.strict import Faulty

_MALFORMED = (
    *(ValueError, LookupError, TypeError, ArithmeticError, AttributeError, RecursionError),
    *(msgspec.MsgspecError, pl.exceptions.PolarsError, Faulty, DomainError, StatuteError),
)
"""What a file that somebody made up may run into, deep in a rule: it is the file that is wrong."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `subject` is None where the manifest cannot be read."""

    subject: Subject | None
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing failed."""
        return not any(finding.state == "failed" for finding in self.findings)


def verify_bundle(content: bytes, trusted: Trusted | None = None) -> Verification:
    """Verify a bundle. `trusted`: the server's keys, known from elsewhere. Never raises for a bad file."""
    try:
        members, faults = read_bundle(content)
        manifest = manifest_of(members)
    except (BundleFault, Unusable) as error:
        return Verification(None, (failed("container", str(error)),))
    findings = [held("container", "The ZIP file is as it was written.", faults, "The ZIP file was changed.")]
    findings += _found(members, manifest, trusted)
    return Verification(manifest.subject, tuple(findings))


def _found(members: Mapping[str, bytes], manifest: Manifest, trusted: Trusted | None) -> Iterator[Finding]:
    yield from files_found(members, manifest)
    try:
        keys = known_withdrawals(read_keys(members.get("keys.json", b"{}")), trusted)
    except _MALFORMED as error:
        yield failed("seal", f"keys.json cannot be read: {error}")
        keys = {}
    yield from seal_found(members, manifest, keys, trusted)
    try:
        contents = contents_of(members, manifest)
    except Unusable as error:
        yield failed("contents", str(error))
        return
    try:
        yield from _proofs(contents, keys)
    except _MALFORMED as error:
        yield failed("contents", f"What the bundle holds cannot be worked through: {str(error)[:300]}")


def _proofs(contents: Contents, keys: ServerKeys) -> Iterator[Finding]:
    yield from events_found(contents)
    yield from receipts_found(contents, keys)
    yield from checkpoints_found(contents, keys)
    recorded = None if contents.facts is None else recorded_of(contents.facts)
    if recorded is not None:
        yield from bound_found(contents, recorded)
    elif "facts" not in contents.manifest.left_out:
        yield failed("facts", "facts.json is not in the bundle, and the manifest does not say why.")
    yield from statute_found(contents)
    yield from result_found(contents, recorded)
    yield open_question(
        "pdf", "The PDF, if there is one, was not drawn again: the server's signature covers it."
    )
