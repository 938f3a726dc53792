"""Somebody with the database in his hands changes what is stored, and then asks for the evidence."""

from backend.use_cases.verify_bundle import verify_bundle
from tests.evidence.reported import Reported, told


async def alter(reported: Reported, table: str, change: str) -> dict[str, str]:
    """What fails in the bundle that is made after the change."""
    await reported.superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    changed = await reported.superuser.execute(f"UPDATE {table} SET {change}")
    assert changed != "UPDATE 0"
    return told(verify_bundle(await reported.bundle()))


async def test_an_event_whose_signed_words_were_changed_fails_its_signature(reported: Reported) -> None:
    change = "signed = replace(convert_from(signed, 'UTF8'), 'T09:00:00', 'T08:00:00')::bytea"
    found = await alter(
        reported,
        "event",
        f"{change} WHERE kind = 'check_in' AND convert_from(signed, 'UTF8') LIKE '%T09:00:00%'",
    )
    assert {"signatures", "receipts", "checkpoints"} <= found.keys()


async def test_a_time_that_was_moved_beside_the_event_does_not_match_what_was_signed(
    reported: Reported,
) -> None:
    found = await alter(
        reported, "event", "paid_at = paid_at + interval '5 minutes' WHERE kind = 'check_out'"
    )
    assert "which its phone and the rule do not" in found["facts"] and "another result" in found["result"]


async def test_an_outcome_that_was_turned_is_not_what_the_receipt_says(reported: Reported) -> None:
    found = await alter(
        reported, "event", "outcome = 'quarantined', code = 'not_your_visit' WHERE kind = 'check_in'"
    )
    assert {"receipts", "checkpoints"} <= found.keys()


async def test_a_changed_payslip_line_gives_another_result(reported: Reported) -> None:
    found = await alter(reported, "pay_line", "rate = 20")
    assert "another result" in found["result"]
