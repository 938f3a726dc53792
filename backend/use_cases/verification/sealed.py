"""Whether the files are those that the server put into the bundle."""

from collections import Counter
from collections.abc import Iterator, Mapping

from backend.domain.canonical import sha256
from backend.domain.counted import counted
from backend.use_cases.verification.contents import Unusable, seal_of
from backend.use_cases.verification.findings import Finding, failed, held, open_question, proved
from backend.use_cases.verification.server_keys import ServerKeys, Trusted, fault_of
from schemas.evidence import FORMAT, Manifest

_BESIDE = {"manifest.json", "signature.json"}


def files_found(members: Mapping[str, bytes], manifest: Manifest) -> Iterator[Finding]:
    """Each file against the manifest: changed, missing or not listed."""
    if manifest.format != FORMAT:
        yield failed(
            "format", f"The bundle is of the format {manifest.format!r}; this program knows {FORMAT}."
        )
    names = [listed.name for listed in manifest.files]
    faults = [f"{name} stands twice in the manifest" for name, times in Counter(names).items() if times > 1]
    for listed in manifest.files:
        content = members.get(listed.name)
        if content is None:
            faults.append(f"{listed.name} is missing")
        elif sha256(content).hex() != listed.sha256 or len(content) != listed.bytes:
            faults.append(f"{listed.name} was changed: it is not the file whose digest the manifest holds")
    faults += [
        f"{name} was added: the manifest does not know it" for name in sorted({*members} - {*names, *_BESIDE})
    ]
    yield held(
        "files",
        f"All is there that the manifest lists, unchanged: {counted(len(names), 'file')}.",
        faults,
        "Files are not as they were.",
    )


def seal_found(
    members: Mapping[str, bytes], manifest: Manifest, keys: ServerKeys, trusted: Trusted | None
) -> Iterator[Finding]:
    """The server's signature over the manifest, and its key against those known from elsewhere."""
    try:
        seal = seal_of(members)
    except Unusable as error:
        yield failed("seal", str(error))
        return
    at = manifest.subject.frozen_at.isoformat()
    if fault := fault_of(keys, seal.kid, seal.signature, members["manifest.json"]):
        says = "The manifest is not as it was signed: manifest.json, signature.json or keys.json was changed"
        yield failed("seal", f"{says}; {fault}.")
    elif fault := fault_of(keys, seal.kid, seal.signature, members["manifest.json"], at):
        yield failed("seal", f"The report was frozen after the key that sealed it had gone: {fault}.")
    else:
        yield proved("seal", f"The manifest is signed with the key {seal.kid}.")
        yield from _withdrawn(keys, seal.kid)
    if trusted is None:
        yield open_question(
            "key",
            f"The key {seal.kid} came with the bundle and was not compared with a copy from elsewhere. Compare it with "
            "the service's /schema/keys, or give --key.",
        )
    elif seal.kid in trusted:
        yield proved("key", "The key is the one you gave.")
    else:
        yield failed(
            "key",
            f"The key {seal.kid} is none that you gave ({', '.join(sorted(trusted))}): somebody else "
            "sealed this, or the key that you gave is not the service's.",
        )


def _withdrawn(keys: ServerKeys, kid: str) -> Iterator[Finding]:
    if (since := keys[kid].withdrawn_at) is not None:
        yield open_question(
            "seal",
            f"Nothing shows when the bundle was sealed, and its key was withdrawn at {since:%Y-%m-%d %H:%M} UTC: "
            "whoever had stolen the key can have sealed it since. Ask for the bundle again: the service seals it with "
            "its key of today.",
        )
