"""What phones' and people's passkeys have in common: the relying party, and how a refusal is worded."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from backend import settings
from backend.domain.canonical import unbase64url
from backend.domain.passkeys import BadPasskey, RelyingParty, relying_party
from backend.faults import DomainError

T = TypeVar("T")


def party(called: Iterable[str] = ()) -> RelyingParty:
    """Who people's passkeys are for. `called`: the addresses that the request may have been made to."""
    return relying_party(settings.current().base_url, called)


def phones_party(called: Iterable[str]) -> RelyingParty:
    """Who phones' passkeys are for."""
    return relying_party(settings.current().phones_base, called)


def checked(judge: Callable[[], T]) -> T:
    """What `judge` returns; its BadPasskey as DomainError passkey_wrong."""
    try:
        return judge()
    except BadPasskey as error:
        raise passkey_wrong(str(error)) from error


def credential_id_of(text: str) -> bytes:
    """A credential's id. Raises DomainError passkey_wrong for one that is spelt in no usual way."""
    try:
        return unbase64url(text)
    except ValueError as error:
        raise passkey_wrong("its id is malformed") from error


def passkey_wrong(words: str) -> DomainError:
    """A passkey is not taken; `words` say why."""
    return DomainError("passkey_wrong", f"The passkey is not accepted: {words}.")


def counter_back() -> DomainError:
    """The answer was genuine, but its counter stands where it stood, or before."""
    return passkey_wrong(
        "its counter did not go on, so this answer was used before or the passkey was copied"
    )
