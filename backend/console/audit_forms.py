"""The forms of the page about audits: what each says, and every fault of it at its own field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from uuid import UUID

from backend.use_cases.draw_sample import Wanted, sample_faults
from backend.use_cases.run_audit import period_faults
from schemas.scalars import parse_date

Problems = dict[str, str]
PERCENTS: Final = {"confidence": "95", "tolerable": "5", "expected": "1"}
"""The percentages that a sample is drawn by, with those that the form offers."""
FIELDS: Final = ("provider", "first", "last", "seed", *PERCENTS, "by")


@dataclass(frozen=True, slots=True)
class Period:
    """A provider and London dates."""

    provider: UUID
    first: date
    last: date


def given(form: Mapping[str, str]) -> dict[str, str]:
    """What the fields show: what was sent, or what is offered."""
    return {name: form.get(name, PERCENTS.get(name, "")) for name in FIELDS}


def period_of(form: Mapping[str, str], prefix: str, problems: Problems) -> Period | None:
    """The provider and the days. Faults are added to `problems`, their fields behind `prefix`."""
    provider = _provider(form.get("provider", ""))
    if provider is None:
        problems[f"{prefix}provider"] = "Choose a provider."
    first, last = (_day(form, name, prefix, problems) for name in ("first", "last"))
    if first is not None and last is not None:
        problems |= {f"{prefix}{name}": fault for name, fault in period_faults(first, last).items()}
    return None if provider is None or first is None or last is None else Period(provider, first, last)


def sample_of(form: Mapping[str, str], prefix: str, problems: Problems) -> tuple[UUID, Wanted] | None:
    """The provider, and what to draw. Faults are added to `problems`; only provider and days stand behind `prefix`."""
    period = period_of(form, prefix, problems)
    percents = {name: _percent(form, name, problems) for name in PERCENTS}
    seed = form.get("seed", "").strip()
    known = {name: value for name, value in percents.items() if value is not None}
    faults = sample_faults(seed, **{name: known.get(name, Decimal(PERCENTS[name])) for name in PERCENTS})
    problems |= {name: fault for name, fault in faults.items() if name not in problems}
    if period is None or len(known) < len(PERCENTS):
        return None
    by = "risk" if form.get("by") == "risk" else "random"
    return period.provider, Wanted(period.first, period.last, seed, **known, by=cast(Any, by))


def _provider(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(form: Mapping[str, str], name: str, prefix: str, problems: Problems) -> date | None:
    try:
        return parse_date(form.get(name, "").strip())
    except ValueError as error:
        problems[f"{prefix}{name}"] = f"The {name} day {error}."
        return None


def _percent(form: Mapping[str, str], name: str, problems: Problems) -> Decimal | None:
    try:
        found = Decimal(form.get(name, ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found.as_tuple().exponent not in range(-4, 1):
        problems[name] = f"Give a plain number for {name}, in per cent."
        return None
    return found
