import json
from pathlib import Path

import pytest
import structlog

from backend import logs
from backend.settings import Settings


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_a_trace_tells_no_values(log_format: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(data=tmp_path, log_format=log_format))

    def open_door(pin: str) -> None:
        raise RuntimeError("the door is stuck")

    try:
        open_door("47" + "11")
    except RuntimeError as error:
        structlog.get_logger("doorstep").error("unexpected", exc_info=error)
    said = capfd.readouterr().err
    assert "RuntimeError" in said and "in open_door" in said
    assert "the door is stuck" not in said and "4711" not in said
    if log_format == "json":
        assert json.loads(said)["event"] == "unexpected"
