"""Price visits under a contract: one case on paper, or many at once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import polars as pl
from msgspec import UNSET

from backend.domain.funding import Funders, share
from backend.domain.money import millionths, pounds
from backend.domain.pricing import ATTENDANCES, VISITS, Priced, price, terms_of
from backend.domain.pricing.blocks import PAID, Timed, block_pence, within_block, within_blocks
from backend.use_cases.bank_holidays import bank_holidays
from schemas.contract import Funder
from schemas.price import (
    BlockUse,
    PayerShare,
    PriceCase,
    PricedVisit,
    PriceFinding,
    PriceLine,
    PriceResult,
    VisitSpan,
)
from schemas.strict import Faulty, decode_each, parse_json


def calc_price(raw: bytes) -> object:
    """Answer calc price for one JSON object, or an array of them, as builtins ready for JSON.

    Raises Faulty with every fault found; one faulty element refuses the whole array.
    """
    parsed = parse_json(raw)
    if parsed.faults:
        raise Faulty(parsed.faults)
    cases, many = decode_each(PriceCase, parsed.value)
    answers: list[Any] = [msgspec.to_builtins(result) for result in price_results(cases)]
    return answers if many else answers[0]


def price_results(cases: Sequence[PriceCase]) -> list[PriceResult]:
    """Price many cases in one pass; the answers stand in the order of the cases."""
    priced = price_cases(cases)
    lines, findings = _by_case(priced.lines), _by_case(priced.findings)
    return [_result(case, lines.get(key, []), findings.get(key, [])) for key, case in enumerate(cases)]


def price_cases(cases: Sequence[PriceCase]) -> Priced:
    """The frames of `price_results`; `contract` is the place of the case in the list."""
    held = [(case.contract, _holidays(case)) for case in cases]
    visits = [(key, visit) for key, case in enumerate(cases) for visit in case.visits]
    return price(
        pl.DataFrame([_visit_row(key, visit) for key, visit in visits], schema=VISITS, orient="row"),
        pl.DataFrame(
            [row for key, visit in visits for row in _attendance_rows(key, visit)], ATTENDANCES, orient="row"
        ),
        terms_of(held),
    )


def funders_of(funding: Iterable[Funder]) -> Funders:
    """Payers and their millionths of a per cent, as `domain.funding` shares by."""
    return [(funder.payer, millionths(funder.percent, "per cent")) for funder in funding]


def _holidays(case: PriceCase) -> Collection[date]:
    return bank_holidays(case.contract.division) if case.bank_holidays is None else case.bank_holidays


def _visit_row(key: int, visit: PricedVisit) -> tuple[Any, ...]:
    return (
        key,
        visit.id,
        visit.service,
        visit.zone,
        visit.status,
        visit.carers,
        *_ends(visit.planned),
        *_ends(visit.actual),
        bool(visit.attendances),
        visit.cancelled_at,
        visit.cancelled_by,
        visit.suspended_day,
        _hundredths(visit.miles),
    )


def _attendance_rows(key: int, visit: PricedVisit) -> list[tuple[Any, ...]]:
    return [
        (key, visit.id, attendance.carer, *_ends(attendance.actual), _hundredths(attendance.miles))
        for attendance in visit.attendances or []
    ]


def _hundredths(miles: Decimal | None) -> int | None:
    return None if miles is None else int(miles * 100)


def _ends(span: VisitSpan | None) -> tuple[Any, Any]:
    return (None, None) if span is None else (span.start, span.end)


def _by_case(frame: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    parts = frame.partition_by("contract", as_dict=True, maintain_order=True)
    return {int(key[0]): part.to_dicts() for key, part in parts.items()}


def _result(
    case: PriceCase, rows: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> PriceResult:
    standard = funders_of(case.contract.funding)
    own = {visit.id: funders_of(visit.funding) for visit in case.visits if visit.funding is not None}
    totals = {payer: 0 for payer, _ in standard}
    lines = []
    within, blocks = _blocks(case, rows)
    charged = [
        within_block(row, within[place]) if place in within else {**row, "block": UNSET}
        for place, row in enumerate(rows)
    ]
    for row in charged:
        funders = own.get(row["visit"], standard)
        lines.append(_line(row, funders, _asked(row["amount"], funders, totals)))
    for block in case.contract.blocks:
        _asked(block_pence(block), standard, totals)
    return PriceResult(
        lines=lines,
        total=_pounds(sum(totals.values())),
        by_payer={payer: _pounds(pence) for payer, pence in totals.items()},
        findings=[
            PriceFinding(visit=row["visit"], code=row["code"], detail=row["detail"]) for row in findings
        ],
        blocks=blocks or UNSET,
    )


def _asked(pence: int, funders: Funders, totals: dict[str, int]) -> Sequence[int]:
    """Each payer's share, which is added to its total."""
    shares = share(pence, funders)
    for (payer, _), part in zip(funders, shares, strict=True):
        totals[payer] = totals.get(payer, 0) + part
    return shares


def _blocks(case: PriceCase, rows: Sequence[Mapping[str, Any]]) -> tuple[dict[int, str], list[BlockUse]]:
    """The name of the block that pays for each line, by the line's place, and how far each block was used."""
    visits = {visit.id: visit for visit in case.visits}
    timed = [
        _timed(place, visits[row["visit"]], row) for place, row in enumerate(rows) if row["outcome"] == "made"
    ]
    found = within_blocks(timed, case.contract.blocks)
    used = Counter[int]()
    for line in timed:
        if line.place in found:
            used[found[line.place]] += line.seconds
    names = {place: case.contract.blocks[block].name for place, block in found.items()}
    return names, [_use(case, index, used[index]) for index in range(len(case.contract.blocks))]


def _timed(place: int, visit: PricedVisit, row: Mapping[str, Any]) -> Timed:
    """A line is of one carer where each has her own, else of all that were commissioned."""
    span = visit.planned or visit.actual
    start = span.start if span else min(each.actual.start for each in visit.attendances or [] if each.actual)
    carers = visit.carers if row["attendance"] == 0 else 1
    return Timed(place, visit.id, visit.service, visit.zone, start, row["payable_seconds"] * carers)


def _use(case: PriceCase, index: int, used: int) -> BlockUse:
    block = case.contract.blocks[index]
    funders, pence = funders_of(case.contract.funding), block_pence(block)
    return BlockUse(
        name=block.name,
        minutes=_minutes(block.seconds),
        used_minutes=_minutes(used),
        unused_minutes=_minutes(block.seconds - used),
        amount=_pounds(pence),
        rule=PAID,
        funding=_shared(funders, share(pence, funders)),
    )


def _shared(funders: Funders, shares: Sequence[int]) -> list[PayerShare]:
    return [
        PayerShare(payer=payer, amount=_pounds(pence))
        for (payer, _), pence in zip(funders, shares, strict=True)
    ]


def _line(row: Mapping[str, Any], funders: Funders, shares: Sequence[int]) -> PriceLine:
    planned = row["planned_seconds"]
    return PriceLine(
        visit=row["visit"],
        carer=row["carer"],
        planned_minutes=None if planned is None else _minutes(planned),
        actual_minutes=_minutes(row["actual_seconds"]),
        payable_minutes=_minutes(row["payable_seconds"]),
        rounding_minutes=_minutes(row["rounding_seconds"]),
        difference_minutes=_minutes(row["difference_seconds"]),
        unit=row["unit"],
        amount=_pounds(row["amount"]),
        uplift=row["uplift"],
        rules=row["rules"],
        funding=_shared(funders, shares),
        block=row["block"],
        miles=UNSET if row["mileage"] is None else f"{Decimal(row['miles']).scaleb(-2).normalize():f}",
        mileage=UNSET if row["mileage"] is None else _pounds(row["mileage"]),
    )


def _pounds(pence: int) -> str:
    return str(pounds(pence))


def _minutes(seconds: int) -> str:
    """Minutes of at most two places; a whole second never falls half-way between two of them."""
    return f"{(Decimal(seconds) / 60).quantize(Decimal('0.01')).normalize():f}"
