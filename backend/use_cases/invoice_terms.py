"""The dated versions of a contract, as far as they were recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.faults import DomainError
from backend.sql import query
from schemas.contract import Contract
from schemas.strict import decode


@dataclass(frozen=True, slots=True)
class Terms:
    """One dated version of a contract."""

    starts_on: date
    ends_on: date | None
    version: int
    contract: Contract
    digest: str
    billing_period: str
    self_billed: bool
    purchase_order: str | None

    def hold(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


async def terms_known(
    connection: asyncpg.Connection, provider_id: UUID, contract_id: UUID, as_of: datetime
) -> list[Terms]:
    """The newest version of each run of a contract as recorded up to `as_of`, in order of their dates."""
    rows = await connection.fetch(query("invoices.contract_versions"), provider_id, contract_id, as_of)
    return [_terms(row) for row in rows]


def newest_on(terms: Sequence[Terms], day: date) -> Terms:
    """The version that began last by a London date. Raises DomainError conflict where none has begun."""
    begun = [one for one in terms if one.starts_on <= day]
    if not begun:
        raise DomainError(
            "conflict",
            f"The contract has no terms on {day} or before. Terms just recorded count after a minute.",
        )
    return max(begun, key=lambda one: one.starts_on)


def _terms(row: Any) -> Terms:
    contract = decode(Contract, msgspec.json.decode(row["terms"])).value
    if contract is None:
        raise ValueError(f"stored contract terms from {row['starts_on']} cannot be read")
    return Terms(
        row["starts_on"],
        row["ends_on"],
        row["version"],
        contract,
        row["digest"].hex(),
        row["billing_period"],
        row["self_billed"],
        row["purchase_order"],
    )
