"""What stands beside a whole wage report: the sums of its workers, the mapping it went by, the rules it names."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from schemas.beside import MappedElement, ReportBeside, WorkerBeside
from schemas.documents import TestedWorker

_ZERO = Decimal("0.00")


def report_beside(tested: Sequence[TestedWorker], mapping: Sequence[Mapping[str, Any]]) -> ReportBeside:
    """The sums over the workers tested, and the versions of the mapping used."""
    found = [worker.beside for worker in tested if worker.beside is not None]
    with_terms = [each.pay for each in found if each.pay.expected is not None]
    unread = [line for each in found for line in each.unclassified]
    return ReportBeside(
        expected=_sum(pay.expected for pay in with_terms),
        paid_of_expected=_sum(pay.paid for pay in with_terms),
        paid=_sum(each.pay.paid for each in found),
        lawful=_sum(each.pay.lawful for each in found),
        without_terms=len(found) - len(with_terms),
        mileage_risk=_sum(row.risk for each in found for row in each.mileage),
        unclassified_lines=len(unread),
        unclassified_amount=_sum(line.amount for line in unread),
        duties_matter=sum(each.together is not None for each in found),
        shortfall_together=_sum(
            worker.result.shortfall if worker.beside is None or worker.beside.together is None
            else worker.beside.together.shortfall
            for worker in tested
        ),
        standards_not_met=sum(verdict.met is False for each in found for verdict in each.standards),
        rolled_up_holiday_pay=sum(
            any(warned.code == "rolled_up_holiday_pay" for warned in worker.result.warnings) for worker in tested
        ),
        mapping=[_mapped(version) for version in mapping],
    )  # fmt: skip


def rules_beside(beside: WorkerBeside | None) -> set[str]:
    """The ids of the rules that stand beside a worker's test."""
    if beside is None:
        return set()
    rows: list[Any] = [*beside.pay.lines, *beside.pay.unpaid, *beside.mileage, *beside.standards]
    asked = [one for one in (beside.together, beside.salaried) if one is not None]
    return {row.rule for row in [*rows, *asked]}


def _mapped(version: Mapping[str, Any]) -> MappedElement:
    return MappedElement(
        element=version["label"],
        from_=version["starts_on"],
        version=version["version"],
        section=version["section"],
        kind=version["kind"],
        duties=version["duties"],
        note=version["note"],
        takes_back_overpayment=version["takes_back_overpayment"],
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), _ZERO)
