"""Test one worker's pay in one pay reference period against the minimum wage, or many at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from backend import clock
from backend.domain.minimum_wage import test_wages
from backend.domain.minimum_wage.law import Law
from backend.domain.time import london_date
from backend.statute.wage_law import wage_law
from backend.use_cases import wage_answers
from backend.use_cases.wage_frames import wage_frames
from schemas.beside import ExactFigures
from schemas.scalars import parse_date
from schemas.strict import Fault, Faulty, decode, parse_json
from schemas.wage import WageCase, WageResult


def calc_wage(raw: bytes | str, today: date | None = None) -> dict[str, Any] | list[dict[str, Any]]:
    """The answer for one JSON object, or a list of answers for an array, ready for JSON.

    `today` is the date on which arrears are worked out where a case has no `as_of`; the server's London date
    unless given.
    Raises Faulty with every fault of every element.
    """
    data = parse_json(raw)
    if data.faults:
        raise Faulty(data.faults)
    many = isinstance(data.value, list)
    elements: list[Any] = data.value if isinstance(data.value, list) else [data.value]
    cases = _decoded(elements, many)
    answers = [
        msgspec.to_builtins(result) for result in wage_results(cases, today or london_date(clock.now()))
    ]
    return answers if many else answers[0]


def wage_results(cases: Sequence[WageCase], today: date, law: Law | None = None) -> list[WageResult]:
    """One result a case, in order, by the packaged law unless another is given. Raises Faulty as `exact_results`."""
    return [result for result, _ in exact_results(cases, today, law)]


def exact_results(
    cases: Sequence[WageCase], today: date, law: Law | None = None
) -> list[tuple[WageResult, ExactFigures]]:
    """Each result with its figures before any rounding, which a calculator's answer does not hold.

    Raises Faulty, pointers beginning with the case's index, for an unknown rate.
    """
    if not cases:
        return []
    applied = wage_law() if law is None else law
    faults = [
        fault.under(f"/{index}")
        for index, case in enumerate(cases)
        for fault in _unknown_rate(_needs(case), applied)
    ]
    if faults:
        raise Faulty(faults)
    answers = test_wages(wage_frames(cases, today), applied)
    return list(
        zip(wage_answers.wage_results(cases, answers), wage_answers.exact_figures(answers), strict=True)
    )


def _decoded(elements: Sequence[Any], many: bool) -> list[WageCase]:
    cases: list[WageCase] = []
    faults: list[Fault] = []
    for index, element in enumerate(elements):
        decoded = decode(WageCase, element)
        found = [*decoded.faults, *_unknown_rate(element, wage_law())]
        faults += [fault.under(f"/{index}") if many else fault for fault in found]
        if decoded.value is not None:
            cases.append(decoded.value)
    if faults:
        raise Faulty(faults)
    return cases


def _needs(case: WageCase) -> dict[str, Any]:
    """The fields of a case that decide whether the statute's rate is needed, as they stand in JSON."""
    names = ("period", "rates", "accommodation", "employment_started_on")
    return {name: msgspec.to_builtins(getattr(case, name)) for name in names}


def _unknown_rate(element: object, law: Law) -> list[Fault]:
    """The fault of a period on whose first day no rate is known and none is given.

    It looks at plain JSON, so that it is named together with whatever else is wrong.
    """
    fields = element if isinstance(element, Mapping) else {}
    period, given = (_object(fields.get(name)) for name in ("period", "rates"))
    try:
        start = parse_date(period.get("start"))
        if (started := fields.get("employment_started_on")) is not None:
            start = max(start, parse_date(started))
    except ValueError:
        return []
    housed = fields.get("accommodation") is not None
    law_is_needed = given.get("hourly") is None or (
        housed and given.get("accommodation_offset_per_day") is None
    )
    if not law_is_needed or law.first_known <= start <= law.last_known:
        return []
    known = f"the first known date is {law.first_known}, the last known date is {law.last_known}"
    return [Fault("/period/start", f"no minimum wage rate is known for {start}: {known}")]


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
