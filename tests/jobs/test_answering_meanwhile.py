"""A process that works documents out and draws them answers others meanwhile: a carer checking in, a call for help."""

import asyncio
import threading
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import pytest

from backend.jobs.on_demand import draft_period, issue_period
from backend.use_cases import draft_invoice, issue_invoice, issue_wage_report
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, Office

REPORT_DUE = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
ANSWERED_SECONDS = 20


def watched(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[bool]:
    """Have a long piece of work wait for somebody else to be answered. Whether somebody was, each time."""
    loop, work = asyncio.get_running_loop(), getattr(module, name)
    found: list[bool] = []

    def after_another(*given: Any) -> Any:
        answered = threading.Event()
        loop.call_soon_threadsafe(answered.set)
        found.append(answered.wait(ANSWERED_SECONDS))
        return work(*given)

    monkeypatch.setattr(module, name, after_another)
    return found


async def a_week(office: Office) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")


@pytest.mark.parametrize("work", ["invoice", "invoice_snapshot", "invoice_files"])
async def test_others_are_answered_while_an_invoice_is_issued(
    office: Office, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    await a_week(office)
    office.set(FIRST_WEEK_DUE)
    found = watched(monkeypatch, issue_invoice, work)
    ran = await issue_period(PROVIDER, "HC-01", date(2026, 11, 4), office.clock)
    assert (ran.failed, found) == (False, [True])


async def test_others_are_answered_while_a_draft_is_priced(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_week(office)
    office.set(FIRST_WEEK_DUE)
    found = watched(monkeypatch, draft_invoice, "invoice")
    draft = await draft_period(PROVIDER, "HC-01", date(2026, 11, 4), office.clock)
    assert (len(draft.snapshots), found) == (1, [True])


@pytest.mark.parametrize("work", ["wage_report_snapshot", "wage_report_pdf"])
async def test_others_are_answered_while_a_wage_report_is_made(
    office: Office, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    await a_week(office)
    await office.pay("E1", "1", 30, "12.71", ("2026-11-02", "2026-11-08"), "2026-11-13")
    found = watched(monkeypatch, issue_wage_report, work)
    [ran] = await office.run(REPORT_DUE, "wage_reports")
    assert (ran.failed, found) == (False, [True])
