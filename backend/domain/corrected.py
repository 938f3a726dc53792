"""What accepted corrections say of attendances, beside what phones recorded. Pure and columnar.

Corrections are in CORRECTION_SCHEMA of domain.visit, each accepted; attendances are the frames that it works on.
"""

import polars as pl

_WHOSE = ["visit_id", "carer_id"]


def with_corrected(attended: pl.DataFrame, corrections: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """With a row for whoever recorded nothing at a visit of these `versions` and was given times at it by a correction.

    The rota may have named her once and somebody else since: she was there all the same.
    """
    about = pl.col("visit_id").is_in(corrections["visit_id"].implode())
    silent = (
        corrections.select(_WHOSE)
        .unique()
        .join(attended.filter(about), on=_WHOSE, how="anti")
        .join(versions.filter(about), on="visit_id", how="semi")
    )
    return pl.concat([attended, silent.with_columns(foreign=False, unplanned=False)], how="diagonal")


def correct(rows: pl.DataFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """For each end, the accepted correction that names it and was decided last replaces what was recorded.

    Where some of a carer's events count and others were not at a visit of hers, it is about those that count.
    """
    last = (
        corrections.sort("decided_at", "proposed_start", "proposed_end")
        .group_by(_WHOSE)
        .agg(
            pl.col("proposed_start", "proposed_end").drop_nulls().last(),
            pl.col("decided_at").last(),
        )
    )
    about = pl.col("visit_id").is_in(last["visit_id"].implode())
    counts = rows.filter(about, ~pl.col("foreign")).select(*_WHOSE, "foreign")
    told = last.join(counts, on=_WHOSE, how="left").with_columns(pl.col("foreign").fill_null(True))
    return rows.join(told, on=[*_WHOSE, "foreign"], how="left").with_columns(
        actual_start=pl.coalesce("proposed_start", "recorded_start"),
        actual_end=pl.coalesce("proposed_end", "recorded_end"),
        corrected=pl.col("decided_at").is_not_null(),
        claimed_beyond=_beyond(pl.col("proposed_start"), pl.col("recorded_start"), before=True)
        | _beyond(pl.col("proposed_end"), pl.col("recorded_end"), before=False),
        last_fact_at=pl.max_horizontal("plans_at", "events_at", "decided_at"),
    )


def _beyond(proposed: pl.Expr, recorded: pl.Expr, before: bool) -> pl.Expr:
    """Whether an end that somebody proposed claims time that no event holds; where nothing is recorded, it does."""
    further = (proposed < recorded) if before else (proposed > recorded)
    return proposed.is_not_null() & further.fill_null(True)
