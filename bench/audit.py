"""How long audit tests take: `python -m bench.audit [VISITS] [SEED]`, every test on so many visits of a made-up county.

One county is repeated, each time with other carers, visits and people. The floor is what nobody can go below: the same
visits and events, put beside each other and in order once. The ratio to it says what all the tests cost together, and
the ratio to a tenth of the visits whether they grow with them evenly (10) or worse.
"""

import sys
from dataclasses import fields
from time import perf_counter

import polars as pl

from backend.domain.audit_tests.frames import AuditFacts, evidence
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.audit_tests.registry import TESTS, audit
from backend.simulator.as_recorded import audit_facts
from backend.simulator.county import make_county
from backend.simulator.happenings import live
from backend.simulator.journal import write_journal
from backend.statute.audit import audit_limits_on
from backend.statute.policy import policy_on

IDS = (
    "visit_id",
    "carer_id",
    "employment_id",
    "service_user_id",
    "device_id",
    "install_id",
    "event_row",
    "reference",
)
"""Columns that tell one repetition of the county from another."""


def main(visits: int = 1_000_000, seed: int = 1) -> None:
    """Print the seconds of each test, of all of them, and both ratios."""
    county = make_county(seed)
    limits = audit_limits_on(county.start).values
    one = audit_facts(county, write_journal(county, live(county)), policy_on(county.start))
    whole = _repeated(one, max(1, visits // one.visits.height))
    tenth = _repeated(one, max(1, visits // one.visits.height // 10))
    print(f"{whole.visits.height:,} visits, {whole.marks.height:,} events")
    began = perf_counter()
    beside = evidence(whole)
    beside.begun.height, beside.facts.marks.sort("carer_id", "at")
    floor = perf_counter() - began
    for test in TESTS:
        began = perf_counter()
        flagged = test.run(beside, limits).height
        print(f"{test.id}: {perf_counter() - began:.2f} s, {flagged:,} flags")
    small, every = _seconds(tenth, limits), _seconds(whole, limits)
    print(f"Side by side and in order once: {floor:.2f} s")
    print(
        f"All tests: {every:.2f} s, {every / floor:.1f} times that, {every / small:.1f} times a tenth of the visits"
    )


def _seconds(facts: AuditFacts, limits: AuditLimits) -> float:
    began = perf_counter()
    audit(facts, limits)
    return perf_counter() - began


def _repeated(facts: AuditFacts, times: int) -> AuditFacts:
    """The facts so many times over, each time under other names."""
    return AuditFacts(**{each.name: _tiled(getattr(facts, each.name), times) for each in fields(facts)})


def _tiled(frame: pl.DataFrame, times: int) -> pl.DataFrame:
    numbered = frame.join(pl.DataFrame({"number": range(times)}), how="cross")
    named = [pl.concat_str(name, pl.lit("/"), "number").alias(name) for name in IDS if name in frame.columns]
    return numbered.with_columns(named).drop("number")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
