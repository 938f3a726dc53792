"""Signed JSON: what is refused before a signature is looked at, and bodies cut into parts without being read."""

import json
import re
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.canonical import (
    DEEPEST,
    LARGEST_VALUE_BYTES,
    Unreadable,
    base64url,
    canonical,
    elements,
    member,
    members,
    read,
    unbase64url,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4), max_leaves=12)  # fmt: skip


def test_canonical_form_follows_rfc_8785() -> None:
    """The example of RFC 8785, 3.2.3: keys sorted by UTF-16 code units."""
    value = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
             "1": "One", "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "o"}  # fmt: skip
    assert list(json.loads(canonical(value))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]
    assert canonical({"b": 12.0, "a": 1e-7}) == b'{"a":1e-7,"b":12}'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"a": 1, "a": 1}', "twice"),
        (b'{"a": {"b": 1, "b": 2}}', "twice"),
        (b'{"a": "\\udc00"}', "surrogate"),
        (b'{"\\ud800": 1}', "surrogate"),
        (b'{"a": 9007199254740992}', "2^53"),
        (b'{"a": -9007199254740992}', "2^53"),
        (b"9" * 5000, "2^53"),
        (b'{"a": 1e309}', "finite"),
        (b'{"a": -1e309}', "finite"),
        (b'{"a": -1e16}', "2^53"),
        (b"9007199254740992.0", "2^53"),
        (b'{"a": 1e16}', "2^53"),
        (b'{"a":1e16}', "2^53"),
        (b'{"a":{"b":-1e300}}', "2^53"),
        (b'{"a":[9007199254740992]}', "2^53"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deep"),
        (b'"' + b"x" * LARGEST_VALUE_BYTES + b'"', "longer"),
        (b'{"a": \xff}', "not valid JSON"),
        (b"", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words.replace("^", r"\^")):
        read(raw)


def test_the_deepest_and_the_largest_allowed_values_are_read() -> None:
    assert read(b"[" * DEEPEST + b"]" * DEEPEST)
    beside = b"[" * (DEEPEST - 1) + b"[],{}" + b"]" * (DEEPEST - 1)
    assert read(beside), "more brackets than that, but none deeper"
    assert read(b'{"a": 9007199254740991, "b": "\\ud83d\\ude00"}') == {"a": 2**53 - 1, "b": "😀"}
    assert len(read(b'"' + b"x" * (LARGEST_VALUE_BYTES - 2) + b'"')) == LARGEST_VALUE_BYTES - 2


def test_the_largest_whole_numbers_are_read_however_they_are_written() -> None:
    most = 2**53 - 1
    assert [read(text) for text in (b"9007199254740991", b"-9007199254740991")] == [most, -most]
    assert [read(text) for text in (b"9007199254740991.0", b"-9007199254740991.0")] == [most, -most]
    assert [read(text) for text in (b" 9007199254740991", b" -9007199254740991")] == [most, -most]
    assert [read(text) for text in (b" 9007199254740991.0", b" -9007199254740991.0")] == [most, -most]
    assert (read(b"0.5"), read(b"-1e-9")) == (0.5, -1e-9)


def test_what_is_written_without_blanks_is_read_with_its_kinds() -> None:
    value = {"a": None, "b": [True, 1.5, -2, {}], "c": {"d": None}}
    assert read(b'{"a":null,"b":[true,1.5,-2,{}],"c":{"d":null}}') == value


@pytest.mark.parametrize(
    ("number", "written"),
    [(1e21, b"1e+21"), (1e20, b"100000000000000000000"), (1e15, b"1000000000000000"), (1.5e300, b"1.5e+300"),
     (0.001, b"0.001"), (1e-6, b"0.000001"), (1e-7, b"1e-7"), (-0.0, b"0")],
)  # fmt: skip
def test_numbers_are_written_as_ecmascript_writes_them(number: float, written: bytes) -> None:
    """RFC 8785, 3.2.2.3."""
    assert (canonical(number), canonical({"n": number})) == (written, b'{"n":' + written + b"}")


def test_whole_numbers_and_text_are_written_with_sorted_names_and_no_blanks() -> None:
    value = {"b": 1, "a": {"d": [True, None, False], "c": "é"}}
    assert canonical(value) == '{"a":{"c":"é","d":[true,null,false]},"b":1}'.encode()


def test_sixteen_levels_and_65536_bytes_are_the_most_a_phone_may_send_signed() -> None:
    assert read(b"[" * 16 + b"]" * 16)
    assert read(b'"' + b"x" * 65_534 + b'"')
    for too_much in (b"[" * 17 + b"]" * 17, b'"' + b"x" * 65_535 + b'"'):
        with pytest.raises(Unreadable):
            read(too_much)


NUMBERS = st.integers(-(2**70), 2**70).map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr) | (
    st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?", fullmatch=True)
)  # fmt: skip


@given(st.lists(NUMBERS, min_size=1, max_size=3), st.sampled_from(["", " "]))
@settings(max_examples=300, deadline=None)
def test_an_object_is_read_as_the_same_number_in_an_array_is(numbers: list[str], blank: str) -> None:
    """Objects without blanks have a quick reader; arrays have not."""
    array = f"[{','.join(numbers)}]".encode()
    try:
        expected = read(array)
    except Unreadable as error:
        with pytest.raises(Unreadable, match=re.escape(str(error))):
            read(b'{"a":' + blank.encode() + array + b"}")
    else:
        found = read(b'{"a":' + blank.encode() + array + b"}")["a"]
        assert [(type(one), one) for one in found] == [(type(one), one) for one in expected]


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_canonical_form_reads_back_to_the_same_form(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_the_quick_form_is_the_one_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.text(max_size=6))
def test_a_lone_surrogate_has_no_canonical_form(text: str) -> None:
    for value in (text + "\ud800", {text + "\udfff": 1}, [[text + "\udc00"]]):
        with pytest.raises(Unreadable):
            canonical(value)


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]))
@settings(max_examples=100, deadline=None)
def test_elements_and_members_are_the_bytes_that_came(values: list[Any], indent: int | None) -> None:
    raw = [json.dumps(value, indent=indent).encode() for value in values]
    assert elements(b" [" + b" , ".join(raw) + b"]\n") == raw
    text = b",".join(b'"k%d" :%b' % (number, part) for number, part in enumerate(raw))
    assert members(b"{" + text + b"}") == {f"k{number}": part for number, part in enumerate(raw)}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[",
        b"]",
        b"[1",
        b"[1,]",
        b"[,1]",
        b"[[1]",
        b"[1]]",
        b"{}",
        b"[1}",
        b"null",
        b"[],[]",
        b"[}{]",
        b"[,]",
    ],
)
def test_a_broken_array_has_no_elements(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        elements(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a"}',
        b'{"a" 1}',
        b'{"a": 1,}',
        b"{a: 1}",
        b'{"a": 1, "a": 2}',
        b"[]",
        b'{"a": 1]',
        b"{1:2}",
        b"{:1}",
        b'{"\\x": 1}',
        b'{"a": }, "b": {1}',
    ],
)
def test_a_broken_object_has_no_members(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        members(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"[]", "not a JSON object"), (b'{"a"}', "a key has no value"), (b'{"a": 1}}', "closes too early"),
     (b'{"a": [}', "stays open"), (b"{1:2}", "must be text"), (b'{"a":1,}', "a value is missing")],
)  # fmt: skip
def test_what_is_wrong_with_an_object_is_said(raw: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        members(raw)


def test_what_is_no_array_is_said_to_be_none() -> None:
    with pytest.raises(Unreadable, match="not a JSON array"):
        elements(b"{}")


@pytest.mark.parametrize("text", ["=", "AA==", "A", "AB", "A+", "A/", "é", " AA", None, 1])
def test_only_the_one_spelling_of_base64url_is_read(text: object) -> None:
    with pytest.raises(ValueError, match="base64url"):
        unbase64url(text)


@given(st.binary(max_size=40))
def test_base64url_reads_back(data: bytes) -> None:
    assert unbase64url(base64url(data)) == data


@pytest.mark.parametrize(
    "raw",
    [
        b'{"signed":{"b":1.0,"a":"x"},"fix":null}',
        b'{"signed":{"b":1.0,"a":"x"}}',
        b'{"fix":null,"signed":{"b":1.0,"a":"x"}}',
        b'{ "signed" : {"b": 1.0, "a": "\\u0078"} ,"fix":null}',
        b'{"signed":{"b":1e0,"a":"x"},"fix":null}',
        b'{"other":"{\\"signed\\":{}","signed":{"b":1.00,"a":"x"},"fix":{"signed":{"b":1.0,"a":"x"}}}',
    ],
)
def test_a_member_is_the_bytes_that_came_wherever_it_stands_and_however_it_is_written(raw: bytes) -> None:
    value = read(raw)["signed"]
    assert value == {"b": 1.0, "a": "x"}
    assert member(raw, "signed", value) == members(raw)["signed"]


def test_text_without_an_end_is_walked_once() -> None:
    """A mebibyte of quotation marks that close nothing is cut up within moments, not within an hour."""
    endless = b'\\"' * 500_000
    with pytest.raises(Unreadable):
        members(b'{"' + endless + b"}")
    with pytest.raises(Unreadable):
        elements(b'[["' + endless + b"]]")
    assert elements(b'["' + endless + b"]") == [b'"' + endless]


def test_a_bracket_inside_text_without_an_end_closes_nothing() -> None:
    with pytest.raises(Unreadable):
        members(b'{"a": ["b]}')
