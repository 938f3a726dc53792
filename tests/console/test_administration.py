"""An administrator adds users on the page."""

import re
from datetime import timedelta
from uuid import uuid4

from tests.console.desk import PASSWORD, Desk, email

ANN = {"email": "ann@example.org", "role": "manager", "organisation": "hearth", "person": "", "until": ""}
SON = {"email": "son@example.org", "role": "person", "organisation": "hearth", "person": "S1"}


async def test_a_user_is_added_on_the_page_and_signs_in_by_the_invitation(desk: Desk) -> None:
    administrator, ann = await desk.as_("administrator"), desk.browser()
    assert "Add a user" in (await administrator.get("/users")).text
    made = await administrator.post("/users", **ANN)
    link = re.search(r"<code>http://127\.0\.0\.1:8000(/set-password/[^<]+)</code>", made.text)
    assert made.status_code == 200 and "The invitation of ann@example.org" in made.text and link is not None
    await ann.get(link[1])
    kept = await ann.post(link[1], password=PASSWORD, again=PASSWORD)
    assert "Your password is set. Sign in with it." in (await ann.get(kept.headers["location"])).text
    signed_in = await ann.sign_in(ANN["email"])
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/today")
    assert (await administrator.post("/users", **SON)).status_code == 200
    assert link[1] not in (await administrator.get("/users")).text


async def test_what_does_not_fit_is_said_with_what_was_filled_in_and_nobody_is_added(desk: Desk) -> None:
    administrator = await desk.as_("administrator")
    await administrator.get("/users")
    for wrong, status, words in (
        ({"email": "ann"}, 400, "is not an email address"),
        ({"role": ""}, 400, "Choose a role"),
        ({"organisation": ""}, 400, "belongs to an organisation: name which"),
        ({"organisation": "wyeshire"}, 400, "belongs to a provider"),
        ({"person": "S1"}, 400, "Name a person for the role person"),
        ({"role": "person", "person": "NOBODY"}, 404, "No person of hearth"),
        ({"email": "manager@example.org"}, 409, "There is a user with the address"),
    ):
        answer = await administrator.post("/users", **{**ANN, **wrong})
        assert answer.status_code == status and words in answer.text, (wrong, answer.text)
        assert 'id="add-error"' in answer.text and "The invitation of" not in answer.text
        assert f'value="{ {**ANN, **wrong}["email"] }"' in answer.text
    assert await desk.superuser.fetchval("SELECT count(*) FROM user_account WHERE email LIKE 'ann%'") == 0


async def test_adding_a_user_asks_who_is_there_when_signing_in_was_long_ago(desk: Desk) -> None:
    administrator = await desk.as_("administrator")
    await administrator.get("/users")
    await desk.superuser.execute("UPDATE user_session SET created_at = created_at - interval '2 hours'")
    asked = await administrator.post("/users", **ANN)
    assert "prove_password" in asked.text and "The invitation of" not in asked.text
    assert "The invitation of" in (await administrator.post("/users", **ANN, prove_password=PASSWORD)).text


async def test_access_ends_after_its_last_day_and_when_an_administrator_ends_it(desk: Desk) -> None:
    administrator, auditor = await desk.as_("administrator"), desk.browser()
    whose = await desk.superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email("auditor"))
    await administrator.get("/users")
    page, today = f"/users/{whose}", desk.office.clock.date()
    for last, words in (("", "limited in time"), ("2026-10-30", "is over"), ("soon", "The last day")):
        refused = await administrator.post(f"{page}/access", until=last)
        assert refused.status_code == 400 and words in refused.text, last
    assert (await administrator.post(f"{page}/access", until=today.isoformat())).status_code == 303
    assert (await auditor.sign_in(email("auditor"))).status_code == 303
    assert "since" in (await administrator.get(page)).text
    assert (await auditor.get("/wage-reports")).status_code == 200
    desk.office.set(desk.office.clock + timedelta(hours=11))
    assert (await auditor.sign_in(email("auditor"))).status_code == 303
    assert (await auditor.get("/wage-reports")).status_code == 200, "11 in the evening of the last day"
    desk.office.set(desk.office.clock + timedelta(hours=1))
    assert (await auditor.get("/wage-reports")).status_code == 303
    late = await auditor.sign_in(email("auditor"))
    assert late.status_code == 401 and "Your access has ended" in late.text


async def test_an_ended_access_opens_nothing_until_it_is_opened_again(desk: Desk) -> None:
    administrator, manager = await desk.as_("administrator"), await desk.as_("manager")
    await administrator.get("/users")
    ids = {
        who: await desk.superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email(who))
        for who in ("manager", "administrator")
    }
    page = f"/users/{ids['manager']}"
    assert (await administrator.post(f"{page}/sign-out")).status_code == 303
    assert (await manager.get("/today")).status_code == 303
    assert (await manager.sign_in(email("manager"))).status_code == 303, "signed out is not shut out"
    assert (await administrator.post(f"{page}/end")).status_code == 303
    assert (await manager.get("/today")).status_code == 303
    assert (await manager.sign_in(email("manager"))).status_code == 401
    assert "ended" in (await administrator.get("/users")).text
    assert (await administrator.post(f"/users/{ids['administrator']}/end")).status_code == 409
    assert "End access" not in (await administrator.get(f"/users/{ids['administrator']}")).text
    assert (await administrator.post(f"{page}/access", until="")).status_code == 303
    assert (await manager.sign_in(email("manager"))).status_code == 303
    assert (await administrator.get(f"/users/{uuid4()}")).status_code == 404
