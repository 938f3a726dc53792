"""What accepted corrections make of attendances."""

import pytest

from tests.domain.test_visit import at, only, rows, said, version


def test_a_correction_settles_an_unknown_clock_and_a_refusal() -> None:
    events = [said("check_in", 0, flags=["clock_unknown"]), said("check_out", 30), said("refused_entry", 40)]
    assert only([version()], *events)["status"] == "refused"
    accepted = [("V", "C", at(1), at(29), at(600))]
    row = only([version()], *events, corrections=accepted)
    assert (row["status"], row["unresolved"], row["corrected"]) == ("completed", None, True)
    assert (row["actual_start"], row["actual_end"], row["last_fact_at"]) == (at(1), at(29), at(600))


def test_each_end_goes_by_the_correction_decided_last_that_names_it() -> None:
    events = [said("check_in", 0), said("check_out", 30)]
    start, end, both = (
        ("V", "C", at(3), None, at(600)),
        ("V", "C", None, at(28), at(601)),
        ("V", "C", at(1), at(29), at(602)),
    )
    row = only([version()], *events, corrections=[end, start])
    assert (row["actual_start"], row["actual_end"], row["last_fact_at"]) == (at(3), at(28), at(601))
    row = only([version()], *events, corrections=[both, end, start])
    assert (row["actual_start"], row["actual_end"], row["last_fact_at"]) == (at(1), at(29), at(602))
    row = only([version()], corrections=[start, end])
    assert (row["status"], row["actual_start"], row["actual_end"]) == ("completed", at(3), at(28))


def test_a_correction_counts_of_a_carer_from_whom_the_rota_took_the_visit_and_who_recorded_nothing() -> None:
    accepted = [("V", "C", at(0), at(30), at(600)), ("ELSEWHERE", "C", at(0), at(30), at(600))]
    for taken in (version(2, -60, carer="F"), version(2, -60, carer=None)):
        row = rows([version(), taken], corrections=accepted)[0]
        assert (row["carer_id"], row["employment_id"], row["assigned"]) == ("C", "E", False)
        assert (row["status"], row["actual_start"], row["actual_end"]) == ("completed", at(0), at(30))
        assert (row["corrected"], row["evidence_level"]) == (True, "manual")
        assert (row["planned_start"], row["unresolved"], row["unplanned"]) == (at(0), None, False)
    assert len(rows([version(), version(2, -60, carer="F")], corrections=accepted)) == 2
    assert len(rows([version(), version(2, -60, carer=None)], corrections=accepted)) == 1


def test_a_correction_is_about_the_events_that_count_and_not_about_those_that_were_not_at_her_visit() -> None:
    accepted = [("V", "C", at(1), at(29), at(600))]
    events = [said("check_in", 0, foreign=True), said("check_out", 30)]
    counted, foreign = rows([version()], *events, corrections=accepted)
    assert (counted["actual_start"], counted["actual_end"], counted["unresolved"]) == (at(1), at(29), None)
    assert (foreign["actual_start"], foreign["actual_end"]) == (at(0), None)
    assert (foreign["corrected"], foreign["unresolved"]) == (False, "not_your_visit")
    [alone] = rows([version(carer=None)], said("check_in", 0, foreign=True), corrections=accepted)[:1]
    assert (alone["corrected"], alone["unresolved"]) == (True, "not_your_visit")


def test_of_two_corrections_decided_in_one_instant_the_same_one_counts_in_any_order() -> None:
    accepted = [("V", "C", at(minute), at(30), at(600)) for minute in range(12)]
    for told in (accepted, accepted[::-1], accepted[5:] + accepted[:5]):
        assert only([version()], corrections=told)["actual_start"] == at(11)


@pytest.mark.parametrize(
    ("start", "end", "beyond"),
    [(0, 30, False), (1, 29, False), (0, 30.1, True), (-0.1, 30, True), (None, 30, False), (0, None, False)],
)
def test_a_correction_claims_more_only_where_it_goes_further_than_the_record(
    start: float | None, end: float | None, beyond: bool
) -> None:
    ends = [None if minute is None else at(minute) for minute in (start, end)]
    row = only(
        [version()], said("check_in", 0), said("check_out", 30), corrections=[("V", "C", *ends, at(600))]
    )
    assert ("claimed_beyond" in row["flags"]) is beyond
