"""A person names a list as it is narrowed down, finds it in the menu, and removes it again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query

MOST: Final = 20
LONGEST_NAME: Final = 60
LONGEST_ADDRESS: Final = 1000
_OF_ONE_MOMENT: Final = frozenset({"after", "done", "format", "table"})
"""Parts of an address that do not belong to the list: where its page began, what was just done, and that it was a file.
"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named list: the path and the query of its page."""

    id: UUID
    name: str
    address: str


async def saved_views(user_id: UUID) -> Sequence[SavedView]:
    """A user's own, by name."""
    async with db.as_administrator() as connection:
        return [SavedView(**row) for row in await connection.fetch(query("views.of_user"), user_id)]


async def keep_view(user_id: UUID, name: str, address: str, paths: Collection[str]) -> str:
    """Keep a list under a name, in place of any list that has the name already; returns its address. `paths` are the
    user's lists.

    Raises DomainError bad_request without a fit name, for another page than a list, or beyond MOST.
    """
    called, listed = " ".join(name.split()), list_of(address)
    path = listed.partition("?")[0]
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise DomainError("bad_request", f"Give the list a name of at most {LONGEST_NAME} characters.")
    if path not in paths or len(listed) > LONGEST_ADDRESS:
        raise DomainError("bad_request", "Only a list of your own menu can be kept.")
    async with db.as_administrator() as connection:
        await connection.execute(query("views.lock"), user_id)
        await connection.execute(query("views.remove_named"), user_id, called, clock.now())
        if len(await connection.fetch(query("views.of_user"), user_id)) >= MOST:
            raise DomainError("bad_request", f"You have {MOST} lists. Remove one first.")
        await connection.execute(query("views.insert"), user_id, uuid4(), called, listed, clock.now())
    return listed


def list_of(address: str) -> str:
    """The address without what belongs to one moment of it."""
    path, _, asked = address.partition("?")
    kept = [(name, text) for name, text in parse_qsl(asked) if name not in _OF_ONE_MOMENT]
    return f"{path}?{urlencode(kept)}" if kept else path


async def remove_view(user_id: UUID, view_id: UUID) -> None:
    """Remove one of the user's own. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        removed = await connection.fetchval(query("views.remove"), user_id, view_id, clock.now())
    if removed is None:
        raise DomainError("not_found", "You have no such list.")
