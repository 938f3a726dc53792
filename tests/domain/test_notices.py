"""What is told, to whom, and how long a notice waits between attempts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.notices import KINDS, KINDS_OF_ROLE, LONGEST_WAIT, email_text, message, next_attempt

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_waits_double_up_to_six_hours() -> None:
    minutes = [(next_attempt(attempts, NOW) - NOW) / timedelta(minutes=1) for attempts in range(1, 12)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


@given(st.integers(1, 100_000))
def test_no_wait_is_longer_than_six_hours_or_none(attempts: int) -> None:
    assert timedelta(0) < next_attempt(attempts, NOW) - NOW <= LONGEST_WAIT


def test_every_kind_is_for_some_role_and_has_words() -> None:
    assert {kind for kinds in KINDS_OF_ROLE.values() for kind in kinds} == set(KINDS)


def test_a_message_holds_a_kind_and_a_link_and_nothing_of_anybody() -> None:
    said = message("n-1", "visit_missed", "hearth", NOW, "https://d.example/visits/1")
    assert said == {
        "id": "n-1",
        "kind": "visit_missed",
        "organisation": "hearth",
        "raised_at": "2026-11-02T09:00:00Z",
        "link": "https://d.example/visits/1",
    }
    text = email_text("visit_missed", "https://d.example/visits/1", "https://d.example/unsubscribe/1")
    assert text.startswith("A visit was missed.\n") and text.count("https://") == 2
    assert "to see it:\nhttps://d.example/visits/1\n\nThis message names nobody" in text


def test_a_digest_to_keep_stands_in_the_email_on_a_line_of_its_own() -> None:
    text = email_text("digest", "https://d.example/d/1", "https://d.example/stop", "eyJh.signed")
    assert "to see it:\nhttps://d.example/d/1\n\nKeep this message. " in text
    assert "on one line:\neyJh.signed\n\nThis message names nobody" in text
