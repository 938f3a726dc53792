"""From an invoice's facts to priced lines, and to the visits that cannot be billed yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from backend.domain.absences import with_absence
from backend.domain.credits import visit_dispute_reference
from backend.domain.evidence import level_of, rank_of
from backend.domain.pricing import ATTENDANCES, VISITS, price, terms_of
from backend.domain.time import LONDON_NAME
from backend.use_cases.block_periods import drawn_on
from backend.use_cases.invoice_facts import InvoiceFacts
from backend.use_cases.rows import rows_of

PARKED: Final = {
    "incomplete": "Only one end of the visit was recorded. Correct the missing time; it comes with the next document.",
    "unplanned": "Nobody planned this visit. Add it to the rota, or agree it with the commissioner.",
    "not_over": "Nothing yet says when the carer came and left. Record the times, or mark the visit as missed.",
    "no_package": "No package of care was in force on the day of the visit. Load the package.",
    "no_terms": "The contract has no terms for the day of the visit. Load the version in force.",
    "not_your_visit": "Recorded by a carer whom no plan of this visit names. A manager must release or decline it.",
    "implausible": "The recorded times are implausible (end before start, or over 16 hours). Correct them.",
    "no_absence": "Suspended, and the contract pays a retainer, but no absence says since when. Load the absence.",
    "disputed": "Somebody said that something is wrong with it: dispute {}. Decide it; it comes then, or never.",
    "clock_unknown": "The phone's clock cannot be trusted for this visit. A manager must settle the times.",
}
SUSPENDED: Final = "The visit was suspended, or the person was away. The contract pays nothing for it."
NOT_BILLED: Final = "not_billed"
_NOT_BILLED: Final = "Never billed, as decided after dispute {}."
_SETTLED_BY_MANAGER: Final = "The recorded time is not settled: {}. A manager must decide."
_TOLD: Final = (
    "visit_id", "reference", "contract", "service_user_id", "service", "zone", "carers", "funding", "status",
    "starts_at", "planned_start", "planned_end", "actual_start", "actual_end", "evidence_level", "flags",
)  # fmt: skip
"""What of a visit stands on its lines, or decides who pays for it and out of which block."""
_RANK: Final = ["completed", "refused", "cancelled", "missed", "suspended", "planned"]


@dataclass(frozen=True, slots=True)
class Parked:
    """A visit left for a later document: reason code and words."""

    visit_id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class PricedVisits:
    """`lines` as domain.pricing gives them (carer is an employment id), each with the `block` of hours that pays for
    it, or None; one row of `visits` for each visit priced. `used` are the seconds used of each block, by id.

    `free` visits are not charged, which is final: suspended ones, and those decided so after a dispute. `parked` ones
    wait for somebody to settle them.
    """

    lines: Sequence[dict[str, Any]]
    used: Mapping[str, int]
    visits: dict[str, dict[str, Any]]
    parked: Sequence[Parked]
    free: Sequence[Parked]


def priced_visits(facts: InvoiceFacts) -> PricedVisits:
    """Price every visit of the facts that is settled; name the reason for every one that is not."""
    visits = _one_row_each(facts.visits, facts)
    settled = visits.filter(pl.col("park").is_null())
    priced = price(
        settled.rename({"visit_id": "visit"}).select(VISITS.names()).cast(VISITS),
        _attendances(facts.visits, settled),
        terms_of([(terms.contract, facts.bank_holidays[terms.contract.division]) for terms in facts.terms]),
    )
    held = visits.filter(pl.col("park").is_not_null())
    parked = [_held(row) for row in held.filter(pl.col("park") != NOT_BILLED).to_dicts()]
    parked += [_found(row) for row in priced.findings.to_dicts()]
    never = [_held(row) for row in held.filter(pl.col("park") == NOT_BILLED).to_dicts()]
    unpriced = {row["visit"] for row in priced.findings.to_dicts()}
    free = pl.col("outcome") == "suspended_unpaid"
    known = {row["visit_id"]: row for row in rows_of(visits.select(_TOLD))}
    lines = rows_of(priced.lines.filter(~pl.col("visit").is_in(list(unpriced)), ~free).drop("date"))
    lines, used = drawn_on(facts.provider_id, facts.reference, facts.terms, lines, known)
    return PricedVisits(
        lines,
        used,
        known,
        sorted({item.visit_id: item for item in parked}.values(), key=lambda item: item.visit_id),
        never
        + [
            Parked(visit, "suspended", SUSPENDED)
            for visit in priced.lines.filter(free)["visit"].unique(maintain_order=True)
            if visit not in facts.beside
        ],
    )


def _held(row: dict[str, Any]) -> Parked:
    park = row["park"]
    words = {NOT_BILLED: _NOT_BILLED, **PARKED}.get(park, _SETTLED_BY_MANAGER)
    return Parked(row["visit_id"], park, words.format(row["dispute"] if park == row["said"] else park))


def _found(finding: dict[str, Any]) -> Parked:
    """A visit that pricing could not settle, in the words of an office that loads absences."""
    reason = {"no_suspended_day": "no_absence"}.get(finding["code"], finding["code"])
    return Parked(finding["visit"], reason, PARKED.get(reason, finding["detail"]))


def _one_row_each(rows: pl.DataFrame, facts: InvoiceFacts) -> pl.DataFrame:
    """One row a visit, in the order of the facts: its status, the contract version that prices it, why it is parked."""
    day = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    came = pl.col("actual_start").is_not_null() & pl.col("actual_end").is_not_null()
    rank = pl.col("status").replace_strict(
        {name: place for place, name in enumerate(_RANK)}, return_dtype=pl.Int64
    )
    first = [
        "reference",
        "contract_id",
        "service_user_id",
        "service",
        "zone",
        "carers",
        "funding",
        "starts_at",
        "planned_start",
        "planned_end",
        "cancelled_at",
        "cancelled_by",
        "unplanned",
    ]
    grouped = rows.group_by("visit_id", maintain_order=True).agg(
        *[pl.col(name).first() for name in first],
        actual_start=pl.col("actual_start").filter(came).first(),
        actual_end=pl.col("actual_end").filter(came).first(),
        miles=pl.col("miles").filter(came).first(),
        came=came.sum(),
        rank=rank.min(),
        incomplete=pl.col("incomplete").any(),
        unresolved=pl.col("unresolved").drop_nulls().first(),
        flags=pl.col("flags").explode().drop_nulls().unique().sort(),
        evidence_level=level_of(rank_of(pl.col("evidence_level")).min()),
        employment_id=pl.col("employment_id").drop_nulls().first(),
        day=day.first(),
    )
    versions = {date: facts.terms_on(date) for date in grouped["day"].unique()}
    known = grouped.with_columns(
        status=pl.col("rank").replace_strict(dict(enumerate(_RANK)), return_dtype=pl.String)
    )
    return (
        with_absence(known, facts.absences)
        .with_columns(
            contract=pl.col("day").replace_strict(versions, return_dtype=pl.Int64),
            by_attendance=(pl.col("carers") > 1) | (pl.col("came") > 1),
        )
        .join(_disputes(facts), on="visit_id", how="left", maintain_order="left")
        .with_columns(park=_park())
    )


def _disputes(facts: InvoiceFacts) -> pl.DataFrame:
    """The last dispute of each visit that was not billed then: its reference, and the outcome or `disputed`.

    What was billed all the same, at nothing or within that minute, stays as it is until the dispute is decided.
    """
    billed = {row["visit_id"] for row in facts.billed}
    return pl.DataFrame(
        [
            (
                row["visit_id"],
                visit_dispute_reference(row["reference"], row["number"]),
                row["outcome"] or "disputed",
            )
            for row in facts.disputed
            if row["outcome"] is not None or row["visit_id"] not in billed
        ],
        {"visit_id": pl.String, "dispute": pl.String, "said": pl.String},
        orient="row",
    )


def _park() -> pl.Expr:
    return (
        pl.when(pl.col("said").is_in([NOT_BILLED, "disputed"]))
        .then("said")
        .when(pl.col("unresolved").is_not_null())
        .then("unresolved")
        .when("incomplete")
        .then(pl.lit("incomplete"))
        .when("unplanned")
        .then(pl.lit("unplanned"))
        .when(pl.col("contract_id").is_null())
        .then(pl.lit("no_package"))
        .when(pl.col("status") == "planned")
        .then(pl.lit("not_over"))
        .when(pl.col("contract").is_null())
        .then(pl.lit("no_terms"))
    )


def _attendances(rows: pl.DataFrame, ready: pl.DataFrame) -> pl.DataFrame:
    """The carers of the visits billed carer by carer: those who came, and those who were expected and did not.

    Where somebody else stood in for one who did not come, nobody is missing: the places are those commissioned.
    """
    shared = ready.filter("by_attendance").select("visit_id", "contract", places="carers")
    came = pl.col("actual_start").is_not_null()
    left = pl.col("places") - came.sum().over("visit_id")
    named = rows.filter(
        pl.col("employment_id").is_not_null() & (pl.col("assigned") | pl.col("actual_start").is_not_null())
    )
    return (
        named.join(shared, on="visit_id", how="inner", maintain_order="left", suffix="_terms")
        .filter(came | ((~came).cum_sum().over("visit_id") <= left))
        .rename({"visit_id": "visit", "employment_id": "carer"})
        .select(ATTENDANCES.names())
        .cast(ATTENDANCES)
    )
