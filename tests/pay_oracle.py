"""A second reading of how days are paid under terms: fractions and loops over what calc day answers on one day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Paid = dict[tuple[str, str, str | None], tuple[Fraction, int]]
"""By kind, work and enhancement: minutes and pence."""


@dataclass
class Item:
    """A visit, the travel or waiting of one gap, or a stretch of an activity. Clocks are seconds of the day."""

    work: str
    seconds: int
    start: int
    unpaid: str | None = None


def explain(day: Mapping[str, Any], answer: Any, terms: Mapping[str, Any]) -> tuple[Paid, dict[Any, int]]:
    """What each line comes to, and the unpaid seconds by (work, rule), of one day of 2 November 2026."""
    left: dict[Any, int] = defaultdict(int)
    minutes: dict[tuple[str, str, str | None], Fraction] = defaultdict(Fraction)
    rates: dict[tuple[str, str, str | None], Fraction] = {}
    for item in [*_visits(day, answer, terms, left), *_others(answer, terms)]:
        rate = terms["rates"].get(item.work)
        if item.unpaid or rate is None:
            left[item.work, item.unpaid or "pay-no-rate"] += item.seconds
            continue
        paid = _rounded(Fraction(item.seconds, 60), terms["rounding"])
        minutes["hourly", item.work, None] += paid
        rates["hourly", item.work, None] = Fraction(rate)
        offers = [
            (_added(one, rate), -place) for place, one in enumerate(terms["enhancements"]) if _fits(one, item)
        ]
        if offers and max(offers)[0] > 0:
            more, place = max(offers)
            key = ("premium", item.work, terms["enhancements"][-place]["name"])
            minutes[key] += paid
            rates[key] = more
    lines = {key: (length, _pence(length * rates[key] / 60)) for key, length in minutes.items() if length}
    return lines, {key: seconds for key, seconds in left.items() if seconds}


def _visits(
    day: Mapping[str, Any], answer: Any, terms: Mapping[str, Any], left: dict[Any, int]
) -> Iterator[Item]:
    for visit in day["visits"]:
        shown = [one for one in answer["segments"] if one.get("visit") == visit["id"]]
        worked = sum(one["seconds"] for one in shown)
        planned = visit.get("planned")
        length = _clock(planned["end"]) - _clock(planned["start"]) if planned else worked
        chosen = {"actual": worked, "planned": length, "longer": max(worked, length)}[terms["contact_basis"]]
        start = _clock(planned["start"] if planned else visit["actual"]["start"])
        if "contact" in terms["rates"]:
            left["contact", "pay-contact-planned"] += max(worked - chosen, 0)
            yield Item("contact", chosen, start)
        else:
            yield Item("contact", worked, start)


def _others(answer: Any, terms: Mapping[str, Any]) -> Iterator[Item]:
    """A gap's travel is one item, and so is its waiting; recorded work is one for each stretch of it.

    What is unresolved in a gap is part of its length too.
    """
    gaps: dict[Any, Item] = {}
    lengths: dict[Any, int] = defaultdict(int)
    for one in answer["segments"]:
        kind, between = one["kind"], (one.get("from"), one.get("to"))
        item = Item(kind, one["seconds"], _clock(one["start"]))
        if kind == "contact":
            continue
        if kind in ("commute", "unresolved") or one["rule"] == "day-home-break":
            item.unpaid = "pay-unresolved" if kind == "unresolved" else "pay-not-worked"
        if one.get("source") != "recorded":
            lengths[between] += item.seconds
        if between == (None, None) or one.get("source") == "recorded" or item.unpaid:
            yield item
        elif (between, kind) in gaps:
            gaps[between, kind].seconds += item.seconds
        else:
            gaps[between, kind] = item
    limit = terms["paid_gap_limit_minutes"]
    for (between, _), item in gaps.items():
        if limit is not None and lengths[between] > limit * 60 and item.work in terms["rates"]:
            item.unpaid = "pay-gap-limit"
        yield item


def _clock(instant: str) -> int:
    hours, minutes, seconds = instant[11:19].split(":")
    return int(hours) * 3_600 + int(minutes) * 60 + int(seconds)


def _fits(enhancement: Mapping[str, Any], item: Item) -> bool:
    """That day is a Monday; London's clocks are UTC's."""
    if "mon" not in enhancement.get("days", ["mon"]):
        return False
    opens, closes = (_clock(f"{'':11}{enhancement[end]}:00") for end in ("from", "until"))
    inside = opens <= item.start, item.start < closes
    return all(inside) if opens < closes else any(inside)


def _added(enhancement: Mapping[str, Any], rate: str) -> Fraction:
    if "multiplier" in enhancement:
        return Fraction(rate) * (Fraction(enhancement["multiplier"]) - 1)
    return Fraction(enhancement["per_hour"])


def _rounded(minutes: Fraction, rounding: Mapping[str, Any]) -> Fraction:
    step = rounding.get("minutes", 1)
    steps = {
        "up": -(-minutes // step),
        "down": minutes // step,
        "nearest": (minutes / step + Fraction(1, 2)) // 1,
    }
    mode = rounding["mode"]
    return minutes if mode == "none" else Fraction(steps[mode] * step)


def _pence(pounds: Fraction) -> int:
    return int(pounds * 100 + Fraction(1, 2))
