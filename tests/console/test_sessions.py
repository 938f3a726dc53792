"""Where somebody is signed in, and signing out there."""

import re
from datetime import timedelta

from tests.console.desk import PASSWORD, Browser, Desk


async def elsewhere(desk: Desk, who: str = "manager") -> Browser:
    """Another browser in which the same person is signed in."""
    desk.signed_in.pop(who, None)
    return await desk.as_(who)


async def test_each_open_session_is_listed_and_can_be_ended_from_another(desk: Desk) -> None:
    first = await desk.as_("manager")
    desk.office.set(desk.office.clock + timedelta(minutes=5))
    second = await elsewhere(desk)
    page = (await second.get("/sessions")).text
    assert page.count("Sign out there") == 1 and page.count("This is the one you are using") == 1
    [other] = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert (await second.post("/sessions/end", session=other)).headers["location"] == "/sessions?done=ended"
    assert (await first.get("/today")).headers["location"].startswith("/sign-in")
    assert (await second.get("/today")).status_code == 200


async def test_every_other_session_is_ended_at_once(desk: Desk) -> None:
    others = [await elsewhere(desk) for _ in range(3)]
    here = await elsewhere(desk)
    await here.get("/sessions")
    await here.post("/sessions/end-others")
    assert {(await other.get("/today")).status_code for other in others} == {303}
    assert "Sign out there" not in (await here.get("/sessions")).text


async def test_whoever_signed_in_a_while_ago_shows_again_who_she_is_before_ending_sessions(
    desk: Desk,
) -> None:
    first, here = await desk.as_("manager"), await elsewhere(desk)
    desk.office.set(desk.office.clock + timedelta(minutes=30))
    [other] = re.findall(r'name="session" value="([0-9a-f]{64})"', (await here.get("/sessions")).text)
    for path, fields in (("/sessions/end", {"session": other}), ("/sessions/end-others", {})):
        await here.get("/sessions")
        assert "Show that it is you" in (await here.post(path, **fields)).text
    assert (await first.get("/today")).status_code == 200
    proof = {"prove_password": PASSWORD}
    assert (await here.post("/sessions/end-others", **proof)).headers["location"] == "/sessions?done=others"
    assert (await first.get("/today")).status_code == 303


async def test_nobody_ends_another_s_session_and_an_ended_one_is_not_listed(desk: Desk) -> None:
    manager, auditor = await desk.as_("manager"), await desk.as_("auditor")
    extra = await elsewhere(desk)
    [session] = re.findall(r'name="session" value="([0-9a-f]{64})"', (await manager.get("/sessions")).text)
    await auditor.get("/sessions")
    assert (await auditor.post("/sessions/end", session=session)).status_code == 404
    await auditor.get("/sessions")
    assert (await auditor.post("/sessions/end", session="no digits")).status_code == 404
    assert (await extra.get("/today")).status_code == 200
    desk.office.set(desk.office.clock + timedelta(hours=13))
    later = await elsewhere(desk)
    assert "Sign out there" not in (await later.get("/sessions")).text
