"""The coming pay run: what the terms would pay beside the minimum wage, on a page to print and as a file."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.months import day_asked
from backend.console.rendering import render
from backend.documents.words import lasted, pounds
from backend.documents.worker_page import pay_cycle
from backend.domain.counted import counted
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.preview_pay_run import PayRun, PreviewedWorker, preview_pay_run
from schemas.strict import Faulty

READERS: Final = ("manager", "finance")


async def _preview(ask: Ask) -> Response[Any]:
    try:
        run = await preview_pay_run(ask.organisation, ask.asked("cycle"), day_asked(ask))
    except (DomainError, Faulty) as error:
        return _page(ask, None, _problem(error), STATUS[getattr(error, "code", "bad_request")])
    return _page(ask, run)


def _page(
    ask: Ask, run: PayRun | None, problem: tuple[str, str] | None = None, status: int = 200
) -> Response[Any]:
    return render(
        "pay-preview.html",
        ask.user,
        status=status,
        run=run,
        remarks=remarks,
        cycle_options=[(cycle, pay_cycle(cycle)) for cycle in (run.cycles if run else ())],
        asked=ask.asked("date") or london_date(clock.now()).isoformat(),
        now=clock.now(),
        simulated=clock.is_simulated(),
        problem=problem,
    )


def remarks(worker: PreviewedWorker) -> list[str]:
    """What is missing or to be looked at before the run, in sentences."""
    said = []
    if worker.reason is not None:
        said.append(f"{worker.reason.rstrip('.')[:1].upper()}{worker.reason.rstrip('.')[1:]}.")
    if worker.unsettled:
        said.append(f"{counted(worker.unsettled, 'attendance')} without settled times.")
    if worker.unexplained_minutes:
        said.append(f"{lasted(int(worker.unexplained_minutes * 60))} that nobody has explained.")
    said += [f"{pounds(short)} below {name}." for name, short in worker.standards]
    if worker.loaded:
        said.append("Payroll is loaded already: the wage report tests what was really paid.")
    return said


def _problem(error: DomainError | Faulty) -> tuple[str, str]:
    words = error.detail if isinstance(error, DomainError) else f"This period {error.faults[0].detail}."
    return "date", words


handlers: Final[list[HTTPRouteHandler]] = [page("/pay-preview", *READERS)(_preview)]
