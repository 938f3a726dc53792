"""What speaks against a planned visit, in words."""

from typing import Final

from backend.documents.words import lasted, worded
from backend.domain.counted import counted
from backend.domain.cover import Suggestion
from backend.domain.planning import Against
from backend.use_cases.plan_visit import Objection

_KEPT: Final = {
    "overlap": "at the same time as",
    "too_close": "too little time for the journey, beside",
    "on_leave": "carer away",
    "outside_hours": "outside her working hours",
    "over_hours": "more than the most hours of a week",
    "lacks_skill": "skill missing",
    "person_away": "person away",
    "same_person": "same person, same time as",
    "short_handed": "fewer carers than the package asks for",
}


def objected(one: Objection) -> str:
    """An objection as a sentence that names the visit, and the carer if it is about her."""
    return f"{one.visit}: {told(one.against, one.carer or 'The person')}."


def told(one: Against, who: str) -> str:
    """What speaks against it, as a sentence about a carer, without its full stop."""
    match one.kind:
        case "overlap":
            return f"{who} is planned for {one.about} at the same time, for {lasted(-one.between)}"
        case "too_close":
            return (
                f"{who} has {lasted(one.between)} between it and {one.about}, "
                f"and the journey takes about {lasted(one.needed)}"
            )
        case "on_leave":
            return f"{who} is away then ({worded(one.about)})"
        case "outside_hours":
            return f"{who} does not work at that time"
        case "over_hours":
            return f"{who} would have {lasted(one.between)} planned in that week, and the most is {lasted(one.needed)}"
        case "lacks_skill":
            return f"{who} does not have a skill that is needed there ({one.about})"
        case "person_away":
            return f"the person is away then ({worded(one.about)})"
        case "same_person":
            return f"the person has {one.about} planned at the same time"
        case "short_handed":
            return f"the package asks for {one.needed} carers, and {one.between} comes"


def kept_words(kept: str) -> str:
    """What was kept of an objection, `overlap V2`, in words."""
    kind, _, about = kept.partition(" ")
    return f"{_KEPT.get(kind, worded(kind))}{f': {worded(about)}' if about else ''}"


def suggested(one: Suggestion, person: str, weeks: int) -> str:
    """Why a carer is suggested for a visit to a person, as one line."""
    travel = f"{lasted(one.added)} more travel" if one.added > 0 else "no more travel"
    known = (
        f"{counted(one.known, 'visit')} to {person} in the last {weeks} weeks"
        if one.known
        else f"not with {person} in the last {weeks} weeks"
    )
    week = f"{lasted(one.planned)} planned in that week"
    if one.contracted is not None:
        week += f" of {lasted(one.contracted)} contracted{', which this goes beyond' if one.beyond else ''}"
    return f"{travel}; {known}; {week}"
