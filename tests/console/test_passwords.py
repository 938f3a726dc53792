"""Whoever chooses a password is told what is wrong with a guessable one."""

import asyncpg
import pytest

from backend.faults import DomainError
from backend.use_cases.add_user import add_user
from tests.console.desk import Desk, email


async def test_by_a_link_a_guessable_password_is_refused_and_the_link_stays_good(desk: Desk) -> None:
    link = await add_user("hearth", "manager", "marigold@example.org", None)
    assert link is not None
    path, browser = link.split("8000", 1)[1], desk.browser()
    for guessable, why in {
        "sunshine1": "one of the most common ones",
        "Marigold7": "your address",
        "hearth2026": "your organisation",
    }.items():
        await browser.get(path)
        answer = await browser.post(path, password=guessable, again=guessable)
        assert answer.status_code == 400 and why in answer.text
        assert guessable not in answer.text
    assert (await browser.post(path, password="lamp trout ivy", again="lamp trout ivy")).status_code == 303


async def test_a_signed_in_person_chooses_no_guessable_one_either(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    kept = await superuser.fetchval(
        "SELECT password_hash FROM user_account WHERE email = $1", email("manager")
    )
    browser = desk.browser()
    await browser.sign_in(email("manager"))
    await browser.get("/authenticator")
    answer = await browser.post("/authenticator/password", password="doorstep99", again="doorstep99")
    assert answer.status_code == 400 and "three random words" in answer.text
    await browser.post("/authenticator/password", password="lamp trout ivy", again="lamp trout ivy")
    assert kept != await superuser.fetchval(
        "SELECT password_hash FROM user_account WHERE email = $1", email("manager")
    )


async def test_an_administrator_adds_nobody_with_a_guessable_one(desk: Desk) -> None:
    for guessable in ("password123", "wyeshire1", "iris@example"):
        with pytest.raises(DomainError, match="Choose another"):
            await add_user("wyeshire", "commissioner", "iris@example.org", guessable)
