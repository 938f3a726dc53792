"""What a server would hold after the play, made without one: the facts that audit tests read.

Positions and times are judged by the product's own rules. The ids are the county's references.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from backend.domain import visit
from backend.domain.audit_tests import frames
from backend.domain.evidence import Judgement, judge
from backend.domain.paid_time import Offset, paid_time
from backend.domain.paid_time import Sending as Clocks
from backend.domain.place import Circle
from backend.domain.policy import Policy
from backend.simulator.journal import Item, Sending
from backend.simulator.model import Carer, County
from backend.simulator.moments import Moment
from schemas.mobile import Fix

RADIUS_M: Final = 100.0
"""Of every fence: the files name none, and this is what loading gives then."""
_SALT: Final = "A" * 22


def audit_facts(county: County, journal: Sequence[Sending], policy: Policy) -> frames.AuditFacts:
    """The facts of the whole county, all providers together: no carer of the county works for two."""
    events, marks = _events(county, journal, policy)
    facts = visit.VisitFacts(
        versions=_frame(_versions(county), visit.VERSION_SCHEMA),
        events=_frame(events, visit.EVENT_SCHEMA),
        employments=_frame(
            ((carer.employment, carer.reference, county.start, None) for carer in county.carers),
            visit.EMPLOYMENT_SCHEMA,
        ),
        packages=_frame(_packages(county), visit.PACKAGE_SCHEMA),
        places=_frame(
            (
                (user.reference, user.home.point.lat, user.home.point.lon, RADIUS_M)
                for user in county.service_users
            ),
            visit.PLACE_SCHEMA,
        ),
        corrections=pl.DataFrame(schema=visit.CORRECTION_SCHEMA),
    )
    over = max(each.end for each in county.rota) + timedelta(days=1)
    return frames.AuditFacts(
        visits=visit.visits(facts, over, policy),
        marks=_frame(marks, frames.MARK_SCHEMA),
        phones=_frame(
            ((carer.employment, carer.reference, carer.installation, None) for carer in county.carers),
            frames.PHONE_SCHEMA,
        ),
        absences=pl.DataFrame(schema=frames.ABSENCE_SCHEMA),
        lines=pl.DataFrame(schema=frames.BILL_LINE_SCHEMA),
        periods=pl.DataFrame(schema=frames.BILLED_PERIOD_SCHEMA),
        parked=pl.DataFrame(schema=frames.PARKED_SCHEMA),
        edits=pl.DataFrame(schema=frames.EDIT_SCHEMA),
        elsewhere=pl.DataFrame(schema=frames.ELSEWHERE_SCHEMA),
        roundings=pl.DataFrame(schema=frames.ROUNDING_SCHEMA),
    )


def _frame(rows: Any, schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _versions(county: County) -> Iterator[tuple[Any, ...]]:
    loaded = min(each.start for each in county.rota) - timedelta(days=6)
    for each in county.rota:
        times = (each.start, each.end, each.carer, each.second_carer)
        yield (each.reference, each.reference, 1, each.package, "", *times, "planned", None, None, loaded)
        if each.cancelled_at is not None:
            called_off = ("cancelled", each.cancelled_at, each.cancelled_by, each.cancelled_at)
            yield (each.reference, each.reference, 2, each.package, "", *times, *called_off)


def _packages(county: County) -> Iterator[tuple[Any, ...]]:
    for each in county.packages:
        bought = (each.service_user, each.contract, each.service, each.zone, each.carers)
        yield (each.reference, county.start, None, *bought, each.high_dependency, each.funding)


def _events(
    county: County, journal: Sequence[Sending], policy: Policy
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Accepted events about visits in EVENT_SCHEMA and in MARK_SCHEMA."""
    carers = {carer.employment: carer for carer in county.carers}
    users = {user.reference: user.home.point for user in county.service_users}
    doors = {
        each.reference: Circle(
            users[each.service_user].lat, users[each.service_user].lon, RADIUS_M, each.service_user
        )
        for each in county.rota
    }
    events, marks = [], []
    for sending in journal:
        for item in sending.items:
            if item.moment.visit is not None and item.expected[0] == "accepted":
                carer = carers[sending.employment]
                event, mark = _event(carer, sending, item, doors[item.moment.visit], policy)
                events.append(event)
                marks.append(mark)
    return events, marks


def _event(
    carer: Carer, sending: Sending, item: Item, door: Circle, policy: Policy
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    moment, ahead = item.moment, timedelta(seconds=carer.drift_s)
    row, shown = f"{carer.employment}/{item.index}", moment.at + ahead
    measured = Offset(-ahead, -ahead) if sending.proof else None
    clocks = Clocks(sending.at + ahead, "", _running(sending.at))
    limit = timedelta(seconds=policy.clock_offset_limit_s)
    paid = paid_time(shown, "", _running(moment.at), clocks, measured, limit)
    judged = _judged(carer, moment, shown, door, policy)
    held = moment.fix.point if moment.fix is not None and judged.keep_position else None
    place = (None, None) if held is None else (held.lat, held.lon)
    offset = None if measured is None else round(measured.low.total_seconds() * 1000)
    who = (carer.employment, carer.reference, moment.kind, moment.visit)
    flags = [*paid.flags, *judged.reasons]
    within = None if judged.distance_m is None else judged.distance_m + (judged.accuracy_m or 0)
    at_place = (within, judged.fix_age_s, judged.place_id, judged.fence == "inside")
    event = (row, row, *who, False, False, paid.at, sending.at, flags, judged.level, row, None, *at_place)
    mark = (
        row, *who, paid.at, shown, sending.at, list(paid.flags), judged.fence, judged.distance_m, judged.accuracy_m,
        judged.fix_age_s, judged.at_home, list(judged.reasons), *place, offset, offset,
    )  # fmt: skip
    return event, mark


def _running(at: datetime) -> int:
    """A clock that never jumps, in milliseconds."""
    return int(at.timestamp() * 1000)


def _judged(carer: Carer, moment: Moment, shown: datetime, door: Circle, policy: Policy) -> Judgement:
    home = Circle(carer.home.point.lat, carer.home.point.lon, policy.home_fence_m)
    fix = None
    if moment.fix is not None:
        point = moment.fix.point
        fix = Fix(salt=_SALT, lat=point.lat, lon=point.lon, accuracy_m=moment.fix.accuracy_m, taken_at=shown)
    no_fix = moment.no_fix if fix is None else None
    return judge(fix, no_fix, shown, [door], [home], policy.fix_stale_after_s)
