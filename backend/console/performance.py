"""How providers kept to what was planned, month by month, on a page and as a file; and what each figure is made of."""

from decimal import Decimal
from typing import Any, Final, cast
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.months import month_of, months_asked, this_month
from backend.console.paging import key_of, with_query
from backend.console.pictures.columns import Columns, Part, columns
from backend.console.rendering import render
from backend.documents.performance import performance_file
from backend.faults import DomainError
from backend.problems import STATUS
from backend.statute.catalogue import rule
from backend.use_cases.frozen_documents import File
from backend.use_cases.read_measured import PAGE, read_measured
from backend.use_cases.read_performance import SHARES, read_performance
from schemas.performance import ProviderPerformance

READERS: Final = ("manager", "finance", "commissioner", "auditor")
_RULES: Final = tuple(dict.fromkeys(rule_id for _, rule_id, _, _ in SHARES))


async def _performance(ask: Ask) -> Response[Any]:
    problem, found = None, None
    first = last = this_month()
    try:
        first, last = months_asked(ask)
        found = await read_performance(ask.viewer, first, last, ask.asked("provider"))
    except DomainError as error:
        problem = ("from", error.detail)
    return render(
        "performance.html",
        ask.user,
        status=200 if problem is None else STATUS["bad_request"],
        found=[(one, _hours(one)) for one in found or ()],
        asked=found is not None,
        first=first,
        last=last,
        rules={rule_id: rule(rule_id) for rule_id in _RULES},
        query=urlencode({"from": f"{first:%Y-%m}", "until": f"{last:%Y-%m}"}),
        problem=problem,
    )


async def _file(ask: Ask) -> Response[Any]:
    first, last = months_asked(ask)
    found = await read_performance(ask.viewer, first, last, ask.asked("provider"), published=True)
    name = f"performance_{first:%Y-%m}_{last:%Y-%m}.csv"
    return download(File("csv", "text/csv", name, performance_file(found)))


async def _made_of(ask: Ask) -> Response[Any]:
    month = month_of(ask.asked("month"), this_month())
    [after] = cast(list[int], key_of(ask.asked("after"), int) or [0])
    after = min(max(after, 0), 2**31 - 1)
    provider, name = ask.asked("provider") or "", ask.asked("figure") or ""
    asked = {"provider": provider, "month": f"{month:%Y-%m}", "figure": name}
    found = await read_measured(ask.viewer, provider, month, name, after)
    more = after + PAGE < found.total
    return render(
        "performance-detail.html",
        ask.user,
        found=found,
        here=f"/performance/detail?{urlencode({**asked, 'after': after})}",
        after=after,
        more=with_query(ask, "after", str(after + PAGE)) if more else None,
    )


def _hours(one: ProviderPerformance) -> Columns | None:
    """Attendances by the hour in which they were planned to begin, those on time in front."""
    return columns(
        [
            (
                f"{hour.hour:02d}",
                [
                    Part("began", Decimal(hour.began), f"{hour.hour:02d}:00: {hour.began} begun"),
                    Part("punctual", Decimal(hour.punctual), f"{hour.hour:02d}:00: {hour.punctual} on time"),
                ],
            )
            for hour in one.hours
        ],
        stacked=False,
    )


handlers: Final[list[HTTPRouteHandler]] = [
    page("/performance", *READERS)(_performance),
    page("/performance/csv", *READERS)(_file),
    page("/performance/detail", *READERS)(_made_of),
]
