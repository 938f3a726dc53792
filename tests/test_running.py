"""What a process does once, before its work."""

import gc

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
