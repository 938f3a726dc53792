"""An employer's pay terms said back in plain English, so that those who agreed them can see whether they say what was
agreed.
"""

from collections.abc import Iterator
from typing import Final

from backend.domain.said_back import listed, minutes, money, plain, rounded, when
from schemas.contract import Uplift
from schemas.pay import HOURLY_WORK, PayTerms

_WORK: Final = {
    "contact": "Time with people",
    "travel": "Travel between visits",
    "waiting": "Waiting between visits",
    "awake": "Time awake on a sleep-in",
    "break": "Breaks",
}
"""Those kinds of time whose name alone says too little."""
_BASIS: Final = {
    "actual": "as long as the visit really was",
    "planned": "as long as the visit was planned",
    "longer": "as long as the visit was planned or really was, whichever is longer",
}
_MODES: Final = {"car": "by car", "bicycle": "by bicycle", "walk": "on foot", "bus": "by bus"}


def explain(terms: PayTerms) -> list[str]:
    """Sentences that say everything the terms say, in the order it is worked out."""
    return [
        *_paid(terms),
        *_unpaid(terms),
        *_gaps(terms),
        *_sleep_ins(terms),
        *(_enhancement(uplift) for uplift in terms.enhancements),
        *_mileage(terms),
    ]


def _paid(terms: PayTerms) -> Iterator[str]:
    for work in HOURLY_WORK:
        rate = terms.rates.hourly(work)
        if rate is not None:
            basis = f", {_BASIS[terms.contact_basis]}" if work == "contact" else ""
            yield f"{_named(work)}: {money(rate)} an hour{basis}."
    if terms.rounding.step:
        yield f"Each visit, travel, wait and piece of other work is rounded {rounded(terms.rounding)}."


def _unpaid(terms: PayTerms) -> Iterator[str]:
    left_out = [_named(work) for work in HOURLY_WORK if terms.rates.hourly(work) is None]
    if left_out:
        yield f"Not paid by the hour: {', '.join(left_out).lower()}."


def _named(work: str) -> str:
    return _WORK.get(work, work.capitalize())


def _gaps(terms: PayTerms) -> Iterator[str]:
    paid = [_named(work).lower() for work in ("travel", "waiting") if terms.rates.hourly(work) is not None]
    if not paid:
        return
    limit = terms.paid_gap_limit_minutes
    if limit is None:
        yield f"Paid however long the time between two visits is: {listed(paid)}."
    else:
        yield (
            f"Where more than {minutes(int(limit * 60))} between two visits are not recorded as other work, not paid: "
            f"{listed(paid)}. What was recorded itself is paid."
        )


def _sleep_ins(terms: PayTerms) -> Iterator[str]:
    flat = terms.rates.sleep_in_flat
    yield "Sleep-ins: no flat sum." if flat is None else f"Sleep-ins: {money(flat)} each."


def _enhancement(uplift: Uplift) -> str:
    if uplift.multiplier is not None:
        rate = f"the rate times {plain(uplift.multiplier)}"
    else:
        assert uplift.per_hour is not None  # one of the two is always there
        rate = f"the rate plus {money(uplift.per_hour)} an hour"
    return f"Enhancement {uplift.name}, {when(uplift)}: {rate}."


def _mileage(terms: PayTerms) -> Iterator[str]:
    paid = terms.mileage_per_mile.paid()
    told = [f"{money(rate)} a mile {_MODES[mode]}" for mode, rate in paid.items()]
    yield f"Mileage: {', '.join(told)}." if told else "Mileage: none."
