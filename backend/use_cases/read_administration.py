"""What the deployment's administrator looks after: organisations and users, nobody's records."""

from typing import Any

from backend import db
from backend.sql import query


async def read_organisations() -> list[dict[str, Any]]:
    """Every organisation: reference, kind, name, postcode, when it was last changed."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("users.every_organisation"))]


async def read_users() -> list[dict[str, Any]]:
    """Every user: email, role, organisation's reference, has_password, number of passkeys, when disabled."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("users.every_user"))]
