"""Attendances with events that wait in quarantine because no plan named the carer when they came. Pure and columnar."""

import polars as pl


def of_plan(rows: pl.DataFrame) -> pl.Expr:
    """Whether a row belongs to its visit's plan: it was not recorded by a stranger to the visit.

    Where all that a carer recorded waits in quarantine, and the rota has named her since, it is her part in the visit.
    """
    strange = pl.col("foreign")
    named = rows.filter(strange, pl.col("assigned"))
    own = rows.filter(pl.col("visit_id").is_in(named["visit_id"].implode()), ~strange)
    hers = named.join(own, on=["visit_id", "carer_id"], how="anti")["part"]
    return ~strange | pl.col("part").is_in(hers.implode())


def without_what_waits(visits: pl.DataFrame) -> pl.DataFrame:
    """Attendances, without those made of quarantined events whose carer's own part in the same visit is settled.

    They may say more once a manager lets them count; until then they take nothing away from what does count.
    """
    waits = (pl.col("unresolved") == "not_your_visit").fill_null(False)
    about = pl.col("visit_id").is_in(visits.filter(waits)["visit_id"].implode())
    known = pl.col("actual_start").is_not_null() & pl.col("actual_end").is_not_null()
    settled = visits.filter(about, known, pl.col("unresolved").is_null()).select("visit_id", "carer_id")
    told = visits.join(
        settled.with_columns(settled=True), on=["visit_id", "carer_id"], how="left", maintain_order="left"
    )
    return told.filter(~(waits & pl.col("settled").fill_null(False))).drop("settled")
