"""summary.json: each figure of the system beside its true value, and how far the facts lie from what happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from backend.simulator.happenings import Attendance, Happened
from backend.simulator.model import County
from backend.simulator.outcome import Outcome, SeenVisit
from backend.simulator.play import Tally
from backend.simulator.truth.whole import Received, Tested

Json = dict[str, Any]
AnyKey = TypeVar("AnyKey", bound=tuple[str, ...])


def summarise(
    county: County,
    happened: Happened,
    received: Received,
    tested: Sequence[Tested],
    tally: Tally,
    outcome: Outcome,
) -> Json:
    """Everything summary.json holds. `agrees` is true when every figure is its true value and nothing differs."""
    bills = {(bill.contract, *_dates(bill.period), bill.payer): bill.pence for bill in received.bills}
    tests = {(each.employment, *_dates(each.period)): each.verdict for each in tested}
    verdicts = {key: verdict.pence_short for key, verdict in tests.items() if verdict is not None}
    short = {key for key, verdict in tests.items() if verdict is not None and verdict.short}
    mine = {key: outcome.invoices[key] for key in outcome.invoices if key in bills or outcome.invoices[key]}
    figures = {
        "visits": _beside(outcome.visits, len(county.rota)),
        **_event_figures(received.facts.outcomes, tally, outcome),
        "invoices": _beside(len(mine), len(bills)),
        "invoices_total_pence": _beside(sum(mine.values()), sum(bills.values())),
        "workers_tested": _beside(len(outcome.tests), len(verdicts)),
        "workers_short": _beside(len(outcome.short), len(short)),
        "pence_short": _beside(sum(outcome.tests.values()), sum(verdicts.values())),
    }
    differences = {
        "invoices": _differences(mine, bills),
        "workers": _differences(outcome.tests, verdicts),
        "answers": _surprises(tally),
    }
    agrees = all(each["value"] == each["truth"] for each in figures.values()) and not any(
        differences.values()
    )
    return {
        "seed": county.seed, "simulated": True, **figures, "agrees": agrees, "differences": differences,
        "door_times": _door_times(happened, outcome.seen), "detection": _detection(happened, outcome.seen),
    }  # fmt: skip


def _dates(period: tuple[Any, Any]) -> tuple[str, str]:
    return period[0].isoformat(), period[1].isoformat()


def _beside(value: int, true: int) -> dict[str, int]:
    return {"value": value, "truth": true}


def _event_figures(true: dict[str, int], tally: Tally, outcome: Outcome) -> Json:
    """Events as phones were answered; `held` of those accepted is what the database has."""
    sent = sum(tally.outcomes.values())
    figures: Json = {"events_sent": _beside(sent, sum(true.values()))}
    for name in ("accepted", "duplicate", "quarantined"):
        figures[f"events_{name}"] = _beside(tally.outcomes[name], true.get(name, 0))
    figures["events_held"] = _beside(outcome.events.get("accepted", 0), true.get("accepted", 0))
    return figures


def _differences(found: Mapping[AnyKey, int], true: Mapping[AnyKey, int]) -> list[Json]:
    return [
        {"of": list(key), "value": found.get(key), "truth": true.get(key)}
        for key in sorted(found.keys() | true.keys())
        if found.get(key) != true.get(key)
    ]


def _surprises(tally: Tally) -> list[Json]:
    return [
        {"employment": each.employment, "event": each.item.index, "value": [each.outcome, each.code],
         "truth": list(each.item.expected)}
        for each in tally.surprises
    ]  # fmt: skip


def _door_times(happened: Happened, seen: Sequence[SeenVisit]) -> Json:
    """How far recorded times lie from true ones, over visits that took place and were recorded whole."""
    true = {
        (each.visit.reference, each.employment): each
        for each in happened.attendances
        if each.arrived is not None
    }
    pairs = [(each, true[each.visit, each.employment]) for each in seen
             if (each.visit, each.employment) in true and each.start and each.end]  # fmt: skip
    return {
        "visits": len(pairs),
        "arrival_error_minutes": _spread([_apart(seen.start, truth.arrived) for seen, truth in pairs]),
        "departure_error_minutes": _spread([_apart(seen.end, truth.left) for seen, truth in pairs]),
        "length_error_minutes": _spread([_length_error(seen, truth) for seen, truth in pairs]),
    }


def _apart(one: datetime | None, other: datetime | None) -> float:
    assert one is not None and other is not None
    return abs((one - other).total_seconds()) / 60


def _length_error(seen: SeenVisit, truth: Attendance) -> float:
    assert seen.start and seen.end and truth.arrived and truth.left
    return abs(((seen.end - seen.start) - (truth.left - truth.arrived)).total_seconds()) / 60


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {"p50": round(ordered[len(ordered) // 2], 2), "p90": round(ordered[len(ordered) * 9 // 10], 2),
            "most": round(ordered[-1], 2)}  # fmt: skip


def _detection(happened: Happened, seen: Sequence[SeenVisit]) -> Json:
    """How many visits of each trick have a position elsewhere on their record, and how many honest ones do."""
    tricks = {(each.visit.reference, each.employment): each.trick for each in happened.attendances}
    there, flagged = Counter[str](), Counter[str]()
    for each in seen:
        if each.start is None and each.end is None:
            continue
        trick = tricks.get((each.visit, each.employment)) or "honest"
        there[trick] += 1
        flagged[trick] += each.elsewhere
    return {trick: {"visits": there[trick], "flagged_elsewhere": flagged[trick]} for trick in sorted(there)}
