"""The last thing that happens in a played county: a carer asks for a correction, and no manager has decided yet."""

from collections.abc import Mapping
from datetime import datetime

from backend.simulator.handset import Handset
from backend.simulator.model import PlannedVisit
from backend.simulator.story import Story


def asked_for(story: Story) -> tuple[str, PlannedVisit]:
    """Who asks, and for which visit: one whose check-out was forgotten, else any that a phone recorded."""
    planned = {visit.reference: visit for visit in story.county.rota}
    recorded = sorted(story.received.facts.visits.items())
    forgot = [key for key, times in recorded if times.start is not None and times.end is None]
    employment, reference = (forgot or [key for key, _ in recorded])[0]
    return employment, planned[reference]


async def ask_for_correction(story: Story, handsets: Mapping[str, Handset], at: datetime) -> None:
    """Leave one correction open. Nothing counts of it until a manager decides, so the truth stays. Raises Refused."""
    employment, visit = asked_for(story)
    await handsets[employment].ask_for_end(visit.reference, visit.end, at)
