"""What of a report's facts is for whom: one worker's part, and a commissioner's own visits."""

from dataclasses import replace
from uuid import UUID

import polars as pl

from backend.domain.visit import VisitFacts
from backend.use_cases.known_journeys import journeys_among
from backend.use_cases.wage_report_facts import RecordedWages
from backend.use_cases.worked_days import activity_places, places_in


def of_one_carer(recorded: RecordedWages, carer_id: UUID) -> RecordedWages:
    """The facts of a report without those that one carer's days and pay do not need.

    Of a visit of two carers the colleague's events stay: the first check-in of either fixes the plan.
    """
    days, carer = recorded.days, str(carer_id)
    employments = [row for row in days.employments if row["carer_id"] == carer]
    own = {row["employment_id"] for row in employments}
    activities = replace(
        days.activities,
        events=days.activities.events.filter(carer_id=carer),
        corrections=days.activities.corrections.filter(carer_id=carer),
        entries=days.activities.entries.filter(carer_id=carer),
    )
    visits = replace(days.visits, facts=_visits_of(days.visits.facts, carer, sorted(own)), carers=[carer])
    places = [*places_in(visits.facts.places), *activity_places(activities)]
    journeys = journeys_among(days.journeys, places)
    own_days = replace(days, visits=visits, activities=activities, employments=employments, journeys=journeys)
    return replace(
        recorded,
        days=own_days,
        pay_lines=[row for row in recorded.pay_lines if row["employment_id"] in own],
        payroll_lines=[row for row in recorded.payroll_lines if row["employment_id"] in own],
        changes=[
            one for one in recorded.changes if one.employment in {row["reference"] for row in employments}
        ],
        miles_before={key: miles for key, miles in recorded.miles_before.items() if key in own},
        salaried_years={key: year for key, year in recorded.salaried_years.items() if key in own},
    )


def _visits_of(facts: VisitFacts, carer: str, own: list[str]) -> VisitFacts:
    ever = pl.col("carer").is_in(own) | pl.col("second_carer").is_in(own)
    planned = facts.versions.filter(ever)["visit_id"].unique().to_list()
    versions = facts.versions.filter(pl.col("visit_id").is_in(planned))
    mine = (pl.col("carer_id") == carer) | pl.col("visit_id").is_in(planned)
    events = facts.events.filter(mine)
    packages = facts.packages.filter(pl.col("package_id").is_in(versions["package_id"].unique().to_list()))
    places = {*packages["service_user_id"], *events["service_user_id"], *events.filter("inside")["place_id"]}
    carers, named = {carer, *events["carer_id"]}, {*versions["carer"], *versions["second_carer"]}
    known = pl.col("carer_id").is_in(list(carers)) | pl.col("employment_id").is_in(list(named - {None}))
    return VisitFacts(
        versions=versions,
        events=events,
        employments=facts.employments.filter(known),
        packages=packages,
        places=facts.places.filter(pl.col("place_id").is_in(list(places - {None}))),
        speeds=facts.speeds.filter(carer_id=carer),
        corrections=facts.corrections.filter(mine),
    )


def visits_for(recorded: RecordedWages, commissioner_id: UUID) -> tuple[set[str], set[str]]:
    """The visits that any plan says are for this commissioner, and all others that the facts name."""
    facts: VisitFacts = recorded.days.visits.facts
    own = set(facts.versions.filter(commissioner_id=str(commissioner_id))["visit_id"])
    said = {*facts.versions["visit_id"], *facts.events["visit_id"].drop_nulls()}
    return own, said - own


def has_activities(recorded: RecordedWages) -> bool:
    """Whether the facts hold time that is no visit's."""
    activities = recorded.days.activities
    return any(
        not said.is_empty() for said in (activities.events, activities.corrections, activities.entries)
    )
