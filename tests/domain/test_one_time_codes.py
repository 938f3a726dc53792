"""Codes of authenticator apps: the specification's own examples, drift, and each code once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.one_time_codes import (
    RECOVERY_BYTES,
    SECRET_BYTES,
    STEP_S,
    otpauth_address,
    recovery_plain,
    recovery_text,
    secret_text,
    step_of,
)
from backend.domain.tokens import fob_code

SECRET = b"12345678901234567890"
"""RFC 6238, appendix B; its codes of eight digits end in these six."""
RFC = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_the_examples_of_rfc_6238_are_taken() -> None:
    for seconds, code in RFC.items():
        assert step_of(SECRET, code, at(seconds), 0) == seconds // STEP_S


def test_a_code_is_good_one_step_early_or_late_and_no_more() -> None:
    for off, good in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        found = step_of(SECRET, "081804", at(1111111109) + timedelta(seconds=off), 0)
        assert (found is not None) == good, off


def test_a_code_of_a_step_that_was_taken_is_refused() -> None:
    step = 1111111109 // STEP_S
    assert step_of(SECRET, "081804", at(1111111109), step - 1) == step
    assert step_of(SECRET, "081804", at(1111111109), step) is None


@given(st.text(max_size=9))
def test_what_is_no_code_is_refused_and_never_raises(said: str) -> None:
    right = {fob_code(SECRET, 37037036 + offset, 6) for offset in (-1, 0, 1)}
    assert (step_of(SECRET, said, at(1111111109), 0) is not None) == ("".join(said.split()) in right)


def test_of_two_steps_with_one_code_the_earlier_is_taken_and_then_the_later() -> None:
    first = 37079356
    assert fob_code(SECRET, first, 6) == fob_code(SECRET, first + 1, 6) == "186519"
    now = at(first * STEP_S)
    assert [step_of(SECRET, "186519", now, last) for last in (0, first)] == [first, first + 1]


def test_six_letters_or_digits_of_another_script_are_no_code() -> None:
    for said in ("abcdef", "ßßßßßß", "٠٨١٨٠٤", "08180", "0818041"):
        assert step_of(SECRET, said, at(1111111109), 0) is None


def test_spaces_within_a_code_do_not_matter() -> None:
    assert step_of(SECRET, " 081 804 ", at(1111111109), 0) is not None


def test_the_address_says_secret_account_and_issuer() -> None:
    parts = urlsplit(otpauth_address(SECRET, "ann&co@example.org", "Doorstep"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Doorstep:ann%26co%40example.org"
    assert parse_qs(parts.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Doorstep"]}
    assert secret_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_recovery_code_may_be_typed_in_any_way() -> None:
    code = recovery_text(bytes(range(10)))
    assert code == "aaaq-eayE-audA-oCaJ".lower()
    assert recovery_plain(f" {code.upper().replace('-', ' ')}") == recovery_plain(code)


def test_secrets_and_codes_for_when_an_app_is_lost_are_whole_groups_of_letters() -> None:
    assert SECRET_BYTES * 8 == 160, "RFC 4226, section 4, R6"
    assert [len(group) for group in secret_text(bytes(SECRET_BYTES)).split()] == [4] * 8
    assert [len(group) for group in recovery_text(bytes(RECOVERY_BYTES)).split("-")] == [4] * 4
