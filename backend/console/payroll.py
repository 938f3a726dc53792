"""What the elements of the payroll are taken for, for finance to mend and for an auditor to see."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.rendering import render
from backend.use_cases.read_payroll import read_payroll


async def _payroll(ask: Ask) -> Response[Any]:
    return render("payroll.html", ask.user, shown=await read_payroll(ask.viewer))


handlers: Final[list[HTTPRouteHandler]] = [page("/payroll", "manager", "finance", "auditor")(_payroll)]
