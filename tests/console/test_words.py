"""Times in words: both ends of a span are written alike."""

from datetime import UTC, datetime, timedelta

from backend.console.words import sentence, span, times

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_span_has_seconds_at_both_ends_or_at_neither() -> None:
    assert span((NINE, NINE + timedelta(minutes=30))) == "Mon 2 Nov 2026, 09:00 to 09:30"
    assert span((NINE, NINE + timedelta(minutes=30, seconds=12))) == "Mon 2 Nov 2026, 09:00:00 to 09:30:12"
    assert times((NINE + timedelta(seconds=5), NINE + timedelta(minutes=1))) == "09:00:05 to 09:01:00"


def test_a_span_over_midnight_names_both_days() -> None:
    end = NINE + timedelta(hours=16, seconds=1)
    assert span((NINE, end)) == "Mon 2 Nov 2026, 09:00:00 to Tue 3 Nov 2026, 01:00:01 GMT"


def test_a_missing_end_is_told() -> None:
    assert span((NINE, None)) == "from Mon 2 Nov 2026, 09:00 GMT"
    assert span((None, None)) == "nothing recorded"


def test_a_sentence_keeps_the_letters_behind_its_first() -> None:
    assert (sentence("the event holds NaN"), sentence("")) == ("The event holds NaN", "")
