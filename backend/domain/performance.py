"""How a provider kept to what was planned, month by month: when carers came, how long they stayed, who they were, and
what shows it.

Pure and columnar. A visit belongs to the London month in which it was planned to start. Times are those that count: as
recorded, or as an accepted correction says. Instants are UTC, durations whole seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from backend.domain.delivered import OUTCOMES, planned_visits
from backend.domain.evidence import LEVELS, MANUAL
from backend.domain.time import LONDON_NAME

OWN: Final = pl.Schema(
    {"contract_id": pl.String(), "starts_on": pl.Date(), "punctual_s": pl.Int64(), "full_percent": pl.Int64()}
)
"""What each version of a contract measures by from a London date on; null where it does not say."""
USUAL: Final = pl.Schema(
    {"month": pl.Date(), "punctual_s": pl.Int64(), "full_percent": pl.Int64(), "main_carers": pl.Int64()}
)
"""What is used where a contract does not say, by the first day of the month."""
AT_HOME: Final = LEVELS[LEVELS.index("told_code") :]
"""Levels of evidence that show that the carer was at the home: by its fob, its telephone, a position, a card, a tag."""
TIMINGS: Final = ("punctual", "early", "late")
OFF_BY: Final = ("person", "commissioner", "provider")
_COUNTS: Final = (
    "began", *TIMINGS, "timed", "planned_s", "stayed_s", "full", "at_home", *OUTCOMES,
    *(f"cancelled_by_{who}" for who in OFF_BY), "due", "people", "met", "by_main", "worked", "corrected", "beyond",
)  # fmt: skip
MONTHS: Final = pl.Schema({"month": pl.Date(), **dict.fromkeys(_COUNTS, pl.Int64())})
"""One row a month, each column a count or seconds. Attendances: `began` (and of them `punctual`, `early`, `late`),
`timed` at both ends (`planned_s`, `stayed_s`, `full`), `at_home` of those that began. Visits: OUTCOMES, and `due`.
`people` were visited, `met` adds up how many carers each of them met, `by_main` counts the attendances of the carers
who came to each most often. `worked`, `corrected`, `beyond`: the manual share.
"""


@dataclass(frozen=True, slots=True)
class Performance:
    """`months` in MONTHS. What they are made of: `attendances` one by one with `month hour timing stayed_s full
    at_home`; `worked` those of the manual share; `visits` as planned_visits gives them, with `month due`; `people` with
    `month person attended met by_main`.
    """

    months: pl.DataFrame
    attendances: pl.DataFrame
    worked: pl.DataFrame
    visits: pl.DataFrame
    people: pl.DataFrame


def performance(
    visits: pl.DataFrame, absences: pl.DataFrame, own: pl.DataFrame, usual: pl.DataFrame, now: datetime
) -> Performance:
    """Of attendances in VISIT_SCHEMA, by what contracts (`own`, in OWN) else the months (`usual`, in USUAL) measure;
    `absences` of their people are in ABSENCES.

    Every month of `usual` has a row.
    """
    # Lists are dear to sort, and nothing here asks for these.
    dated = visits.drop("event_ids", "event_rows", "digests").with_columns(month=_month_of("starts_at"))
    attended = _judged(dated, own, usual)
    people = _people(attended, usual)
    planned = planned_visits(visits, absences, now).with_columns(
        month=pl.col("day").dt.month_start(), due=_due()
    )
    sums = (_timings(attended), _outcomes(planned), _met(people), manual_counts(dated, "month"))
    months = usual.select("month").sort("month")
    for each in sums:
        months = months.join(each, on="month", how="left", maintain_order="left")
    told = months.select(pl.col(name).fill_null(0).cast(kind) if name != "month" else name
                         for name, kind in MONTHS.items())  # fmt: skip
    return Performance(told, attended, _worked(dated), planned, people)


def manual_counts(visits: pl.DataFrame, by: str) -> pl.DataFrame:
    """Rows `<by> worked corrected beyond`: attendances of carers at visits of their own, those that a correction
    changed, and those of them that claim time beyond the record.
    """
    return (
        _worked(visits)
        .group_by(by, maintain_order=True)
        .agg(
            worked=pl.len().cast(pl.Int64),
            corrected=pl.col("corrected").sum().cast(pl.Int64),
            beyond=(pl.col("evidence_level") == MANUAL).sum().cast(pl.Int64),
        )
    )


def _worked(visits: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("actual_start").is_not_null() | pl.col("actual_end").is_not_null()
    own = pl.col("carer_id").is_not_null() & ~pl.col("flags").list.contains("not_your_visit")
    return visits.filter(known & own).with_columns(person="service_user_id")


def by_hour(attendances: pl.DataFrame) -> pl.DataFrame:
    """Rows `hour began punctual` of attendances that performance gives, by the London hour of the planned start."""
    return (
        attendances.group_by("hour")
        .agg(began=pl.len().cast(pl.Int64), punctual=(pl.col("timing") == "punctual").sum().cast(pl.Int64))
        .sort("hour")
    )


def _month_of(instant: str) -> pl.Expr:
    return pl.col(instant).dt.convert_time_zone(LONDON_NAME).dt.date().dt.month_start()


def _judged(dated: pl.DataFrame, own: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Attendances at planned visits that were begun, with what they are measured by and what that says."""
    began = (
        pl.col("actual_start").is_not_null()
        & pl.col("unresolved").is_null()
        & (pl.col("status") == "completed")
        & pl.col("carer_id").is_not_null()
        & pl.col("contract_id").is_not_null()
        & ~pl.col("unplanned")
    )
    local = pl.col("planned_start").dt.convert_time_zone(LONDON_NAME)
    rows = (
        dated.filter(began)
        .with_columns(day=local.dt.date(), hour=local.dt.hour().cast(pl.Int64), person="service_user_id")
        .sort("day", "planned_start", "reference", "visit_id", "carer_id")
        .join_asof(
            own.sort("starts_on"),
            left_on="day",
            right_on="starts_on",
            by="contract_id",
            check_sortedness=False,
        )
        .join(usual, on="month", how="left", suffix="_usual", maintain_order="left")
        .with_columns(
            pl.coalesce(name, f"{name}_usual").alias(name) for name in ("punctual_s", "full_percent")
        )
    )
    return rows.with_columns(
        offset_s=_seconds("planned_start", "actual_start"),
        planned_s=_seconds("planned_start", "planned_end"),
        stayed_s=_seconds("actual_start", "actual_end"),
    ).with_columns(
        timing=pl.when(pl.col("offset_s") > pl.col("punctual_s")).then(pl.lit("late"))
        .when(pl.col("offset_s") < -pl.col("punctual_s")).then(pl.lit("early"))
        .otherwise(pl.lit("punctual")),
        full=pl.col("stayed_s") * 100 >= pl.col("planned_s") * pl.col("full_percent"),
        at_home=pl.col("evidence_level").is_in(AT_HOME).fill_null(False),
    )  # fmt: skip


def _seconds(start: str, end: str) -> pl.Expr:
    return (pl.col(end) - pl.col(start)).dt.total_seconds()


def _timings(attended: pl.DataFrame) -> pl.DataFrame:
    timed = pl.col("stayed_s").is_not_null()
    return attended.group_by("month").agg(
        pl.len().alias("began"),
        *((pl.col("timing") == name).sum().alias(name) for name in TIMINGS),
        timed.sum().alias("timed"),
        pl.col("planned_s").filter(timed).sum(),
        pl.col("stayed_s").sum(),
        pl.col("full").sum(),
        pl.col("at_home").sum(),
    )


def _outcomes(planned: pl.DataFrame) -> pl.DataFrame:
    """How many visits came to what."""
    cancelled = pl.col("outcome") == "cancelled"
    return planned.group_by("month").agg(
        *((pl.col("outcome") == name).sum().alias(name) for name in OUTCOMES),
        *((cancelled & (pl.col("cancelled_by") == who)).sum().alias(f"cancelled_by_{who}") for who in OFF_BY),
        pl.col("due").sum(),
    )


def _due() -> pl.Expr:
    """All but those that the person or commissioner called off, that were refused, that fell into an absence, or that
    are still to come.
    """
    by_provider = (pl.col("outcome") == "cancelled") & (pl.col("cancelled_by") == "provider").fill_null(False)
    return pl.col("outcome").is_in(["made", "missed", "unsettled"]) | by_provider


def _people(attended: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Of each person how many attendances there were, how many carers came, and how many were by the main ones."""
    known = attended.filter(pl.col("person").is_not_null())
    counted = known.group_by("month", "person", "carer_id").agg(times=pl.len().cast(pl.Int64))
    place = pl.col("times").rank("ordinal", descending=True).over("month", "person")
    ranked = counted.sort("month", "person", "carer_id").with_columns(place=place)
    main = pl.col("place") <= pl.col("main_carers")
    return (
        ranked.join(usual.select("month", "main_carers"), on="month")
        .group_by("month", "person")
        .agg(
            attended=pl.col("times").sum(),
            met=pl.len().cast(pl.Int64),
            by_main=pl.col("times").filter(main).sum(),
        )
        .sort("month", "person")
    )


def _met(people: pl.DataFrame) -> pl.DataFrame:
    return people.group_by("month").agg(
        people=pl.len(), met=pl.col("met").sum(), by_main=pl.col("by_main").sum()
    )
