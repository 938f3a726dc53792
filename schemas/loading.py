"""The rows of each kind of file that an organisation loads: its columns, and the rules between them.

A required column has no default. An empty cell of an optional column means its default. `faults(valid)` follows
schemas.strict: it is given the fields that could be read.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, get_args

from msgspec import Meta, Struct, field

from schemas import wage
from schemas.cells import (
    DayCell,
    EmailCell,
    Funding,
    HoursAWeek,
    InsuranceNumber,
    Moment,
    MoneyCell,
    Offset,
    PayCycle,
    PeppolCell,
    PostcodeCell,
    RateCell,
    Reference,
    Tasks,
    Words,
    YesNo,
    degrees,
    one_of,
    whole,
)
from schemas.mobile import ReasonCode
from schemas.planning import ClockCell, times_in_order
from schemas.salaried import Salaried
from schemas.strict import Fault
from schemas.wage_kinds import DeductionKind, ExpenditureKind, PayKind, PaymentToEmployerKind

LoadKind = Literal[
    "organisations", "carers", "service-users", "contracts", "pay-terms", "packages", "rota", "pay",
    "pay-templates", "pay-mapping", "standards", "places", "delivery-templates",
    "absences", "leave", "skills", "needs", "working-hours", "activities", "correction-reasons", "postcodes",
    "patterns", "bank-holidays", "budgets",
]  # fmt: skip
Format = Literal["csv", "xlsx", "json"]

OrganisationKind = Annotated[str, Meta(extra={"parse": one_of("provider", "council", "nhs")})]
Mode = Annotated[str, Meta(extra={"parse": one_of("car", "bicycle", "walk", "bus")})]
VisitStatus = Annotated[str, Meta(extra={"parse": one_of("planned", "cancelled", "suspended")})]
Canceller = Annotated[str, Meta(extra={"parse": one_of("person", "commissioner", "provider")})]
AbsenceKind = Annotated[str, Meta(extra={"parse": one_of("hospital", "respite", "away", "ended")})]
ENTERED_KINDS: Final = ("waiting", "training", "supervision", "meeting", "handover", "awake")
"""Kinds of time that a manager may enter alone: entering one never makes less of a carer's time count."""
EnteredKind = Annotated[str, Meta(extra={"parse": one_of(*ENTERED_KINDS)})]
MeantReason = Annotated[str, Meta(extra={"parse": one_of(*ReasonCode)})]
DIVISIONS: Final = ("england", "wales", "england-and-wales", "scotland", "northern-ireland")
Division = Annotated[str, Meta(extra={"parse": one_of(*DIVISIONS)})]
Latitude = Annotated[float, Meta(extra={"parse": degrees(90)})]
Longitude = Annotated[float, Meta(extra={"parse": degrees(180)})]
Radius = Annotated[int, Meta(extra={"parse": whole(1, 10_000)})]
VisitsAWeek = Annotated[int, Meta(extra={"parse": whole(1, 200)})]
Carers = Annotated[int, Meta(extra={"parse": whole(1, 4)})]
LeavePayCell = Annotated[str, Meta(extra={"parse": one_of("full", "reduced", "none")})]
MOST_HOURS_OF_LEAVE: Final = 8_784
KindOfWorkCell = Annotated[str, Meta(extra={"parse": one_of("time", "salaried")})]
_OF_SALARIED: Final = ("basic_hours_per_year", "calculation_year_start")
FullDays = Annotated[int, Meta(extra={"parse": whole(0, 31)})]


def _in_order(valid: Mapping[str, Any], first: str, last: str) -> Iterator[Fault]:
    """The fault of a last day before its first, if both could be read."""
    start, end = valid.get(first), valid.get(last)
    if start is not None and end is not None and end < start:
        yield Fault(f"/{last}", f"{end} is before {first.rstrip('_')}, {start}")


def _together(valid: Mapping[str, Any], one: str, other: str) -> Iterator[Fault]:
    """The fault of one of two fields that need each other standing alone."""
    if {one, other} <= valid.keys() and (valid[one] is None) != (valid[other] is None):
        missing, given = (one, other) if valid[one] is None else (other, one)
        yield Fault(f"/{missing}", f"is required with {given}")


class OrganisationRow(Struct, frozen=True, kw_only=True):
    """A provider, council or NHS body of this deployment."""

    reference: Reference
    name: Words
    kind: OrganisationKind
    vat_identifier: Reference | None = None
    tax_identifier: Reference | None = None
    peppol_identifier: PeppolCell | None = None
    address: Words | None = None
    postcode: PostcodeCell | None = None
    email: EmailCell | None = None


class CarerRow(Struct, frozen=True, kw_only=True):
    """One employment of a carer. `reference` names the person; a person may have several employments."""

    provider: Reference
    reference: Reference
    employment: Reference
    name: Words
    date_of_birth: DayCell
    home_postcode: PostcodeCell | None = None
    home_lat: Latitude | None = None
    home_lon: Longitude | None = None
    mode: Mode | None = None
    national_insurance_number: InsuranceNumber | None = None
    employment_start: DayCell
    employment_end: DayCell | None = None
    pay_cycle: PayCycle
    apprenticeship_started: DayCell | None = None
    apprenticeship_ended: DayCell | None = None
    pay_terms: Reference | None = None
    work_type: KindOfWorkCell | None = None
    work_from: DayCell | None = None
    basic_hours_per_year: MoneyCell | None = None
    calculation_year_start: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _together(valid, "home_lat", "home_lon")
        yield from _work_faults(valid)
        yield from _in_order(valid, "date_of_birth", "employment_start")
        yield from _in_order(valid, "employment_start", "employment_end")
        yield from _in_order(valid, "apprenticeship_started", "apprenticeship_ended")
        if {"home_postcode", "home_lat", "home_lon"} <= valid.keys() and (
            valid["home_postcode"] is valid["home_lat"] is valid["home_lon"] is None
        ):
            yield Fault("/home_postcode", "is required, or home_lat and home_lon")
        if valid.get("apprenticeship_ended") and valid.get("apprenticeship_started", "") is None:
            yield Fault("/apprenticeship_started", "is required with apprenticeship_ended")


def _work_faults(valid: Mapping[str, Any]) -> Iterator[Fault]:
    """Salaried hours need the basic hours of a year; nothing of a kind of work stands without it."""
    if "work_type" not in valid:
        return
    given = {name for name in _OF_SALARIED if valid.get(name) is not None}
    if valid["work_type"] == "salaried":
        if valid.get("basic_hours_per_year", "") is None:
            yield Fault(
                "/basic_hours_per_year", "is required for salaried work: the hours that the salary is for"
            )
        hours = {name: valid[name] for name in ("basic_hours_per_year",) if valid.get(name) is not None}
        yield from Salaried.faults(hours)
    else:
        for name in sorted(given):
            yield Fault(f"/{name}", "goes with work_type salaried")
    if valid["work_type"] is None and valid.get("work_from") is not None:
        yield Fault("/work_from", "needs work_type: say what kind of work begins then")


class ServiceUserRow(Struct, frozen=True, kw_only=True):
    """A person who is cared for, and the place their visits are made to. `radius_m` is in metres."""

    provider: Reference
    reference: Reference
    name: Words
    address: Words
    postcode: PostcodeCell
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: Radius = 100
    access_note: Words | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _together(valid, "lat", "lon")


class PlaceRow(Struct, frozen=True, kw_only=True):
    """A place besides the home where a person's visits may be made, from and until London dates. Radius in metres."""

    provider: Reference
    service_user: Reference
    name: Reference
    postcode: PostcodeCell | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: Radius = 100
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _together(valid, "lat", "lon")
        yield from _in_order(valid, "from_", "until")
        if {"postcode", "lat", "lon"} <= valid.keys() and (
            valid["postcode"] is valid["lat"] is valid["lon"] is None
        ):
            yield Fault("/postcode", "is required, or lat and lon")


class PackageRow(Struct, frozen=True, kw_only=True):
    """A package of care: what is commissioned for one person under one contract, from and until London dates.

    `visits_per_week` and `hours_per_week` (of one carer) are what the commissioner asked for; `tasks` what is to be
    done at each visit, with minutes: a visit on the rota without tasks of its own has these.
    """

    provider: Reference
    reference: Reference
    service_user: Reference
    contract: Reference
    service: Reference
    zone: Reference | None = None
    carers: Carers = 1
    high_dependency: YesNo = False
    visits_per_week: VisitsAWeek | None = None
    hours_per_week: HoursAWeek | None = None
    tasks: Tasks = []
    funding: Funding | None = None
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _in_order(valid, "from_", "until")


class RotaRow(Struct, frozen=True, kw_only=True):
    """A planned visit. `carer` and `second_carer` are employments; without `carer` the visit is unassigned."""

    provider: Reference
    visit: Reference
    package: Reference
    start: Moment
    end: Moment
    start_offset: Offset | None = None
    end_offset: Offset | None = None
    carer: Reference | None = None
    second_carer: Reference | None = None
    tasks: Tasks = []
    status: VisitStatus = "planned"
    cancelled_at: Moment | None = None
    cancelled_by: Canceller | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if valid.get("second_carer") is not None and valid["second_carer"] == valid.get("carer"):
            yield Fault("/second_carer", "is the same as carer")
        yield from _offset_faults(valid)
        if "status" in valid:
            yield from _cancelled_faults(valid)


def _offset_faults(valid: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("start", "end"):
        if valid.get(f"{name}_offset") is not None and name in valid and valid[name].tzinfo is not None:
            yield Fault(f"/{name}_offset", f"stands beside an offset in {name}: give one of them")


def _cancelled_faults(valid: Mapping[str, Any]) -> Iterator[Fault]:
    cancelled = valid["status"] == "cancelled"
    for name in {"cancelled_at", "cancelled_by"} & valid.keys():
        if cancelled and valid[name] is None:
            yield Fault(f"/{name}", "is required for a cancelled visit")
        if not cancelled and valid[name] is not None:
            yield Fault(f"/{name}", f"belongs to a cancelled visit; this one is {valid['status']}")


PAY_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "pay": get_args(PayKind),
    "deduction": get_args(DeductionKind),
    "expenditure": get_args(ExpenditureKind),
    "payment_to_employer": get_args(PaymentToEmployerKind),
    "accommodation": ("charge", "charge_per_day", "charge_per_month"),
}
"""The kinds of each section of a payslip, as the minimum wage test names them."""
_PAY_ONLY: Final = frozenset(
    {"minutes", "rate", "units", "normal_rate", "consolidated", "absence_taken", "duties"}
)
_OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "pay": _PAY_ONLY | {"amount"},
    "deduction": frozenset({"amount"}),
    "expenditure": frozenset({"amount", "reimbursed"}),
    "payment_to_employer": frozenset({"amount"}),
    "accommodation": frozenset({"amount", "days"}),
}

PaySection = Annotated[str, Meta(extra={"parse": one_of(*PAY_SECTIONS)})]


class PayRow(Struct, frozen=True, kw_only=True):
    """One line of a payslip. Money in pounds; `days` are full days of living accommodation."""

    provider: Reference
    employment: Reference
    section: PaySection
    kind: Reference
    amount: MoneyCell | None = None
    minutes: MoneyCell | None = None
    rate: RateCell | None = None
    units: MoneyCell | None = None
    normal_rate: RateCell | None = None
    consolidated: YesNo | None = None
    absence_taken: YesNo | None = None
    reimbursed: MoneyCell | None = None
    days: FullDays | None = None
    duties: Reference | None = None
    paid_on: DayCell
    earned_start: DayCell | None = None
    earned_end: DayCell | None = None
    record_submitted_on: DayCell | None = None
    reference: Reference

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _together(valid, "earned_start", "earned_end")
        yield from _in_order(valid, "earned_start", "earned_end")
        if "section" in valid and "kind" in valid:
            kinds = PAY_SECTIONS[valid["section"]]
            if valid["kind"] in kinds:
                yield from _section_faults(valid["section"], valid)
            else:
                yield Fault("/kind", f"must be one of {', '.join(kinds)} in the section {valid['section']}")


def _section_faults(section: str, valid: Mapping[str, Any]) -> Iterator[Fault]:
    for name in (_PAY_ONLY | {"amount", "reimbursed", "days"}) - _OPTIONAL[section]:
        if valid.get(name) is not None:
            yield Fault(f"/{name}", f"does not belong to the section {section}")
    if section == "pay":
        yield from _payment_faults(valid)
        return
    if valid.get("amount", "") is None:
        yield Fault("/amount", f"is required in the section {section}")
    if section == "accommodation" and valid.get("days", "") is None:
        yield Fault("/days", "is required in the section accommodation: the full days lived there")
    ceiling = wage.HIGHEST_RATE if section == "accommodation" else wage.HIGHEST_AMOUNT
    yield from wage.ceiling_faults(valid, ceiling, "amount", "reimbursed")


def _payment_faults(valid: Mapping[str, Any]) -> Iterator[Fault]:
    """What the minimum wage test would say of the line, in the columns of this file."""
    fields = {name: valid[name] for name in wage.PayLine.__struct_fields__ if name in valid}
    fields["seconds"] = None
    if "earned_start" in valid:
        fields["earned"] = valid["earned_start"]
    for fault in wage.PayLine.faults(fields):
        detail = fault.detail.replace(", or seconds in its place", "").replace(
            "needs earned", "needs earned_start"
        )
        yield Fault(fault.pointer, detail)


class AbsenceRow(Struct, frozen=True, kw_only=True):
    """Days on which a person supported is not at home. The commissioner may report them in place of the provider."""

    provider: Reference | None = None
    commissioner: Reference | None = None
    service_user: Reference
    kind: AbsenceKind
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _in_order(valid, "from_", "until")
        if {"provider", "commissioner"} <= valid.keys() and valid["provider"] is valid[
            "commissioner"
        ] is None:
            yield Fault("/provider", "is required, or commissioner in its place")


class LeaveRow(Struct, frozen=True, kw_only=True):
    """Days on which a carer is away from work, from a time on the first and until a time on the last if these are not
    whole. Of salaried work: how many of the basic `hours`, and on which pay.
    """

    provider: Reference
    employment: Reference
    kind: Reference
    from_: DayCell = field(name="from")
    until: DayCell | None = None
    from_time: ClockCell | None = None
    until_time: ClockCell | None = None
    hours: MoneyCell | None = None
    pay: LeavePayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _in_order(valid, "from_", "until")
        yield from times_in_order(valid)
        yield from _together(valid, "hours", "pay")
        if valid.get("hours") is not None and valid.get("until", "") is None:
            yield Fault("/until", "is required with hours: say over which days they are")
        if valid.get("hours") is not None and valid["hours"] > MOST_HOURS_OF_LEAVE:
            yield Fault("/hours", "is more than the hours of a year")


class ActivityRow(Struct, frozen=True, kw_only=True):
    """Time besides visits that counts, as the provider enters it, and perhaps where it was: then journeys to and from
    there count too. `carer` is the person's reference.

    Breaks, time at home, journeys and sleep-ins are not among the kinds: they can make less of a carer's time count, so
    the carer records or proposes them, or a manager proposes them and another decides.
    """

    provider: Reference
    reference: Reference
    carer: Reference
    kind: EnteredKind
    start: Moment
    end: Moment
    start_offset: Offset | None = None
    end_offset: Offset | None = None
    postcode: PostcodeCell | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    reason: Words
    withdrawn: YesNo = False

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _offset_faults(valid)
        yield from _together(valid, "lat", "lon")


class CorrectionReasonRow(Struct, frozen=True, kw_only=True):
    """A provider's own reason for corrections, in its own words; `means` is the reason that phones know."""

    provider: Reference
    reference: Reference
    words: Words
    means: MeantReason
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _in_order(valid, "from_", "until")


class BankHolidayRow(Struct, frozen=True, kw_only=True):
    """A bank holiday that the packaged calendar does not know, or (`withdrawn`) that is none, though it knows it."""

    division: Division
    date: DayCell
    title: Words = "Bank holiday"
    withdrawn: YesNo = False


class LoadedCounts(Struct, frozen=True, kw_only=True):
    """What loading did. `cancelled` counts visits that a complete rota left out."""

    kind: str
    dry_run: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    cancelled: int
    notes: list[str]


LONGEST_BUDGET: Final = 400
"""Days: a financial year, and then some."""


class BudgetRow(Struct, frozen=True, kw_only=True):
    """What a commissioner means to spend on London dates `from` to `until`, in pounds before tax.

    Without `contract`, `provider` or `service` it is for all of them.
    """

    commissioner: Reference
    reference: Reference
    name: Words
    provider: Reference | None = None
    contract: Reference | None = None
    service: Reference | None = None
    from_: DayCell = field(name="from")
    until: DayCell
    amount: MoneyCell

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _in_order(valid, "from_", "until")
        if {"from_", "until"} <= valid.keys() and (valid["until"] - valid["from_"]).days >= LONGEST_BUDGET:
            yield Fault("/until", f"makes more than {LONGEST_BUDGET} days: make a budget for each year")
        if valid.get("contract") is not None and valid.get("provider", "") is None:
            yield Fault("/provider", "is required with contract")
        if "amount" in valid and valid["amount"] * 100 % 1:
            yield Fault("/amount", "must come to whole pennies")
