"""What is commissioned from a day on, priced by the contracts: the packages of a commissioner, and blocks of hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import polars as pl

from backend.domain.budgets import A_PENNY, AMOUNTS, COMMISSIONED, FORECAST, MILLION, VERSIONS, forecast
from backend.domain.funding import WHOLE
from backend.domain.pricing import terms_of
from backend.sql import query
from backend.use_cases.block_periods import blocks_in
from backend.use_cases.calc_price import funders_of
from backend.use_cases.invoice_terms import Terms
from schemas.contract import Funder
from schemas.strict import decode

HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Contracted:
    """A contract with its dated terms and the bank holidays that each goes by, in order."""

    provider_id: UUID
    id: UUID
    reference: str
    terms: Sequence[Terms]
    holidays: Sequence[frozenset[date]]


@dataclass(frozen=True, slots=True)
class Expected:
    """`amounts` in AMOUNTS. `unsaid`: packages that say no hours; `unpriced`: days of packages without a price."""

    amounts: pl.DataFrame
    unsaid: int
    unpriced: int


async def commissioned(
    connection: asyncpg.Connection, commissioner_id: UUID, first: date, last: date
) -> list[asyncpg.Record]:
    """The versions of packages of London dates `first` to `last`."""
    rows: list[asyncpg.Record] = await connection.fetch(
        query("budgets.packages"), commissioner_id, first, last
    )
    return rows


def expected(
    packages: Sequence[Mapping[str, Any]],
    contracts: Sequence[Contracted],
    payer: str,
    first: date,
    last: date,
) -> Expected:
    """What `payer` would be asked for London dates `first` to `last`, if all that is commissioned is delivered. Pure.

    A package that says how many visits makes them equally long; one that says hours alone is priced by the hour.
    """
    said = [row for row in packages if row["seconds_per_week"] is not None]
    versions = [(contract, terms) for contract in contracts for terms in contract.terms]
    bought = {(terms.starts_on, contract.id): terms.contract.blocks for contract, terms in versions}
    free = [row for row in said if not _within_block(row, bought)]
    frame = pl.DataFrame(
        [_package(number, row, payer) for number, row in enumerate(free)], COMMISSIONED, orient="row"
    )
    numbered = [_version(number, *each, payer) for number, each in enumerate(versions)]
    holidays = [days for contract in contracts for days in contract.holidays]
    prices = terms_of([(terms.contract, days) for (_, terms), days in zip(versions, holidays, strict=True)])
    amounts, unpriced = forecast(frame, pl.DataFrame(numbered, VERSIONS, orient="row"), prices, first, last)
    blocks = pl.DataFrame(_blocks(contracts, payer, first, last), AMOUNTS, orient="row")
    return Expected(pl.concat([amounts, blocks]), len(packages) - len(said), unpriced)


def _package(number: int, row: Mapping[str, Any], payer: str) -> tuple[Any, ...]:
    visits, seconds = row["visits_per_week"], row["seconds_per_week"]
    length = seconds // visits if visits else HOUR
    weekly = visits * MILLION if visits else seconds * MILLION // HOUR
    own = None if row["funding"] is None else _share(_funders(row["funding"]), payer)
    return (
        number, str(row["contract_id"]), row["starts_on"], row["ends_on"], row["service"], row["zone"], row["carers"],
        length, weekly, own,
    )  # fmt: skip


def _version(number: int, contract: Contracted, terms: Terms, payer: str) -> tuple[Any, ...]:
    share = _share(terms.contract.funding, payer)
    return number, str(contract.id), str(contract.provider_id), terms.starts_on, terms.ends_on, share


def _funders(stored: str) -> list[Funder]:
    found = decode(list[Funder], msgspec.json.decode(stored)).value
    if found is None:
        raise ValueError("the stored funding of a package cannot be read")
    return found


def _share(funders: Sequence[Funder], payer: str) -> int:
    """The payer's share in millionths of a per cent."""
    return sum(percent for named, percent in funders_of(funders) if named == payer)


def _within_block(row: Mapping[str, Any], bought: Mapping[tuple[date, UUID], Sequence[Any]]) -> bool:
    """Whether a block of its contract is for the package's service and zone: its visits are taken to draw on it."""
    return any(
        row["service"] in block.services and row["zone"] in block.zones
        for (_, contract), blocks in bought.items()
        if contract == row["contract_id"]
        for block in blocks
    )


def _blocks(contracts: Sequence[Contracted], payer: str, first: date, last: date) -> list[tuple[Any, ...]]:
    """The blocks of billing periods that begin on London dates `first` to `last`, each on its period's first day."""
    return [
        (
            FORECAST, str(contract.provider_id), str(contract.id),
            bought.block.services[0] if len(bought.block.services) == 1 else None, bought.period.start,
            bought.pence * _share(contract.terms[bought.contract].contract.funding, payer) * (A_PENNY // WHOLE),
        )
        for contract in contracts
        for bought in blocks_in(
            contract.provider_id, contract.reference, contract.terms, first, last + timedelta(days=62)
        )
        if first <= bought.period.start <= last
    ]  # fmt: skip
