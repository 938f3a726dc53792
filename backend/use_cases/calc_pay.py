"""Pay a carer's days under terms: one case on paper, or many at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec
import polars as pl

from backend.domain.money import pounds
from backend.domain.pay_terms import Span, mileage_lines, pay, pay_sheet, placed
from backend.domain.pay_terms.mileage import miles_of
from backend.travel import TravelEstimator
from backend.travel.straight_line import StraightLine
from backend.use_cases.answered_days import answered_frames
from backend.use_cases.bank_holidays import bank_holidays
from backend.use_cases.calc_day import DayFrames, day_frames, with_estimates, work_out_days
from schemas.day import DayCase, DayResult
from schemas.pay import PayCase, PayLine, PayResult, UnpaidTime, read_day
from schemas.strict import Faulty, decode_each, parse_json

_NIGHTS: Final = ["day", "start", "end"]
Nights = Sequence[Sequence[tuple[int, int]]]
"""Of each of some days its sleep-ins, from and until."""


def calc_pay(raw: bytes, estimator: TravelEstimator | None = None) -> object:
    """Answer calc pay for one JSON object, or an array of them, as builtins ready for JSON.

    Raises Faulty with every fault found; one faulty element refuses the whole array.
    """
    parsed = parse_json(raw)
    if parsed.faults:
        raise Faulty(parsed.faults)
    decoded, many = decode_each(PayCase, parsed.value)
    cases = [
        msgspec.structs.replace(case, days=[read_day(day).value for day in case.days]) for case in decoded
    ]
    answers: list[Any] = [msgspec.to_builtins(result) for result in pay_results(cases, estimator)]
    return answers if many else answers[0]


def pay_results(
    cases: Sequence[PayCase], estimator: TravelEstimator | None = None, nights: Nights | None = None
) -> list[PayResult]:
    """Pay many cases in one pass; the answers stand in the order of the cases. Their days are DayCase or
    DayResult.
    """
    happened = [(key, day) for key, case in enumerate(cases) for day in case.days if isinstance(day, DayCase)]
    frames = day_frames([day for _, day in happened])
    return pay_frames(cases, frames, dict(enumerate(key for key, _ in happened)), estimator, nights=nights)


def pay_frames(
    cases: Sequence[PayCase],
    frames: DayFrames,
    whose: Mapping[int, int],
    estimator: TravelEstimator | None = None,
    span: Span = None,
    nights: Nights | None = None,
) -> list[PayResult]:
    """The same where days that happened are held as frames. `whose`: for each of those days its case, by the places of
    the cases, whose own days are looked at only where they are answers. Of either only what lies in the span is paid.
    `nights`: the sleep-ins of each answer, in the order of cases and days, where the answers do not tell them.
    """
    sheet = pay_sheet([(case.terms, _holidays(case)) for case in cases])
    answered = [
        (key, day) for key, case in enumerate(cases) for day in case.days if isinstance(day, DayResult)
    ]
    worked = work_out_days(frames, estimator)
    first = max(whose, default=-1) + 1
    shown, attended, slept = answered_frames([day for _, day in answered], first=first)
    if nights is not None:
        slept = _slept(nights, first)
    happened = frames.activities.filter(pl.col("kind") == "sleep_in").select(_NIGHTS)
    days = _days(frames, {**whose, **{first + place: key for place, (key, _) in enumerate(answered)}})
    paid = pay(
        pl.concat([placed(worked.segments, span), placed(shown, span)]),
        pl.concat([frames.visits, attended]),
        pl.concat([happened, slept]),
        days,
        sheet,
        span,
    )
    there = True if span is None else pl.col("gap_start").is_between(*span, closed="left")
    miles = _miles(cases, worked.gaps.filter(there), days, estimator)
    lines = pl.concat([paid.lines, mileage_lines(miles, sheet)], how="diagonal_relaxed")
    unmeasured = pl.DataFrame([_unmeasured(key) for key in _without_distances(cases)], paid.unpaid.schema)
    return _results(len(cases), lines, pl.concat([paid.unpaid, unmeasured]))


def _slept(nights: Nights, first: int) -> pl.DataFrame:
    rows = [(day, *night) for day, known in enumerate(nights, start=first) for night in known]
    return pl.DataFrame(rows, dict.fromkeys(_NIGHTS, pl.Int64), orient="row")


def _without_distances(cases: Sequence[PayCase]) -> Iterator[int]:
    """Cases with journeys whose mileage cannot be added up: an answer of calc day holds no distances."""
    for key, case in enumerate(cases):
        segments = [segment for day in case.days if isinstance(day, DayResult) for segment in day.segments]
        travelled = any(segment.kind == "travel" and segment.to is not None for segment in segments)
        if travelled and case.miles is None and case.terms.mileage_per_mile.paid():
            yield key


def _unmeasured(key: int) -> dict[str, Any]:
    return {"case": key, "work": "mileage", "rule": "pay-no-distance", "seconds": 0}


def _holidays(case: PayCase) -> Collection[date]:
    return bank_holidays("england") if case.bank_holidays is None else case.bank_holidays


def _days(frames: DayFrames, whose: Mapping[int, int]) -> pl.DataFrame:
    """Rows `day case date mode`; days that came as answers have neither date nor mode."""
    numbered = pl.DataFrame(
        {"day": list(whose), "case": list(whose.values())}, {"day": pl.Int64, "case": pl.Int64}
    )
    return numbered.join(frames.days, on="day", how="left", maintain_order="left")


def _miles(
    cases: Sequence[PayCase], gaps: pl.DataFrame, days: pl.DataFrame, estimator: TravelEstimator | None
) -> pl.DataFrame:
    """Rows `case mode miles` in hundredths of a mile: as given, or those of the journeys of paid ways."""
    given = [(key, mode, _hundredths(case.miles)) for key, case in enumerate(cases) if case.miles is not None
             for mode in case.terms.mileage_per_mile.paid()]  # fmt: skip
    auto = [
        key for key, case in enumerate(cases) if case.miles is None and case.terms.mileage_per_mile.paid()
    ]
    counted = days.filter(pl.col("case").is_in(auto) & pl.col("mode").is_not_null())
    measured = with_estimates(
        gaps.join(counted.select("day"), on="day", how="semi"), days, estimator or StraightLine(), "metres"
    )
    schema = {"case": pl.Int64, "mode": pl.String, "miles": pl.Int64}
    return pl.concat([pl.DataFrame(given, schema, orient="row"), miles_of(measured, counted)])


def _hundredths(miles: Decimal) -> int:
    return int((miles * 100).to_integral_value(ROUND_HALF_UP))


def _results(count: int, lines: pl.DataFrame, unpaid: pl.DataFrame) -> list[PayResult]:
    paid, left = _by_case(lines), _by_case(unpaid)
    return [
        PayResult(
            lines=[_line(row) for row in paid.get(key, [])],
            unpaid=[
                UnpaidTime(work=row["work"], minutes=_minutes(row["seconds"]), rule=row["rule"])
                for row in left.get(key, [])
            ],
            total=str(pounds(sum(row["amount"] for row in paid.get(key, [])))),
        )
        for key in range(count)
    ]


def _by_case(frame: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    parts = frame.partition_by("case", as_dict=True, maintain_order=True)
    return {int(key[0]): part.to_dicts() for key, part in parts.items()}


def _line(row: Mapping[str, Any]) -> PayLine:
    miles = row["miles"]
    return PayLine(
        kind=row["kind"],
        work=row["work"],
        enhancement=row["enhancement"],
        minutes=_minutes(row["seconds"]),
        rounding_minutes=_minutes(row["rounding_seconds"]),
        units=row["units"],
        miles=None if miles is None else f"{Decimal(miles).scaleb(-2):.2f}",
        mode=row["mode"],
        rate=_rate(row["rate"]),
        amount=str(pounds(row["amount"])),
        rule=row["rule"],
    )


def _rate(micropounds: int) -> str:
    """Pounds with two decimals, or with as many more as the rate has."""
    exact = Decimal(int(micropounds)).scaleb(-6).normalize()
    exponent = exact.as_tuple().exponent
    return f"{exact:f}" if isinstance(exponent, int) and exponent < -2 else f"{exact:.2f}"


def _minutes(seconds: int) -> str:
    """Minutes of at most two places, half up."""
    return f"{(Decimal(seconds) / 60).quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
