"""Made-up snapshots to draw documents from, as plain JSON data."""

from itertools import pairwise
from typing import Any

from tests.documents.beside_samples import BESIDE, REPORT_BESIDE
from tests.documents.change_samples import CHANGES, HOURS

Data = dict[str, Any]


def party(name: str) -> Data:
    """An organisation with an address of two lines."""
    return {
        "name": name,
        "reference": name.lower().replace(" ", "-"),
        "address": "1 High Town\nHereford",
        "postcode": "HR1 2AA",
        "email": "finance@example.org",
        "vat_identifier": "GB123456789",
        "peppol_identifier": "0088:2000000000008",
    }


def line(number: int, **changes: Any) -> Data:
    """One invoice line: thirty minutes planned, 27.2 worked, billed as planned and paid by two payers."""
    day = f"2026-11-{2 + number % 20:02d}"
    return {
        "line": number,
        "visit": f"V{1000 + number}",
        "visit_id": f"00000000-0000-5000-8000-{number:012d}",
        "person": f"SU-{number % 20:03d}",
        "service": "home_care",
        "zone": "rural",
        "planned": {"start": f"{day}T07:00:00Z", "end": f"{day}T07:30:00Z"},
        "actual": {"start": f"{day}T07:04:00Z", "end": f"{day}T07:31:12Z"},
        "planned_minutes": "30",
        "actual_minutes": "27.2",
        "payable_minutes": "30",
        "rounding_minutes": "0",
        "difference_minutes": "2.8",
        "unit": "visit_price",
        "price": "13.40",
        "amount": "9.38",
        "uplift": None,
        "rules": ["pay-planned-within-tolerance", "round-nearest-15"],
        "funding": [{"payer": "council", "amount": "9.38"}, {"payer": "nhs", "amount": "4.02"}],
        "vat_category": "E",
        "vat_rate": "0",
        "evidence_level": "gps",
    } | changes


def odd_lines(first: int) -> list[Data]:
    """A refused visit, one double-handed attendance with flags, and an adjustment of an earlier document."""
    back = [{"payer": "council", "amount": "-9.38"}, {"payer": "nhs", "amount": "-4.02"}]
    return [
        line(
            first,
            status="refused",
            actual=None,
            actual_minutes="0",
            difference_minutes="30",
            evidence_level=None,
        ),
        line(
            first + 1,
            carer="E-02",
            uplift="weekend",
            actual_minutes="33.2",
            difference_minutes="-3.2",
            flags=["overlap"],
        ),
        line(
            first + 2,
            price="-13.40",
            amount="-9.38",
            funding=back,
            adjusts={"number": "INV-0001", "line": 3},
            reason="A correction approved on 12 November shortened the visit",
        ),
    ]


PRICE_RULES: list[Data] = [
    {
        "id": "pay-planned-within-tolerance",
        "title": "Planned time within the tolerance",
        "says": "The planned minutes are billed where those worked differ by no more than the tolerance.",
        "instrument": "the contract",
        "href": "docs/pricing.md",
    },
    {
        "id": "round-nearest-15",
        "title": "Rounded to the nearest 15 minutes",
        "says": "The duration is rounded to the nearest 15 minutes, half up.",
        "instrument": "the contract",
        "href": "docs/pricing.md",
    },
]


def invoice(lines: int = 6) -> Data:
    """A council's invoice of one month, whose visits an NHS body helps to pay."""
    net = f"{(lines - 2) * 9.38:.2f}"
    return {
        "kind": "invoice",
        "number": "INV-0002",
        "provider": party("Wye Valley Care"),
        "commissioner": party("Wyeshire County Council"),
        "payer": party("Wyeshire County Council"),
        "contract_reference": "HC-01",
        "contract_version": "2",
        "purchase_order": "PO 77-1",
        "self_billed": False,
        "period": {"start": "2026-11-02", "end": "2026-11-29"},
        "issued_at": "2026-12-01T06:00:00Z",
        "template_version": "1",
        "simulated_clock": False,
        "lines": [*map(line, range(1, lines - 2)), *odd_lines(lines - 2)],
        "total": net,
        "by_payer": [
            {"payer": "council", "name": "Wyeshire County Council", "amount": f"{(lines - 2) * 9.38:.2f}"},
            {
                "payer": "nhs",
                "name": "Wye and Marches Integrated Care Board",
                "amount": f"{(lines - 2) * 4.02:.2f}",
            },
        ],
        "vat": [
            {
                "category": "E",
                "reason": "exempt, care by a regulated provider, VATA 1994 Schedule 9 Group 7",
                "rate": "0",
                "amount": "0.00",
                "net": net,
            }
        ],
        "to_pay": net,
        "parked": [
            {
                "visit": "V2001",
                "visit_id": "00000000-0000-5000-8000-000000002001",
                "reason": "no_rate",
                "detail": "No rate for night_sit in zone fringe on 9 November 2026",
            },
        ],
        "rules": PRICE_RULES,
        "facts_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }


def segments(day: str, visits: list[str]) -> list[Data]:
    """Each visit's contact time from 7:04 on the hour, with travel and waiting before the next."""
    made: list[Data] = []
    for index, visit in enumerate(visits):
        hour = f"{day}T{7 + index:02d}"
        made.append(
            {
                "kind": "contact",
                "start": f"{hour}:04:00Z",
                "end": f"{hour}:31:00Z",
                "seconds": 1620,
                "counted": True,
                "rule": "nmw-2015-30",
                "visit": visit,
            }
        )
        if index + 1 < len(visits):
            gap = {
                "from": visit,
                "to": visits[index + 1],
                "planned_gap_seconds": 1800,
                "observed_gap_seconds": 1980,
                "estimate_seconds": 720,
                "source": "straight_line",
            }
            made.append(
                {
                    "kind": "travel",
                    "start": f"{hour}:31:00Z",
                    "end": f"{hour}:43:00Z",
                    "seconds": 720,
                    "counted": True,
                    "rule": "nmw-2015-34",
                    **gap,
                }
            )
            made.append(
                {
                    "kind": "waiting",
                    "start": f"{hour}:43:00Z",
                    "end": f"{day}T{8 + index:02d}:04:00Z",
                    "seconds": 1260,
                    "counted": True,
                    "rule": "nmw-2015-32",
                    **gap,
                }
            )
    return made


def gaps(day: str, visits: list[str]) -> list[Data]:
    """The ledger of the gaps between visits: 33 minutes each, twelve of them travel."""
    return [
        {
            "from": first,
            "to": then,
            "start": f"{day}T{7 + index:02d}:31:00Z",
            "end": f"{day}T{8 + index:02d}:04:00Z",
            "planned_seconds": 1800,
            "observed_seconds": 1980,
            "estimate_seconds": 720,
            "metres": 7000,
            "mode": "car",
            "source": "straight_line",
            "pace": PACE["id"],
            "from_actual": index + 1,
            "to_actual": index + 2,
            "from_planned": index + 1,
            "to_planned": index + 2,
            "in_planned_order": True,
            "speed": {"least": "9.8", "measured": "10.0", "most": "10.2"},
            "parts": [
                {"kind": "break", "rule": "nmw-2015-35", "seconds": 600, "credited": False},
                {"kind": "travel", "rule": "nmw-2015-34", "seconds": 720, "credited": True},
                {"kind": "waiting", "rule": "nmw-2015-32", "seconds": 660, "credited": True},
            ],
        }
        for index, (first, then) in enumerate(pairwise(visits))
    ]


PACE: Data = {
    "id": "line car any 2026-01-01",
    "by": "straight_line",
    "mode": "car",
    "since": "2026-01-01",
    "detour": "1.4",
    "kmh": "40",
    "minutes": "2",
}


def worked_day(number: int, visits: int = 3) -> Data:
    """One day of visits, the last of them missed, with a flag between the first two."""
    day = f"2026-04-{number:02d}"
    names = [f"{number:02d}{index}" for index in range(visits + 1)]
    return {
        "date": day,
        "segments": segments(day, names[:-1]),
        "visits": [visit(day, name, 7 + index, index < visits) for index, name in enumerate(names)],
        "gaps": gaps(day, names[:-1]),
        "flags": [
            {
                "flag": "short_travel",
                "rule": "gap-short-travel",
                "visit": names[1],
                "from": names[0],
                "to": names[1],
            }
        ],
    }


def visit(day: str, name: str, hour: int, worked: bool) -> Data:
    """The evidence of one visit, planned on the hour for half an hour."""
    span = {"start": f"{day}T{hour:02d}:04:00Z", "end": f"{day}T{hour:02d}:31:00Z"}
    return {
        "visit": f"V{name}",
        "visit_id": name,
        "evidence": "gps" if worked else "",
        "planned": {"start": f"{day}T{hour:02d}:00:00Z", "end": f"{day}T{hour:02d}:30:00Z"},
        "actual": span if worked else None,
        "flags": ["stale_fix"] if name.endswith("2") else [],
        "event_ids": [
            f"3f2a9c1d-0000-4000-8000-0000{day[-2:]}{name:>06}",
            f"9b1c2233-0000-4000-8000-0000{day[-2:]}{name:>06}",
        ]
        if worked
        else [],
    }


CASE: Data = {
    "worker": {"date_of_birth": "1999-05-03"},
    "period": {"start": "2026-04-01", "end": "2026-04-30"},
    "work": [
        {"kind": "contact", "minutes": 6000, "duties": "care"},
        {"kind": "travel", "minutes": 900, "duties": "care"},
    ],
    "pay": [{"kind": "hourly", "minutes": 6000, "rate": "12.71", "duties": "care", "paid_on": "2026-05-07"}],
    "deductions": [{"kind": "uniform", "amount": "10.00"}],
    "as_of": "2026-11-21",
}

CASE_PAID: Data = CASE | {
    "pay": [{"kind": "hourly", "minutes": 6900, "rate": "12.71", "duties": "care", "paid_on": "2026-05-07"}],
    "deductions": [],
}

SHORT: Data = {
    "counted_minutes": "6900",
    "excluded_minutes": "45",
    "unresolved_minutes": "30",
    "work": [
        {"kind": "contact", "minutes": "6000", "counted": True, "rule": "nmw-2015-30"},
        {"kind": "travel", "minutes": "900", "counted": True, "rule": "nmw-2015-34"},
        {"kind": "break", "minutes": "45", "counted": False, "rule": "nmw-2015-32"},
        {"kind": "unresolved", "minutes": "30", "counted": False, "rule": "nmw-2015-32"},
    ],
    "total_remuneration": "1271.00",
    "pay": [
        {
            "kind": "hourly",
            "amount": "1271.00",
            "placed": "1271.00",
            "counted": "1271.00",
            "premium": "0.00",
            "rule": "nmw-2015-9",
        }
    ],
    "premium_excluded": "0.00",
    "adjustments": [{"section": "deduction", "kind": "uniform", "amount": "-10.00", "rule": "nmw-2015-12"}],
    "accommodation_adjustment": "0.00",
    "nmw_pay": "1261.00",
    "hourly_equivalent": "10.97",
    "required": {
        "band": "21_and_over",
        "hourly": "12.71",
        "pay": "1461.65",
        "statute": "nmw-rate-2026-04-01",
    },
    "compliant": False,
    "shortfall": "200.65",
    "shortfall_with_unresolved": "207.01",
    "arrears": {
        "underpayment": "200.65",
        "rate_then": "12.71",
        "rate_now": "12.71",
        "due": "200.65",
        "rule": "nmw-1998-17",
    },
    "standards": [
        {"name": "Real Living Wage", "met": False, "shortfall": "285.75", "rule": "standard-hourly"}
    ],
    "warnings": [],
}

ENOUGH: Data = SHORT | {
    "total_remuneration": "1461.65",
    "pay": [
        {
            "kind": "hourly",
            "amount": "1461.65",
            "placed": "1461.65",
            "counted": "1461.65",
            "premium": "0.00",
            "rule": "nmw-2015-9",
        }
    ],
    "nmw_pay": "1461.65",
    "hourly_equivalent": "12.71",
    "compliant": True,
    "shortfall": "0.00",
    "shortfall_with_unresolved": "0.00",
    "adjustments": [],
    "standards": [],
    "arrears": {
        "underpayment": "0.00",
        "rate_then": "12.71",
        "rate_now": None,
        "due": None,
        "rule": "nmw-1998-17",
    },
    "warnings": [
        {
            "code": "rate_now_unknown",
            "detail": "No rate is known for the date of the report",
            "rule": "nmw-1998-17",
        }
    ],
}


def worker(number: int, result: Data, days: int, visits: int) -> Data:
    """One tested employment."""
    return {
        "employment": f"E-{number:02d}",
        "person": f"C-{number:02d}",
        "name": f"Carer {number}",
        "pay_cycle": "monthly:1",
        "case": CASE if result["shortfall"] != "0.00" else CASE_PAID,
        "result": result,
        "days": [worked_day(day, visits) for day in range(1, days + 1)],
        "beside": BESIDE if result["shortfall"] != "0.00" else None,
    }


def wage_report(workers: int = 2, days: int = 2, visits: int = 3) -> Data:
    """A report in which every second worker is short and one worker could not be tested."""
    tested = [
        worker(number, ENOUGH if number % 2 else SHORT, days, visits) for number in range(1, workers + 1)
    ]
    short = workers // 2
    return {
        "provider": party("Wye Valley Care"),
        "pay_cycle": "monthly:1",
        "period": {"start": "2026-04-01", "end": "2026-04-30"},
        "status": "provisional",
        "as_of": "2026-05-20T06:00:00Z",
        "template_version": "1",
        "simulated_clock": True,
        "summary": {
            "workers_tested": workers,
            "workers_short": short,
            "pence_short": short * 20065,
            "not_tested": 1,
            "unresolved_minutes": "60",
            "counted_minutes": "13800",
            "pence_arrears": short * 20065,
        },
        "workers": tested,
        "not_tested": [
            {
                "employment": "E-99",
                "name": "Carer 99",
                "reason": "No pay is loaded for this period",
                "hours": HOURS,
                "days": [],
            }
        ],
        "rules": [rule_text(name) for name in RULES],
        "statute": [
            {
                "id": "nmw-rate-2026-04-01",
                "hourly": "12.71",
                "from": "2026-04-01",
                "until": "2027-03-31",
                "instrument": "the 2026 amendment of the regulations",
                "href": "https://www.gov.uk/national-minimum-wage-rates",
            }
        ],
        "facts_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "beside": REPORT_BESIDE,
        "paces": [PACE],
        "changes": CHANGES,
        "changes_since": "2026-05-13T06:00:00Z",
    }


RULES = (
    "nmw-2015-9",
    "nmw-2015-12",
    "nmw-2015-30",
    "nmw-2015-32",
    "nmw-2015-34",
    "nmw-1998-17",
    "standard-hourly",
    "gap-short-travel",
    "mileage-risk",
    "duties-together",
    "contract-travel-rate",
    "pay-contact-actual",
    "pay-not-worked",
    "nmw-2015-35",
    "nmw-unused",
)


def rule_text(name: str) -> Data:
    """A rule's text."""
    return {
        "id": name,
        "title": f"What {name} is about",
        "says": "Time that the worker is travelling for work counts.",
        "instrument": "National Minimum Wage Regulations 2015",
        "href": "https://www.legislation.gov.uk/uksi/2015/621",
    }
