"""What the remediation schedule says on paper: what each provider must still put right, and what was paid since."""

from collections.abc import Sequence
from decimal import Decimal

from backend.documents import words
from backend.documents.invoice_page import Page
from backend.documents.listed import listed, unlisted
from backend.domain.counted import counted
from schemas.remediation import OwedPeriod, Remediation, RemediationTotals

TITLE = "Arrears: what must still be put right"
NOT_KNOWN = "not known"


def remediation_page(schedules: Sequence[Remediation]) -> Page:
    """The values of `templates/remediation.typ`: plain JSON data, all of it ready to print."""
    simulated = any(schedule.simulated_clock for schedule in schedules)
    return {
        "title": TITLE,
        "notices": ["Made under a simulated clock. This is not a real record."] if simulated else [],
        "footer": sorted({f"Worked out {words.moment(schedule.worked_out_at)}" for schedule in schedules}),
        "schedules": [_schedule(schedule) for schedule in schedules],
    }


def left_out(schedule: Remediation) -> str:
    """What a reader must know of reports that are not in the schedule; empty if there are none."""
    if not schedule.later_reports:
        return ""
    reports = counted(schedule.later_reports, "wage report")
    return f"Not in this list, as made later or of a period that ends on this day or after it: {reports}."


def _schedule(schedule: Remediation) -> Page:
    payments = [(row, part) for row in schedule.periods for part in row.paid]
    return {
        "heading": f"{schedule.provider.name}, to {words.day(schedule.as_of)}",
        "figures": _figures(schedule),
        "periods": [_period(row) for row in listed(schedule.periods)],
        "more_periods": unlisted(schedule.periods),
        "payments": [
            [
                row.worker,
                words.dates(row.period),
                part.reference,
                words.short_day(part.paid_on),
                words.pounds(part.amount),
            ]
            for row, part in listed(payments)
        ],
        "more_payments": unlisted(payments),
        "unplaced": [
            [one.worker, one.reference, words.short_day(one.paid_on), words.pounds(one.amount), one.reason]
            for one in listed(schedule.unplaced)
        ],
        "more_unplaced": unlisted(schedule.unplaced),
    }


def outstanding(totals: RemediationTotals) -> str:
    """What is still due, to how many; not known, rather than nothing, where no rate is known for the day."""
    to_whom = f"to {counted(totals.workers_outstanding, 'worker')} over {counted(totals.periods_outstanding, 'period')}"
    if 0 < totals.due_unknown == totals.periods_outstanding:
        return f"not known, {to_whom}: no rate is known for the day"
    known = (
        f"{words.pounds(totals.outstanding)} {to_whom}; {words.pounds(totals.outstanding_provisional)} of it by "
        "provisional reports"
    )
    if not totals.due_unknown:
        return known
    return f"{known}; not in the sum, because no rate is known for the day: {counted(totals.due_unknown, 'period')}"


def _figures(schedule: Remediation) -> list[list[str]]:
    totals = schedule.totals
    rows = [
        ["Outstanding", outstanding(totals)],
        ["Paid since", words.pounds(totals.paid_since)],
        ["Not tested", f"{counted(totals.not_tested, 'worker')}, because no pay is loaded"],
        ["Penalty, for information", _known(totals.penalty_exposure)],
        ["Facts up to", words.moment(schedule.worked_out_at)],
    ]
    return rows + ([["Left out", left_out(schedule)]] if schedule.later_reports else [])


def _period(row: OwedPeriod) -> list[str]:
    return [
        row.worker,
        words.dates(row.period),
        row.edition,
        words.pounds(row.underpayment),
        f"{words.pounds(row.rate_then)}, {_known(row.rate_now)}",
        _known(row.due),
        words.pounds(row.paid_since),
        _known(row.outstanding),
        remarks(row),
    ]


def remarks(row: OwedPeriod) -> str:
    """What else is to be known of a period, in sentences."""
    said = [f"Settled on {words.short_day(row.settled_on)}."] if row.settled_on else []
    said += [f"Left on {words.short_day(row.employment_ended_on)}."] if row.employment_ended_on else []
    said += ["Too old for a notice."] if row.beyond_a_notice else []
    said += [
        f"{line.reference} of {words.short_day(line.paid_on)} came too late to count here."
        for line in row.paid_late
    ]
    return " ".join(said)


def _known(amount: Decimal | None) -> str:
    return NOT_KNOWN if amount is None else words.pounds(amount)
