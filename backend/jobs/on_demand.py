"""Draft and issue the documents of a billing period when somebody asks, by the run that the schedule would use."""

from datetime import date, datetime
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.jobs.calendar import Period
from backend.jobs.due import half_loaded, invoice_due, next_billing_period
from backend.jobs.runner import Ran, run_one
from backend.sql import query
from backend.use_cases.draft_invoice import BilledContract, Draft, contract_named, contracts_on, draft_invoice
from backend.use_cases.frozen_documents import SETTLED


async def draft_period(provider_id: UUID, reference: str, day: date, now: datetime) -> Draft:
    """The draft of the period of a contract that holds a London date, as it stands among those to be issued.

    Raises DomainError: not_found, or conflict for a period whose documents are issued.
    """
    async with db.as_provider(provider_id) as connection:
        contract = contract_named(await contracts_on(connection, provider_id, day), reference)
        following = await next_billing_period(connection, provider_id, contract.id)
    return await draft_invoice(
        provider_id, reference, day, now, None if following is None else following.start
    )


async def issue_period(provider_id: UUID, reference: str, day: date, now: datetime) -> Ran:
    """Issue the period of a contract that holds a London date, once, whoever else asks or is due to.

    Raises DomainError: not_found, or conflict for a period that is issued, has not ended or is not the next one.
    """
    async with db.as_provider(provider_id) as connection:
        contract = contract_named(await contracts_on(connection, provider_id, day), reference)
        _refuse_running(contract, london_date(now))
        await _refuse_half_loaded(connection, provider_id, now)
        await _refuse_just_decided(connection, provider_id, now)
        await _refuse_out_of_turn(connection, contract)
    period = Period(contract.period.start, contract.period.end)
    ran = await run_one(invoice_due(provider_id, contract.id, period, now), now)
    if ran is None:
        raise DomainError("conflict", "This period is done already, or another process is at it now.")
    return ran


def _refuse_running(contract: BilledContract, today: date) -> None:
    if contract.period.end >= today:
        raise DomainError(
            "conflict",
            f"The period runs until {contract.period.end}. Until it has ended there is a draft of it alone.",
        )


async def _refuse_half_loaded(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> None:
    if await half_loaded(connection, provider_id, now):
        raise DomainError(
            "conflict", "Files are being loaded, or were within the last minute. Ask again in a minute."
        )


async def _refuse_just_decided(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> None:
    """Whoever decides something and then issues expects it in the documents; but these leave out the last minute."""
    if await connection.fetchval(query("jobs.just_decided"), provider_id, now - SETTLED):
        raise DomainError(
            "conflict",
            "Something was decided within the last minute, and is not in yet. Ask again in a minute.",
        )


async def _refuse_out_of_turn(connection: asyncpg.Connection, contract: BilledContract) -> None:
    """A document counts what those before it billed, so periods are issued in order."""
    following = await next_billing_period(connection, contract.provider_id, contract.id)
    if following is None or contract.period.end < following.start:
        issued = ", ".join(contract.issued) or "nothing was to be billed"
        raise DomainError("conflict", f"This period is done already: {issued}.")
    if contract.period.start > following.end:
        raise DomainError("conflict", f"The period from {following.start} to {following.end} comes first.")
