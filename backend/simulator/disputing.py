"""What a payer of the made-up county disputes, what becomes of it, and what a manager finds waiting at the end."""

from uuid import UUID, uuid4

from backend import db
from backend.simulator.model import County
from backend.simulator.truth.reckon import Credit
from backend.sql import query
from backend.tables.ids import organisation_id
from backend.use_cases.answer_dispute import answer_dispute
from backend.use_cases.decide_dispute import decide_dispute
from backend.use_cases.raise_dispute import raise_dispute
from backend.use_cases.viewer import Viewer


async def dispute_line(credit: Credit) -> None:
    """The payer disputes the dearest line of its document."""
    words = "The visit ended before it should have, says her daughter."
    await _raise(organisation_id(credit.provider), credit.contract, credit.billed[0], credit.payer, words)


async def credit_line(credit: Credit) -> None:
    """The provider answers, and credits a little of it."""
    provider_id = organisation_id(credit.provider)
    async with db.as_provider(provider_id) as connection:
        dispute = await connection.fetchval(query("simulation.open_dispute"), provider_id)
    manager = await _user(provider_id)
    await answer_dispute(provider_id, dispute, manager, "The carer was called away to another visit.")
    why = "The visit was made, and ended early."
    await decide_dispute(provider_id, dispute, manager, "credit", credit.pence, why)


async def leave_a_dispute(county: County) -> None:
    """A council disputes a line of the first week at the very end: nobody has decided it, so no figure changes."""
    contract = county.contracts[0]
    provider_id = organisation_id(contract["provider"])
    await _raise(
        provider_id,
        contract["reference"],
        county.start,
        contract["commissioner"],
        "Nobody came, says his son.",
    )


async def _raise(provider_id: UUID, contract: str, start: object, payer: str, words: str) -> None:
    async with db.as_provider(provider_id) as connection:
        line = await connection.fetchrow(
            query("simulation.dearest_line"), provider_id, contract, start, payer
        )
    if line is not None:
        organisation = organisation_id(payer)
        viewer = Viewer(await _user(organisation), organisation, False, "commissioner")
        await raise_dispute(viewer, line["document_id"], line["line"], words)


async def _user(organisation: UUID) -> UUID:
    """Somebody of the organisation who signs in; where nobody does, nobody in particular."""
    async with db.as_system() as connection:
        found: UUID | None = await connection.fetchval(query("simulation.user"), organisation)
    return found or uuid4()
