"""Putting shortfalls right: what is outstanding, what another policy comes to, what travel costs an hour of care."""

import asyncio
from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.rendering import render
from backend.documents.remediation import FORMATS
from backend.documents.remediation_page import left_out
from backend.documents.worker_page import pay_cycle
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.frozen_documents import File
from backend.use_cases.read_documents import WAGE_REPORTS, read_documents
from backend.use_cases.read_zone_costs import read_zone_costs
from backend.use_cases.remediation import read_remediation
from backend.use_cases.what_if import form_changes, pay_cycles, provider_what_if
from schemas.scalars import parse_date
from schemas.strict import Faulty
from schemas.what_if import Side, WhatIfReport

READERS: Final = ("manager", "finance", "auditor")
PROVIDER: Final = ("manager", "finance")
LABELS: Final = {
    "period": "First day of the period",
    "cycle": "Pay cycle",
    "waiting_limit_minutes": "Minutes of a gap up to which its rest is waiting",
    "long_gap": "The rest of longer gaps",
    "basis": "Travel",
    "time_factor": "Factor of estimated travel",
    "contact": "Contact, pounds an hour",
    "travel": "Travel, pounds an hour",
    "waiting": "Waiting, pounds an hour",
    "training": "Training, pounds an hour",
    "pay_rise_percent": "A rise of all rates, per cent",
    "paid_gap_limit_minutes": "Minutes of a gap up to which travel and waiting are paid",
    "minimum_wage": "Minimum wage from 21, pounds an hour",
    "duties": "Rates of the same work",
}
"""The fields of a what-if, as the page calls them."""


async def _arrears(ask: Ask) -> Response[Any]:
    schedules = await read_remediation(ask.viewer, _day(ask, "as_of"))
    today = london_date(clock.now())
    return render(
        "arrears.html",
        ask.user,
        schedules=[(schedule, left_out(schedule)) for schedule in schedules],
        today=today,
        as_of=ask.asked("as_of"),
        formats=FORMATS,
    )


async def _arrears_file(ask: Ask) -> Response[Any]:
    kind = ask.path("format")
    if kind not in FORMATS:
        raise DomainError("not_found", f"The schedule is to be had as {', '.join(FORMATS)}.")
    schedules = await read_remediation(ask.viewer, _day(ask, "as_of"))
    if not schedules:
        raise DomainError("not_found", "There is no provider whose reports you may see.")
    media_type, drawn = FORMATS[kind]
    content = await asyncio.to_thread(drawn, schedules)
    return download(File(kind, media_type, f"arrears_{schedules[0].as_of}.{kind}", content))


async def _what_if(ask: Ask) -> Response[Any]:
    asked = {name: ask.asked(name) or "" for name in LABELS}
    cycles = await pay_cycles(ask.organisation)
    report, problems = None, {}
    if asked["period"]:
        try:
            first = _day(ask, "period")
            assert first is not None
            changes = form_changes(asked)
            report = await provider_what_if(ask.organisation, first, ask.asked("cycle"), changes)
        except Faulty as error:
            problems = _by_field(error)
        except DomainError as error:
            problems = {"period": error.detail}
    return render(
        "what-if.html",
        ask.user,
        status=400 if problems else 200,
        asked=asked,
        labels=LABELS,
        cycle_options=[("", "The only one"), *((cycle, pay_cycle(cycle)) for cycle in cycles)],
        report=report,
        rows=[] if report is None else _rows(report),
        problems=problems,
    )


def _rows(report: WhatIfReport) -> list[tuple[str, Side, Side]]:
    """Each worker both ways, and all together."""
    workers = [(worker.worker, worker.real, worker.what_if) for worker in report.workers]
    return [*workers, ("Together", report.real, report.what_if_total)]


def _by_field(error: Faulty) -> dict[str, str]:
    """Each fault beside its field, in the page's own words for it."""
    problems = {}
    for fault in error.faults:
        steps = fault.pointer.strip("/").split("/")
        name = next((step for step in reversed(steps) if step in LABELS), "period")
        problems[name] = f"{LABELS[name]}: {fault.detail}."
    return problems


async def _costs(ask: Ask) -> Response[Any]:
    shown, _ = await read_documents(ask.viewer, WAGE_REPORTS)
    return render("care-costs.html", ask.user, shown=shown, found=None)


async def _costs_of(ask: Ask) -> Response[Any]:
    found = await read_zone_costs(ask.viewer, ask.path("document_id"))
    return render("care-costs.html", ask.user, shown=[], found=found)


def _day(ask: Ask, name: str) -> date | None:
    """A date of the query. Raises DomainError bad_request."""
    text = ask.asked(name)
    try:
        return None if text is None else parse_date(text)
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error


handlers: Final[list[HTTPRouteHandler]] = [
    page("/arrears", *READERS)(_arrears),
    page("/arrears/files/{format:str}", *READERS)(_arrears_file),
    page("/what-if", *PROVIDER)(_what_if),
    page("/care-costs", *PROVIDER, "commissioner", "auditor")(_costs),
    page("/care-costs/{document_id:uuid}", *PROVIDER, "commissioner", "auditor")(_costs_of),
]
