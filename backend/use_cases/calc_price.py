"""Price visits under a contract: one case on paper, or many at once."""

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
from backend.use_cases.bank_holidays import bank_holidays
from schemas.contract import Funder
from schemas.price import PayerShare, PriceCase, PricedVisit, PriceFinding, PriceLine, PriceResult, VisitSpan
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
    for row in rows:
        funders = own.get(row["visit"], standard)
        shares = share(row["amount"], funders)
        for (payer, _), pence in zip(funders, shares, strict=True):
            totals[payer] = totals.get(payer, 0) + pence
        lines.append(_line(row, funders, shares))
    return PriceResult(
        lines=lines,
        total=_pounds(sum(row["amount"] for row in rows)),
        by_payer={payer: _pounds(pence) for payer, pence in totals.items()},
        findings=[
            PriceFinding(visit=row["visit"], code=row["code"], detail=row["detail"]) for row in findings
        ],
    )


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
        funding=[
            PayerShare(payer=payer, amount=_pounds(pence))
            for (payer, _), pence in zip(funders, shares, strict=True)
        ],
        miles=UNSET if row["mileage"] is None else f"{Decimal(row['miles']).scaleb(-2).normalize():f}",
        mileage=UNSET if row["mileage"] is None else _pounds(row["mileage"]),
    )


def _pounds(pence: int) -> str:
    return str(pounds(pence))


def _minutes(seconds: int) -> str:
    """Minutes of at most two places; a whole second never falls half-way between two of them."""
    return f"{(Decimal(seconds) / 60).quantize(Decimal('0.01')).normalize():f}"
