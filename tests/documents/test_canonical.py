"""Snapshots as canonical JSON."""

import msgspec
import pytest
import rfc8785

from backend.documents.canonical import Snapshot, canonical_json, read_invoice, read_wage_report
from tests.golden.redraw import HERE


@pytest.mark.parametrize(("name", "read"), [("invoice", read_invoice), ("wage_report", read_wage_report)])
def test_a_snapshots_bytes_are_those_that_rfc_8785_asks_for(name: str, read: object) -> None:
    snapshot: Snapshot = read((HERE / f"{name}.json").read_bytes())  # type: ignore[operator]
    assert canonical_json(snapshot) == rfc8785.dumps(msgspec.to_builtins(snapshot))
