"""Somebody with the database takes a record away, and writes the fact of forgetting that would explain it."""

from uuid import uuid4

from tests.evidence.forger import Forger
from tests.evidence.reported import Reported
from tests.evidence.test_rewritten_records import looked
from tests.jobs.office import PROVIDER, instant

KEYS = {
    "pay_line": "employment_id, reference, version",
    "access_log": "id",
    "event_attachment": "event_row, kind",
    "correction_note": "correction_id",
    "employment_version": "employment_id, version",
}
TAKEN = {
    "pay_line": "pay_line: a row that was sealed is gone",
    "event_attachment": "is gone, and nothing was let go of there",
    "correction_note": "its words are gone, and nothing was let go of there",
}
ALTERED = {
    "UPDATE employment_version SET date_of_birth = '2009-01-01'": "was changed since it was sealed",
    "UPDATE employment_version SET name = 'Somebody Else'": "it is said to be erased, and is not",
}


def forgetting(table: str, erased: bool = False, subject: str = "NULL") -> tuple[str, str]:
    """SQL that says of each row of a table that it was forgotten, an hour after the last seal."""
    why, at = uuid4(), "(SELECT max(until) + interval '1 hour' FROM seal)"
    return (
        "INSERT INTO forgetting (provider_id, id, class, subject_id, forgotten_at)"
        f" SELECT '{PROVIDER}', '{why}', 'made up', {subject}, {at}",
        "INSERT INTO forgotten (provider_id, forgetting_id, table_name, erased, rows, keys, forgotten_at)"
        f" SELECT '{PROVIDER}', '{why}', '{table}', {erased}, count(*),"
        f" key_digests(array_agg(jsonb_build_array({KEYS[table]})::text)), {at} FROM {table}",
    )


async def test_a_row_is_missed_whatever_forgetting_is_made_up_for_it(
    reported: Reported, forger: Forger
) -> None:
    for table, words in TAKEN.items():
        async with forger.changes(*forgetting(table), f"DELETE FROM {table}"):
            faults = (await looked(reported.office.clock)).faults
        assert any(words in fault for fault in faults), (table, faults)


async def test_a_look_is_missed_that_went_before_its_time(reported: Reported, forger: Forger) -> None:
    office = reported.office
    look = "INSERT INTO access_log VALUES ($1, gen_random_uuid(), gen_random_uuid(), $1, $2, 'a report', NULL, NULL)"
    await forger.connection.execute(look, PROVIDER, instant("2026-11-18T10:00"))
    await office.run(instant("2026-11-19T06:10"), "seals")
    gone = (*forgetting("access_log"), "DELETE FROM access_log WHERE looked_at = '2026-11-18T10:00Z'")
    dated = "UPDATE forgotten SET forgotten_at = forgotten_at + interval '365 days'"
    later = instant("2027-11-20T12:00")
    for statements, now, words in (
        (gone, office.clock, "access_log: a row that was sealed is gone"),
        ((*gone, dated), office.clock, "its day is still to come"),
        ((*gone, dated), later, ""),
    ):
        async with forger.changes(*statements):
            faults = (await looked(now)).faults
        assert any(words in fault for fault in faults) if words else faults == (), (words, faults)


async def test_what_is_said_to_be_erased_is_looked_at(reported: Reported, forger: Forger) -> None:
    for change, words in ALTERED.items():
        async with forger.changes(change, *forgetting("employment_version", erased=True)):
            faults = (await looked(reported.office.clock)).faults
        assert any(words in fault for fault in faults), (change, faults)


async def test_nobody_is_erased_whose_name_still_stands(reported: Reported, forger: Forger) -> None:
    for subject in ("(SELECT min(id::text)::uuid FROM carer)", "gen_random_uuid()"):
        erased = forgetting("event_attachment", subject=subject)
        async with forger.changes(*erased, "DELETE FROM event_attachment"):
            faults = (await looked(reported.office.clock)).faults
        assert any("is still named, or unknown" in fault for fault in faults), (subject, faults)
