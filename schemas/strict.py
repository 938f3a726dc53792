"""Strict decoding that names every fault of a JSON value at once.

msgspec stops at the first fault; the person who must mend a file or a request needs all of them. `decode` walks the
same Struct types by msgspec's own type information, so a wire type is described once.

A Struct may state rules between its fields as a classmethod `faults(valid)`. It is always called, also when some fields
are faulty: `valid` maps the names of the fields that decoded (defaults included) to their values. In a list, a faulty
element stands as `INVALID`, so that indexes keep their meaning.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, partial
from math import inf
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")


class _Invalid:
    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = _Invalid()
"""Stands in a list for an element that could not be decoded."""

LONGEST_NUMBER: Final = 4_000
"""Digits of a whole number: reading one takes longer than its length grows."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a JSON value: where (RFC 6901 pointer) and what, for the person who must mend it."""

    pointer: str
    detail: str

    def under(self, prefix: str) -> "Fault":
        return Fault(prefix + self.pointer, self.detail)


@dataclass(frozen=True, slots=True)
class Decoded(Generic[T]):
    """The decoded value, or every fault that prevented it. `value` is None exactly when there are faults."""

    value: T | None
    faults: tuple[Fault, ...] = ()


class Faulty(Exception):
    """Input that was refused, with every fault found. The boundary turns it into a problem object."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.detail}" for fault in self.faults))


def parse_json(raw: bytes | str) -> Decoded[Any]:
    """Read JSON text; duplicate keys, NaN and infinities are faults. Numbers with a fraction become Decimal."""
    try:
        return Decoded(
            json.loads(
                raw,
                object_pairs_hook=_no_duplicates,
                parse_float=Decimal,
                parse_int=_whole,
                parse_constant=_no_constant,
            )
        )
    except RecursionError:
        return Decoded(None, (Fault("", "is nested too deeply"),))
    except ValueError as error:
        return Decoded(None, (Fault("", f"is not valid JSON: {error}"),))


def decode(kind: type[T], data: object) -> Decoded[T]:
    """Decode plain JSON data into `kind`, collecting every fault. Never raises for bad data."""
    faults: list[Fault] = []
    key: Any = kind  # mypy does not count every type as hashable; all are
    value = _reader_of(key)(data, "", faults)
    return Decoded(None, tuple(faults)) if faults else Decoded(value)


def decode_each(kind: type[T], data: object) -> tuple[list[T], bool]:
    """Decode one object or an array of them. Returns the values and whether an array was given.

    Raises Faulty with the faults of every element; one faulty element refuses the whole array.
    """
    many = isinstance(data, list)
    decoded = [decode(kind, element) for element in data] if isinstance(data, list) else [decode(kind, data)]
    faults = [
        fault.under(f"/{index}" if many else "")
        for index, item in enumerate(decoded)
        for fault in item.faults
    ]
    if faults:
        raise Faulty(faults)
    return [item.value for item in decoded if item.value is not None], many


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER:,} digits")
    return int(text)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


_Reader = Callable[[Any, str, list[Fault]], Any]
"""Decodes a value that stands at a pointer, appending its faults; the result means something only if none were."""
_Quick = Callable[[Any], Any]
"""Decodes a value without a fault, as nearly all are; raises one of `_FAULTY` for another, which a reader names."""
_FAULTY: Final = (ValueError, KeyError, TypeError)


@cache
def _reader_of(kind: Any) -> _Reader:
    return _reader(inspect.type_info(kind))


def step(name: str) -> str:
    """A name as a step of a pointer; half a surrogate pair, which no answer could carry, becomes a question mark."""
    return name.encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")


def _reader(info: inspect.Type) -> _Reader:
    """The reader of a type, put together once: walking the type again for each value takes longer than reading it."""
    if isinstance(info, inspect.Metadata):
        parse = (info.extra or {}).get("parse")
        return _reader(info.type) if parse is None else partial(_scalar, parse)
    if isinstance(info, inspect.UnionType):
        members = [one for one in info.types if not isinstance(one, inspect.NoneType)]
        return partial(_union, info.includes_none, [_reader(one) for one in members])
    if isinstance(info, inspect.StructType):
        return _StructReader(info)
    if isinstance(info, inspect.ListType | inspect.VarTupleType):
        return partial(_list, info, _reader(info.item_type))
    if isinstance(info, inspect.DictType):
        return partial(_dict, _reader(info.key_type), _reader(info.value_type))
    return _leaf_reader(info)


def _scalar(parse: Callable[[object], object], data: object, at: str, faults: list[Fault]) -> Any:
    try:
        return parse(data)
    except ValueError as error:
        faults.append(Fault(at, str(error)))
        return INVALID


def _union(none: bool, members: list[_Reader], data: object, at: str, faults: list[Fault]) -> Any:
    if data is None and none:
        return None
    attempts: list[list[Fault]] = []
    for member in members:
        found: list[Fault] = []
        value = member(data, at, found)
        if not found:
            return value
        attempts.append(found)
    # The attempt that got deepest is the one the sender meant.
    faults.extend(max(attempts, key=lambda found: max(fault.pointer.count("/") for fault in found)))
    return INVALID


class _StructReader:
    """The reader of a Struct. Its fields' readers are put together when first used: a Struct may hold itself."""

    def __init__(self, info: inspect.StructType) -> None:
        self._info = info
        self._check = getattr(info.cls, "faults", None)

    @cached_property
    def _fields(self) -> dict[str, "_Field"]:
        """By the name on the wire."""
        return {
            field.encode_name: _Field(field, f"/{step(field.encode_name)}", _reader(field.type))
            for field in self._info.fields
        }

    @cached_property
    def _quick_fields(self) -> dict[str, tuple[str, _Quick]]:
        return {field.encode_name: (field.name, _quick(field.type)) for field in self._info.fields}

    def quick(self, data: Any) -> Any:
        """The Struct of an object without a fault. Raises KeyError for an unknown name, TypeError for a missing one."""
        if type(data) is not dict or self._check is not None:
            raise ValueError
        known, valid = self._quick_fields, {}
        for name, value in data.items():
            field, read = known[name]
            valid[field] = read(value)
        return self._info.cls(**valid)

    def __call__(self, data: Any, at: str, faults: list[Fault]) -> Any:
        try:
            return self.quick(data)
        except _FAULTY:
            return self._with_faults(data, at, faults)

    def _with_faults(self, data: Any, at: str, faults: list[Fault]) -> Any:
        if not isinstance(data, dict):
            faults.append(Fault(at, "must be an object"))
            return INVALID
        info, known = self._info, self._fields
        found: list[Fault] = []
        if not data.keys() <= known.keys():
            found.extend(
                Fault(f"{at}/{step(str(name))}", "is not a field of this object")
                for name in data
                if name not in known and name != info.tag_field
            )
        valid = self._valid(data, at, found)
        if self._check is not None:
            found.extend(fault.under(at) for fault in self._check(valid))
        faults.extend(found)
        return INVALID if found else info.cls(**valid)

    def _valid(self, data: dict[Any, Any], at: str, found: list[Fault]) -> dict[str, Any]:
        """The fields that decoded, defaults included; what is wrong with the others goes to `found`."""
        valid: dict[str, Any] = {}
        before = len(found)
        for name, field in self._fields.items():
            if name in data:
                value = field.read(data[name], at + field.step, found)
                if len(found) == before or isinstance(value, list):
                    valid[field.name] = value
                before = len(found)
            elif field.required:
                found.append(Fault(at + field.step, "is required"))
            elif field.default is not msgspec.NODEFAULT:
                valid[field.name] = field.default
            else:
                valid[field.name] = field.default_factory()
        return valid


class _Field:
    """A field of a Struct with its step of a pointer and its reader."""

    __slots__ = ("default", "default_factory", "name", "read", "required", "step")

    def __init__(self, field: inspect.Field, step: str, read: _Reader) -> None:
        self.name, self.required, self.step, self.read = field.name, field.required, step, read
        self.default, self.default_factory = field.default, field.default_factory


def _list(info: Any, read: _Reader, data: object, at: str, faults: list[Fault]) -> Any:
    if not isinstance(data, list):
        faults.append(Fault(at, "must be an array"))
        return INVALID
    values: list[Any] = []
    for index, element in enumerate(data):
        before = len(faults)
        value = read(element, f"{at}/{index}", faults)
        values.append(value if len(faults) == before else INVALID)
    if (info.min_length or 0) > len(data):
        faults.append(Fault(at, f"needs at least {info.min_length}"))
    if info.max_length is not None and len(data) > info.max_length:
        faults.append(Fault(at, f"holds {len(data)}, more than {info.max_length}"))
    return values


def _dict(read_key: _Reader, read: _Reader, data: object, at: str, faults: list[Fault]) -> Any:
    if not isinstance(data, Mapping):
        faults.append(Fault(at, "must be an object"))
        return INVALID
    steps = {key: f"{at}/{step(str(key))}" for key in data}
    return {read_key(key, steps[key], faults): read(value, steps[key], faults) for key, value in data.items()}


def _leaf_reader(info: inspect.Type) -> _Reader:
    if isinstance(info, inspect.EnumType):
        return partial(_enum, info)
    if isinstance(info, inspect.LiteralType):
        return partial(_literal, info.values, frozenset((type(value), value) for value in info.values))
    expected = _NAMES.get(type(info))
    if expected is None:
        raise TypeError(f"schemas.strict has no rule for {info!r}")
    return partial(_leaf, info, *expected)


def _leaf(info: Any, python: Any, words: str, data: object, at: str, faults: list[Fault]) -> Any:
    if (isinstance(data, bool) and python is not bool) or not isinstance(data, python):
        faults.append(Fault(at, f"must be {words}"))
        return INVALID
    if isinstance(data, str) and _NO_TEXT.search(data):
        faults.append(Fault(at, "holds a character that is no text"))
        return INVALID
    for broken in _bounds(info, data):
        faults.append(Fault(at, broken))
    return data


_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_NAMES: Final[dict[type[inspect.Type], tuple[Any, str]]] = {
    inspect.StrType: (str, "text"),
    inspect.IntType: (int, "a whole number"),
    inspect.FloatType: ((int, float, Decimal), "a number"),
    inspect.BoolType: (bool, "true or false"),
    inspect.AnyType: (object, "any value"),
}


def _quick(info: inspect.Type) -> _Quick:
    """The quick reader of a type; of those that seldom stand in what is read often, the other reader."""
    if isinstance(info, inspect.Metadata):
        parse: _Quick | None = (info.extra or {}).get("parse")
        return parse or _quick(info.type)
    if isinstance(info, inspect.UnionType) and info.includes_none and len(info.types) == 2:
        (member,) = (one for one in info.types if not isinstance(one, inspect.NoneType))
        return partial(_quick_or_none, _quick(member))
    if isinstance(info, inspect.StructType) and getattr(info.cls, "faults", None) is None:
        return _StructReader(info).quick
    if isinstance(info, inspect.IntType) and info.gt is None and info.lt is None:
        return partial(
            _quick_whole, -inf if info.ge is None else info.ge, inf if info.le is None else info.le
        )
    if isinstance(info, inspect.LiteralType) and all(type(value) is str for value in info.values):
        return partial(_quick_literal, frozenset(map(str, info.values)))
    return partial(_quick_other, _reader(info))


def _quick_or_none(read: _Quick, data: Any) -> Any:
    return None if data is None else read(data)


def _quick_whole(least: float, most: float, data: Any) -> int:
    if type(data) is int and least <= data <= most:
        return data
    raise ValueError


def _quick_literal(values: frozenset[str], data: Any) -> str:
    if type(data) is str and data in values:
        return data
    raise ValueError


def _quick_other(read: _Reader, data: Any) -> Any:
    faults: list[Fault] = []
    value = read(data, "", faults)
    if faults:
        raise ValueError
    return value


def _bounds(info: Any, data: Any) -> Iterable[str]:
    if isinstance(info, inspect.IntType | inspect.FloatType):
        if info.ge is not None and data < info.ge:
            yield f"must be at least {info.ge}"
        if info.gt is not None and data <= info.gt:
            yield f"must be more than {info.gt}"
        if info.le is not None and data > info.le:
            yield f"must be at most {info.le}"
        if info.lt is not None and data >= info.lt:
            yield f"must be less than {info.lt}"
    if isinstance(info, inspect.StrType):
        if info.min_length is not None and len(data) < info.min_length:
            yield (
                "must not be empty"
                if info.min_length == 1
                else f"needs at least {info.min_length} characters"
            )
        if info.max_length is not None and len(data) > info.max_length:
            yield f"has more than {info.max_length} characters"


def _enum(info: inspect.EnumType, data: object, at: str, faults: list[Fault]) -> Any:
    try:
        return info.cls(data)
    except ValueError:
        return _not_among([member.value for member in info.cls], at, faults)


def _literal(values: Iterable[Any], typed: frozenset[Any], data: object, at: str, faults: list[Fault]) -> Any:
    if isinstance(data, str | int) and (type(data), data) in typed:
        return data
    return _not_among(list(values), at, faults)


def _not_among(allowed: list[Any], at: str, faults: list[Fault]) -> Any:
    faults.append(Fault(at, f"must be one of {', '.join(map(str, allowed))}"))
    return INVALID
