"""The check of all packaged law in one go."""

from backend.statute.catalogue import rules
from backend.statute.entries import Treatments
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import mileage_intervals, penalty_intervals, treatments, wage_law


def checked() -> dict[str, int | str]:
    """Counts and dates of the packaged law. Raises StatuteError if any of it cannot be relied on."""
    law, known = wage_law(), rules()
    mileage_intervals()
    penalty_intervals()
    if missing := sorted(used_rules(treatments()) - known.keys()):
        raise StatuteError(f"treatments.yaml names rules that are not listed: {', '.join(missing)}")
    return {
        "rules": len(known),
        "rate_intervals": law.rates["statute"].n_unique(),
        "first_known": law.first_known.isoformat(),
        "last_known": law.last_known.isoformat(),
    }


def used_rules(known: Treatments) -> set[str]:
    """The ids that the treatments name."""
    salaried = known.salaried
    sections = (known.work, known.pay, known.deduction, known.payment_to_employer, known.expenditure)
    used = {treatment.rule for section in sections for treatment in section.values()}
    return used | {salaried.excess, salaried.reduced_absence, salaried.other}
