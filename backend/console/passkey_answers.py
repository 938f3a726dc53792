"""What a page's form holds after a passkey answered."""

from typing import TypeVar

from backend.console.asking import AnyRequest
from backend.faults import DomainError
from backend.use_cases.passkey_checks import passkey_wrong
from schemas.strict import decode

T = TypeVar("T")


def called(request: AnyRequest) -> str:
    """The address that the browser called, without its path."""
    return f"{request.url.scheme}://{request.url.netloc}"


def answer_of(kind: type[T], form: dict[str, str]) -> T:
    """What a passkey's form holds. Raises DomainError bad_request for a missing name, else passkey_wrong."""
    names: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]  # kind is a Struct
    decoded = decode(kind, {name: form[name].strip() for name in names if name in form})
    if decoded.value is not None:
        return decoded.value
    if any(fault.pointer == "/name" for fault in decoded.faults):
        raise DomainError("bad_request", "Give the passkey a name of 1 to 100 characters.")
    raise passkey_wrong("your browser sent something else")


def field_of(error: DomainError) -> str:
    """The field on the page that the refusal of a new passkey is about."""
    return "passkey-name" if error.code == "bad_request" else "passkey"
