"""Who may open what: every route against every role, and one organisation's pages against another's people."""

from uuid import uuid4

from litestar.handlers import HTTPRouteHandler

from backend.console.routes import handlers
from tests.console.desk import Desk
from tests.jobs.office import visit_id

ROLES = {"manager", "finance", "commissioner", "auditor", "administrator", "person"}
PUBLIC = {
    "/",
    "/at",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/code",
    "/calendar/{name:str}",
    "/unsubscribe/{user_id:uuid}/{kind:str}/{mark:str}",
    "/sign-in/with",
    "/sign-in/with/{reference:str}",
    "/sign-in/with/{reference:str}/back",
    "/sign-in/with/{reference:str}/out",
    "/set-password",
    "/set-password/{token:str}",
    "/set-password/{token:str}/passkey",
    "/static/{digest:str}/{name:str}",
}

PROPOSAL = {"carer": "C1", "start": "2026-11-02 09:10", "reason": "other", "note": "They said so."}

MAY_OPEN = {
    "/today": {"manager", "finance"},
    "/roster": {"manager", "finance"},
    "/roster/plan": {"manager"},
    "/roster/visits/{visit_id:uuid}": {"manager"},
    "/roster/visits/{visit_id:uuid}/off": {"manager"},
    "/roster/patterns": {"manager"},
    "/roster/patterns/new": {"manager"},
    "/roster/patterns/{pattern_id:uuid}": {"manager"},
    "/roster/patterns/{pattern_id:uuid}/end": {"manager"},
    "/roster/cover": {"manager"},
    "/roster/carers": {"manager"},
    "/roster/carer": {"manager"},
    "/roster/carer/skills": {"manager"},
    "/roster/carer/working-hours": {"manager"},
    "/roster/carer/leave": {"manager"},
    "/people/{person_id:uuid}/needs": {"manager"},
    "/today/live": {"manager", "finance"},
    "/visits/{visit_id:uuid}": {"manager", "finance"},
    "/corrections": {"manager"},
    "/corrections/new": {"manager"},
    "/corrections/{correction_id:uuid}/decision": {"manager"},
    "/carer-day": {"manager", "finance"},
    "/carer-day/enter": {"manager"},
    "/entered-time/{activity_id:uuid}": {"manager", "finance"},
    "/entered-time/{activity_id:uuid}/change": {"manager"},
    "/entered-time/{activity_id:uuid}/withdraw": {"manager"},
    "/correction-reasons": {"manager"},
    "/manual-share": {"manager", "finance"},
    "/manual-share/csv": {"manager", "finance"},
    "/correction-reasons/keep": {"manager"},
    "/exceptions": {"manager"},
    "/exceptions/decide": {"manager"},
    "/quarantine": {"manager"},
    "/quarantine/{event_row:uuid}/release": {"manager"},
    "/devices": {"manager"},
    "/devices/codes": {"manager"},
    "/devices/{device_id:uuid}/revoke": {"manager"},
    "/devices/{device_id:uuid}/unlock": {"manager"},
    "/people": {"manager"},
    "/people/positions": {"manager"},
    "/people/{person_id:uuid}": {"manager"},
    "/people/{person_id:uuid}/places": {"manager"},
    "/people/{person_id:uuid}/places/{place_id:uuid}/end": {"manager"},
    "/people/{person_id:uuid}/tags": {"manager"},
    "/people/{person_id:uuid}/cards/{tag_id:uuid}": {"manager"},
    "/people/{person_id:uuid}/tags/{tag_id:uuid}/retire": {"manager"},
    "/invoices": {"manager", "finance", "commissioner"},
    "/invoices/{document_id:uuid}/payments": {"finance"},
    "/invoices/{document_id:uuid}/lines/{line:int}/dispute": {"manager", "finance", "commissioner"},
    "/disputes": {"manager", "finance", "commissioner"},
    "/disputes/{dispute_id:uuid}": {"manager", "finance", "commissioner"},
    "/disputes/{dispute_id:uuid}/answer": {"manager", "finance"},
    "/disputes/{dispute_id:uuid}/decision": {"manager", "finance"},
    "/reconciliation": {"manager", "finance"},
    "/invoices/drafts": {"manager", "finance"},
    "/invoices/draft": {"manager", "finance"},
    "/invoices/draft/issue": {"manager", "finance"},
    "/invoices/{document_id:uuid}": {"manager", "finance", "commissioner"},
    "/invoices/{document_id:uuid}/files/{format:str}": {"manager", "finance", "commissioner"},
    "/invoices/{document_id:uuid}/peppol": {"manager", "finance"},
    "/invoices/{document_id:uuid}/delivery": {"manager", "finance"},
    "/invoices/{document_id:uuid}/delivery/{number:int}": {"manager", "finance", "commissioner"},
    "/delivered": {"manager", "finance", "commissioner"},
    "/delivered/csv": {"manager", "finance", "commissioner"},
    "/budgets": {"commissioner", "auditor"},
    "/budgets/keep": {"commissioner"},
    "/providers": {"auditor"},
    "/pay-record": {"commissioner", "auditor"},
    "/pay-record/csv": {"commissioner", "auditor"},
    "/performance": {"manager", "finance", "commissioner", "auditor"},
    "/performance/csv": {"manager", "finance", "commissioner", "auditor"},
    "/performance/detail": {"manager", "finance", "commissioner", "auditor"},
    "/statement": {"manager", "finance", "commissioner"},
    "/statement/pdf": {"manager", "finance", "commissioner"},
    "/statement/wrong": {"manager", "finance", "commissioner"},
    "/my-care": {"person"},
    "/my-care/statement": {"person"},
    "/my-care/statement/pdf": {"person"},
    "/my-care/statement/wrong": {"person"},
    "/my-care/invoices": {"person"},
    "/my-care/invoices/{document_id:uuid}": {"person"},
    "/wage-reports": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}/untested/{place:int}": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}/files/{format:str}": {"manager", "finance"},
    "/wage-reports/{document_id:uuid}/files": {"auditor"},
    "/wage-reports/{document_id:uuid}/evidence": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}/workers/{place:int}/evidence": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}/workers/{place:int}": {"manager", "finance", "auditor"},
    "/wage-reports/{document_id:uuid}/workers/{place:int}/name": {"auditor"},
    "/wage-reports/{document_id:uuid}/workers/{place:int}/days/{day:date}": {"manager", "finance", "auditor"},
    "/load": {"manager", "finance", "commissioner", "administrator"},
    "/load/{kind:str}": {"manager", "finance", "commissioner", "administrator"},
    "/load/{kind:str}/template": {"manager", "finance", "commissioner", "administrator"},
    "/pay-preview": {"manager", "finance"},
    "/payroll": {"manager", "finance", "auditor"},
    "/payroll/load": {"manager", "finance"},
    "/find": {"manager", "finance", "commissioner", "auditor"},
    "/arrears": {"manager", "finance", "auditor"},
    "/arrears/files/{format:str}": {"manager", "finance", "auditor"},
    "/what-if": {"manager", "finance"},
    "/care-costs": {"manager", "finance", "commissioner", "auditor"},
    "/care-costs/{document_id:uuid}": {"manager", "finance", "commissioner", "auditor"},
    "/audits": {"manager", "auditor"},
    "/audits/run": {"manager", "auditor"},
    "/audits/{run_id:uuid}": {"manager", "auditor"},
    "/audits/{run_id:uuid}/tests/{test:str}": {"manager", "auditor"},
    "/audits/{run_id:uuid}/tests/{test:str}/{number:int}/decision": {"manager", "auditor"},
    "/attendances/{visit_id:uuid}": {"auditor"},
    "/samples/draw": {"manager", "auditor"},
    "/samples/{sample_id:uuid}": {"manager", "auditor"},
    "/samples/{sample_id:uuid}/{position:int}/finding": {"manager", "auditor"},
    "/organisations": {"administrator"},
    "/users": {"administrator"},
    "/users/{user_id:uuid}": {"administrator"},
    "/users/{user_id:uuid}/access": {"administrator"},
    "/users/{user_id:uuid}/end": {"administrator"},
    "/users/{user_id:uuid}/sign-out": {"administrator"},
    "/access-log": {"manager", "auditor"},
    "/terms": {"manager", "finance", "commissioner", "auditor"},
    "/digests": {"commissioner", "auditor"},
    "/digests/{day:str}": {"commissioner", "auditor"},
    "/record-checks": {"manager"},
    "/privacy": {"manager"},
    "/privacy/period": {"manager"},
    "/privacy/holds": {"manager"},
    "/privacy/holds/{hold_id:uuid}/lift": {"manager"},
    "/privacy/everything": {"manager"},
    "/privacy/erase": {"manager"},
    "/my-care/everything": {"person"},
    "/passkeys": ROLES,
    "/calendars": {"manager"},
    "/calendars/{feed_id:uuid}/revoke": {"manager"},
    "/notices": {"manager", "finance", "commissioner", "auditor"},
    "/webhooks": {"manager", "commissioner"},
    "/webhooks/{webhook_id:uuid}/end": {"manager", "commissioner"},
    "/webhooks/deliveries/{delivery_id:uuid}/again": {"manager", "commissioner"},
    "/prove": ROLES,
    "/prove/with": ROLES,
    "/prove/kept/{token:str}": ROLES,
    "/kept/{token:str}": ROLES,
    "/organisations/{reference:str}/sign-in": {"administrator"},
    "/authenticator": ROLES,
    "/authenticator/off": ROLES,
    "/authenticator/codes": ROLES,
    "/authenticator/password": ROLES,
    "/sessions": ROLES,
    "/views": ROLES,
    "/views/keep": ROLES,
    "/views/{view_id:uuid}/remove": ROLES,
    "/sessions/end": ROLES,
    "/sessions/end-others": ROLES,
    "/passkeys/{passkey_id:uuid}/remove": ROLES,
    "/sign-out": ROLES,
}


def _routes() -> list[tuple[str, str]]:
    return [
        (method, path)
        for handler in handlers
        for path in sorted(handler.paths)
        for method in _methods(handler)
    ]


def _methods(handler: HTTPRouteHandler) -> list[str]:
    return sorted(method for method in handler.http_methods if method in ("GET", "POST"))


def filled(path: str) -> str:
    """A route's path with made-up ids, none of which exists."""
    for name, value in {
        "{place:int}": "1",
        "{number:int}": "1",
        "{line:int}": "1",
        "{position:int}": "1",
        "{test:str}": "audit-overlap",
        "{format:str}": "json",
        "{kind:str}": "absences",
        "{reference:str}": "nowhere",
        "{token:str}": "none",
        "{day:date}": "2026-11-02",
        **dict.fromkeys(
            (
                "{visit_id:uuid}",
                "{correction_id:uuid}",
                "{event_row:uuid}",
                "{device_id:uuid}",
                "{person_id:uuid}",
                "{tag_id:uuid}",
                "{activity_id:uuid}",
                "{place_id:uuid}",
                "{pattern_id:uuid}",
                "{document_id:uuid}",
                "{passkey_id:uuid}",
                "{run_id:uuid}",
                "{sample_id:uuid}",
                "{dispute_id:uuid}",
                "{webhook_id:uuid}",
                "{feed_id:uuid}",
                "{hold_id:uuid}",
                "{delivery_id:uuid}",
                "{view_id:uuid}",
                "{user_id:uuid}",
            ),
            str(uuid4()),
        ),
    }.items():
        path = path.replace(name, value)
    return path


def test_every_route_is_in_the_matrix() -> None:
    assert {path for _, path in _routes()} - PUBLIC == set(MAY_OPEN)


async def test_each_role_opens_its_own_pages_and_no_others(desk: Desk) -> None:
    for who in ROLES:
        browser = await desk.as_(who)
        await browser.get((await browser.get("/")).headers["location"])
        with_token = browser.page
        for method, path in _routes():
            if path in PUBLIC or path in ("/sign-out", "/sessions/end-others", "/prove"):
                continue
            browser.page = with_token
            answer = await (browser.get(filled(path)) if method == "GET" else browser.post(filled(path)))
            if who in MAY_OPEN[path]:
                # What the made-up ids and empty forms name does not exist: refused for that, not for the role.
                assert answer.status_code in (200, 400, 404), (who, path, answer.text)
            else:
                assert answer.status_code == 403, (who, path)
                assert f"This page is not for the role {who}." in answer.text


async def test_nobody_opens_anything_without_signing_in(desk: Desk) -> None:
    browser = desk.browser()
    for method, path in _routes():
        if path not in PUBLIC:
            answer = await (browser.get(filled(path)) if method == "GET" else browser.post(filled(path)))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?next=/")


async def test_another_provider_finds_nothing_of_ours(busy: Desk) -> None:
    rival = await busy.as_("rival")
    invoice, report = await busy.id_of("invoice"), await busy.id_of("wage_report")
    for path in (
        f"/visits/{visit_id('A')}",
        f"/invoices/{invoice}",
        f"/invoices/{invoice}/files/pdf",
        f"/wage-reports/{report}",
        f"/wage-reports/{report}/workers/1",
        f"/wage-reports/{report}/workers/1/days/2026-11-02",
        f"/wage-reports/{report}/files/json",
    ):
        assert (await rival.get(path)).status_code == 404, path
    for path in ("/today?date=2026-11-02", "/corrections?show=all", "/quarantine", "/devices", "/invoices"):
        page = (await rival.get(path)).text
        assert "Ann Carer" not in page and "Mr One" not in page and "HEARTH-" not in page, path


async def test_another_commissioner_finds_nothing_of_ours(busy: Desk) -> None:
    invoice, report = await busy.id_of("invoice"), await busy.id_of("wage_report")
    commissioner, auditor = await busy.as_("other_commissioner"), await busy.as_("other_auditor")
    assert "There are no invoices yet" in (await commissioner.get("/invoices")).text
    assert (await commissioner.get(f"/invoices/{invoice}")).status_code == 404
    assert "There are no wage reports yet" in (await auditor.get("/wage-reports")).text
    assert (await auditor.get(f"/wage-reports/{report}/workers/1")).status_code == 404


async def test_another_provider_changes_nothing_of_ours(busy: Desk) -> None:
    rival = await busy.as_("rival")
    correction = await busy.superuser.fetchval("SELECT id FROM correction")
    event = await busy.superuser.fetchval("SELECT row_id FROM event WHERE outcome = 'quarantined' LIMIT 1")
    device = await busy.superuser.fetchval("SELECT id FROM device LIMIT 1")
    for path, fields in (
        (f"/corrections/{correction}/decision", {"decision": "accepted"}),
        ("/corrections/new", {**PROPOSAL, "visit": visit_id("A")}),
        ("/corrections/new", {**PROPOSAL, "end": "2026-11-02 10:00", "reason": "break"}),
        (f"/quarantine/{event}/release", {"reason": "because"}),
        (f"/devices/{device}/revoke", {}),
    ):
        await rival.get("/today")
        assert (await rival.post(path, **fields)).status_code == 404, path
    assert await busy.superuser.fetchval("SELECT count(*) FROM correction_decision") == 0
    assert await busy.superuser.fetchval("SELECT count(*) FROM correction") == 1
    assert await busy.superuser.fetchval("SELECT count(*) FROM event_release") == 0
    assert await busy.superuser.fetchval("SELECT count(*) FROM device WHERE revoked_at IS NOT NULL") == 0
