"""E-invoices and service delivery files on an invoice's page: who makes them, and what stands in the way."""

import re

from tests.console.desk import Desk
from tests.jobs.test_peppol_files import load_identifiers, load_order


async def test_what_an_e_invoice_lacks_is_told_to_the_provider_and_it_is_made_once_it_is_there(
    busy: Desk,
) -> None:
    finance, invoice = await busy.as_("finance"), await busy.id_of("invoice")
    path = f"/invoices/{invoice}"
    page = (await finance.get(path)).text
    assert "has no Peppol identifier" in page and "Make the e-invoice" not in page
    refused = await finance.post(f"{path}/peppol")
    assert refused.headers["location"] == path and (await finance.get(f"{path}/files/ubl")).status_code == 404
    commissioner = await busy.as_("commissioner")
    assert "Peppol identifier" not in (await commissioner.get(path)).text
    await load_identifiers()
    await load_order()
    assert "Make the e-invoice (Peppol)" in (await finance.get(path)).text
    made = await finance.post(f"{path}/peppol")
    page = (await finance.get(made.headers["location"])).text
    assert "The e-invoice is made." in page and "Make the e-invoice" not in page
    files = [await browser.get(f"{path}/files/ubl") for browser in (finance, commissioner)]
    assert files[0].content == files[1].content and files[0].content.startswith(b"<?xml")


async def test_a_service_delivery_file_is_written_once_and_fetched_by_both_sides(busy: Desk) -> None:
    finance, invoice = await busy.as_("finance"), await busy.id_of("invoice")
    path = f"/invoices/{invoice}"
    await finance.get(path)
    for _ in range(2):
        written = await finance.post(f"{path}/delivery", template="access-csv")
        assert written.headers["location"] == f"{path}?done=delivery"
        await finance.get(path)
    assert len(re.findall(rf'href="{path}/delivery/\d+"', finance.page)) == 1
    commissioner = await busy.as_("commissioner")
    assert f"{path}/delivery/1" in (await commissioner.get(path)).text
    files = [await browser.get(f"{path}/delivery/1") for browser in (finance, commissioner)]
    assert files[0].content == files[1].content and files[0].content.startswith(b"FileReference,")
    assert files[0].headers["content-disposition"].startswith("attachment;")
    other = await busy.as_("other_commissioner")
    assert [
        (await finance.get(f"{path}/delivery/2")).status_code,
        (await finance.get(f"{path}/delivery/99999999999")).status_code,
        (await other.get(f"{path}/delivery/1")).status_code,
    ] == [404, 404, 404]
    await finance.get(path)
    assert (await finance.post(f"{path}/delivery", template="nobodys")).status_code == 404


async def test_another_providers_people_make_no_file_of_it(busy: Desk) -> None:
    rival, invoice = await busy.as_("rival"), await busy.id_of("invoice")
    for what, form in (("peppol", {}), ("delivery", {"template": "generic"})):
        await rival.get("/today")
        assert (await rival.post(f"/invoices/{invoice}/{what}", **form)).status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM delivery_file") == 0
