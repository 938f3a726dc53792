"""What waits in quarantine because no plan named the carer when it came, beside what counts."""

from typing import Any

import polars as pl

from backend.domain.quarantined import without_what_waits
from backend.domain.visit import VISIT_SCHEMA
from tests.domain.test_visit import at, rows, said, version


def test_what_waits_in_quarantine_stands_aside_where_the_carers_own_part_is_settled() -> None:
    events = [said("check_in", 0, foreign=True), said("check_out", 30)]
    stranger = said("check_in", 0, "D", foreign=True)
    accepted = [("V", "C", at(1), at(29), at(600))]

    def left(*told: dict[str, Any], **more: Any) -> list[tuple[str, str | None]]:
        found = pl.DataFrame(rows([version()], *told, **more), VISIT_SCHEMA)
        return without_what_waits(found).select("carer_id", "unresolved").rows()

    assert left(*events, stranger, corrections=accepted) == [("C", None), ("D", "not_your_visit")]
    assert left(*events) == [("C", None), ("C", "not_your_visit")], "one end alone settles nothing"
    assert left(said("check_in", 0, foreign=True)) == [("C", "not_your_visit")]
    assert left(*events, said("check_in", 2)) == [("C", None)]


def test_a_visit_whose_carer_the_rota_named_too_late_stands_under_its_plan_and_is_unsettled() -> None:
    late = [version(carer="F"), version(2, 60)]
    whole = [said("check_in", 0, foreign=True), said("check_out", 30, foreign=True)]
    [row] = rows(late, *whole)
    assert (row["carer_id"], row["planned_start"], row["plan_version"]) == ("C", at(0), 1)
    assert (row["status"], row["unresolved"]) == ("completed", "not_your_visit")
    stranger, planned = rows([version(carer="F")], *whole)
    assert (stranger["carer_id"], stranger["planned_start"]) == ("C", None)
    assert (planned["carer_id"], planned["status"]) == ("D", "missed")
    own, waiting = rows(late, *whole, said("check_in", 1))
    assert (own["planned_start"], waiting["planned_start"]) == (at(0), None)
