"""A manager approves a place besides the home where a person's visits may be made."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from backend import db
from backend.faults import DomainError
from backend.tables.ids import place_id
from backend.use_cases.loading import LoadRefused, Scope, SourceFile, load
from backend.use_cases.parties import provider_reference
from backend.use_cases.read_people import known_person
from schemas.cells import parse_day
from schemas.strict import Fault, Faulty

CELLS: Final = ("name", "postcode", "lat", "lon", "radius_m", "from", "until")
"""What a manager says of a place, each as text, by the columns of the kind `places`."""


async def approve_place(
    provider_id: UUID, person: UUID, cells: Mapping[str, str], user: UUID | None = None
) -> UUID:
    """Approve it from its first London date on; returns its id. One with the same name and first day is corrected.

    Raises Faulty with every fault of the cells, DomainError not_found, or conflict if it is approved already exactly
    like this.
    """
    async with db.as_provider(provider_id) as connection:
        reference = (await known_person(connection, provider_id, person))["reference"]
    row = {"provider": await provider_reference(provider_id), "service_user": reference, **cells}
    try:
        source = SourceFile("place", msgspec.json.encode([row]), "json")
        counts = await load("places", [source], scope=Scope(provider=provider_id, user=user))
    except LoadRefused as error:
        faults = [Fault((one.pointer or "").removeprefix("/0"), one.detail) for one in error.faults]
        raise Faulty(faults) from error
    if counts.unchanged:
        raise DomainError("conflict", "This place is approved already, just so.")
    return place_id(person, cells["name"].strip(), parse_day(cells["from"].strip()))
