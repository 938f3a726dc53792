"""Performance month by month: figures that add up by hand, what each is made of, and who is told of whom."""

import csv
import re

import polars as pl
from polars.testing import assert_frame_equal

from backend import db
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.verified_visits import verified_visits
from tests.console.desk import REPORT_DUE, Desk
from tests.jobs.office import PROVIDER, RATES, instant, visit_id
from tests.use_cases.loading.samples import CONTRACT, load_rows

PAGE = "/performance?from=2026-11&until=2026-11"


async def detail(desk: Desk, who: str, figure: str, month: str = "2026-11") -> tuple[int, str]:
    browser = await desk.as_(who)
    answer = await browser.ask("/performance/detail", provider="hearth", month=month, figure=figure)
    return answer.status_code, answer.text


async def table(desk: Desk, who: str) -> dict[str, tuple[str, str, str]]:
    answer = await (await desk.as_(who)).get(PAGE.replace("?", "/csv?"))
    assert answer.status_code == 200
    rows = csv.DictReader(answer.text.splitlines())
    return {row["figure"]: (row["counted"], row["of"], row["too_few_to_tell"]) for row in rows}


def cell(page: str, figure: str) -> str:
    """The text of a figure's row on the page."""
    found = re.search(rf'<th scope="row">{re.escape(figure)}.*?</tr>', page, re.DOTALL)
    assert found, figure
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).replace("&nbsp;", " ").split())


async def test_a_commissioner_sees_each_figure_and_what_it_is_made_of_without_carers(busy: Desk) -> None:
    page = (await (await busy.as_("commissioner")).get(PAGE)).text
    assert "Ann Carer" not in page and "Mr One" not in page
    # A, B and RUNNING began on time; LATER was begun three hours early, by the one for whom it was not planned.
    assert cell(page, "Began on time").endswith("3 of 3")
    assert cell(page, "Visits missed").startswith("Visits missed 1")
    assert cell(page, "Time stayed, of time planned").endswith("1.0 h of 1.0 h")
    assert cell(page, "Gaps with their travel paid").endswith("–")  # both visits were at one home
    assert "Starts by hour of day" in page and 'id="measure-punctual"' in page
    status, missed = await detail(busy, "commissioner", "missed")
    assert status == 200 and "MISSED" in missed and "S1" in missed and "Mr One" not in missed
    status, travel = await detail(busy, "commissioner", "travel_paid")
    assert status == 200 and "/care-costs/" in travel and "/wage-reports/" not in travel
    status, people = await detail(busy, "commissioner", "carers_met")
    assert status == 200 and "S1" in people and "Ann" not in people
    looked = "SELECT count(*) FROM access_log WHERE what LIKE 'performance%'"
    assert await busy.superuser.fetchval(looked) == 4


async def test_what_is_read_for_one_commissioner_is_what_all_visits_hold_of_it(busy: Desk) -> None:
    """Also of a visit that another commissioned before it was changed, and of one that came to another since."""
    await busy.superuser.execute("SET session_replication_role = replica")
    await busy.superuser.execute(
        "UPDATE visit_version SET commissioner_id = organisation.id FROM organisation "
        "WHERE reference = 'icb' AND visit_id = ANY ($1)",
        [visit_id("B"), visit_id("MISSED")],
    )
    await busy.office.plan("B", "2026-11-02T09:50", minutes=40)
    await busy.office.plan("NOBODY", "2026-11-16T11:10", carer="")
    told = {}
    async with db.as_reader(PROVIDER) as connection:
        span = (instant("2026-11-01T00:00"), instant("2026-12-01T00:00"))
        every = await verified_visits(connection, PROVIDER, *span)
        for reference in ("wyeshire", "icb"):
            payer = organisation_id(reference)
            own = await verified_visits(connection, PROVIDER, *span, commissioner_id=payer)
            assert_frame_equal(own, every.filter(pl.col("commissioner_id") == str(payer)))
            told[reference] = set(own["reference"])
    assert told == {"wyeshire": {"A", "RUNNING", "NOBODY", "LATER"}, "icb": {"B", "MISSED"}}
    for who, began in {"manager": "3 of 3", "commissioner": "2 of 2"}.items():
        page = (await (await busy.as_(who)).get(PAGE)).text
        assert cell(page, "Began on time").endswith(began), who


async def test_the_provider_sees_names_and_opens_its_visits(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get(PAGE)).text
    assert cell(page, "Began on time").endswith("3 of 3")
    status, began = await detail(busy, "manager", "punctual")
    assert status == 200 and "Mr One (S1)" in began and f"/visits/{visit_id('A')}" in began
    status, travel = await detail(busy, "manager", "travel_paid")
    assert status == 200 and f"/wage-reports/{await busy.id_of('wage_report')}" in travel


async def test_a_visit_that_nobody_made_while_the_person_was_away_is_suspended_on_every_page(
    busy: Desk,
) -> None:
    away = {"provider": "hearth", "service_user": "S1", "kind": "hospital"}
    await load_rows("absences", [{**away, "from": "2026-11-16", "until": "2026-11-16"}])
    for who in ("manager", "commissioner"):
        browser = await busy.as_(who)
        page = (await browser.get(PAGE)).text
        assert cell(page, "Visits missed").startswith("Visits missed 0"), who
        assert cell(page, "Suspended, for an absence").startswith("Suspended, for an absence 1 "), who
        answer = await browser.get("/delivered/csv?from=2026-11-16&until=2026-11-16")
        rows = [row for row in csv.DictReader(answer.text.splitlines()) if row["person"] == "S1"]
        assert [(row["missed"], row["called_off"]) for row in rows] == [("0", "1")], who


async def test_who_may_not_see_each_person_is_told_nothing_of_a_few(busy: Desk) -> None:
    page = (await (await busy.as_("auditor")).get(PAGE)).text
    assert "too few to tell" in cell(page, "Began on time") and "Starts by hour of day" not in page
    assert "S1" not in page
    for figure in ("punctual", "missed", "carers_met"):
        assert (await detail(busy, "auditor", figure))[0] == 403, figure
    for who in ("auditor", "commissioner", "manager"):
        told = await table(busy, who)
        assert set(told.values()) == {("", "", "yes")}, who


async def test_who_commissioned_nothing_here_finds_nothing(busy: Desk) -> None:
    for who in ("other_commissioner", "rival"):
        page = (await (await busy.as_(who)).get(PAGE)).text
        assert "Hearth Care" not in page and "No visits were planned in these months" in page
        assert (await detail(busy, who, "missed"))[0] == 404


async def test_the_way_to_a_visit_that_nobody_planned_is_the_providers_alone(desk: Desk) -> None:
    office = desk.office
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    phone, person = await office.phone(), str(thing_id(PROVIDER, "service_user", "S2"))
    arrived = phone.record("check_in", at=instant("2026-11-02T10:30"), payload={"person_id": person})
    left = {"check_in_id": arrived["signed"]["id"]}
    phone.record("check_out", at=instant("2026-11-02T11:00"), payload=left)
    office.set(instant("2026-11-02T11:01"))
    await office.hand_in()
    await office.pay("E1", "1", 600, "13.00", ("2026-11-02", "2026-11-08"), "2026-11-13")
    await office.run(REPORT_DUE)
    for who, told in {"manager": "0 of 1", "commissioner": "–"}.items():
        page = (await (await desk.as_(who)).get(PAGE)).text
        assert cell(page, "Gaps with their travel paid").endswith(told), who


async def test_a_contracts_own_minutes_are_used_and_named(busy: Desk) -> None:
    version = {
        **CONTRACT,
        "pay_basis": "actual",
        "rates": RATES,
        "punctual_minutes": 0,
        "full_length_percent": 50,
    }
    await load_rows("contracts", [version])
    page = (await (await busy.as_("finance")).get(PAGE)).text
    assert cell(page, "Began on time").endswith("2 of 3") and "(0 min)" in cell(page, "Began on time")
    assert cell(page, "Began late").endswith("1 of 3") and "(50 % of plan)" in cell(
        page, "Stayed their full time"
    )


async def test_months_and_figures_that_are_none_are_refused_in_words(busy: Desk) -> None:
    finance = await busy.as_("finance")
    for asked in (
        "from=2026-11&until=2026-10",
        "from=2026-01&until=2026-11",
        "from=soon",
        "from=1999-01&until=1999-01",
    ):
        assert (await finance.get(f"/performance?{asked}")).status_code == 400, asked
    assert (await detail(busy, "finance", "nothing"))[0] == 404
    assert (await detail(busy, "finance", "missed", "nonsense"))[0] == 400
