"""An office with something behind every kind of address, and strangers of every role who know each of its ids."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from backend.use_cases.kept_forms import keep_form
from tests.console.desk import NOW, Browser, Desk, email, password_hash
from tests.console.test_audits import PERIOD, ran
from tests.console.test_carer_days import MEETING
from tests.console.test_patterns import TUESDAYS
from tests.console.test_places import CENTRE
from tests.jobs.office import visit_id
from tests.use_cases.loading.samples import CONTRACT, load_rows

STRANGERS: Final = {
    "manager": ["rival"],
    "finance": ["rival_finance"],
    "commissioner": ["other_commissioner"],
    "auditor": ["other_auditor"],
    "person": ["other_person", "rival_person"],
    "administrator": [],
}
"""By role: people of other organisations, and for a person another one of the same provider too. Administrators have
no organisation, and see nobody's records."""
ADDED: Final = {
    "rival_finance": ("lantern", "finance"),
    "rival_person": ("lantern", "person"),
    "own_twin": ("hearth", "manager"),
}
SAMPLE: Final = {**PERIOD, "seed": "autumn", "confidence": "80", "tolerable": "60", "expected": "0"}
Ids = Mapping[str, list[str]]


async def add_strangers(busy: Desk) -> None:
    """Accounts that the desk lacks. The other provider supports somebody too."""
    person = {"provider": "lantern", "reference": "L1", "name": "Lee Lantern", "address": "1 Low Street"}
    await load_rows("service-users", [{**person, "postcode": "ZX1 1AA", "lat": "52.0", "lon": "-2.7"}])
    for who, (organisation, role) in ADDED.items():
        await busy.superuser.execute(
            "INSERT INTO user_account (id, organisation_id, role, email, password_hash, created_at, person_id) "
            "SELECT $1, o.id, $2, $3, $4, $5, s.id FROM organisation o LEFT JOIN service_user s "
            "ON s.provider_id = o.id AND s.reference = 'L1' AND $2 = 'person' WHERE o.reference = $6",
            uuid4(),
            role,
            email(who),
            password_hash(),
            NOW,
            organisation,
        )


async def contract_with_the_other_commissioner() -> None:
    """From now on the strangers' commissioner buys care of the same provider: of that, and no other."""
    await load_rows("contracts", [{**CONTRACT, "reference": "HC-02", "commissioner": "icb"}])


async def grounds(busy: Desk) -> Ids:
    """Do one of everything as the office's own people; the ids by the name of their part of an address."""
    manager = await busy.as_("manager")
    person = await _first(busy, "SELECT id FROM service_user WHERE reference = 'S1'")
    run = await ran(busy, manager)
    for page, action, fields in (
        (f"/people/{person}", f"/people/{person}/tags", {"kind": "qr_static", "label": "Door"}),
        (f"/people/{person}", f"/people/{person}/places", CENTRE),
        ("/roster/patterns/new", "/roster/patterns/new", TUESDAYS),
        ("/carer-day?carer=C1&date=2026-11-02", "/carer-day/enter", MEETING),
        ("/calendars", "/calendars", {"carer": "C1"}),
        ("/webhooks", "/webhooks", {"address": "https://example.org/hook", "kind-help": "1"}),
        ("/privacy", "/privacy/holds", {"subject": "carer", "reference": "C1", "reason": "A claim"}),
        ("/audits", "/samples/draw", {**SAMPLE, "by": "random"}),
        ("/today", "/views/keep", {"name": "Mine", "address": "/today?date=2026-11-02"}),
    ):
        await _do(manager, page, action, **fields)
    invoice, report = await busy.id_of("invoice"), await busy.id_of("wage_report")
    await _do(manager, f"/invoices/{invoice}", f"/invoices/{invoice}/delivery", template="access-csv")
    line = f"/invoices/{invoice}/lines/1/dispute"
    await _do(await busy.as_("commissioner"), line, line, words="Nobody came.")
    await _do(await busy.as_("auditor"), "/audits", "/samples/draw", **SAMPLE, by="random")
    await _more_rows(busy)
    own_share = await _invoice_of_the_person(busy)
    return {
        "run_id": [run.rpartition("/")[2]],
        "person_id": [person],
        "visit_id": [visit_id("A")],
        "document_id": [invoice, report, own_share],
        **await _ids(busy),
    }


async def _ids(busy: Desk) -> dict[str, list[str]]:
    found = {
        "correction_id": "SELECT id FROM correction",
        "event_row": "SELECT row_id FROM event WHERE outcome = 'quarantined'",
        "device_id": "SELECT id FROM device ORDER BY enrolled_at",
        "tag_id": "SELECT id FROM home_tag",
        "place_id": "SELECT place_id FROM approved_place_version",
        "pattern_id": "SELECT id FROM pattern",
        "activity_id": "SELECT activity_id FROM activity_version WHERE entered_by IS NOT NULL",
        "hold_id": "SELECT id FROM legal_hold",
        "feed_id": "SELECT id FROM calendar_feed",
        "webhook_id": "SELECT id FROM webhook",
        "delivery_id": "SELECT id FROM notice_delivery",
        "dispute_id": "SELECT id FROM dispute",
        "passkey_id": "SELECT id FROM user_passkey",
        "view_id": "SELECT id FROM saved_view",
    }
    own = {name: [await _first(busy, statement)] for name, statement in found.items()}
    samples = await busy.superuser.fetch("SELECT id FROM audit_sample ORDER BY commissioner_id NULLS FIRST")
    user = await busy.superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email("manager"))
    kept = await keep_form(user, "/webhooks", {"address": "https://example.org/secret"})
    return {**own, "sample_id": [str(row["id"]) for row in samples], "token": [kept], "user_id": [str(user)]}


async def _more_rows(busy: Desk) -> None:
    """What only an authenticator or a receiver that is away would bring about."""
    await busy.superuser.execute(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, name, created_at)"
        " SELECT $1, id, 'c', 'k', 0, 'Laptop', $2 FROM user_account WHERE email = $3",
        uuid4(),
        NOW,
        email("manager"),
    )
    await busy.superuser.execute(
        "WITH hook AS (SELECT organisation_id, id FROM webhook), told AS (INSERT INTO notice"
        " SELECT organisation_id, gen_random_uuid(), 'help', '/today', $1 FROM hook RETURNING *)"
        " INSERT INTO notice_delivery (organisation_id, id, notice_id, webhook_id, attempts, next_at, dead_at)"
        " SELECT hook.organisation_id, gen_random_uuid(), told.id, hook.id, 1, $1, $1 FROM hook, told",
        NOW,
    )


async def _invoice_of_the_person(busy: Desk) -> str:
    """The invoice once more, as what is asked of the person; its id."""
    own = str(uuid4())
    change = {
        "id": own,
        "number": "HEARTH-99",
        "payer": "person S1",
        "commissioner_id": None,
        "payer_id": None,
    }
    await busy.superuser.execute(
        "INSERT INTO document SELECT (jsonb_populate_record(d, $1)).* FROM document d WHERE kind = 'invoice'",
        json.dumps(change),
    )
    await busy.superuser.execute(
        "INSERT INTO document_file SELECT (jsonb_populate_record(f, $1)).* FROM document_file f"
        " JOIN document d ON d.id = f.document_id WHERE d.kind = 'invoice' AND d.number <> 'HEARTH-99'",
        json.dumps({"document_id": own}),
    )
    return own


async def _do(browser: Browser, page: str, action: str, **fields: Any) -> None:
    assert (await browser.get(page)).status_code == 200, page
    answer = await browser.post(action, **fields)
    assert answer.status_code in (200, 303), (action, answer.status_code, answer.text)


async def _first(busy: Desk, statement: str) -> str:
    found = await busy.superuser.fetchval(statement)
    assert isinstance(found, UUID), statement
    return str(found)


async def everything(busy: Desk) -> dict[str, str]:
    """A digest of each table's rows: what was changed shows."""
    names = await busy.superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition"
    )
    return {
        row["relname"]: await busy.superuser.fetchval(
            f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {row['relname']} t"
        )
        for row in names
    }
