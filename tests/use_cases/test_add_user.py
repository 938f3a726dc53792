"""Users: which role fits which organisation, and what is kept of a password."""

import hashlib
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.add_user import Role, add_user
from backend.use_cases.passwords import hash_password, password_fits
from tests.use_cases.loading import samples


@pytest.fixture
async def organisations(db: Any) -> None:
    await samples.load_rows("organisations", samples.ORGANISATIONS)


async def test_a_password_is_kept_as_an_argon2id_hash(
    organisations: None, superuser: asyncpg.Connection
) -> None:
    assert await add_user("hearth", "manager", "ann@example.org", "correct horse") is None
    kept = await superuser.fetchval("SELECT password_hash FROM user_account")
    assert kept.startswith("$argon2id$")
    assert password_fits("correct horse", kept)
    assert not password_fits("correct house", kept)
    assert not password_fits("correct horse", None)


async def test_without_a_password_a_link_is_made_whose_token_is_not_kept(
    organisations: None, superuser: asyncpg.Connection
) -> None:
    link = await add_user("wyeshire", "auditor", "audit@example.org", None)
    assert link is not None
    token = link.rpartition("/")[2]
    found = await superuser.fetchrow("SELECT * FROM user_link")
    assert found["token_hash"] == hashlib.sha256(token.encode()).digest()
    assert (found["expires_at"] - found["created_at"]).days == 7


async def test_an_auditors_access_always_has_a_last_day(
    organisations: None, superuser: asyncpg.Connection
) -> None:
    await add_user("wyeshire", "auditor", "a@example.org", None)
    await add_user("wyeshire", "auditor", "b@example.org", None, until=date(2099, 1, 31))
    await add_user("wyeshire", "commissioner", "c@example.org", None)
    rows = await superuser.fetch("SELECT access_until, created_at FROM user_account ORDER BY email")
    assert [row["access_until"] for row in rows[1:]] == [date(2099, 1, 31), None]
    assert rows[0]["access_until"] == london_date(rows[0]["created_at"]) + timedelta(days=365)
    with pytest.raises(DomainError, match="is over"):
        await add_user("wyeshire", "auditor", "d@example.org", None, until=date(2020, 1, 31))


@pytest.mark.parametrize(
    ("organisation", "role", "email", "password", "code"),
    [
        ("nobody", "manager", "a@example.org", None, "not_found"),
        (None, "manager", "a@example.org", None, "bad_request"),
        ("hearth", "auditor", "a@example.org", None, "bad_request"),
        ("icb", "finance", "a@example.org", None, "bad_request"),
        ("hearth", "administrator", "a@example.org", None, "bad_request"),
        ("hearth", "manager", "a example.org", None, "bad_request"),
        ("hearth", "manager", "a@example.org", "short", "bad_request"),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    organisations: None,
    superuser: asyncpg.Connection,
    organisation: str | None,
    role: Role,
    email: str,
    password: str | None,
    code: str,
) -> None:
    with pytest.raises(DomainError) as refused:
        await add_user(organisation, role, email, password)
    assert refused.value.code == code
    assert await superuser.fetchval("SELECT count(*) FROM user_account") == 0


def test_a_password_has_bounds() -> None:
    for password in ("x" * 7, "x" * 201):
        with pytest.raises(DomainError, match="8 to 200 characters"):
            hash_password(password)
