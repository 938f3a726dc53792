"""How long documents take: `python -m bench.documents [WORKERS] [DAYS] [VISITS]`, a wage report and an invoice."""

import json
import sys
from collections.abc import Callable
from time import perf_counter

from backend.documents.canonical import read_invoice, read_wage_report
from backend.documents.invoice import invoice_pdf
from backend.documents.wage_report import wage_report_pdf
from backend.documents.wage_workbook import wage_report_xlsx
from tests.documents import samples


def main(workers: int = 60, days: int = 20, visits: int = 6) -> None:
    """Print the seconds and bytes of each document. One visit is one line of the invoice."""
    report = read_wage_report(json.dumps(samples.wage_report(workers, days, visits)).encode())
    invoice = read_invoice(json.dumps(samples.invoice(days * visits)).encode())
    drawings: tuple[tuple[str, Callable[[], bytes]], ...] = (
        (
            f"wage report, {workers} workers, {days} days of {visits} visits, PDF",
            lambda: wage_report_pdf(report),
        ),
        ("the same, XLSX", lambda: wage_report_xlsx(report)),
        (f"invoice, {days * visits} lines, PDF", lambda: invoice_pdf(invoice)),
    )
    for name, draw in drawings:
        began = perf_counter()
        size = len(draw())
        print(f"{name}: {perf_counter() - began:.2f} s, {size:,} bytes")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
