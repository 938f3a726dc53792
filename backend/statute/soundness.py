"""The check of all packaged law in one go, and what of it needs somebody's attention."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from backend.statute import strict_yaml
from backend.statute.catalogue import rules
from backend.statute.citation import CheckedAgainst, verified
from backend.statute.coverage import provisions
from backend.statute.entries import Dated, Treatments
from backend.statute.policy import policy_on
from backend.statute.strict_yaml import StatuteError
from backend.statute.wage_law import (
    mileage_intervals,
    offset_intervals,
    penalty_intervals,
    rate_intervals,
    treatments,
    wage_law,
)


class Ending(Struct, frozen=True, kw_only=True):
    """A dated list whose newest interval ends soon: `id` of that interval, and the days left to its last."""

    id: str
    last_known: date
    days_left: int


class Unverified(Struct, frozen=True, kw_only=True):
    """A rule or value that was read neither in its instrument nor on an official page."""

    id: str
    checked_against: CheckedAgainst
    note: str | None


class Soundness(Struct, frozen=True, kw_only=True):
    """What the packaged law holds, which of it ends soon and which of it is still to be verified."""

    rules: int
    rate_intervals: int
    first_known: date
    last_known: date
    ending: list[Ending]
    unverified: list[Unverified]


def checked(today: date) -> Soundness:
    """The state of the packaged law on a London date. Raises StatuteError if any of it cannot be relied on."""
    law, known = wage_law(), rules()
    if missing := sorted(used_rules(treatments()) - known.keys()):
        raise StatuteError(f"treatments.yaml names rules that are not listed: {', '.join(missing)}")
    if missing := sorted({rule for one in provisions() for rule in one.rules} - known.keys()):
        raise StatuteError(f"coverage.yaml names rules that are not listed: {', '.join(missing)}")
    return Soundness(
        rules=len(known),
        rate_intervals=law.rates["statute"].n_unique(),
        first_known=law.first_known,
        last_known=law.last_known,
        ending=ending(today),
        unverified=[
            Unverified(id=rule.id, checked_against=rule.checked_against, note=rule.note)
            for rule in known.values()
            if not verified(rule)
        ],
    )


def ending(today: date) -> list[Ending]:
    """The dated lists of law whose newest interval ends within the policy's days of warning, or has ended."""
    warning = policy_on(today).statute_ends_warning_days
    dated: list[Sequence[Dated]] = [
        rate_intervals(strict_yaml.read("wage_rates.yaml")),
        offset_intervals(strict_yaml.read("accommodation_offsets.yaml")),
        mileage_intervals(strict_yaml.read("mileage.yaml")),
        penalty_intervals(),
    ]
    newest = [(entries[-1].id, entries[-1].until) for entries in dated]
    return [
        Ending(id=name, last_known=last, days_left=(last - today).days)
        for name, last in newest
        if (last - today).days <= warning
    ]


def used_rules(known: Treatments) -> set[str]:
    """The ids that the treatments name."""
    salaried = known.salaried
    sections = (known.work, known.pay, known.deduction, known.payment_to_employer, known.expenditure)
    used = {treatment.rule for section in sections for treatment in section.values()}
    used |= {treatment.output_rule for treatment in known.work.values()}
    used |= {
        treatment.salaried_rule for treatment in known.pay.values() if treatment.salaried_rule is not None
    }
    return used | {salaried.excess, salaried.reduced_absence, salaried.other}
