"""Contracts and pay terms said back to those who agreed them."""

from tests.console.desk import Desk
from tests.jobs.office import RATES
from tests.use_cases.loading.samples import CONTRACT, PAY_TERMS, load_rows

BASE = {**CONTRACT, "pay_basis": "actual"}


async def test_contracts_and_pay_terms_are_said_back_with_what_is_to_settle(busy: Desk) -> None:
    manager = await busy.as_("manager")
    first = (await manager.get("/terms")).text
    assert "home_care in zone rural, from 2026-04-01 on: £24.00 an hour." in first
    assert "Pays the actual time of each visit made." in first and "In force" in first
    assert "There are none yet." in first and 'href="/load/pay-terms"' in first
    until = [{**RATES[0], "until": "2027-03-31"}]
    later = {**BASE, "reference": "HC-09", "from": "2026-12-07", "until": "2027-04-04", "rates": until}
    ended = {**BASE, "reference": "HC-08", "from": "2025-04-07", "until": "2026-04-05", "rates": RATES}
    await load_rows("contracts", [later, ended])
    await load_rows("pay-terms", [PAY_TERMS])
    page = (await manager.get("/terms")).text
    assert (
        page.index("HC-01, from")
        < page.index("HC-09, from")
        < page.index("Ended")
        < page.index("HC-08, from")
    )
    assert "No rates for home_care in zone rural from 2027-04-01 to 2027-04-04." in page
    assert "Time with people: £" in page and "There are none yet." not in page


async def test_a_commissioner_reads_its_own_contracts_and_no_pay_terms(busy: Desk) -> None:
    await load_rows("pay-terms", [PAY_TERMS])
    council = (await (await busy.as_("commissioner")).get("/terms")).text
    assert "HC-01, from" in council and "Time with people" not in council and "Pay terms" not in council
    rival = (await (await busy.as_("rival")).get("/terms")).text
    assert "HC-01" not in rival and "There is none yet." in rival
