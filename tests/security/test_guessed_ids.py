"""Addresses that hold ids, asked for by strangers who know the ids: the same answer as for one that is nowhere."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final
from uuid import uuid4

from tests.console.desk import Browser, Desk
from tests.console.test_access import MAY_OPEN, PUBLIC, ROLES, _routes
from tests.jobs.office import PROVIDER
from tests.security.grounds import (
    STRANGERS,
    Ids,
    add_strangers,
    contract_with_the_other_commissioner,
    everything,
    grounds,
)

OTHER_PARTS: Final = {
    "place": "1",
    "number": "1",
    "line": "1",
    "position": "1",
    "test": "audit-overlap",
    "day": "2026-11-02",
    "format": "json",
}
"""The parts of addresses that are no ids of their own, as they are in the office."""
FORMS: Final[dict[str, dict[str, str]]] = {
    "/corrections/{correction_id:uuid}/decision": {"decision": "accepted"},
    "/quarantine/{event_row:uuid}/release": {"reason": "She stood in."},
    "/people/{person_id:uuid}/tags": {"kind": "qr_static", "label": "Back door"},
    "/privacy/holds/{hold_id:uuid}/lift": {"lifted": "Settled"},
    "/invoices/{document_id:uuid}/delivery": {"template": "access-csv"},
    "/invoices/{document_id:uuid}/payments": {"paid_on": "2026-11-16", "amount": "1.00", "reference": "BACS"},
}
"""What a form holds besides an address, where an empty one would be refused before the address is looked at."""
PERSONAL: Final = re.compile(
    r"Ann Carer|Bea Carer|Mr One|Mrs Two|High Street|HEARTH-|HC-01|Nobody came|Team meeting"
)
ONE_S_OWN: Final = {"passkey_id", "view_id", "token"}
"""Ids of what belongs to one user, whoever else is in the same organisation."""
OWNERS: Final = {
    "rival": "manager",
    "other_auditor": "auditor",
    "other_commissioner": "commissioner",
    "other_person": "person",
    "rival_person": "person",
}
FOR_WHOEVER_CONTRACTS: Final = ("/wage-reports/", "/care-costs/", "/audits/")
"""What is about a provider as a whole is for every commissioner that contracts with it (docs/console.md)."""

NOT_IN_THE_OFFICE: Final = {"/wage-reports/{document_id:uuid}/untested/{place:int}"}
"""Everybody who works there was tested: tests/console/test_untested.py opens this page, and finds no stranger's."""


def with_ids() -> Iterator[tuple[str, str, list[str]]]:
    """Method, path and the names of its ids, of every page and action that has any."""
    for method, path in _routes():
        names = re.findall(r"{(\w+):uuid}|{(token):str}", path)
        if names and path not in PUBLIC:
            yield method, path, [one or other for one, other in names]


def addresses(path: str, names: list[str], ids: Ids) -> Iterator[tuple[str, str]]:
    """Each address that the ids give, and the same with ids that are nowhere."""
    for values in product(*(ids[name] for name in names)):
        yield (
            _filled(path, dict(zip(names, values, strict=True))),
            _filled(path, {name: str(uuid4()) for name in names}),
        )


def _filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"{(\w+):\w+}", lambda part: {**OTHER_PARTS, **values}[part[1]], path)


def strangers(path: str, names: list[str]) -> set[str]:
    found = {who for role in MAY_OPEN[path] for who in STRANGERS[role]}
    return found | ({"own_twin"} if ONE_S_OWN & set(names) else set())


async def show_a_form(browser: Browser) -> None:
    """Without the token that forms hold nothing is sent; that of a session stays the same."""
    if "csrf_token" not in browser.page:
        await browser.get("/sessions")


async def ask(browser: Browser, method: str, path: str, address: str) -> tuple[int, str]:
    """Status and page, without what differs from one asking to the next."""
    if method == "GET":
        answer = await browser.get(address)
    else:
        await show_a_form(browser)
        answer = await browser.post(address, **FORMS.get(path, {}))
    said = re.sub(r'value="[^"]+"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}', "", answer.text)
    return answer.status_code, said.replace(address, "")


def test_every_kind_of_id_has_one_to_guess() -> None:
    assert len(list(with_ids())) > 50
    assert set(STRANGERS) == ROLES


async def test_a_stranger_who_knows_an_id_is_answered_as_for_one_that_is_nowhere(busy: Desk) -> None:
    await add_strangers(busy)
    ids = await grounds(busy)
    for who in sorted({who for names in STRANGERS.values() for who in names} | {"own_twin"}):
        await busy.as_(who)
    before = await everything(busy)
    for contracted in (False, True):
        if contracted:
            await contract_with_the_other_commissioner()
            before = await everything(busy)
        tried = 0
        for method, path, names in with_ids():
            for (real, nowhere), who in product(addresses(path, names, ids), sorted(strangers(path, names))):
                if contracted and (not who.startswith("other_") or path.startswith(FOR_WHOEVER_CONTRACTS)):
                    continue
                browser = await busy.as_(who)
                found = await ask(browser, method, path, real)
                assert found[0] == 404, (who, method, real, found)
                assert found == await ask(browser, method, path, nowhere), (who, method, real)
                assert not PERSONAL.search(found[1]), (who, real)
                tried += 1
        assert tried > (20 if contracted else 80)
        assert await everything(busy) == before
    await the_owners_find_them(busy, ids)


async def the_owners_find_them(busy: Desk, ids: Ids) -> None:
    """None of what was guessed is nowhere: to somebody of the office each page opens and each form says more."""
    for method, path, names in with_ids():
        if path in NOT_IN_THE_OFFICE or MAY_OPEN[path] == {"administrator"}:
            continue  # nobody is a stranger to the administrator
        answers = [
            (await ask(await busy.as_(who), method, path, real))[0]
            for real, _ in addresses(path, names, ids)
            for who in sorted(MAY_OPEN[path] - {"administrator"})
        ]
        assert any(status == 200 if method == "GET" else status != 404 for status in answers), (method, path)
        assert max(answers) < 500, (method, path)


def named(ids: Ids, number: str, digits: str) -> list[tuple[str, str, str, dict[str, str]]]:
    """Who asks where with what in a query or a form; what begins with "their " is real and another's."""
    visit, person, device = ids["visit_id"][0], ids["person_id"][0], ids["device_id"][0]
    week = {"first": "2026-11-02", "last": "2026-11-08"}
    plan = {"visit": "R1", "start": "2026-11-17 09:00", "minutes": "30", "anyway": "yes", "why": "w"}
    proposed = {"start": "2026-11-02 09:10", "reason": "other", "note": "They said so."}
    when = {"start": "2026-11-02 10:20", "end": "2026-11-02 11:00", "date": "2026-11-02"}
    draw = {**week, "seed": "x", "confidence": "80", "tolerable": "60", "expected": "0", "by": "random"}
    return [
        ("rival", "GET", "/corrections/new", {"visit": f"their {visit}"}),
        ("rival", "GET", "/corrections/new", {"carer": "their C1", "day": "2026-11-02"}),
        ("rival", "GET", "/carer-day", {"carer": "their C1", "date": "2026-11-02"}),
        ("rival", "GET", "/roster/carer", {"carer": "their C1"}),
        ("rival", "GET", "/roster/plan", {"person": f"their {person}", "date": "2026-11-16"}),
        ("rival", "GET", "/roster/patterns", {"person": f"their {person}"}),
        ("rival", "GET", "/today", {"date": "2026-11-02", "carer": "their C1"}),
        ("rival", "GET", "/exceptions", {"carer": "their C1", "person": "their S1"}),
        ("rival", "GET", "/statement", {"person": "their S1"}),
        ("rival", "GET", "/invoices/draft", {"contract": "their HC-01", "date": "2026-11-08"}),
        ("rival", "GET", "/find", {"ref": f"their {number}"}),
        ("rival", "GET", "/find", {"ref": f"their {digits}"}),
        ("other_auditor", "GET", "/find", {"ref": f"their {digits}"}),
        ("other_auditor", "GET", "/performance", {"provider": "their hearth"}),
        (
            "other_commissioner",
            "GET",
            "/performance/detail",
            {"provider": "their hearth", "figure": "punctual"},
        ),
        ("other_commissioner", "GET", "/statement", {"provider": "their hearth", "person": "their S1"}),
        ("rival", "POST", "/corrections/new", {**proposed, "visit": f"their {visit}", "carer": "their C1"}),
        ("rival", "POST", "/corrections/new", {**proposed, "carer": "their C1", "end": "2026-11-02 10:00"}),
        ("rival", "POST", "/devices/codes", {"carer": "their C1"}),
        ("rival", "POST", "/devices/codes", {"carer": "their C1", "replaces": f"their {device}"}),
        ("rival", "POST", "/calendars", {"carer": "their C1"}),
        ("rival", "POST", "/carer-day/enter", {**when, "carer": "their C1", "kind": "meeting", "note": "n"}),
        ("rival", "POST", "/roster/plan", {**plan, "package": "their P1", "carer": "their E1"}),
        ("rival", "POST", "/roster/cover", {"carer": "their C1", "kind": "sickness", f"visit-{visit}": "1"}),
        ("rival", "POST", "/roster/carer/skills", {"carer": "their C1", "skills-skill": "hoist"}),
        ("rival", "POST", "/invoices/draft/issue", {"contract": "their HC-01", "date": "2026-11-08"}),
        ("other_auditor", "POST", "/audits/run", {**week, "provider": f"their {PROVIDER}"}),
        ("other_auditor", "POST", "/samples/draw", {**draw, "provider": f"their {PROVIDER}"}),
        (
            "other_commissioner",
            "POST",
            "/statement/wrong",
            {"provider": "their hearth", "visit": f"their {visit}", "words": "No."},
        ),
        ("other_person", "POST", "/my-care/statement/wrong", {"visit": f"their {visit}", "words": "No."}),
        ("rival_person", "POST", "/my-care/statement/wrong", {"visit": f"their {visit}", "words": "No."}),
    ]


async def said_to(browser: Browser, method: str, path: str, fields: dict[str, str]) -> tuple[int, str]:
    if method == "POST":
        await show_a_form(browser)
    answer = await (browser.ask(path, **fields) if method == "GET" else browser.post(path, **fields))
    told = answer.text + answer.headers.get("location", "")
    for value in sorted(fields.values(), key=len, reverse=True):
        told = told.replace(value, "…")
    return answer.status_code, re.sub(r'value="[^"]+"|[0-9a-f]{8}-[0-9a-f-]{27}|R-[0-9a-f]{12}', "", told)


async def test_nothing_of_another_s_is_reached_by_what_a_query_or_a_form_names(busy: Desk) -> None:
    await add_strangers(busy)
    ids = await grounds(busy)
    digest = await busy.superuser.fetchval("SELECT facts_digest FROM document WHERE kind = 'wage_report'")
    for who in ("rival", "other_auditor", "other_commissioner", "other_person", "rival_person"):
        await busy.as_(who)
    before = await everything(busy)
    number = await busy.superuser.fetchval(
        "SELECT number FROM document WHERE kind = 'invoice' ORDER BY number"
    )
    asked = named(ids, number, digest.hex()[:8])
    for who, method, path, fields in asked:
        browser = await busy.as_(who)
        real = {name: value.removeprefix("their ") for name, value in fields.items()}
        nowhere = {**real, **made_up(fields)}
        found = await said_to(browser, method, path, real)
        assert found[0] < 500 and not PERSONAL.search(found[1]), (who, path, found)
        assert found == await said_to(browser, method, path, nowhere), (who, path, fields)
    assert await everything(busy) == before
    for who, method, path, fields in asked:
        owner = await busy.as_(OWNERS[who])
        real = {name: value.removeprefix("their ") for name, value in fields.items()}
        gone = await said_to(owner, method, path, {**real, **made_up(fields)})
        assert await said_to(owner, method, path, real) != gone, (who, path, fields)


def made_up(fields: dict[str, str]) -> dict[str, str]:
    """In place of what is another's, what is nobody's."""
    theirs = {name: value for name, value in fields.items() if value.startswith("their ")}
    return {name: str(uuid4()) if len(value) > 30 else "ZZ99" for name, value in theirs.items()}
