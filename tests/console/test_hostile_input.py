"""What no form of ours sends is refused in words, and never falls over."""

from collections.abc import Iterator
from itertools import product

from tests.console.desk import Desk
from tests.jobs.office import visit_id
from tests.shares import some

DAYS = (
    "1900-01-01",
    "1900-01-07",
    "2200-12-31",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "٢٠٢٦-١١-٠٢",
    "x" * 3000,
)
ODD = ("\u202e", "\ud7ff\uffff", "%", "'; --", "=1+1", "1e999999", "-0", "9" * 5000, "{{7*7}}", "\t\n\r")

ADDRESSES = (
    "/people?after={}",
    "/wage-reports?after={}",
    "/wage-reports/{}/evidence",
    "/care-costs/{}",
    "/corrections?carer={}",
    "/devices?of={}",
    "/devices?state={}",
    "/roster/carer?carer={}",
    "/audits?provider={}",
    "/load/{}",
)
IDS = (
    "0",
    "~~",
    "%00",
    "%ff",
    "-1",
    "00000000-0000-0000-0000-000000000000",
    "2026-11-02~x~y",
    "%F0%9F%98%80",
)


def each(fields: str, *values: str) -> Iterator[tuple[str, str]]:
    """Some of the values in each of the fields."""
    return ((field, value) for field in fields.split() for value in some(*values))


async def test_no_question_makes_the_what_if_fall_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    for name, value in each(
        "period cycle waiting_limit_minutes time_factor contact minimum_wage", *DAYS, *ODD
    ):
        asked = {"period": "2026-11-02", name: value}
        answer = await manager.ask("/what-if", **asked)
        assert answer.status_code < 500, (name, value)


async def test_no_day_makes_the_arrears_fall_over(busy: Desk) -> None:
    for who in (await busy.as_("manager"), await busy.as_("auditor")):
        for path, day in product(("/arrears", "/arrears/csv"), DAYS):
            assert (await who.ask(path, as_of=day)).status_code < 500, (path, day)


async def test_no_field_of_a_tag_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    [person] = await busy.superuser.fetch("SELECT id FROM service_user WHERE reference = 'S1'")
    await manager.get(f"/people/{person['id']}")
    good = {"kind": "nfc", "label": "Door", "uid": "04" * 7, "key": "0f" * 16, "first_day": "2026-11-02"}
    for field, value in each("kind label uid key meta_key step_s first_day", *DAYS, *ODD):
        answer = await manager.post(f"/people/{person['id']}/tags", **{**good, field: value})
        assert answer.status_code < 500, (field, value)


async def test_no_field_of_a_correction_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    await manager.get("/corrections/new")
    good = {
        "carer": "E1",
        "start": "2026-11-02 11:00",
        "end": "2026-11-02 12:00",
        "reason": "training",
        "note": "n",
    }
    for field, value in each(
        "carer start end reason note visit",
        *DAYS,
        *ODD,
        "0001-01-01T00:00+23:59",
        "9999-12-31T23:59-23:59",
        "2026-11-02T11:00+99:99",
    ):
        assert (await manager.post("/corrections/new", **{**good, field: value})).status_code < 500, value
        assert (await manager.ask("/corrections/new", **{field: value, "day": value})).status_code < 500, (
            value
        )


async def test_no_field_of_entered_time_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {"carer": "C1", "date": "2026-11-02", "kind": "training", "note": "n"}
    good |= {"start": "2026-11-02 11:00", "end": "2026-11-02 12:00"}
    for field, value in each("carer date kind start end note", *DAYS, *ODD, "9999-12-31T23:59-23:59"):
        await manager.get("/carer-day")
        answer = await manager.post("/carer-day/enter", **{**good, field: value})
        assert answer.status_code < 500, (field, value)
        asked = {"carer": "C1", "date": "2026-11-02", field: value}
        assert (await manager.ask("/carer-day", **asked)).status_code < 500, (field, value)


async def test_no_field_of_a_reason_and_no_dates_of_the_manual_share_fall_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {"reference": "R", "words": "w", "means": "other", "from": "2026-11-02", "until": ""}
    for field, value in each("reference words means from until", *DAYS, *ODD):
        await manager.get("/correction-reasons")
        answer = await manager.post("/correction-reasons/keep", **{**good, field: value})
        assert answer.status_code < 500, (field, value)
        if field in ("from", "until"):
            assert (await manager.ask("/manual-share", **{field: value})).status_code < 500, value
            assert (await manager.ask("/delivered", **{field: value})).status_code < 500, value


async def test_no_field_of_a_plan_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {
        "visit": "R1",
        "package": "P1",
        "start": "2026-11-17 09:00",
        "minutes": "30",
        "carer": "E1",
        "anyway": "yes",
    }
    off = {
        "version": "1",
        "status": "cancelled",
        "by": "person",
        "notice": "2026-11-16 08:00",
        "off-why": "w",
    }
    address = f"/roster/visits/{visit_id('LATER')}"
    for field, value in each(
        "package start minutes carer tasks why notice visit",
        *DAYS,
        *ODD,
        "9999-12-31T23:59-23:59",
        "2200-12-31 23:00",
    ):
        await manager.get("/roster/plan")
        answer = await manager.post("/roster/plan", **{**good, "anyway": "yes", "why": "w", field: value})
        assert answer.status_code < 500, (field, value)
        if field == "notice":
            assert (await manager.post(f"{address}/off", **{**off, field: value})).status_code < 500, value
        assert (await manager.ask("/roster/plan", **{field: value, "date": value})).status_code < 500, value


async def test_no_field_of_a_carers_planning_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {"employment": "E1", "kind": "leave", "from": "2026-11-17", "skill": "hoist"}
    for field, value in each("from until from_time until_time available hours_per_week skill", *DAYS, *ODD):
        for kind in ("skills", "working-hours", "leave"):
            await manager.get("/roster/carer?carer=C1")
            form = {f"{kind}-{name}": text for name, text in {**good, field: value}.items()}
            answer = await manager.post(f"/roster/carer/{kind}", carer="C1", **form)
            assert answer.status_code < 500, (kind, field, value)
    assert (await manager.get("/roster?date=2026-11-17")).status_code == 200


async def test_no_field_of_a_pattern_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {"reference": "T1", "package": "P1", "day-mon": "yes", "start": "08:00", "minutes": "30"}
    for field, value in each("package every_weeks start minutes from until reference", *DAYS, *ODD):
        await manager.get("/roster/patterns/new")
        answer = await manager.post("/roster/patterns/new", **{**good, "from": "2026-11-17", field: value})
        assert answer.status_code < 500, (field, value)
        assert (await manager.ask("/roster/patterns", **{field: value, "after": value})).status_code < 500


async def test_no_field_of_an_absence_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    good = {"carer": "C1", "kind": "sickness", "from": "2026-11-17", "until": "2026-11-17"}
    for field, value in each("carer kind from from_time until until_time", *DAYS, *ODD):
        assert (await manager.ask("/roster/cover", **{**good, field: value})).status_code < 500, value
        await manager.get("/roster/cover")
        answer = await manager.post("/roster/cover", **{**good, field: value, "visit-x": value})
        assert answer.status_code < 500, (field, value)


async def test_no_field_of_a_passkey_falls_over(busy: Desk) -> None:
    stranger, manager = busy.browser(), await busy.as_("manager")
    await stranger.get("/sign-in")
    await manager.get("/passkeys")
    good = {"credential_id": "AA", "client_data_json": "e30", "authenticator_data": "AA", "signature": "AA"}
    made = {"name": "x", "client_data_json": "e30", "attestation_object": "AA"}
    for field, value in each(
        "credential_id client_data_json authenticator_data signature name next",
        "",
        *ODD,
        "eyJjaGFsbGVuZ2UiOiJcdWQ4MDAifQ",
        "W10",
    ):
        assert (await stranger.post("/sign-in/passkey", **{**good, field: value})).status_code < 500, value
        assert (await manager.post("/passkeys", **{**made, field: value})).status_code < 500, value


async def test_no_address_falls_over(busy: Desk) -> None:
    manager = await busy.as_("manager")
    for path, value in product(ADDRESSES, IDS):
        assert (await manager.get(path.format(value))).status_code < 500, (path, value)


async def test_there_is_evidence_of_a_report_s_own_workers_alone(busy: Desk) -> None:
    report = await busy.id_of("wage_report")
    for who in (await busy.as_("manager"), await busy.as_("auditor")):
        for place in ("0", "-1", "2", "9" * 20, "1.5", "x"):
            answer = await who.get(f"/wage-reports/{report}/workers/{place}/evidence")
            assert answer.status_code == 404, place
