"""Files loaded on the pages: tried first, then exactly what was tried; and the way to a first invoice."""

import html
import re
from typing import Any, get_args

import httpx
import msgspec
import pytest

from backend.console.loading import KINDS
from backend.faults import DomainError
from backend.use_cases.loading import SourceFile, load
from backend.use_cases.loading.examples import columns_of_kind, empty_file, example_of
from backend.use_cases.try_file import refuse_another, seal
from schemas.loading import LoadKind
from tests.console.desk import Browser, Desk

REASON = b"provider,reference,words,means,from\nhearth,signal,=No signal,other,2026-11-01\n"
COUNT = "SELECT count(*) FROM correction_reason_version"


def held(page: str) -> dict[str, str]:
    """The fields by which the page of a dry run holds its file."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    del fields["csrf_token"]
    return fields


async def tried(browser: Browser, kind: str, name: str, content: bytes, **fields: str) -> Any:
    await browser.get(f"/load/{kind}")
    return await browser.upload(f"/load/{kind}", name, content, **fields)


async def test_the_examples_of_all_kinds_load_one_after_the_other(http: httpx.AsyncClient) -> None:
    providers = [{"reference": "hearth", "name": "Hearth Care", "kind": "provider"}]
    await load("organisations", [SourceFile("o", msgspec.json.encode(providers), "json")])
    assert set(KINDS) == set(get_args(LoadKind))
    for kind in KINDS:
        if kind != "postcodes":
            example = example_of(kind)
            loaded = await load(kind, [SourceFile(kind, msgspec.json.encode(example), "json")])
            assert loaded.new >= len(example) > 0, kind
            found = empty_file(kind, "hearth")
            assert found is not None and {column.heading for column in columns_of_kind(kind)} >= (
                set(example[0]) if columns_of_kind(kind) else set()
            )


async def test_a_file_is_tried_and_then_exactly_what_was_tried_is_loaded(desk: Desk) -> None:
    manager = await desk.as_("manager")
    answer = await tried(manager, "correction-reasons", "reasons.csv", REASON)
    assert answer.status_code == 200 and "Tried, and not kept yet: reasons.csv" in answer.text
    assert re.search(r"Would be added</dt><dd[^>]*>1</dd>", answer.text)
    assert await desk.superuser.fetchval(COUNT) == 0, "only tried"
    fields = held(answer.text)
    for changed in ({"seal": "0" * 64}, {"held": "cHJvdmlkZXI="}, {"complete": "2026-11-02..2026-11-03"}):
        wrong = await manager.upload("/load/correction-reasons", "", b"", **{**fields, **changed})
        assert wrong.status_code == 409 and "not the file that was tried" in wrong.text, changed
    other_kind = await manager.upload("/load/absences", "", b"", **fields)
    assert other_kind.status_code == 409
    assert await desk.superuser.fetchval(COUNT) == 0
    await manager.get("/load/correction-reasons")
    done = await manager.upload("/load/correction-reasons", "", b"", **fields)
    assert done.status_code == 200 and "Loaded: reasons.csv" in done.text
    assert await desk.superuser.fetchval(COUNT) == 1
    again = await tried(manager, "correction-reasons", "reasons.csv", REASON)
    assert re.search(r"Held already, just so</dt><dd[^>]*>1</dd>", again.text)


async def test_each_fault_is_named_by_row_and_column_and_nothing_is_kept(desk: Desk) -> None:
    manager = await desk.as_("manager")
    bad = REASON + b"hearth,signal2,,nonsense,soon\nlantern,theirs,Words,other,2026-11-01\n"
    answer = await tried(manager, "correction-reasons", "reasons.csv", bad)
    assert answer.status_code == 400 and "Refused, and nothing is changed" in answer.text
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td><td>([^<]+)</td></tr>', answer.text)
    assert {(row, column) for row, column, _ in rows} >= {("3", "words"), ("3", "means"), ("3", "from")}
    others = await tried(manager, "correction-reasons", "r.csv", REASON.replace(b"hearth", b"lantern"))
    assert others.status_code in (400, 403, 404) and "Loaded" not in others.text
    assert await desk.superuser.fetchval(COUNT) == 0
    for name, content in (
        ("", b""),
        ("r.xlsx", b"PK\x03\x04nonsense"),
        ("r.csv", b"\xff\xfe"),
        ("r.json", b"[{"),
    ):
        assert (await tried(manager, "correction-reasons", name, content)).status_code == 400, name
    assert (await tried(manager, "rota", "r.csv", b"visit\n", complete="tomorrow")).status_code == 400
    assert (await manager.get("/load/organisations")).status_code == 404
    await manager.get("/load")
    assert (await manager.upload("/load/organisations", "o.csv", REASON)).status_code == 404


async def test_each_role_is_offered_the_kinds_that_it_may_load(desk: Desk) -> None:
    offered = {}
    for who in ("manager", "finance", "commissioner", "administrator"):
        page = (await (await desk.as_(who)).get("/load")).text
        offered[who] = set(
            re.findall(r'<li><a class="govuk-link" href="/load/([a-z-]+)">', page.split("Kinds of files")[1])
        )
    assert offered["administrator"] == set(KINDS)
    assert offered["manager"] == set(KINDS) - {"organisations", "postcodes", "bank-holidays", "budgets"}
    assert offered["commissioner"] == {"absences", "standards", "budgets"}
    assert "pay-terms" in offered["finance"] and "carers" not in offered["finance"]
    manager = await desk.as_("manager")
    template = await manager.get("/load/carers/template")
    assert template.text.startswith("provider,reference,employment,name,date_of_birth")
    assert (await manager.get("/load/contracts/template")).json()[0]["provider"] == "hearth"
    administrator = await desk.as_("administrator")
    assert (await administrator.get("/load/postcodes/template")).status_code == 404


async def test_every_address_on_the_pages_of_files_opens_for_who_is_given_it(busy: Desk) -> None:
    for who in ("manager", "finance", "commissioner", "administrator"):
        browser = await busy.as_(who)
        pages = ["/load", *re.findall(r'href="(/load/[a-z-]+)"', (await browser.get("/load")).text)]
        given = {
            html.unescape(to)
            for at in pages
            for to in re.findall(r'href="(/[^"]+)"', (await browser.get(at)).text)
        }
        refused = {to: status for to in given if (status := (await browser.get(to)).status_code) >= 400}
        assert refused == {}, who


async def test_the_way_to_a_first_invoice_is_ticked_by_what_is_there(busy: Desk) -> None:
    def ticks(page: str) -> list[str]:
        return re.findall(r"govuk-tag--(green|grey)", page)

    empty = (await (await busy.as_("rival")).get("/load")).text
    assert ticks(empty)[0] == "green" and ticks(empty).count("green") == 1
    assert "Needed next: <strong>Bank holidays are loaded" in empty
    full = (await (await busy.as_("manager")).get("/load")).text
    assert ticks(full).count("grey") == 2
    assert 'Terms of pay are loaded</a> <strong class="govuk-tag govuk-tag--grey' in full
    assert "On the way" not in (await (await busy.as_("commissioner")).get("/load")).text


def test_what_was_tried_in_one_session_is_not_what_was_tried_in_another() -> None:
    mine = seal("mine", "rota", "", "ab")
    assert mine != seal("yours", "rota", "", "ab")
    with pytest.raises(DomainError):
        refuse_another(mine, "mine", "rota", "", b"content")
