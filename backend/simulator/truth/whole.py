"""The truth of one demonstration: what summary.json must say, and apart from it what really happened."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.simulator.happenings import Attendance, Happened
from backend.simulator.journal import Sending
from backend.simulator.model import Carer, County
from backend.simulator.payroll import PaySlipLine
from backend.simulator.truth.day import COUNTED
from backend.simulator.truth.periods import Span, period_of, periods
from backend.simulator.truth.receipts import Facts, read_facts
from backend.simulator.truth.reckon import (
    Bill,
    Credit,
    bills,
    credit_after_dispute,
    seconds_in,
    work_out_days,
)
from backend.simulator.truth.wage import Verdict, Worker, belongs, reckon_wage


@dataclass(frozen=True, slots=True)
class Tested:
    """The test of one employment in one pay reference period; `verdict` is null where no pay was loaded."""

    employment: str
    period: Span
    seconds: Counter[str]
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Received:
    """What the published rules give on what phones sent."""

    facts: Facts
    worked: dict[str, dict[Span, Counter[str]]]
    bills: tuple[Bill, ...]
    credit: Credit | None = None


def receive(county: County, journal: Sequence[Sending]) -> Received:
    """Work out days and bills from what the phones send."""
    facts = read_facts(journal, {carer.employment: carer.drift_s for carer in county.carers})
    days = work_out_days(county, facts)
    worked = {
        carer.employment: {
            period: seconds_in(days[carer.employment], period)
            for period in pay_periods(county, carer.pay_cycle)
        }
        for carer in county.carers
    }
    asked = bills(county, facts)
    credit = credit_after_dispute(county, asked)
    given = (
        [] if credit is None else [Bill(credit.contract, credit.given, credit.payer, -credit.pence, 0, ())]
    )
    return Received(facts, worked, (*asked, *given), credit)


def pay_periods(county: County, pay_cycle: str) -> list[Span]:
    """The pay reference periods that hold a played day."""
    return list(periods(pay_cycle, county.start, county.start + timedelta(days=county.days - 1)))


def reckon_everybody(county: County, received: Received, payslips: Sequence[PaySlipLine]) -> list[Tested]:
    """Test every carer in every pay reference period in which she worked."""
    found = []
    for carer in county.carers:
        lines = [line.as_truth() for line in payslips if line.employment == carer.employment]
        for period, seconds in received.worked[carer.employment].items():
            if any(seconds.values()):
                found.append(_test(carer, period, seconds, lines))
    return found


def _test(carer: Carer, period: Span, seconds: Counter[str], lines: list[Any]) -> Tested:
    following = period_of(carer.pay_cycle, period[1] + timedelta(days=1))
    paid = any(line.section == "pay" and belongs(line, period, following) for line in lines)
    counted = sum(seconds[label] for label in COUNTED)
    worker = Worker(carer.born, carer.apprenticeship_started)
    return Tested(
        carer.employment,
        period,
        seconds,
        reckon_wage(worker, period, following, counted, lines) if paid else None,
    )


def truth(county: County, happened: Happened, received: Received, tested: Sequence[Tested]) -> dict[str, Any]:
    """What truth.json holds: `received`, what the rules give, and `world`, what really happened."""
    return {
        "seed": county.seed,
        "county": {"carers": len(county.carers), "service_users": len(county.service_users), "days": county.days,
                   "first_day": county.start.isoformat()},
        "received": {
            "events": received.facts.outcomes,
            "workers": [_worker(each) for each in tested],
            "invoices": [_invoice(bill) for bill in received.bills],
        },
        "world": {
            "false_visits": _false_visits(happened),
            "shared_phones": _shared_phones(county),
            "visits": [_door_times(each) for each in happened.attendances],
        },
    }  # fmt: skip


def _worker(tested: Tested) -> dict[str, Any]:
    verdict = tested.verdict
    found: dict[str, Any] = {
        "employment": tested.employment, "period": _dates(tested.period), "tested": verdict is not None,
        "seconds": {label: count for label, count in tested.seconds.items() if count},
    }  # fmt: skip
    if verdict is not None:
        found["counted_seconds"] = verdict.counted_seconds
        found["short"], found["pence_short"] = verdict.short, verdict.pence_short
    return found


def _invoice(bill: Bill) -> dict[str, Any]:
    return {"contract": bill.contract, "period": _dates(bill.period), "payer": bill.payer,
            "pence": bill.pence, "visits": bill.visits, "parked": list(bill.parked)}  # fmt: skip


def _dates(period: tuple[date, date]) -> list[str]:
    return [day.isoformat() for day in period]


def _false_visits(happened: Happened) -> list[dict[str, str]]:
    return [
        {"visit": each.visit.reference, "employment": each.employment, "trick": each.trick or ""}
        for each in happened.attendances
        if each.trick is not None
    ]


def _shared_phones(county: County) -> list[list[str]]:
    """The employments of those who carry one phone together."""
    carriers: dict[str, list[str]] = defaultdict(list)
    for carer in county.carers:
        carriers[carer.installation].append(carer.employment)
    return [together for together in carriers.values() if len(together) > 1]


def _door_times(each: Attendance) -> dict[str, Any]:
    return {
        "visit": each.visit.reference, "employment": each.employment,
        "arrived": each.arrived.isoformat() if each.arrived else None,
        "left": each.left.isoformat() if each.left else None, "claimed": each.said,
    }  # fmt: skip
