"""Whatever is changed in a bundle is found and named; who has not the server's key cannot hide it."""

import io
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend import keys
from backend.commands.verifying import verify
from backend.documents.bundle import write_bundle
from backend.tables.ids import thing_id
from backend.use_cases.verify_bundle import verify_bundle
from tests.evidence.reported import (
    REPORT_DUE,
    WEEK,
    Bundles,
    Reported,
    changed,
    failures,
    member,
    opened,
    resealed,
    told,
)
from tests.jobs.office import PROVIDER, Office, instant

QUICK = settings(max_examples=12, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
Value = Any


@cache
def stranger() -> keys.Keys:
    """The keys of somebody who is not the server."""
    return keys._parse(keys.new(), "a test")


def forged(bundle: bytes, name: str, change: Callable[[Value], object]) -> bytes:
    """The bundle with one member changed and everything else made to fit it, sealed with a key of the forger's own."""
    members = changed(bundle, name, change)
    published = msgspec.json.decode(members["keys.json"])
    published["keys"].append(stranger().signing[0].jwk())
    return resealed({**members, "keys.json": msgspec.json.encode(published)}, stranger())


@given(data=st.data())
@QUICK
def test_a_changed_byte_anywhere_in_the_file_is_found(bundles: Bundles, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(bundles.worker) - 1))
    bit = data.draw(st.integers(0, 7))
    content = bytearray(bundles.worker)
    content[place] ^= 1 << bit
    found = verify_bundle(bytes(content))
    assert not found.holds and told(found)


@given(data=st.data())
@QUICK
def test_a_changed_byte_of_a_member_names_the_member(bundles: Bundles, data: st.DataObject) -> None:
    members = opened(bundles.worker)
    name = data.draw(st.sampled_from(sorted(members)))
    place = data.draw(st.integers(0, len(members[name]) - 1))
    content = bytearray(members[name])
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    words = " ".join(failures(write_bundle({**members, name: bytes(content)})).values())
    assert name in words


@pytest.mark.parametrize("name", ["result.pdf", "events.json", "statute/wage_rates.yaml", "readme.txt"])
def test_a_missing_or_added_file_is_named(bundles: Bundles, name: str) -> None:
    members = opened(bundles.report)
    assert (
        f"{name} is missing"
        in failures(write_bundle({k: v for k, v in members.items() if k != name}))["files"]
    )
    added = failures(write_bundle({**members, "more.txt": b"more"}))
    assert "more.txt was added" in added["files"]


def test_a_bundle_that_was_packed_again_says_so_and_is_read_all_the_same(bundles: Bundles) -> None:
    members = opened(bundles.report)
    rates = members["statute/wage_rates.yaml"].replace(b"12.71", b"12.00")
    entries = sorted({**members, "statute/wage_rates.yaml": rates}.items())
    found = failures(archive(*entries, packed=zipfile.ZIP_DEFLATED))
    assert "manifest.json' is compressed" in found["container"]
    assert "statute/wage_rates.yaml" in found["files"] and "manifest.json" not in found["files"]


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_member_that_cannot_be_unpacked_is_named(bundles: Bundles, packed: int) -> None:
    content = bytearray(archive(*sorted(opened(bundles.report).items()), packed=packed))
    begins = content.index(b"events.json") + len("events.json")
    content[begins + 10 : begins + 60] = b"\xff" * 50
    assert "'events.json' was changed in the ZIP file" in failures(bytes(content))["container"]


def test_a_bundle_that_was_cut_short_says_so(bundles: Bundles) -> None:
    assert "cut short" in failures(bundles.report[: len(bundles.report) // 2])["container"]


def test_new_digests_without_the_key_break_the_seal(bundles: Bundles) -> None:
    def raise_pay(facts: Value) -> None:
        table = facts["tables"]["pay_lines"]
        table["rows"][0][table["columns"].index("rate")] = "20.00"

    manifest = opened(resealed(changed(bundles.report, "facts.json", raise_pay), stranger()))
    kept = opened(bundles.report)["signature.json"]
    found = failures(write_bundle({**manifest, "signature.json": kept}))
    assert "manifest.json" in found["seal"]
    assert "another result" in found["result"] and "/case/pay/0/rate was 12.71" in found["result"]


def test_a_forger_with_a_key_of_his_own_is_found_when_the_key_is_known(bundles: Bundles) -> None:
    perfect = forged(bundles.report, "corrections.json", lambda corrections: None)
    assert failures(perfect) == {}
    assert "somebody else sealed this" in failures(perfect, {bundles.signer.signing[0].kid: None})["key"]


def drop_an_event(events: Value) -> None:
    del events[1]


def shift_an_event(events: Value) -> None:
    said = msgspec.json.decode(events[0]["signed"])
    events[0]["signed"] = msgspec.json.encode({**said, "occurred_at": "2026-11-01T08:00:00Z"}).decode()


def swap_two_phones(events: Value) -> None:
    events[0]["device_id"], events[-1]["device_id"] = events[-1]["device_id"], events[0]["device_id"]


def say_it_came_earlier(events: Value) -> None:
    events[0]["received_at"] = "2026-11-01T09:30:00+00:00"


def other_words(events: Value) -> None:
    events[0]["payload"] = events[0]["payload"].replace("not_collected", "denied")


def another_proof(events: Value) -> None:
    events[0]["checkpoint"]["proof"][0] = "A" * 43


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (drop_an_event, {"facts"}),
        (shift_an_event, {"signatures", "chain", "receipts", "checkpoints", "facts"}),
        (swap_two_phones, {"signatures", "chain", "receipts", "checkpoints", "facts"}),
        (say_it_came_earlier, {"receipts", "checkpoints"}),
        (other_words, {"positions and words"}),
        (another_proof, {"checkpoints"}),
    ],
)
def test_a_forged_event_fails_even_under_a_new_seal(
    bundles: Bundles, change: Callable[[Value], object], about: set[str]
) -> None:
    found = failures(forged(bundles.report, "events.json", change))
    assert about <= found.keys()
    event = msgspec.json.decode(member(bundles.report, "events.json")[0]["signed"])["id"]
    assert change is drop_an_event or any(event in words for words in found.values())


def test_a_dropped_event_leaves_a_gap_that_is_named(bundles: Bundles) -> None:
    found = verify_bundle(forged(bundles.report, "events.json", drop_an_event))
    gaps = [one.details for one in found.findings if one.about == "chain" and one.state == "not proved"]
    assert len(gaps) == 1 and re.search(r"number 2, before event", gaps[0][0])


def test_the_order_of_events_in_the_file_proves_nothing_and_breaks_the_seal_alone(bundles: Bundles) -> None:
    assert failures(forged(bundles.report, "events.json", list.reverse)) == {}
    reversed_only = changed(bundles.report, "events.json", list.reverse)
    assert "events.json was changed" in failures(write_bundle(reversed_only))["files"]


def _cell(table: str, column: str, value: Value) -> Callable[[Value], None]:
    def change(facts: Value) -> None:
        found = facts["tables"][table]
        found["rows"][0][found["columns"].index(column)] = value

    return change


@pytest.mark.parametrize(
    ("change", "about", "words"),
    [
        (
            _cell("visit_events", "at", "2026-11-02T08:00:00Z"),
            "facts",
            "the facts give its time as 2026-11-02 08:00",
        ),
        (_cell("visit_events", "foreign", True), "facts", "the facts give foreign as True"),
        (_cell("visit_events", "carer_id", "somebody"), "facts", "the facts give carer_id as somebody"),
        (_cell("activity_events", "kind", "travel"), "facts", "the facts give the activity as travel"),
        (
            _cell("visit_corrections", "proposed_end", "2026-11-03T12:00:00Z"),
            "corrections",
            "nobody accepted",
        ),
        (_cell("employments", "date_of_birth", "2010-01-01"), "result", "/workers/"),
        (_cell("pay_lines", "minutes", "5000"), "result", "/case/pay/0/minutes was 90, comes out as 5000"),
        (_cell("visit_plans", "version", 7), "result", "their digest is another"),
    ],
)
def test_a_changed_fact_fails_even_under_a_new_seal(
    bundles: Bundles, change: Callable[[Value], None], about: str, words: str
) -> None:
    assert words in failures(forged(bundles.report, "facts.json", change))[about]


async def test_a_check_out_belongs_to_the_check_in_that_was_signed_where_nobody_planned_the_visit(
    office: Office, superuser: asyncpg.Connection
) -> None:
    phone, person = await office.phone(), str(thing_id(PROVIDER, "service_user", "S1"))
    for hour in (9, 11):
        arrived = phone.record(
            "check_in", at=instant(f"2026-11-02T{hour:02}:00"), payload={"person_id": person}
        )
        left = {"check_in_id": arrived["signed"]["id"]}
        phone.record("check_out", at=instant(f"2026-11-02T{hour:02}:30"), payload=left)
    office.set(instant("2026-11-02T12:00"))
    await office.hand_in()
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    for due, job in ((instant("2026-11-09T12:00"), "checkpoints"), (REPORT_DUE, "wage_reports")):
        await office.run(due, job)
    report = await superuser.fetchval("SELECT id::text FROM document WHERE kind = 'wage_report'")
    reported = Reported(office, superuser, report)
    assert told(verify_bundle(await reported.bundle())) == {}

    def another(facts: Value) -> None:
        columns, rows = (facts["tables"]["visit_events"][name] for name in ("columns", "rows"))
        kind, visit = columns.index("kind"), columns.index("visit_id")
        first, second = (row for row in rows if row[kind] == "check_out")
        first[visit], second[visit] = second[visit], first[visit]

    for bundle in (await reported.bundle(), await reported.bundle("E1")):
        found = failures(forged(bundle, "facts.json", another))["facts"]
        assert "the facts give visit_id as" in found and "check_out" in found


def test_a_changed_result_fails_even_under_a_new_seal(bundles: Bundles) -> None:
    def nicer(result: Value) -> None:
        result["workers"][0]["result"]["shortfall"] = "0.00"

    found = failures(forged(bundles.report, "result.json", nicer))["result"]
    assert "/workers/0/result/shortfall was 0.00" in found


@pytest.mark.parametrize("name", ["receipts.json", "checkpoints.json"])
def test_only_the_server_signs_receipts_and_checkpoints(bundles: Bundles, name: str) -> None:
    def resign(rows: Value) -> None:
        text = "batch" if name == "receipts.json" else "body"
        rows[0][text] = rows[0][text].replace("2026-11-02", "2026-11-01")
        made = stranger().sign(rows[0][text].encode())
        rows[0]["kid"], rows[0]["signature"] = made["kid"], made["signature"]

    # The forger's key is in keys.json of his bundle, so only what the texts say gives him away.
    found = failures(forged(bundles.report, name, resign))
    assert found.keys() == ({"receipts"} if name == "receipts.json" else {"checkpoints"})


def test_a_checkpoint_taken_out_of_the_chain_is_missed(bundles: Bundles) -> None:
    def drop(rows: Value) -> None:
        del rows[0]

    assert (
        "its checkpoint 1 is not here"
        in failures(forged(bundles.report, "checkpoints.json", drop))["checkpoints"]
    )


def test_law_that_is_not_the_law_shipped_is_named_and_used(bundles: Bundles) -> None:
    members = opened(bundles.report)
    rates = members["statute/wage_rates.yaml"].replace(b"12.71", b"12.00")
    found = verify_bundle(resealed({**members, "statute/wage_rates.yaml": rates}, bundles.signer))
    [law] = [one for one in found.findings if one.about == "statute"]
    assert law.state == "not proved" and law.details == ("statute/wage_rates.yaml",)
    assert (
        "another result" in told(found)["result"]
        and "hourly was 12.71, comes out as 12.00" in told(found)["result"]
    )


def test_a_key_under_a_false_name_is_not_taken(bundles: Bundles) -> None:
    """The id of a key is worked out from the key, so naming a forger's key like the server's does not help him."""
    members = opened(bundles.report)
    jwk = {**stranger().signing[0].jwk(), "kid": bundles.signer.signing[0].kid}
    made = resealed({**members, "keys.json": msgspec.json.encode({"keys": [jwk]})}, stranger())
    assert {"receipts", "checkpoints"} <= failures(made).keys()
    assert "key" in failures(made, {bundles.signer.signing[0].kid: None})


def archive(*entries: tuple[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as opened_archive:
        for name, content in entries:
            opened_archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no ZIP file"),
        (b"PK\x03\x04 and then nothing", "no ZIP file"),
        (archive(("manifest.json", b"{}")), "manifest.json cannot be read"),
        (archive(("other.json", b"{}")), "manifest.json is not in the bundle"),
        (
            archive(("manifest.json", bytes(100_000)), packed=zipfile.ZIP_DEFLATED),
            "more than 100 times",
        ),
        (archive(*((f"f{n}.json", b"") for n in range(100))), "at most 64"),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(content: bytes, words: str) -> None:
    found = verify_bundle(content)
    assert not found.holds and words in told(found)["container"]


def nested(count: int, content: bytes) -> bytes:
    """A file of stored members each of whose contents is all that follows it, so that it swells `count` times."""
    heads: list[tuple[bytes, int, int]] = []
    for number in reversed(range(count)):
        name, crc, size = b"f%d.json" % number, zlib.crc32(content), len(content)
        head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 33, crc, size, size, len(name), 0) + name
        content = head + content
        heads.append((name, crc, size))
    listed = b""
    for name, crc, size in reversed(heads):
        fixed = (20, 20, 0, 0, 0, 33, crc, size, size, len(name), 0, 0, 0, 0, 0)
        place = len(content) - size - 30 - len(name)
        listed += struct.pack("<4s6H3I5H2I", b"PK\1\2", *fixed, place) + name
    return (
        content
        + listed
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(listed), len(content), 0)
    )


def test_members_that_lie_over_each_other_are_not_read() -> None:
    assert "lie over each other" in told(verify_bundle(nested(60, bytes(10_000))))["container"]


def test_a_forger_cannot_paint_over_the_verdict(bundles: Bundles, tmp_path: Path) -> None:
    def paint(manifest: Value) -> None:
        manifest["subject"]["provider"] = (
            "hearth\x1b[2J\rEverything that can be checked holds.\n\u202e\x1b[8m"
        )

    file = tmp_path / "forged.zip"
    file.write_bytes(write_bundle(changed(bundles.worker, "manifest.json", paint)))
    made = CliRunner().invoke(verify, [str(file)])
    assert made.exit_code == 1 and made.output.splitlines()[-1] == "THIS BUNDLE DOES NOT HOLD."
    assert all(line.isprintable() for line in made.output.splitlines())
    assert "Everything that can be checked holds." not in made.output.splitlines()


@pytest.mark.parametrize(
    "name", ["../escape.json", "/etc/passwd", "events.json/../x.json", "EVENTS.JSON", "a\\b.json"]
)
def test_a_name_that_leads_elsewhere_is_named_and_nothing_is_written(bundles: Bundles, name: str) -> None:
    entries = [*opened(bundles.worker).items(), (name, b"{}")]
    before = sorted(Path(tempfile.gettempdir()).glob("escape*"))
    assert "no name that a bundle's member may have" in failures(archive(*entries))["container"]
    assert sorted(Path(tempfile.gettempdir()).glob("escape*")) == before


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_named(bundles: Bundles) -> None:
    entries = [*opened(bundles.worker).items(), ("events.json", b"[]")]
    assert "'events.json' stands twice" in failures(archive(*entries))["container"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _everywhere(value: Value, at: list[Any]) -> list[list[Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, item in list(inside)[:40] for path in _everywhere(item, [*at, key]))]


@given(data=st.data())
@QUICK
def test_no_member_however_odd_makes_the_verifier_fall_over(bundles: Bundles, data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from(sorted(name for name in opened(bundles.worker) if name.endswith(".json")))
    )
    value = member(bundles.worker, name)
    path = data.draw(st.sampled_from(_everywhere(value, [])[1:] or [[]]))
    odd = data.draw(JSON)
    if path:
        inside = value
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = odd
    else:
        value = odd
    members = {**opened(bundles.worker), name: msgspec.json.encode(value)}
    verify_bundle(
        resealed(members, bundles.signer)
        if name not in ("manifest.json", "signature.json")
        else write_bundle(members)
    )
