"""Notices: written with the fact, sent once, tried again, given up, and never into our own network."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend import db, settings
from backend.domain.webhook_signatures import FRESH_S, plain_is_right
from backend.jobs.runner import run_due
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.mail import MailRefused, check_mail
from backend.use_cases.raise_dispute import raise_dispute
from backend.use_cases.send_notices import SIGNATURE, TAKEN_FOR
from backend.use_cases.subscriptions import add_webhook, end_webhook, subscribe, try_again
from backend.use_cases.viewer import Viewer
from tests.console.desk import Desk, email
from tests.console.receivers import MailServer, Receiver, mail_server, receiver
from tests.jobs.office import PROVIDER, instant, visit_id

COUNCIL = organisation_id("wyeshire")


@pytest.fixture
def mail(desk: Desk, tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as made:
        settings.use(replace(settings.current(), smtp=made.address, mail_from="doorstep@example.org"))
        yield made


@pytest.fixture
def hook(desk: Desk) -> Iterator[Receiver]:
    settings.use(replace(settings.current(), private_addresses=(ip_network("127.0.0.0/8"),)))
    with receiver() as made:
        yield made


async def user(superuser: asyncpg.Connection, who: str = "manager") -> UUID:
    found: UUID = await superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email(who))
    return found


async def missed(desk: Desk, reference: str = "A", at: str = "2026-11-02T09:00") -> str:
    """A visit that nobody made, told at the moment that it counts as missed."""
    await desk.office.plan(reference, at)
    desk.office.set(instant(at) + timedelta(minutes=60))
    await run_due(desk.office.clock, "alerts")
    return visit_id(reference)


async def send(desk: Desk, later: timedelta = timedelta(minutes=1)) -> None:
    desk.office.set(desk.office.clock + later)
    await run_due(desk.office.clock, "notices")


async def deliveries(superuser: asyncpg.Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in await superuser.fetch("SELECT * FROM notice_delivery ORDER BY next_at, id")]


async def test_a_missed_visit_reaches_whoever_asked_by_encrypted_mail_and_names_nobody(
    desk: Desk, mail: MailServer, superuser: asyncpg.Connection
) -> None:
    await subscribe(await user(superuser), PROVIDER, "manager", {"visit_missed"})
    visit = await missed(desk)
    for _ in range(2):
        await send(desk)
    [message] = mail.taken
    assert mail.encrypted == [True]
    assert (message["To"], message["From"]) == (email("manager"), "doorstep@example.org")
    assert message["Subject"] == "Doorstep: A visit was missed"
    text = message.get_content()
    assert f"http://127.0.0.1:8000/visits/{visit}" in text
    assert not re.search("Ann|Mr One|S1|C1|E1", text)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == desk.office.clock - timedelta(minutes=1)
    [row] = await deliveries(superuser)
    assert row["sent_at"] is not None and str(row["id"]) in message["Message-ID"]


async def test_the_address_in_a_message_stops_that_kind_without_signing_in(
    desk: Desk, mail: MailServer, superuser: asyncpg.Connection
) -> None:
    who = await user(superuser)
    await subscribe(who, PROVIDER, "manager", {"visit_missed", "dispute"})
    await missed(desk)
    await send(desk)
    stop = mail.taken[0]["List-Unsubscribe"].strip("<>").partition("8000")[2]
    assert mail.taken[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    browser = desk.browser()
    assert "A visit was missed" in (await browser.get(stop)).text
    for wrong in (stop[:-1] + ("0" if stop[-1] != "0" else "1"), stop.replace("visit_missed", "dispute")):
        assert (await browser.post_as_it_is(wrong)).status_code == 404
    pressed = await browser.post_as_it_is(stop, **{"List-Unsubscribe": "One-Click"})
    assert "no more messages" in pressed.text
    left = await superuser.fetch("SELECT kind FROM email_subscription")
    assert [row["kind"] for row in left] == ["dispute"]
    await missed(desk, "B", "2026-11-03T09:00")
    await send(desk)
    assert len(mail.taken) == 1


async def test_a_fact_that_is_rolled_back_tells_nobody(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    with pytest.raises(ZeroDivisionError):
        async with db.as_provider(PROVIDER) as connection:
            await connection.execute(
                "INSERT INTO alert VALUES ($1, 'missed', gen_random_uuid(), NULL, $2)",
                PROVIDER,
                desk.office.clock,
            )
            assert await connection.fetchval("SELECT count(*) FROM notice_delivery") == 1
            raise ZeroDivisionError
    await send(desk)
    assert hook.calls == [] and await deliveries(superuser) == []


async def test_a_webhook_is_called_with_a_signature_over_its_body(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    secret = await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    visit = await missed(desk)
    await send(desk)
    [(headers, body)] = hook.calls
    said = json.loads(body)
    assert (said["kind"], said["organisation"]) == ("visit_missed", "hearth")
    assert said["link"] == f"http://127.0.0.1:8000/visits/{visit}" and set(said) == {
        "id",
        "kind",
        "organisation",
        "raised_at",
        "link",
    }
    header, now = headers[SIGNATURE], desk.office.clock
    assert plain_is_right(secret.encode(), header, body, now)
    assert not plain_is_right(secret.encode(), header, body + b" ", now)
    assert not plain_is_right(b"another", header, body, now)
    assert not plain_is_right(secret.encode(), header, body, now + timedelta(seconds=FRESH_S + 1))
    assert secret not in str(await superuser.fetch("SELECT address, sealed_secret FROM webhook"))


async def test_what_is_not_taken_is_tried_again_later_each_time_then_given_up_and_shown(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await missed(desk)
    for hook.status, why in (
        (500, "the receiver answered 500"),
        (302, "the receiver answered 302, and redirects are not followed"),
        (404, "the receiver answered 404"),
    ):
        await send(desk, timedelta(hours=1))
        assert (await deliveries(superuser))[0]["fault"] == why
    assert len(hook.calls) == 3
    [row] = await deliveries(superuser)
    assert (row["attempts"], row["fault"]) == (3, "the receiver answered 404")
    assert row["next_at"] == desk.office.clock + timedelta(minutes=4)
    await send(desk)
    assert len(hook.calls) == 3  # not yet
    await send(desk, timedelta(hours=72))
    [row] = await deliveries(superuser)
    assert row["dead_at"] == desk.office.clock and len(hook.calls) == 4
    await send(desk, timedelta(hours=12))
    assert len(hook.calls) == 4
    page = (await (await desk.as_("manager")).get("/webhooks")).text
    assert "Given up" in page and "the receiver answered 404" in page
    hook.status = 200
    await try_again(PROVIDER, row["id"])
    await send(desk)
    assert len(hook.calls) == 5 and len({json.loads(body)["id"] for _, body in hook.calls}) == 1
    assert (await deliveries(superuser))[0]["sent_at"] is not None


async def test_a_webhook_whose_secret_cannot_be_opened_holds_up_no_other(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await superuser.execute("UPDATE webhook SET sealed_secret = 'sealed by other keys'")
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await missed(desk)
    await send(desk)
    assert len(hook.calls) == 1
    found = await deliveries(superuser)
    assert len([row for row in found if row["sent_at"] is not None]) == 1
    assert [row["fault"] for row in found if row["sent_at"] is None] == [
        "the secret cannot be opened any more: end this webhook and add another"
    ]


async def test_what_a_worker_took_and_never_sent_is_sent_again_after_a_while(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await missed(desk)
    async with db.as_administrator() as connection:
        taken = await connection.fetch(
            query("notices.take"), desk.office.clock, desk.office.clock + TAKEN_FOR, 20
        )
    assert len(taken) == 1
    await send(desk)
    assert hook.calls == []
    await send(desk, TAKEN_FOR)
    assert len(hook.calls) == 1
    await send(desk, TAKEN_FOR)
    assert len(hook.calls) == 1


async def test_a_receiver_that_is_gone_is_called_no_more(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await missed(desk)
    hook.status = 410
    await send(desk)
    assert (await deliveries(superuser))[0]["dead_at"] == desk.office.clock


async def test_a_webhook_into_our_own_network_is_not_called(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    who = await user(superuser)
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, who)
    everywhere = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    settings.use(replace(settings.current(), private_addresses=everywhere))  # else none of these is taken
    for address in ("https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest"):
        await add_webhook(PROVIDER, "manager", address, {"visit_missed"}, who)
    await missed(desk)
    settings.use(replace(settings.current(), private_addresses=(ip_network("192.0.2.0/24"),)))
    await send(desk)
    rows = await deliveries(superuser)
    assert len(rows) == 4 and all("inside a network" in row["fault"] for row in rows)
    assert hook.calls == []


async def test_a_webhook_that_is_ended_is_not_called_with_what_waits(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"visit_missed"}, await user(superuser))
    await missed(desk)
    await end_webhook(PROVIDER, await superuser.fetchval("SELECT id FROM webhook"))
    await send(desk)
    assert hook.calls == [] and (await deliveries(superuser))[0]["dead_at"] is not None


async def test_a_mail_server_that_refuses_is_asked_again(
    desk: Desk, mail: MailServer, superuser: asyncpg.Connection
) -> None:
    await subscribe(await user(superuser), PROVIDER, "manager", {"visit_missed"})
    await missed(desk)
    mail.refuse = "451 later, manager@example.org"
    await send(desk)
    assert (await deliveries(superuser))[0]["fault"] == "the mail server answered 451"
    settings.use(replace(settings.current(), smtp="smtps://127.0.0.1:9"))
    await send(desk, timedelta(minutes=2))
    assert "could not be used" in (await deliveries(superuser))[0]["fault"]
    page = await (await desk.as_("manager")).get("/notices")
    assert "Not delivered" not in page.text
    mail.refuse = None
    settings.use(replace(settings.current(), smtp=mail.address.replace("pass", "wrong")))
    await send(desk, timedelta(minutes=4))
    assert (await deliveries(superuser))[0]["fault"] == "the mail server answered 535"
    with pytest.raises(MailRefused, match="answered 535"):
        await check_mail()
    settings.use(replace(settings.current(), smtp=mail.address))
    await check_mail()
    assert mail.taken == []
    await send(desk, timedelta(minutes=8))
    assert len(mail.taken) == 1
    await superuser.execute(
        "UPDATE user_account SET disabled_at = created_at WHERE email = $1", email("manager")
    )
    await missed(desk, "B", "2026-11-03T09:00")
    await send(desk)
    assert len(mail.taken) == 1


async def test_a_message_that_was_given_up_is_shown_to_whoever_it_was_for(
    desk: Desk, mail: MailServer, superuser: asyncpg.Connection
) -> None:
    await subscribe(await user(superuser), PROVIDER, "manager", {"visit_missed"})
    visit = await missed(desk)
    mail.refuse = "550 no"
    await send(desk)
    await send(desk, timedelta(hours=72))
    manager, second = await desk.as_("manager"), await desk.as_("second")
    page = (await manager.get("/notices")).text
    assert "Not delivered" in page and "the mail server answered 550" in page and f"/visits/{visit}" in page
    assert "Not delivered" not in (await second.get("/notices")).text


async def test_corrections_disputes_invoices_and_reports_are_told_to_whoever_may_open_them(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    own = {"correction", "invoice", "report", "dispute", "visit_late"}
    await subscribe(await user(superuser, "manager"), PROVIDER, "manager", own)
    await subscribe(await user(superuser, "commissioner"), COUNCIL, "commissioner", {"invoice"})
    await subscribe(await user(superuser, "auditor"), COUNCIL, "auditor", {"report"})
    await subscribe(await user(superuser, "other_auditor"), organisation_id("icb"), "auditor", {"report"})
    await desk.work_a_fortnight()
    invoice, report = await desk.id_of("invoice"), await desk.id_of("wage_report")
    council = Viewer(await user(superuser, "commissioner"), COUNCIL, False, "commissioner")
    dispute = await raise_dispute(council, UUID(invoice), 1, "Nobody came.")
    rows = await superuser.fetch(
        "SELECT o.reference, n.kind, n.path FROM notice n JOIN organisation o ON o.id = n.organisation_id"
    )
    assert sorted(tuple(row.values()) for row in rows) == sorted(
        [
            ("hearth", "correction", "/corrections"),
            ("hearth", "dispute", f"/disputes/{dispute}"),
            ("hearth", "invoice", f"/invoices/{invoice}"),
            ("wyeshire", "invoice", f"/invoices/{invoice}"),
            ("hearth", "report", f"/wage-reports/{report}"),
            ("wyeshire", "report", f"/wage-reports/{report}"),
        ]
    )
    assert len(await deliveries(superuser)) == len(rows)


async def test_a_silent_phone_is_told_of_once_a_silence(
    desk: Desk, hook: Receiver, superuser: asyncpg.Connection
) -> None:
    await add_webhook(PROVIDER, "manager", hook.address, {"phone_silent"}, await user(superuser))
    await missed(desk)
    await missed(desk, "B", "2026-11-02T12:00")
    await send(desk)
    await desk.office.attend("B", "2026-11-02T14:00", "2026-11-02T14:10")
    await missed(desk, "C", "2026-11-03T09:00")
    assert len(hook.calls) == 1
    await missed(desk, "D", "2026-11-03T16:00")
    await send(desk)
    assert len(hook.calls) == 2 and json.loads(hook.calls[1][1])["link"].endswith("/devices")


async def test_people_choose_on_a_page_among_what_their_role_may_open(
    desk: Desk, mail: MailServer, superuser: asyncpg.Connection
) -> None:
    manager, auditor = await desk.as_("manager"), await desk.as_("auditor")
    assert "A visit was missed" in (await manager.get("/notices")).text
    assert (await manager.post("/notices", **{"kind-help": "1", "kind-report": "1"})).status_code == 303
    page = (await manager.get("/notices?done=kept")).text
    assert re.findall(r'name="kind-(\w+)" value="1" checked', page) == ["help", "report"]
    assert "A visit was missed" not in (await auditor.get("/notices")).text
    assert (await auditor.post("/notices", **{"kind-help": "1"})).status_code == 400
    await manager.post("/notices")
    assert await superuser.fetchval("SELECT count(*) FROM email_subscription") == 0
    settings.use(replace(settings.current(), smtp=None))
    assert "has not set up a mail server" in (await auditor.get("/notices")).text
    assert (await auditor.post("/notices", **{"kind-report": "1"})).status_code == 400


async def test_a_webhook_is_added_and_ended_on_a_page_and_is_its_organisations_own(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    manager, rival = await desk.as_("manager"), await desk.as_("rival")
    await manager.get("/webhooks")
    for address, kinds, words in (
        ("http://example.org/", {"kind-help": "1"}, "does not begin with https://"),
        ("https://user:word@example.org/", {"kind-help": "1"}, "holds a user name"),
        ("https://example.org/", {}, "Choose at least one kind"),
        ("https://example.org/" + "x" * 500, {"kind-help": "1"}, "is too long"),
    ):
        answer = await manager.post("/webhooks", address=address, **kinds)
        assert answer.status_code == 400 and words in answer.text
    made = await manager.post("/webhooks", address="https://example.org/hook", **{"kind-help": "1"})
    assert "shown only now" in made.text
    webhook = await superuser.fetchval("SELECT id FROM webhook")
    await rival.get("/webhooks")
    assert "example.org/hook" not in rival.page
    assert (await rival.post(f"/webhooks/{webhook}/end")).status_code == 404
    await manager.get("/webhooks")
    assert "example.org/hook" in manager.page and "shown only now" not in manager.page
    assert (await manager.post(f"/webhooks/{webhook}/end")).headers["location"] == "/webhooks?done=ended"
