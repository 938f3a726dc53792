"""Lines of a payroll export, classified by the mapping a provider keeps.

An export says what was paid; the mapping says what kind of payment each element is. A line that the mapping does not
know, or that its kind cannot take, stops nothing: it stays beside the test with the reason, until somebody maps it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from backend.domain.money import to_the_penny
from schemas.loading import PayRow
from schemas.payroll import NOT_PAY, element_key

NO_MAPPING: Final = "the mapping does not say what this element is"
BELOW_ZERO: Final = "an amount below zero: payroll took something back, and nobody has said what"
_HALF_A_PENNY: Final = Decimal("0.005")
_OVERPAYMENT: Final = {
    "section": "deduction", "kind": "overpayment", "duties": None, "consolidated": None, "absence_taken": None,
}  # fmt: skip
_UNSAID: Final = (
    "amount", "minutes", "rate", "units", "normal_rate", "consolidated", "absence_taken", "reimbursed", "days",
    "duties", "record_submitted_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Classified:
    """`lines` read like loaded pay lines, each with its `element`. `unclassified` are raw lines with a `reason`.

    `used` are the versions of the mapping that lines went by, each once, in order of element and date.
    """

    lines: list[dict[str, Any]]
    unclassified: list[dict[str, Any]]
    used: list[Mapping[str, Any]]


def classify(raw: Iterable[Mapping[str, Any]], mapping: Sequence[Mapping[str, Any]]) -> Classified:
    """Classify payroll lines by the mapping in force on the day each was paid. Lines of nothing at all are dropped."""
    held: dict[str, list[Mapping[str, Any]]] = {}
    for version in mapping:
        held.setdefault(version["element"], []).append(version)
    found = Classified([], [], [])
    used: dict[tuple[str, date], Mapping[str, Any]] = {}
    for line in raw:
        if not line["amount"] and not line["quantity"]:
            continue
        known = _in_force(held.get(element_key(line["element"]), ()), line["paid_on"])
        if known is not None:
            used[known["element"], known["starts_on"]] = known
        _put(found, line, known)
    found.used.extend(used[key] for key in sorted(used))
    return found


def line_worth(line: Mapping[str, Any]) -> Decimal:
    """What a line of pay comes to, in pounds to the penny: its amount, or its time or units at its rate."""
    if line["amount"] is not None:
        return to_the_penny(Decimal(line["amount"]))
    by_time = line["minutes"] is not None
    quantity = line["minutes"] if by_time else line["units"]
    worth = Decimal(quantity or 0) * Decimal(line["rate"] or 0)
    # Divided last: 50 minutes at £12.63 an hour are £10.525, and a sixth of an hour is no decimal.
    return to_the_penny(worth / 60 if by_time else worth)


def unclassified_worth(line: Mapping[str, Any]) -> Decimal:
    """The same of a raw line. Nobody has said whether its quantity is time: minutes are, all else counts as units."""
    minutes = line["quantity"] if line["time_unit"] == "minutes" else None
    return line_worth({**line, "minutes": minutes, "units": line["quantity"]})


def _in_force(versions: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    return next(
        (
            version
            for version in versions
            if version["starts_on"] <= day and (version["ends_on"] is None or day <= version["ends_on"])
        ),
        None,
    )


def _put(found: Classified, line: Mapping[str, Any], version: Mapping[str, Any] | None) -> None:
    if version is None:
        found.unclassified.append({**line, "reason": NO_MAPPING})
        return
    if version["section"] == NOT_PAY:
        return
    read = _read(line, version)
    reason = _reason(read)
    if reason is None:
        found.lines.append(read)
    else:
        found.unclassified.append({**line, "reason": reason})


def _read(line: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, Any]:
    """The line as the test takes it. Deductions that the export writes below zero are turned round, and so is pay below
    zero where the mapping says that it takes back an accidental overpayment: then it is that deduction.
    """
    if _takes_back(line, version):
        version = {**version, **_OVERPAYMENT}
        taken = True
    else:
        taken = version["section"] in ("deduction", "payment_to_employer") and line["deductions_negative"]
    amount = -line["amount"] if taken and line["amount"] is not None else line["amount"]
    return {
        **dict.fromkeys(_UNSAID),
        **{
            name: line[name] for name in ("employment_id", "paid_on", "earned_start", "earned_end", "element")
        },
        "reference": line["reference"],
        "template": line.get("template"),
        **{name: version[name] for name in ("section", "kind", "duties", "consolidated", "absence_taken")},
        **_worth(version["section"], version["kind"], amount, line),
    }


def _takes_back(line: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    """Whether a stated amount below zero recovers an overpayment (reg 12(2)(c)). Only the mapping can say so."""
    return bool(version["takes_back_overpayment"] and line["amount"] is not None and line["amount"] < 0)


def _worth(section: str, kind: str, amount: Decimal | None, line: Mapping[str, Any]) -> dict[str, Any]:
    """What the kind goes by: time and an amount, units at a rate, or one sum."""
    quantity, rate = line["quantity"], line["rate"]
    if section == "accommodation":
        whole = quantity is not None and quantity == int(quantity)
        return {"amount": amount, "days": int(quantity) if whole else None}
    if kind == "hourly":
        minutes = None if not quantity else quantity * (60 if line["time_unit"] == "hours" else 1)
        by_rate = amount is None or _comes_to(minutes, rate, amount)
        return {"minutes": minutes, **({"rate": rate or None} if by_rate else {"amount": amount})}
    if kind == "piece" or (amount is None and section == "pay"):
        return {"units": quantity, "rate": rate or None}
    return {"amount": amount}


def _comes_to(minutes: Decimal | None, rate: Decimal | None, amount: Decimal) -> bool:
    """Whether the amount is the time at the rate, to the penny: then the rate is what was payable (reg 10(j)), and the
    payslip's rounding makes no lower one that would turn part of all other pay into a premium.
    """
    if minutes is None or not rate:
        return False
    return abs(minutes * rate - amount * 60) <= _HALF_A_PENNY * 60


def _reason(read: Mapping[str, Any]) -> str | None:
    """Why the kind cannot take the line, in words; None if it can."""
    numbers = [read[name] for name in ("amount", "minutes", "units", "rate")]
    if any(number is not None and number < 0 for number in numbers):
        return BELOW_ZERO
    valid = {name: read[name] for name in PayRow.__struct_fields__ if name in read}
    fault = next(iter(PayRow.faults(valid)), None)
    return None if fault is None else f"{read['kind']}: {fault.pointer.lstrip('/')} {fault.detail}"
