"""What a provider still needs for its first invoice, step by step, by what is there."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend import db
from backend.sql import query

STEPS: Final[Sequence[str]] = (
    "postcodes",
    "bank_holidays",
    "managers",
    "pay_terms",
    "carers",
    "people",
    "contract",
    "packages",
    "rota",
    "phones",
    "events",
    "invoice",
)
"""In the order in which they are done: a row may only name what is there already."""


async def read_onboarding(provider_id: UUID) -> dict[str, bool]:
    """Each of STEPS in order, and whether it is done."""
    async with db.as_provider(provider_id) as connection:
        there = await connection.fetchrow(query("onboarding.steps"), provider_id)
    async with db.as_administrator() as connection:
        managers = await connection.fetchval(query("onboarding.managers"), provider_id)
    return {step: managers > 1 if step == "managers" else there[step] for step in STEPS}


def next_step(steps: dict[str, bool]) -> str | None:
    """The first step that is not done; None when all are."""
    return next((step for step, done in steps.items() if not done), None)
