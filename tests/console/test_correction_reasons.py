"""A provider's own reasons for corrections: kept on the page or by a file, offered while they are in force."""

import re
from typing import Any

import pytest

from backend.use_cases.loading import LoadRefused
from tests.console.desk import Desk
from tests.console.test_proposals import on_the_phone, proposed
from tests.jobs.office import visit_id
from tests.use_cases.loading.samples import load_csv

KEYSAFE = {"reference": "KEYSAFE", "words": "The key safe was jammed", "means": "other", "from": "2026-11-01"}
PAGE = "/correction-reasons"


async def keep(desk: Desk, **changed: str) -> Any:
    browser = await desk.as_("manager")
    await browser.get(PAGE)
    return await browser.post(f"{PAGE}/keep", **{**KEYSAFE, **changed})


async def offered(desk: Desk) -> dict[str, str]:
    """What the form for a visit offers as reasons: value and words."""
    page = (await (await desk.as_("manager")).get(f"/corrections/new?visit={visit_id('A')}")).text
    [choices] = re.findall(r'<select[^>]* id="reason".*?</select>', page, re.DOTALL)
    return dict(re.findall(r'<option value="([^"]+)">([^<]+)<', choices))


async def test_the_reasons_that_phones_know_are_offered_until_one_is_refined(busy: Desk) -> None:
    before = await offered(busy)
    assert before["other"] == "Other" and "training" not in before
    assert (await keep(busy)).headers["location"] == f"{PAGE}?done=kept"
    assert await keep(busy, reference="FLOOD", words="The road was flooded") is not None
    after = await offered(busy)
    assert "other" not in after and after["forgot_check_in"] == "Forgot check in"
    assert (after["own:KEYSAFE"], after["own:FLOOD"]) == ("The key safe was jammed", "The road was flooded")


async def test_a_reason_is_offered_on_its_own_days_alone(busy: Desk) -> None:
    await keep(busy, until="2026-11-10")
    await keep(busy, reference="LATER", **{"from": "2027-01-01"})
    assert "other" in await offered(busy)
    page = (await (await busy.as_("manager")).get(PAGE)).text
    assert "(over)" in page and "(not yet)" in page
    answer = await proposed(busy, reason="own:KEYSAFE")
    assert answer.status_code == 400 and "Choose a reason." in answer.text


async def test_managers_read_the_own_words_and_the_phone_the_reason_it_knows(busy: Desk) -> None:
    await keep(busy)
    answer = await proposed(busy, reason="own:KEYSAFE")
    page = (await (await busy.as_("second")).get(answer.headers["location"])).text
    assert "The key safe was jammed" in page
    assert (await on_the_phone(busy))["reason_code"] == "other"
    assert (
        await busy.superuser.fetchval("SELECT own_reason FROM correction WHERE user_id IS NOT NULL")
        == "KEYSAFE"
    )


async def test_a_changed_reason_leaves_what_was_proposed_in_the_words_of_then(busy: Desk) -> None:
    await keep(busy)
    address = (await proposed(busy, reason="own:KEYSAFE")).headers["location"]
    busy.office.set(busy.office.clock.replace(hour=12))
    await keep(busy, words="Locked out")
    assert "The key safe was jammed" in (await (await busy.as_("manager")).get(address)).text
    assert "Locked out" in (await offered(busy)).values()
    assert await busy.superuser.fetchval("SELECT count(*) FROM correction_reason_version") == 2


async def test_every_fault_of_the_form_is_named(busy: Desk) -> None:
    answer = await keep(
        busy, reference="", words="", means="lateness", **{"from": "soon"}, until="2026-02-30"
    )
    assert answer.status_code == 400
    assert set(re.findall(r'<li><a href="#(\w+)"', answer.text)) == {
        "reference",
        "words",
        "means",
        "from",
        "until",
    }
    assert '<a href="#reference">Code: is required.' in answer.text
    await keep(busy)
    answer = await keep(busy, **{"from": "2026-12-01"})
    assert answer.status_code == 400 and "overlaps" in answer.text


async def test_a_file_keeps_reasons_too_and_may_not_overlap(busy: Desk) -> None:
    row = {"provider": "hearth", **KEYSAFE}
    assert (await load_csv("correction-reasons", [row])).new == 1
    assert (await load_csv("correction-reasons", [row])).unchanged == 1
    assert "own:KEYSAFE" in await offered(busy)
    with pytest.raises(LoadRefused) as refused:
        await load_csv("correction-reasons", [{**row, "from": "2026-12-01"}])
    assert "overlaps" in refused.value.faults[0].detail


async def test_another_provider_s_reasons_are_not_offered(busy: Desk) -> None:
    await load_csv("correction-reasons", [{"provider": "lantern", **KEYSAFE}])
    assert "own:KEYSAFE" not in await offered(busy)
    assert "The key safe was jammed" not in (await (await busy.as_("manager")).get(PAGE)).text
