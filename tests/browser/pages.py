"""Every page of each role, with something on it, for tests that look at all of them."""

from typing import Final
from uuid import UUID, uuid4

from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.answer_dispute import answer_dispute
from backend.use_cases.raise_dispute import raise_dispute
from backend.use_cases.read_tags import list_tags
from backend.use_cases.viewer import Viewer
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER, visit_id
from tests.use_cases.loading.samples import BUDGETS, load_rows

DAYS: Final = "from=2026-11-02&until=2026-11-22"
OFFICE: Final = (
    "/today",
    "/today?date=nonsense",
    "/roster?date=2026-11-02",
    "/roster?date=2026-11-02&by=person",
    "/carer-day?carer=C1&date=2026-11-02",
    "/roster/plan",
    f"/roster/visits/{visit_id('LATER')}",
    "/roster/carer?carer=C1",
    "/roster/cover?carer=C2&kind=sickness&from=2026-11-16&until=2026-11-16",
    "/roster/patterns",
    "/roster/patterns/new",
    f"/visits/{visit_id('A')}",
    "/exceptions",
    "/exceptions?show=acknowledged",
    "/corrections",
    "/quarantine",
    "/devices",
    "/calendars",
    "/passkeys",
    "/authenticator",
    "/prove",
    "/notices",
    "/webhooks",
    "/sessions",
    "/access-log",
    "/record-checks",
    "/privacy",
    "/people",
    "/people/positions",
)
MONEY: Final = (
    "/invoices/drafts",
    "/invoices/draft?contract=HC-01&date=2026-11-16",
    "/reconciliation",
    "/arrears",
    "/what-if",
    "/what-if?period=2026-11-02&waiting=12.71",
    "/audits",
    "/pay-preview?date=2026-11-05",
    "/load",
    "/load/carers",
    "/load/contracts",
    "/terms",
)
CARE: Final = (f"/delivered?{DAYS}", f"/statement?provider=hearth&person=S1&{DAYS}")
_DETAIL: Final = "/performance/detail?provider=hearth&month=2026-11&figure="
FIGURES: Final = (
    "/performance",
    *(f"{_DETAIL}{figure}" for figure in ("punctual", "carers_met", "travel_paid")),
)


async def pages_of(busy: Desk, who: str) -> list[str]:
    """The pages of one of USERS, with something on each."""
    report = await busy.id_of("wage_report")
    return {
        "manager": [
            *OFFICE,
            *await homes_of(busy),
            *CARE,
            *await invoices_of(busy),
            *MONEY,
            *reports_of(report),
        ],
        "commissioner": [
            *await invoices_of(busy),
            *CARE,
            *FIGURES,
            *await budgets_of(busy),
            "/today",
            "/care-costs",
            f"/care-costs/{report}",
        ],
        "auditor": [
            *reports_of(report),
            "/performance",
            "/providers?from=2026-11",
            "/pay-record",
            "/arrears",
            "/audits",
            f"/attendances/{visit_id('A')}",
        ],
        "administrator": [
            "/organisations",
            "/organisations/wyeshire/sign-in",
            "/users",
            f"/users/{await busy.superuser.fetchval('SELECT id FROM user_account ORDER BY email LIMIT 1')}",
        ],
        "person": ["/my-care", f"/my-care/statement?{DAYS}", "/my-care/invoices"],
    }[who]


async def invoices_of(busy: Desk) -> list[str]:
    """The list of invoices, one of them, and what is disputed of it."""
    invoice = await busy.id_of("invoice")
    return ["/invoices", f"/invoices/{invoice}", *await disputes_of(busy, invoice)]


def reports_of(report: str) -> list[str]:
    """The list of wage reports, one of them, a worker of it and one of her days."""
    worker = f"/wage-reports/{report}/workers/1"
    return ["/wage-reports", f"/wage-reports/{report}", worker, f"{worker}/days/2026-11-02"]


async def homes_of(busy: Desk) -> list[str]:
    """The page of a home with a card and a tag in it, and the card to print."""
    home = thing_id(PROVIDER, "service_user", "S1")
    listed = [tag["id"] for tag in await list_tags(PROVIDER, home) if tag["kind"] == "qr_static"]
    if not listed:
        listed = [await add_tag(PROVIDER, home, NewTag("qr_static", "By the door"))]
        await add_tag(PROVIDER, home, NewTag("nfc", "Hall", bytes(7), b"k" * 16))
    return [f"/people/{home}", f"/people/{home}/cards/{listed[0]}"]


async def disputes_of(busy: Desk, invoice: str) -> list[str]:
    """The list of disputes, one that is answered, and the form for another."""
    found = await busy.superuser.fetchval("SELECT id FROM dispute")
    if found is None:
        council = Viewer(uuid4(), organisation_id("wyeshire"), False, "commissioner")
        found = await raise_dispute(council, UUID(invoice), 1, "Nobody came.")
        await answer_dispute(PROVIDER, found, uuid4(), "The phone was there.")
    return ["/disputes", f"/disputes/{found}", f"/invoices/{invoice}/lines/2/dispute"]


async def budgets_of(busy: Desk) -> list[str]:
    """The page of budgets with one on it."""
    await load_rows("budgets", BUDGETS)
    return ["/budgets?date=2026-11-16"]
