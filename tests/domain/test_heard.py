"""What is said by telephone is read in one way, and nothing else is taken for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.heard import Heard, Said, read_heard, read_said, telephone_number
from backend.domain.tokens import read_token
from backend.domain.webhook_signatures import (
    plain_is_right,
    plain_signature,
    twilio_is_right,
    twilio_signature,
)

HEARD = st.builds(
    Heard,
    by=st.sampled_from(["call", "message"]),
    line=st.none() | st.binary(min_size=32, max_size=32),
    code=st.none() | st.from_regex(r"[0-9]{6,8}", fullmatch=True),
)
NOW = datetime(2026, 11, 2, 7, tzinfo=UTC)


@given(HEARD)
def test_a_token_says_what_was_heard(heard: Heard) -> None:
    assert read_heard(heard.text()) == heard == read_token(heard.text())


def test_the_token_of_what_was_heard_is_spelt_as_phones_and_records_know_it() -> None:
    assert Heard("call", None, "204517").text() == "heard:call::204517"
    assert Heard("message", bytes(32), None).text() == f"heard:message:{'0' * 64}:"


def test_numbers_and_codes_are_not_shown_when_what_was_said_is_printed() -> None:
    assert repr(Said("12345678", "check_in", "204517")) == "Said(kind='check_in')"
    assert "204517" not in repr(Heard("call", None, "204517"))


@given(st.text(max_size=80))
def test_no_other_text_is_such_a_token(text: str) -> None:
    heard = read_heard(text)
    assert heard is None or heard.text() == text


@pytest.mark.parametrize(
    "text", ["heard:call:0f:", "heard:call:0f:204517", "heard:message::12", "heard:letter::204517"]
)
def test_a_token_with_half_a_line_or_half_a_code_is_none(text: str) -> None:
    assert read_heard(text) is None


def test_of_a_long_message_the_first_two_hundred_signs_are_read() -> None:
    assert read_said(f"12345678{' ' * 191}1") == Said("12345678", "check_in", None)
    assert read_said(f"12345678{' ' * 192}1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12345678*1", Said("12345678", "check_in", None)),
        (" 12345678 OUT ", Said("12345678", "check_out", None)),
        ("12345678,arrived, 204517", Said("12345678", "check_in", "204517")),
        ("12345678*2*20451799#", Said("12345678", "check_out", "20451799")),
        ("12345678 gadael", Said("12345678", "check_out", None)),
        ("1234567*1", None),
        ("12345678*1*12", None),
        ("12345678*1*204517*1", None),
        ("١٢٣٤٥٦٧٨*1", None),
        ("12345678", None),
    ],
)
def test_a_carers_words_are_her_number_what_happened_and_maybe_a_code(text: str, said: Said | None) -> None:
    assert read_said(text) == said


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("01432 000000", "+441432000000"),
        ("+44 1432 000-000", "+441432000000"),
        ("0044 (1432) 000000", "+441432000000"),
        ("anonymous", None),
        ("", None),
        ("123", None),
    ],
)
def test_a_telephone_number_has_one_form(text: str, number: str | None) -> None:
    assert telephone_number(text) == number


def test_twilios_signature_is_the_one_of_its_own_example() -> None:
    number = "+14158675309"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": number,
        "Digits": "1234",
        "From": number,
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature(b"12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert twilio_is_right(b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, form)
    assert not twilio_is_right(b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, {**form, "Digits": "1235"})


@given(st.binary(max_size=40), st.text(max_size=100))
def test_no_header_but_the_services_own_is_taken(body: bytes, header: str) -> None:
    seconds = int(NOW.timestamp())
    own = plain_signature(b"secret", seconds, body)
    assert plain_is_right(b"secret", own, body, NOW)
    assert plain_is_right(b"secret", header, body, NOW) == (header == own)
    assert not plain_is_right(b"another", own, body, NOW)
    assert not plain_is_right(b"secret", own, body + b" ", NOW)


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_plain_signature_is_taken_for_five_minutes_either_way(seconds: int, taken: bool) -> None:
    own = plain_signature(b"secret", int(NOW.timestamp()), b"{}")
    assert plain_is_right(b"secret", own, b"{}", NOW + timedelta(seconds=seconds)) == taken
