"""Contracts and pay terms said back in plain English, to those who agreed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from backend import clock
from backend.documents.worker_page import pay_cycle
from backend.domain.pay_terms.explain import explain as explain_pay
from backend.domain.pricing.explain import explain as explain_contract
from backend.domain.pricing.gaps import gaps
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer
from schemas.contract import Contract
from schemas.documents import Party
from schemas.pay import PayTerms
from schemas.strict import decode

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class SaidBack:
    """One dated version. `state`: "in force", "to come" or "ended"; `unsettled`: dates with no rate, or several."""

    reference: str
    starts_on: date
    ends_on: date | None
    state: str
    recorded_at: datetime
    sentences: list[str]
    unsettled: list[str]
    provider: str | None = None
    commissioner: str | None = None
    billing: str | None = None


@dataclass(frozen=True, slots=True)
class ShownTerms:
    """What is in force comes first within each list, then what is to come, then what has ended, the newest first."""

    contracts: list[SaidBack]
    pay_terms: list[SaidBack]


_ORDER = ("in force", "to come", "ended")


async def read_terms(viewer: Viewer) -> ShownTerms:
    """A provider's contracts and pay terms, or the contracts of a commissioner, as they stand today in London."""
    today = london_date(clock.now())
    async with viewer.transaction() as connection:
        contracts = await _contracts(connection, viewer, today)
        pay_terms = await _pay_terms(connection, viewer, today) if viewer.provider else []
    return ShownTerms(_sorted(contracts), _sorted(pay_terms))


def _sorted(found: list[SaidBack]) -> list[SaidBack]:
    return sorted(found, key=lambda one: _ORDER.index(one.state))


async def _contracts(connection: asyncpg.Connection, viewer: Viewer, today: date) -> list[SaidBack]:
    rows = await connection.fetch(query("terms.contracts"), viewer.organisation_id)
    named = await parties(
        connection, {row[who] for row in rows for who in ("provider_id", "commissioner_id")}
    )
    return [_contract(row, named, today) for row in rows]


def _contract(row: Any, named: Mapping[UUID, Party], today: date) -> SaidBack:
    contract = _stored(Contract, row)
    missing = gaps(contract, row["starts_on"], row["ends_on"])
    return SaidBack(
        *_dated(row, today),
        sentences=explain_contract(contract),
        unsettled=[gap.says for gap in missing],
        provider=named[row["provider_id"]].name,
        commissioner=named[row["commissioner_id"]].name,
        billing=_billing(row),
    )


def _billing(row: Any) -> str:
    made_by = ", self-billed" if row["self_billed"] else ""
    order = f", order {row['purchase_order']}" if row["purchase_order"] else ""
    return f"{pay_cycle(row['billing_period'])}{made_by}{order}"


async def _pay_terms(connection: asyncpg.Connection, viewer: Viewer, today: date) -> list[SaidBack]:
    rows = await connection.fetch(query("terms.pay_terms"), viewer.organisation_id)
    return [
        SaidBack(*_dated(row, today), sentences=explain_pay(_stored(PayTerms, row)), unsettled=[])
        for row in rows
    ]


def _dated(row: Any, today: date) -> tuple[str, date, date | None, str, datetime]:
    starts, ends = row["starts_on"], row["ends_on"]
    state = "to come" if starts > today else "in force" if ends is None or ends >= today else "ended"
    return row["reference"], starts, ends, state, row["recorded_at"]


def _stored(kind: type[T], row: Any) -> T:
    decoded = decode(kind, msgspec.json.decode(row["terms"])).value
    if decoded is None:
        raise ValueError(f"stored terms of {row['reference']} from {row['starts_on']} cannot be read")
    return decoded
