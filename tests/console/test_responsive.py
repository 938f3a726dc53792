"""What takes seconds for a large provider is worked out beside the event loop: nobody's check-in waits for it."""

import importlib
import threading
from typing import Any

import pytest

from tests.console.desk import Desk


@pytest.mark.parametrize(
    ("path", "where", "work"),
    [
        ("/wage-reports/{report}/evidence", "backend.use_cases.evidence.build", "members_of"),
        ("/wage-reports/{report}/evidence", "backend.use_cases.evidence.build", "facts_of"),
        (
            "/wage-reports/{report}/workers/1/evidence",
            "backend.use_cases.evidence.build",
            "worker_record_pdf",
        ),
        ("/arrears", "backend.use_cases.remediation", "wage_results"),
        ("/what-if?period=2026-11-02", "backend.use_cases.what_if", "worked"),
        ("/care-costs/{report}", "backend.use_cases.read_zone_costs", "zone_costs"),
    ],
)
async def test_it_is_worked_out_beside_the_loop(
    busy: Desk, monkeypatch: pytest.MonkeyPatch, path: str, where: str, work: str
) -> None:
    module = importlib.import_module(where)
    real, threads = getattr(module, work), set()

    def watched(*arguments: Any, **more: Any) -> Any:
        threads.add(threading.get_ident())
        return real(*arguments, **more)

    monkeypatch.setattr(module, work, watched)
    answer = await (await busy.as_("manager")).get(path.format(report=await busy.id_of("wage_report")))
    assert answer.status_code == 200
    assert threads and threading.get_ident() not in threads
