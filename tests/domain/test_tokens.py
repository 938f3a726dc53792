"""What a token proves: cards, fobs, tags, and everything that is wrong with one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical import base64url
from backend.domain.heard import Heard
from backend.domain.sun import tap_code
from backend.domain.tokens import (
    CARD_SECRET_BYTES,
    LONGEST_TOKEN,
    PATH,
    RULE_VERSION,
    Card,
    Code,
    Tag,
    TokenJudgement,
    card_text,
    fob_code,
    judge_token,
    read_token,
)

NOW = datetime(2026, 11, 2, 7, 4, 12, tzinfo=UTC)
MARY, TOM = UUID(int=1), UUID(int=2)
UID = bytes.fromhex("04958CAA5C5E80")
FILE_KEY = bytes(range(16))
SEED = b"12345678901234567890"
TOLERANCE_S = 60

CARD = Tag(UUID(int=11), "qr_static", MARY, NOW - timedelta(days=1), None, b"s" * 16)
FOB = Tag(UUID(int=12), "qr_rotating", MARY, NOW - timedelta(days=1), None, SEED, step_s=30)
NFC = Tag(UUID(int=13), "nfc", MARY, NOW - timedelta(days=1), None, FILE_KEY, uid=UID)
REGISTER = (CARD, FOB, NFC)
TEXT = card_text("https://doorstep.example", CARD.id, CARD.secret)


def tap(counter: int = 9, key: bytes = FILE_KEY, uid: bytes = UID) -> str:
    code = tap_code(key, uid, counter).hex()
    return f"https://doorstep.example/at?uid={uid.hex()}&ctr={counter:06x}&cmac={code}"


def code(at: datetime = NOW, digits: int = 6) -> str:
    return fob_code(SEED, int(at.timestamp()) // 30, digits)


def judged(text: str, at: datetime = NOW, person: UUID | None = MARY, tags: Any = REGISTER) -> Any:
    return judge_token(read_token(text), at, person, tags, TOLERANCE_S)


def verdict(text: str, **options: Any) -> str:
    found: str = judged(text, **options).verdict
    return found


# Appendix B of RFC 6238, the rows of SHA-1: the time in seconds and the code of eight digits.
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_a_fob_shows_the_codes_of_the_standard(seconds: int, expected: str) -> None:
    assert fob_code(SEED, seconds // 30, 8) == expected
    assert fob_code(SEED, seconds // 30, 6) == expected[2:]


def test_a_fob_counts_from_the_first_step_of_1970() -> None:
    """Appendix D of RFC 4226: the code of the counter 0."""
    assert [fob_code(SEED, step, 6) for step in (-1, 0, 1)] == ["755224", "755224", "287082"]


@pytest.mark.parametrize(("text", "tag"), [(TEXT, CARD), (code(), FOB), (code(digits=8), FOB), (tap(), NFC)])
def test_a_genuine_token_at_its_own_home_is_verified(text: str, tag: Tag) -> None:
    found = judged(text)
    assert (found.verdict, found.tag_id, found.kind) == ("verified", tag.id, tag.kind)
    assert found.counter == (9 if tag is NFC else None)


def test_a_fob_s_display_names_the_fob() -> None:
    shown = f"https://doorstep.example/at#{base64url(FOB.id.bytes)}.{code()}"
    assert judged(shown).tag_id == FOB.id
    assert verdict(shown, person=TOM) == "token_other_place"
    for odd in ("notacode", base64url(FOB.secret)):
        told = f"https://doorstep.example/at#{base64url(FOB.id.bytes)}.{odd}"
        assert verdict(told) == "token_bad_mac", "what the fob shows is digits"


def test_a_code_stands_for_its_tolerance_and_no_longer() -> None:
    for seconds, expected in (
        (-60, "verified"),
        (60, "verified"),
        (-95, "token_bad_mac"),
        (95, "token_bad_mac"),
    ):
        assert verdict(code(), at=NOW + timedelta(seconds=seconds)) == expected, seconds


def test_a_tap_that_hides_whose_it_is_is_opened_with_the_key_of_its_tag() -> None:
    """AN12196 of NXP, with the keys that tags leave the factory with: the 61st reading of 04DE5F1EACC040."""
    hidden = "https://doorstep.example/at?picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086"
    tag = replace(NFC, uid=bytes.fromhex("04DE5F1EACC040"), secret=bytes(16), meta_key=bytes(16))
    found = judged(hidden, tags=[NFC, tag])
    assert (found.verdict, found.tag_id, found.counter) == ("verified", tag.id, 61)
    for odd in ({"meta_key": None}, {"meta_key": b"k" * 16}, {"uid": UID}):
        assert verdict(hidden, tags=[replace(tag, **odd)]) == "token_unknown_tag"


@pytest.mark.parametrize("text", [TEXT, tap()])
def test_a_tag_of_another_home_is_said_to_be(text: str) -> None:
    assert verdict(text, person=TOM) == "token_other_place"


def test_typed_digits_are_judged_by_the_fobs_of_the_visit_s_home_alone() -> None:
    assert verdict(code(), person=TOM) == "token_unknown_tag"
    assert verdict(code(), person=None) == "token_unknown_tag"


@pytest.mark.parametrize("text", [TEXT, tap()])
def test_at_a_visit_of_nobody_known_any_home_s_tag_counts(text: str) -> None:
    assert verdict(text, person=None) == "verified"


@pytest.mark.parametrize("text", [TEXT, code(), tap()])
def test_a_tag_counts_from_its_first_instant_until_it_is_retired(text: str) -> None:
    def used(starts_at: datetime, retired_at: datetime | None) -> str:
        tags = [replace(tag, starts_at=starts_at, retired_at=retired_at) for tag in REGISTER]
        return verdict(text, tags=tags)

    day = timedelta(days=1)
    assert used(NOW, None) == "verified"
    assert used(NOW - day, NOW + timedelta(seconds=1)) == "verified"
    assert used(NOW - day, NOW) == "token_retired"
    assert used(NOW + timedelta(seconds=1), None) == "token_unknown_tag"


def test_a_tag_that_moved_home_counts_where_it_is() -> None:
    moved = replace(NFC, id=uuid4(), service_user_id=TOM, starts_at=NOW - timedelta(hours=1))
    before = replace(NFC, retired_at=NOW - timedelta(hours=1))
    for tags in ([before, moved], [moved, before]):
        assert judged(tap(), person=TOM, tags=tags).tag_id == moved.id
        assert judged(tap(), at=NOW - timedelta(hours=2), tags=tags).tag_id == before.id
        assert verdict(tap(), person=MARY, tags=tags) == "token_other_place"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT[:-1] + ("A" if TEXT[-1] != "A" else "Q"), "token_bad_mac"),
        (TEXT + "=", "token_bad_mac"),
        ("000000" if code() != "000000" else "000001", "token_bad_mac"),
        (tap(key=b"k" * 16), "token_bad_mac"),
        (tap().replace("ctr=000009", "ctr=00000a"), "token_bad_mac"),
        (tap(uid=b"u" * 7), "token_unknown_tag"),
        (card_text("https://doorstep.example", UUID(int=99), CARD.secret), "token_unknown_tag"),
        (card_text("https://doorstep.example", NFC.id, NFC.secret), "token_unknown_tag"),
        ("", "token_unreadable"),
        ("12345", "token_unreadable"),
        ("https://doorstep.example/at", "token_unreadable"),
        (TEXT + "A" * LONGEST_TOKEN, "token_unreadable"),
    ],
)
def test_what_is_wrong_with_a_token_is_named(text: str, expected: str) -> None:
    assert verdict(text) == expected


def test_digits_of_other_scripts_are_no_code() -> None:
    assert read_token("١٢٣٤٥٦") is None


TEXTS = st.one_of(
    st.text(st.characters()),
    st.text("0123456789", max_size=12),
    st.tuples(st.just(TEXT), st.text(max_size=30)).map("".join),
    st.tuples(st.just("https://d.example/at#"), st.text("AQgw_-.=0", max_size=60)).map("".join),
    st.tuples(st.just(tap()), st.text(max_size=20)).map("".join),
    st.builds(
        "?{}={}&{}={}".format,
        st.sampled_from(["uid", "e", "picc_data", "\ud800"]),
        st.text("0aF%", max_size=33),
        st.sampled_from(["cmac", "c", "ctr"]),
        st.text("0aF%", max_size=17),
    ),
)


@given(text=TEXTS, person=st.sampled_from([MARY, TOM, None]))
def test_no_token_raises_or_is_verified_that_a_tag_did_not_make(text: str, person: UUID | None) -> None:
    found = judged(text, person=person)
    if found.verdict == "verified":
        presented = read_token(text)
        assert not isinstance(presented, Card) or presented.secret in (base64url(CARD.secret), code())
        assert not isinstance(presented, Code) or presented.digits in {
            fob_code(SEED, int(NOW.timestamp()) // 30 + step, len(presented.digits))
            for step in (-2, -1, 0, 1, 2)
        }


LINE = Tag(UUID(int=14), "line", MARY, NOW - timedelta(days=1), None, b"", uid=b"m" * 32)
TOMS_LINE = Tag(UUID(int=15), "line", TOM, NOW - timedelta(days=1), None, b"", uid=b"t" * 32)
STRANGE = b"x" * 32


def heard(by: Any, line: bytes | None, told: str | None = None, person: UUID | None = MARY) -> TokenJudgement:
    return judge_token(Heard(by, line, told), NOW, person, (FOB, TOMS_LINE, LINE), TOLERANCE_S)


def test_a_call_from_the_home_s_own_line_proves_the_home() -> None:
    assert heard("call", LINE.uid) == TokenJudgement("verified", LINE.id, "line")
    assert heard("call", LINE.uid, "000000") == TokenJudgement("verified", LINE.id, "line")
    assert heard("call", TOMS_LINE.uid, person=None) == TokenJudgement("verified", TOMS_LINE.id, "line")


def test_a_call_from_elsewhere_proves_what_the_code_that_was_told_proves() -> None:
    assert heard("call", STRANGE, code()) == TokenJudgement("verified", FOB.id, "told_code")
    assert heard("call", TOMS_LINE.uid, code()) == TokenJudgement("verified", FOB.id, "told_code")
    assert heard("call", STRANGE, "000000") == TokenJudgement("token_bad_mac", FOB.id, None)
    assert heard("call", TOMS_LINE.uid) == TokenJudgement("token_other_place", TOMS_LINE.id, "line")
    assert heard("call", STRANGE) == heard("call", None) == TokenJudgement("line_unknown")


def test_a_message_proves_no_more_than_its_code() -> None:
    assert heard("message", None, code()) == TokenJudgement("verified", FOB.id, "message")
    assert heard("message", LINE.uid) == TokenJudgement("line_unknown", None, "message")


@pytest.mark.parametrize(
    "tag",
    [
        replace(LINE, retired_at=NOW),
        replace(LINE, starts_at=NOW + timedelta(seconds=1)),
        replace(NFC, uid=LINE.uid),
    ],
)
def test_only_a_line_in_use_is_a_line(tag: Tag) -> None:
    assert (
        judge_token(Heard("call", LINE.uid, None), NOW, MARY, (tag,), TOLERANCE_S).verdict == "line_unknown"
    )


def test_a_tag_is_in_use_from_its_first_instant_to_the_last_before_it_is_retired() -> None:
    assert verdict(TEXT, tags=(replace(CARD, starts_at=NOW),)) == "verified"
    assert replace(CARD, starts_at=NOW).in_use(NOW)
    assert verdict(TEXT, tags=(replace(CARD, retired_at=NOW),)) == "token_retired"
    assert verdict(TEXT, tags=(replace(CARD, retired_at=NOW + timedelta(microseconds=1)),)) == "verified"


def test_the_longest_token_is_read_and_a_longer_one_is_not() -> None:
    begun = f"https://doorstep.example/at#{base64url(CARD.id.bytes)}."
    longest = begun + "s" * (LONGEST_TOKEN - len(begun))
    assert isinstance(read_token(longest), Card) and read_token(longest + "s") is None


def test_what_is_printed_on_cards_and_kept_in_judgements_stays_what_it_is() -> None:
    assert (RULE_VERSION, PATH, CARD_SECRET_BYTES, LONGEST_TOKEN) == ("token-1", "/at", 16, 500)


def test_no_secret_shows_where_a_tag_or_a_code_is_printed() -> None:
    tag = replace(NFC, secret=b"hush", meta_key=b"hush")
    assert "hush" not in f"{tag!r}{Card(CARD.id, 'hush')!r}{Code('hush')!r}"
