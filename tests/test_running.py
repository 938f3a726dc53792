"""What a process does once, before its work."""

import gc
import signal

import pytest

from backend.commands import serve
from backend.running import look_for_garbage_rarely


def test_a_worker_looks_for_garbage_seldom_and_never_through_what_it_loaded() -> None:
    before = gc.get_threshold()
    try:
        look_for_garbage_rarely()
        assert gc.get_threshold()[0] >= 100_000
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_end_while_it_loads_does_not_load_on(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    noted, went_on = [], []

    def loading() -> None:
        signal.raise_signal(number)
        went_on.append(number)

    monkeypatch.setattr("backend.app.create_app", loading)
    before = signal.signal(
        number, lambda *_: noted.append(number)
    )  # as the server: it looks once it has loaded
    try:
        with pytest.raises(SystemExit):
            serve.create_app()
        assert not went_on and not noted
        signal.raise_signal(number)
        assert noted
    finally:
        signal.signal(number, before)
