"""Add a user of an organisation, with a password or with a link to set one."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db, settings
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.passwords import new_password
from backend.use_cases.user_access import refuse_access

Role = Literal["manager", "finance", "commissioner", "auditor", "administrator", "person"]

_PROVIDER_ROLES: Final = frozenset({"manager", "finance", "person"})
LINK_LIVES: Final = timedelta(days=7)
AUDIT_LASTS: Final = timedelta(days=365)
"""An auditor's access always has a last day; an administrator moves it."""


def role_named(text: str) -> Role:
    """The role of this name. Raises DomainError bad_request, with the names there are."""
    roles: tuple[Role, ...] = get_args(Role)
    found = next((role for role in roles if role == text), None)
    if found is None:
        raise DomainError("bad_request", f"Choose a role: {', '.join(roles)}.")
    return found


async def add_user(
    organisation: str | None,
    role: Role,
    email: str,
    password: str | None,
    person: str | None = None,
    until: date | None = None,
) -> str | None:
    """Add a user and return the link to set a password or a passkey, or None if one was given.

    `organisation` is a reference; an administrator has none. `person` is the reference of the person supported whose
    own things a user of the role `person` sees. `until` is the last London day of her access: an auditor's is
    AUDIT_LASTS ahead unless it is said. Raises DomainError naming what is wrong.
    """
    if (role == "person") != (person is not None):
        raise DomainError("bad_request", "Name a person for the role person, and for no other role.")
    _refuse_email(email)
    now = clock.now()
    until = until or (london_date(now) + AUDIT_LASTS if role == "auditor" else None)
    refuse_access(role, until, now)
    kept: str | None = None
    try:
        async with db.as_administrator() as connection:
            organisation_id = await _organisation(connection, organisation, role)
            if password is not None:
                kept = await new_password(connection, password, email, organisation_id)
            user_id, person_id = uuid4(), _person(organisation_id, person)
            values = (organisation_id, role, email, kept, now, person_id, until)
            await connection.execute(query("users.add"), user_id, *values)
            return await _link(connection, user_id, organisation_id, now) if kept is None else None
    except asyncpg.UniqueViolationError:
        raise DomainError("conflict", f"There is a user with the address {email} already.") from None
    except asyncpg.ForeignKeyViolationError:
        raise DomainError("not_found", f"No person of {organisation} has the reference {person}.") from None


def _person(organisation_id: UUID | None, reference: str | None) -> UUID | None:
    """The id of the person. A foreign key of the database makes sure that there is one."""
    if organisation_id is None or reference is None:
        return None
    return thing_id(organisation_id, "service_user", reference)


def _refuse_email(email: str) -> None:
    name, at, domain = email.rpartition("@")
    if not (name and at and domain) or len(email) > 254 or not email.isprintable() or " " in email:
        raise DomainError("bad_request", f"{email!r} is not an email address.")


async def _organisation(connection: asyncpg.Connection, reference: str | None, role: Role) -> UUID | None:
    """The id of the user's organisation, whose kind must fit the role."""
    if role == "administrator":
        if reference is not None:
            raise DomainError("bad_request", "An administrator belongs to no organisation: leave it out.")
        return None
    if reference is None:
        raise DomainError("bad_request", f"The role {role} belongs to an organisation: name which.")
    found = await connection.fetchrow("SELECT * FROM organisation_by_reference($1)", reference)
    if found is None:
        raise DomainError("not_found", f"No organisation has the reference {reference}.")
    if (found["kind"] == "provider") != (role in _PROVIDER_ROLES):
        kind = "a provider" if role in _PROVIDER_ROLES else "a council or NHS body"
        raise DomainError("bad_request", f"The role {role} belongs to {kind}; {reference} is not one.")
    organisation_id: UUID = found["id"]
    return organisation_id


async def _link(
    connection: asyncpg.Connection, user_id: UUID, organisation_id: UUID | None, now: datetime
) -> str:
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    await connection.execute(query("users.add_link"), digest, user_id, organisation_id, now, now + LINK_LIVES)
    return f"{settings.current().base_url}/set-password/{token}"
