"""Load one file on the web pages, or try it: what would be added and changed, or every fault that refuses it."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from backend.faults import DomainError
from backend.use_cases.loading import Days, LoadFault, LoadRefused, Scope, SourceFile, load
from schemas.loading import LoadedCounts, LoadKind


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a file: `loaded` is None where it was refused for `faults`. `digest`: SHA-256 of its bytes."""

    loaded: LoadedCounts | None
    faults: Sequence[LoadFault]
    digest: str


async def try_file(
    kind: LoadKind, source: SourceFile, scope: Scope, complete: Days | None, *, keep: bool
) -> Tried:
    """Load the file as `doorstep load` does, within a scope; nothing is kept unless `keep`.

    Raises DomainError not_found for what the scope does not reach.
    """
    digest = hashlib.sha256(source.content).hexdigest()
    try:
        loaded = await load(kind, [source], scope=scope, complete=complete, dry_run=not keep)
    except LoadRefused as error:
        return Tried(None, error.faults, digest)
    return Tried(loaded, (), digest)


def seal(session_token: str, kind: LoadKind, complete: str, digest: str) -> str:
    """What proves that a file of this digest was tried in a session, as this kind and for these days."""
    words = "\n".join((kind, complete, digest)).encode()
    return hmac.new(session_token.encode(), words, hashlib.sha256).hexdigest()


def refuse_another(given: str, session_token: str, kind: LoadKind, complete: str, content: bytes) -> None:
    """Raises DomainError conflict unless the file is the one that was tried."""
    expected = seal(session_token, kind, complete, hashlib.sha256(content).hexdigest())
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise DomainError("conflict", "This is not the file that was tried. Choose it again.")
