"""A person signs out: the session ends on the server, whatever the browser keeps."""

from backend import clock, db
from backend.sql import query
from backend.use_cases.sign_in import token_hash


async def sign_out(token: str) -> None:
    """End the session of this token, if it is open."""
    async with db.as_administrator() as connection:
        await connection.execute(query("users.end_session"), token_hash(token), clock.now())
