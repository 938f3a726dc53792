"""The county as the files an office would load: the columns that docs/loading.md names, and no others."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from backend.simulator.model import COUNCIL, NHS, Carer, County, PlannedVisit
from backend.simulator.payroll import PaySlipLine

Row = Mapping[str, object]
ORDER: Final = (
    "organisations.csv", "contracts.json", "pay-terms.json", "carers.csv", "service-users.csv", "packages.csv",
    "rota.csv", "budgets.csv",
)  # fmt: skip
"""The files of the county, in the order in which they load; each name begins with the kind."""


def county_files(county: County) -> dict[str, bytes]:
    """Every file of the county before anything happens, by name."""
    return {
        "organisations.csv": to_csv(_organisations(county)),
        "contracts.json": _json(county.contracts),
        "pay-terms.json": _json(county.pay_terms),
        "carers.csv": to_csv([_carer(carer) for carer in county.carers]),
        "service-users.csv": to_csv(_service_users(county)),
        "packages.csv": to_csv(_packages(county)),
        "rota.csv": to_csv([rota_row(visit) for visit in county.rota]),
        "budgets.csv": to_csv(_budgets(county)),
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def to_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV with a header, UTF-8. An absent value is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(values: Iterable[Mapping[str, Any]]) -> bytes:
    return json.dumps(list(values), indent=1).encode()


def _organisations(county: County) -> list[Row]:
    bodies = [
        {"reference": COUNCIL, "name": "Wyeshire Council", "kind": "council", "postcode": "WY1 1AA",
         "address": "County Hall, Castle Green, Wyeshire", "email": "homecare@wyeshire.example",
         "tax_identifier": None, "peppol_identifier": _peppol(1)},
        {"reference": NHS, "name": "NHS Wye and Borders Integrated Care Board", "kind": "nhs", "postcode": "WY1 1AB",
         "address": "Bridge House, Wye Street, Wyeshire", "email": "chc@wye-icb.example",
         "tax_identifier": None, "peppol_identifier": _peppol(2)},
    ]  # fmt: skip
    return [*bodies, *({
        "reference": provider.reference, "name": provider.name, "kind": "provider", "postcode": f"WY2 {number}AA",
        "address": f"{number} Market Place, Wyeshire", "email": f"office@{provider.reference}.example",
        "tax_identifier": f"{number:010}", "peppol_identifier": _peppol(100 + number),
    } for number, provider in enumerate(county.providers, start=1))]  # fmt: skip


def _peppol(number: int) -> str:
    """An electronic address of nobody: location numbers that begin with 2 are never given out (GS1: 200-299)."""
    digits = f"20{number:010}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"0088:{digits}{-weighted % 10}"


def _carer(carer: Carer) -> Row:
    placed = not carer.home.listed
    return {
        "provider": carer.provider, "reference": carer.reference, "employment": carer.employment, "name": carer.name,
        "date_of_birth": carer.born, "home_postcode": None if placed else carer.home.postcode,
        "home_lat": carer.home.point.lat if placed else None, "home_lon": carer.home.point.lon if placed else None,
        "mode": carer.mode, "employment_start": "2026-06-01", "pay_cycle": carer.pay_cycle,
        "apprenticeship_started": carer.apprenticeship_started, "pay_terms": f"{carer.provider}-terms",
    }  # fmt: skip


def _service_users(county: County) -> list[Row]:
    return [
        {"provider": user.provider, "reference": user.reference, "name": user.name, "address": user.home.address,
         "postcode": user.home.postcode, "lat": None if user.home.listed else user.home.point.lat,
         "lon": None if user.home.listed else user.home.point.lon,
         "access_note": "Key in the safe by the back door." if number % 7 == 0 else None}
        for number, user in enumerate(county.service_users)
    ]  # fmt: skip


def _packages(county: County) -> list[Row]:
    asked = _asked_a_week(county)
    return [
        {"provider": package.provider, "reference": package.reference, "service_user": package.service_user,
         "contract": package.contract, "service": package.service, "zone": package.zone if package.zone_given else None,
         "carers": package.carers, "high_dependency": "yes" if package.high_dependency else "no",
         "funding": package.funding or None, "from": "2026-09-01",
         **asked.get((package.provider, package.reference), {"visits_per_week": None, "hours_per_week": None})}
        for package in county.packages
    ]  # fmt: skip


def _asked_a_week(county: County) -> dict[tuple[str, str], Row]:
    """Visits and hours a week of each package: those of the rota, so that what is planned is what was asked for."""
    visits: Counter[tuple[str, str]] = Counter()
    seconds: Counter[tuple[str, str]] = Counter()
    for visit in county.rota:
        visits[visit.provider, visit.package] += 1
        seconds[visit.provider, visit.package] += int((visit.end - visit.start).total_seconds())
    return {
        package: {
            "visits_per_week": max(1, round(number * 7 / county.days)),
            "hours_per_week": max(1, seconds[package] * 7 * 100 // (county.days * 3600)) / 100,
        }
        for package, number in visits.items()
    }


def _budgets(county: County) -> list[Row]:
    """What the council means to spend in the year: in all, and under the contract of each provider."""
    year = {"commissioner": COUNCIL, "from": "2026-04-01", "until": "2027-03-31", "service": None}
    whole = {**year, "reference": "ALL", "name": "All home care", "provider": None, "contract": None}
    each = [
        {**year, "reference": f"HC-{number}", "name": f"Home care, {contract['reference']}",
         "provider": contract["provider"], "contract": contract["reference"], "amount": "250000.00"}
        for number, contract in enumerate(county.contracts, start=1) if contract["commissioner"] == COUNCIL
    ]  # fmt: skip
    return [{**whole, "amount": f"{250_000 * len(each)}.00"}, *each]


def rota_row(visit: PlannedVisit, called_off: bool = False) -> Row:
    """A visit as the rota file has it: as planned, or (`called_off`) with its cancellation."""
    return {
        "provider": visit.provider, "visit": visit.reference, "package": visit.package,
        "start": visit.start.isoformat(), "end": visit.end.isoformat(), "carer": visit.carer,
        "second_carer": visit.second_carer, "tasks": ";".join(visit.tasks),
        "status": "cancelled" if called_off else "planned",
        "cancelled_at": visit.cancelled_at.isoformat() if called_off and visit.cancelled_at else None,
        "cancelled_by": visit.cancelled_by if called_off else None,
    }  # fmt: skip


def pay_rows(lines: Sequence[PaySlipLine]) -> bytes:
    """Payslip lines as the pay file has them."""
    return to_csv([
        {"provider": line.provider, "employment": line.employment, "section": line.section, "kind": line.kind,
         "amount": line.amount, "minutes": line.minutes, "rate": line.rate, "reimbursed": line.reimbursed,
         "paid_on": line.paid_on, "earned_start": line.earned[0], "earned_end": line.earned[1],
         "reference": line.reference}
        for line in lines
    ])  # fmt: skip
