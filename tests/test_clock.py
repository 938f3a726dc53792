from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from backend import clock, settings
from backend.faults import SetupFault
from backend.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "clock"
    settings.use(Settings(data=tmp_path, clock=path))
    yield path
    settings.forget()


def test_without_a_file_it_is_the_computers_time(tmp_path: Path) -> None:
    settings.use(Settings(data=tmp_path))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.notice() is None
    settings.forget()


def test_the_file_is_read_anew_each_time_and_stands_still_between_writes(file: Path) -> None:
    clock.write(file, datetime(2026, 11, 2, 7, 0, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
    clock.write(file, datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def test_a_simulated_time_announces_itself(file: Path) -> None:
    clock.write(file, datetime(2026, 11, 2, 7, 0, tzinfo=UTC))
    assert clock.notice() == "Simulated time: 02 November 2026 07:00 UTC. Nothing here happened."


@pytest.mark.parametrize("text", ["", "soon", "2026-11-02T07:00:00", "2026-02-30T07:00:00Z"])
def test_a_file_without_an_instant_is_a_setup_fault_not_the_computers_time(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(SetupFault, match="holds no instant"):
        clock.now()


def test_a_missing_file_is_a_setup_fault(file: Path) -> None:
    with pytest.raises(SetupFault, match="DOORSTEP_CLOCK"):
        clock.now()
