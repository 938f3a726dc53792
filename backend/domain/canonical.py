"""JSON that is signed: read strictly, written in the canonical form of RFC 8785.

Whatever two readers could understand differently (a key given twice, a number no double can hold, half a surrogate
pair) is refused before any signature is looked at.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import msgspec
import rfc8785

LARGEST_VALUE_BYTES: Final = 65_536
DEEPEST: Final = 16
SAFE_INTEGER: Final = 2**53 - 1

# Text without an end is one token, to the end of the input. Were it looked for again from each of its quotation marks,
# one call of a mebibyte would keep a web process busy for an hour.
_STRUCTURE: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},:]', re.DOTALL)
_BLANK: Final = b" \t\r\n"


class Unreadable(ValueError):
    """A JSON value that cannot be signed or read one way only; the words say why."""


def base64url(data: bytes) -> str:
    """Unpadded base64url (RFC 7515)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unbase64url(text: object) -> bytes:
    """The bytes of unpadded base64url. Raises ValueError for anything else, other spellings of the same included."""
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("must be unpadded base64url")
    try:
        data = a2b_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    except ValueError:
        raise ValueError("must be unpadded base64url") from None
    if base64url(data) != text:
        raise ValueError("must be unpadded base64url")
    return data


def sha256(data: bytes) -> bytes:
    """The SHA-256 digest, 32 bytes."""
    return hashlib.sha256(data).digest()


_encode_sorted: Final = msgspec.json.Encoder(order="sorted").encode
_SMALLEST_PLAIN: Final = 1e-3
_LARGEST_PLAIN: Final = 1e15
"""Between these every writer of numbers with a fraction does without an exponent."""


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of a JSON value. Raises Unreadable for one that has no such form.

    The library of RFC 8785 is slow; what is simple (nearly everything that is signed) comes out the same from a quick
    encoder.
    """
    with suppress(_NotSimple, TypeError, ValueError, RecursionError):
        return _encode_sorted(_simple(value))
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # it names its own refusals
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"has no canonical form: {error}") from error


class _NotSimple(Exception):
    """A value that the quick encoder might write in another way."""


def _simple(value: Any) -> Any:
    """The value with whole numbers as such, if every writer writes it alike but for the order of its names.

    So are text, true, false, null, and numbers that need no exponent, under names that sort as bytes do.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int and -SAFE_INTEGER <= value <= SAFE_INTEGER:
        return value
    if kind is float and value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return int(value)
    if kind is float and _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        return value
    if kind is dict and "".join(value).isascii():
        return {name: item if type(item) is str else _simple(item) for name, item in value.items()}
    if kind is list:
        return [_simple(item) for item in value]
    raise _NotSimple


def read(raw: bytes) -> Any:
    """The JSON value of `raw`. Raises Unreadable for whatever must not be signed."""
    if len(raw) > LARGEST_VALUE_BYTES:
        raise Unreadable(f"is longer than {LARGEST_VALUE_BYTES} bytes")
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _depth(raw) > DEEPEST:
        raise Unreadable(f"is nested more than {DEEPEST} deep")
    return _read_plain(raw) or _read_odd(raw)


def _read_plain(raw: bytes) -> Any:
    """The value of what is written as most write it: a quick writer makes the same bytes of it again. None otherwise.

    So no key stood twice in it, and nothing in it can be read in two ways.
    """
    try:
        value = msgspec.json.decode(raw)
        return value if msgspec.json.encode(value) == raw and _is_exact([value]) else None
    except _NOT_PLAIN:
        return None


def _is_exact(value: Any) -> bool:
    """Whether no number in an object or an array lies beyond what a double holds exactly."""
    for item in value.values() if type(value) is dict else value:
        kind = type(item)
        if kind is dict or kind is list:
            if not _is_exact(item):
                return False
        elif (kind is int or kind is float) and not -SAFE_INTEGER <= item <= SAFE_INTEGER:
            return False
    return True


def _read_odd(raw: bytes) -> Any:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_int=_safe_integer,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not valid JSON: {error}") from error
    if b"\\u" in raw:  # nothing else can be one
        _refuse_lone_surrogates(value)
    return value


def member(raw: bytes, name: str, value: object) -> bytes:
    """The bytes of a member of the object that was read from `raw`, as they came; `value` is what was read of it."""
    written = msgspec.json.encode(value)
    if raw.startswith(b'{"%b":%b,' % (name.encode(), written)):
        return written
    return members(raw)[name]


def members(raw: bytes) -> dict[str, bytes]:
    """The members of a JSON object, each value as the bytes that came, however odd those are inside.

    Raises Unreadable if `raw` is no object, its brackets do not close, or a key stands twice.
    """
    return _plain_members(raw) or _odd_members(raw)


def _plain_members(raw: bytes) -> dict[str, bytes] | None:
    """The same of an object as most are: valid, and without blanks, escapes in keys or a key that stands twice.

    Each of those makes it longer than its members, read by a quick reader that takes them all, would be.
    """
    try:
        found = {key: bytes(value) for key, value in _read_members(raw).items()}
    except _NOT_PLAIN:
        return None
    length = 1 + sum(len(key.encode()) + len(value) + len('"":,') for key, value in found.items())
    return found if length == len(raw) else None


_read_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_read_elements: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_NOT_PLAIN: Final = (msgspec.MsgspecError, ValueError, RecursionError)


def _odd_members(raw: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in _parts(raw, b"{", b"}"):
        key, colon, value = _split_member(part)
        if not colon:
            raise Unreadable("is not valid JSON: a key has no value")
        if key in found:
            raise Unreadable(f"gives the key {key!r} twice")
        found[key] = value
    return found


def elements(raw: bytes) -> list[bytes]:
    """The elements of a JSON array, each as the bytes that came. Raises Unreadable if `raw` is no array."""
    try:
        return [bytes(value) for value in _read_elements(raw)]
    except _NOT_PLAIN:
        return list(_parts(raw, b"[", b"]"))


def _parts(raw: bytes, opening: bytes, closing: bytes) -> Iterator[bytes]:
    """What stands between the commas of the outermost object or array, without recursion."""
    text = raw.strip(_BLANK)
    if not text.startswith(opening) or not text.endswith(closing) or len(text) < 2:
        raise Unreadable("is not a JSON object" if opening == b"{" else "is not a JSON array")
    inside, depth, begin = text[1:-1], 0, 0
    for token in _STRUCTURE.finditer(inside):
        mark = token.group()
        depth += (mark in (b"{", b"[")) - (mark in (b"}", b"]"))
        if depth < 0:
            raise Unreadable("is not valid JSON: a bracket closes too early")
        if mark == b"," and depth == 0:
            yield _not_blank(inside[begin : token.start()])
            begin = token.end()
    if depth:
        raise Unreadable("is not valid JSON: a bracket stays open")
    if begin or inside.strip(_BLANK):
        yield _not_blank(inside[begin:])


def _not_blank(part: bytes) -> bytes:
    value = part.strip(_BLANK)
    if not value:
        raise Unreadable("is not valid JSON: a value is missing")
    return value


def _split_member(part: bytes) -> tuple[str, bytes, bytes]:
    token = _STRUCTURE.match(part)
    if token is None or not token.group().startswith(b'"'):
        raise Unreadable("is not valid JSON: a key must be text")
    try:
        key = json.loads(token.group())
    except ValueError as error:
        raise Unreadable(f"is not valid JSON: {error}") from error
    _, colon, value = part[token.end() :].partition(b":")
    return key, colon, value.strip(_BLANK)


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for token in _STRUCTURE.finditer(raw):
        mark = token.group()
        depth += (mark in (b"{", b"[")) - (mark in (b"}", b"]"))
        deepest = max(deepest, depth)
    return deepest


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("gives one key twice in an object")
    return found


def _safe_integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > SAFE_INTEGER:
        raise Unreadable("holds a whole number beyond 2^53 - 1")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Unreadable("holds a number too large to be finite")
    if value.is_integer() and abs(value) > SAFE_INTEGER:  # its canonical form is a whole number
        raise Unreadable("holds a whole number beyond 2^53 - 1")
    return value


def _no_constant(name: str) -> float:
    raise Unreadable(f"holds {name}, which is not a number")


def _refuse_lone_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Unreadable("holds half of a surrogate pair") from None
