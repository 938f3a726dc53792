"""A key that was withdrawn, in the hands of somebody who copied it: his bundle does not say that it is withdrawn."""

import json
from typing import Any

import msgspec

from backend.use_cases.verification.server_keys import Trusted, read_keys
from backend.use_cases.verify_bundle import verify_bundle
from tests.evidence.reported import Bundles, changed, failures, resealed, told


def published(bundles: Bundles, withdrawn_at: str) -> Trusted:
    """The keys of /schema/keys after a rotation, as an auditor has them from elsewhere."""
    jwk = {**bundles.signer.signing[0].jwk(), "withdrawn_at": withdrawn_at}
    return read_keys(json.dumps({"keys": [jwk]}))


def test_what_a_key_signed_that_was_withdrawn_by_then_does_not_count(bundles: Bundles) -> None:
    found = failures(bundles.report, published(bundles, "2026-11-01T00:00:00Z"))
    assert found.keys() == {"seal", "receipts", "checkpoints"}
    assert "frozen after the key that sealed it had gone" in found["seal"]
    assert "was withdrawn before, at 2026-11-01 00:00 UTC" in found["receipts"]


def test_of_a_report_from_before_nobody_can_tell_when_a_withdrawn_key_sealed_it(bundles: Bundles) -> None:
    found = verify_bundle(bundles.report, published(bundles, "2027-01-01T00:00:00Z"))
    assert told(found) == {}
    [seal] = [one.says for one in found.findings if (one.about, one.state) == ("seal", "not proved")]
    assert "withdrawn at 2027-01-01 00:00 UTC" in seal and "Ask for the bundle again" in seal


def test_a_receipt_or_a_checkpoint_without_its_day_is_of_no_withdrawn_key(bundles: Bundles) -> None:
    def undated(rows: Any) -> None:
        lines = json.loads(rows[0]["batch"])
        rows[0]["batch"] = json.dumps([*lines, {"received_at": None}, {}])
        rows[0] |= bundles.signer.sign(rows[0]["batch"].encode())

    def never_made(rows: Any) -> None:
        body = json.loads(rows[-1]["body"])
        del body["created_at"]
        rows[-1]["body"] = msgspec.json.encode(body, order="sorted").decode()
        rows[-1] |= bundles.signer.sign(rows[-1]["body"].encode())

    late = published(bundles, "2027-01-01T00:00:00Z")
    for name, change in (("receipts.json", undated), ("checkpoints.json", never_made)):
        made = resealed(changed(bundles.report, name, change), bundles.signer)
        about = name.removesuffix(".json")
        assert about not in failures(made)
        assert "was withdrawn before" in failures(made, late)[about]
