"""What finance officers, commissioners and people see of bills: blocks of hours, and disputes of all kinds."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser

from backend.tables.ids import organisation_id
from backend.use_cases.decide_dispute import decide_dispute
from backend.use_cases.raise_dispute import dispute_visit, raise_dispute
from backend.use_cases.viewer import Viewer
from tests.browser.test_pages import faults_of, photograph, signed_in
from tests.console.desk import NOW, Desk
from tests.jobs.office import PROVIDER, SECOND_WEEK_DUE, visit_id
from tests.jobs.test_blocks import BEFORE, BLOCK, WITH_BLOCK
from tests.jobs.test_payers import PACKAGE
from tests.use_cases.loading.samples import load_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WEEK = "from=2026-11-09&until=2026-11-22"


@pytest.fixture
async def disputed(busy: Desk) -> AsyncIterator[list[str]]:
    """A week billed with two blocks to two payers; disputes about a line, a block, and visits billed and not billed."""
    office, council = busy.office, Viewer(uuid4(), organisation_id("wyeshire"), False, "commissioner")
    shares = [{"payer": "wyeshire", "percent": "70"}, {"payer": "icb", "percent": "30"}]
    more = {**BLOCK, "name": "more", "hours": "2.5", "hourly": "21.35"}
    await load_rows(
        "contracts",
        [BEFORE, {**WITH_BLOCK, "from": "2026-11-09", "funding": shares, "blocks": [BLOCK, more]}],
    )
    await load_rows("contracts", [{**BEFORE, "until": "2026-11-08"}])
    await load_rows("packages", [{**PACKAGE, "funding": "wyeshire=50;icb=20;person=30"}])
    for name, day in (("W1", 10), ("W2", 11), ("W3", 12), ("NOT", 13)):
        await office.plan(name, f"2026-11-{day}T09:00", 40)
        await office.attend(name, f"2026-11-{day}T09:00", f"2026-11-{day}T09:40")
    said = await dispute_visit(council, PROVIDER, UUID(visit_id("NOT")), "Nobody came.")
    await office.run(SECOND_WEEK_DUE, "invoices")
    office.set(max(NOW, SECOND_WEEK_DUE.replace(hour=12)))
    invoice = await busy.superuser.fetchval(
        "SELECT document_id FROM document_line WHERE block IS NOT NULL AND payer = 'wyeshire' LIMIT 1"
    )
    block = await raise_dispute(council, invoice, 1, "We did not buy this.")
    decided = await raise_dispute(council, invoice, 3, "Too short.")
    await decide_dispute(PROVIDER, decided, uuid4(), "stands", None, "It was as long as planned.")
    yield [
        f"/invoices/{invoice}",
        f"/invoices/{invoice}/lines/2/dispute",
        "/disputes?show=all",
        f"/disputes/{said}",
        f"/disputes/{block}",
        f"/disputes/{decided}",
        f"/delivered?{WEEK}",
        f"/statement?provider=hearth&person=S1&{WEEK}",
    ]


@pytest.mark.variants
@pytest.mark.parametrize("who", ["finance", "manager", "commissioner", "person"])
async def test_bills_and_disputes_are_free_of_accessibility_faults(
    disputed: list[str], address: str, browser: Browser, who: str
) -> None:
    own = {
        "person": [f"/my-care/statement?{WEEK}", "/my-care", "/my-care/invoices"],
        "commissioner": disputed,
    }
    office = [*disputed, "/reconciliation", "/invoices", "/invoices/draft?contract=HC-01&date=2026-11-17"]
    faults: list[str] = []
    async with signed_in(browser, address, who) as (page, complaints):
        for path in own.get(who, office):
            answer = await page.goto(path)
            assert answer is not None and answer.ok, path
            faults += await faults_of(page)
            await photograph(page, who)
    assert (faults, complaints) == ([], [])
