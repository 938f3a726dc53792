"""Digests on their pages, by webhook and by email."""

import json
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import asyncpg

from backend import settings
from backend.jobs.runner import run_due
from backend.use_cases.subscriptions import add_webhook, subscribe
from tests.console.desk import Desk
from tests.console.receivers import mail_server, receiver
from tests.console.test_notices import COUNCIL, user
from tests.jobs.office import instant


async def test_a_digest_reaches_its_commissioner_by_page_email_and_webhook_and_is_the_same_file(
    busy: Desk, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    settings.use(replace(settings.current(), private_addresses=(ip_network("127.0.0.0/8"),)))
    with mail_server(tmp_path) as mail, receiver() as hook:
        settings.use(replace(settings.current(), smtp=mail.address, mail_from="doorstep@example.org"))
        await subscribe(await user(superuser, "auditor"), COUNCIL, "auditor", {"digest"})
        commissioner = await user(superuser, "commissioner")
        await add_webhook(COUNCIL, "commissioner", hook.address, {"digest"}, commissioner)
        for moment, job in (
            ("06:10", "seals"),
            ("07:10", "digests"),
            ("07:11", "record_checks"),
            ("07:12", "notices"),
        ):
            busy.office.set(instant(f"2026-11-17T{moment}"))
            await run_due(busy.office.clock, job)
    browser = await busy.as_("commissioner")
    assert 'href="/digests/2026-11-16"' in (await browser.get("/digests")).text
    file = await browser.get("/digests/2026-11-16")
    assert "doorstep-digest_2026-11-16.json" in file.headers["content-disposition"]
    [(_, called)] = hook.calls
    assert json.loads(called)["digest"] == file.text
    [message] = mail.taken
    assert file.text in message.get_content() and "names nobody" in message.get_content()
    assert "hearth" in json.loads(file.json()["body"])["providers"][0]["provider"]
    other = await busy.as_("other_commissioner")
    assert "/digests/2026-11-16" not in (await other.get("/digests")).text
    for missing in ("2026-11-15", "soon"):
        assert (await browser.get(f"/digests/{missing}")).status_code == 404
    assert "All as they were" in (await (await busy.as_("manager")).get("/record-checks")).text
