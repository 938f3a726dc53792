"""Every audit test by its id. Words and source of each stand with the rules (statute/rules/audit.yaml)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from backend.domain.audit_tests import bills, edits, lengths, overlaps, phones, places
from backend.domain.audit_tests.frames import AuditFacts, Evidence, evidence
from backend.domain.audit_tests.limits import AuditLimits


@dataclass(frozen=True, slots=True)
class AuditTest:
    """One test: its rule's id, the unit of `measured` and `limit`, its weight where visits are drawn by risk.

    `of_all_there`: a flag is about everybody at its visit; else about the carer it names or, if none, about everybody.
    """

    id: str
    unit: str
    weight: int
    run: Callable[[Evidence, AuditLimits], pl.DataFrame]
    of_all_there: bool = False


TESTS: Final = (
    AuditTest("audit-long-day", "hours", 3, overlaps.long_days),
    AuditTest("audit-overlap", "minutes", 3, overlaps.overlaps),
    AuditTest("audit-overlap-elsewhere", "minutes", 3, overlaps.elsewhere),
    AuditTest("audit-never-together", "minutes apart", 3, overlaps.apart, of_all_there=True),
    AuditTest("audit-duplicate", "visits", 3, overlaps.duplicates),
    AuditTest("audit-absent", "days from its edge", 3, lengths.absent),
    AuditTest("audit-own-home", "events", 3, places.own_home),
    AuditTest("audit-clipping", "metres", 2, places.clipping),
    AuditTest("audit-travel-inside", "metres", 2, places.travel_inside),
    AuditTest("audit-speed", "km/h", 3, places.speed),
    AuditTest("audit-same-coordinates", "days", 2, places.same_coordinates),
    AuditTest("audit-shared-phone", "carers", 1, phones.shared_phone),
    AuditTest("audit-mock-location", "events", 3, phones.made_up_position),
    AuditTest("audit-clock-jump", "seconds", 2, phones.clock_jumps),
    AuditTest("audit-short", "per cent of plan", 1, lengths.short_visits),
    AuditTest("audit-rounding-pile", "per cent past it", 1, lengths.piled),
    AuditTest("audit-billed-unrecorded", "pounds", 3, bills.billed_unrecorded),
    AuditTest("audit-recorded-unbilled", "minutes", 1, bills.recorded_unbilled),
    AuditTest("audit-billed-twice", "lines", 3, bills.billed_twice),
    AuditTest("audit-edits-to-plan", "per cent", 1, edits.to_plan),
    AuditTest("audit-edits-concentrate", "per cent", 1, edits.concentrated),
    AuditTest("audit-edits-before-cut-off", "per cent", 1, edits.before_cut_off),
)
BY_ID: Final = {test.id: test for test in TESTS}


def audit(facts: AuditFacts, limits: AuditLimits) -> pl.DataFrame:
    """The flags of every test, in FLAG_SCHEMA, by test in the order above, then by time."""
    known = evidence(facts)
    order = {test.id: number for number, test in enumerate(TESTS)}
    found = pl.concat([test.run(known, limits) for test in TESTS])
    return (
        found.with_columns(order=pl.col("test").replace_strict(order, return_dtype=pl.Int64))
        .sort("order", "at", "carer_id", "visit_id", nulls_last=True)
        .drop("order")
    )
