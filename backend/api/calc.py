"""The four calculators over HTTP: open to everybody, no database, the same code and answers as `doorstep calc`."""

import asyncio
from typing import Any, Final

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from backend.use_cases.calculators import CALCULATORS, Calculator

LARGEST_BODY: Final = 8 * 1024 * 1024
"""Bytes. A county's array of cases belongs in a file for `doorstep calc`."""


def _route(calculator: Calculator) -> HTTPRouteHandler:
    @post(
        f"/api/v1/calc/{calculator.name}",
        status_code=200,
        request_max_body_size=LARGEST_BODY,
        opt={"accepts": calculator.case, "answers": calculator.result, "one_or_many": True},
        summary=calculator.title,
        operation_id=f"calc_{calculator.name}",
        tags=["calculators"],
    )
    async def calculate(request: Request[Any, Any, Any]) -> Response[bytes]:
        answer = await asyncio.to_thread(calculator.answer, await request.body())
        return Response(answer, media_type="application/json")

    return calculate


handlers: Final = [_route(calculator) for calculator in CALCULATORS]
