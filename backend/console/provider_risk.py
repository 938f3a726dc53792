"""An auditor's providers in order of risk: every sign named, with its figure, its weight and where it is shown."""

from decimal import Decimal
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.months import months_asked, this_month
from backend.console.pictures.columns import Columns, Part, columns
from backend.console.rendering import render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.statute.catalogue import rule
from backend.use_cases.read_provider_risk import ProviderRisk, read_provider_risk

SIGNS: Final = {
    "short": ("Workers short of the minimum wage", "tests"),
    "travel_unpaid": ("Gaps with travel that is not paid", "gaps"),
    "upheld": ("Flags upheld", "attendances audited"),
    "corrected": ("Attendances corrected", "attendances"),
    "unresolved": ("Time nobody has explained", "of recorded time"),
    "late_reports": ("Days that are due, without a wage report", "days"),
    "without_phone": ("Carers without a phone", "carers"),
}
"""Each sign in words, and of what it is a share."""


async def _providers(ask: Ask) -> Response[Any]:
    problem, weights = None, None
    found: list[ProviderRisk] = []
    first = last = this_month()
    try:
        first, last = months_asked(ask)
        weights, found = await read_provider_risk(ask.viewer, first, last)
    except DomainError as error:
        problem = ("from", error.detail)
    return render(
        "provider-risk.html",
        ask.user,
        status=200 if problem is None else STATUS["bad_request"],
        found=found,
        weights=weights,
        signs=SIGNS,
        rules={name: rule(f"risk-{name.replace('_', '-')}") for name in SIGNS},
        picture=_shortfalls(found),
        first=first,
        last=last,
        problem=problem,
    )


def _shortfalls(found: list[ProviderRisk]) -> Columns | None:
    """Workers tested by provider, those short in front; numbered as the tables are, since names would overlap."""
    groups = []
    for place, one in enumerate(found, start=1):
        short = next(sign for sign in one.signs if sign.sign == "short")
        parts = [
            Part("tested", Decimal(short.whole), f"{one.name}: {short.whole} tested"),
            Part("short", Decimal(short.part), f"{one.name}: {short.part} short"),
        ]
        groups.append((str(place), parts))
    return columns(groups, stacked=False)


handlers: Final[list[HTTPRouteHandler]] = [page("/providers", "auditor")(_providers)]
