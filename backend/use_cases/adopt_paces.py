"""Make fitted paces a provider's own policy from a day on."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from backend import clock, db
from backend.domain.policy import OwnPace
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.loading.versions import Fact, Versioned, append

_POLICY: Final = Versioned(
    "policy_version", (("provider_id", "uuid"), ("starts_on", "date")), (("policy", "jsonb"),)
)


async def adopt_paces(provider_id: UUID, starts_on: date, given: Any) -> int:
    """Append a version of the provider's policy from `starts_on` with these paces and all else as it was. Returns how
    many paces.

    `given` is plain data: `{"paces": [...]}` of backend.domain.policy.OwnPace. Raises DomainError invalid.
    """
    if not isinstance(given, dict) or set(given) != {"paces"}:
        raise DomainError(
            "invalid", "The file must hold one entry, paces, as `doorstep travel calibrate` prints it."
        )
    try:
        paces = msgspec.convert(given["paces"], list[OwnPace])
    except msgspec.ValidationError as error:
        raise DomainError(
            "invalid", f"The paces are not as `doorstep travel calibrate` prints them: {error}"
        ) from None
    async with db.as_provider(provider_id) as connection:
        await connection.execute(query("loading.lock"), str(provider_id))
        now = clock.now()
        held = await connection.fetchval(query("policy.own"), provider_id, starts_on, now)
        own = {**(msgspec.json.decode(held) if held else {}), "paces": msgspec.to_builtins(paces)}
        content = msgspec.json.encode(own, order="sorted").decode()
        await append(connection, _POLICY, [Fact((provider_id, starts_on), (content,))], now)
    return len(paces)
