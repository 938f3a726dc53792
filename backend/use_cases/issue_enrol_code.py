"""A manager lets a carer enrol a phone: a code for one use within 24 hours."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from backend import clock, db, keys, settings
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.devices import provider_by_reference
from backend.use_cases.phone_calls import read_device

CODE_LIFE: Final = timedelta(hours=24)
# No letter or digit that is read for another one; 16 of 32 are 80 bits.
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS: Final = 4
APP_PATH: Final = "/app"
"""Where the phone app is served."""


async def issue_enrol_code(provider: str, carer: str, replaces: UUID | None = None) -> str:
    """A new code for the carer (by references). `replaces` names the phone whose place the new one takes.

    Raises DomainError not_found, naming what does not exist.
    """
    return await issue_for(await provider_by_reference(provider), carer, replaces)


async def issue_for(provider_id: UUID, carer: str, replaces: UUID | None = None) -> str:
    """The same for a provider known by id."""
    now = clock.now()
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_GROUPS))
    async with db.as_provider(provider_id) as connection:
        carer_id = await connection.fetchval(query("phones.carer_by_reference"), provider_id, carer)
        if carer_id is None:
            raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
        if replaces is not None:
            old = await read_device(connection, provider_id, replaces)
            if old is None or old.carer_id != carer_id:
                raise DomainError("not_found", f"The phone {replaces} is not one of this carer's.")
        await connection.execute(
            query("phones.insert_code"),
            provider_id,
            code_hash(code),
            carer_id,
            replaces,
            now,
            now + CODE_LIFE,
        )
    return code


def enrol_link(code: str) -> str:
    """The address that opens the phone app with a code typed in. What stands behind # reaches no server and no log."""
    return f"{settings.current().phones_base}{APP_PATH}/#enrol={code}"


def code_hash(code: str) -> bytes:
    """What is kept of a code; typed in small letters, or without its dashes, it is the same code."""
    return keys.current().lookup_hash("enrol-code/" + "".join(code.upper().replace("-", "").split()))
