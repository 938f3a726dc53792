"""How long the formats of invoices take: `python -m bench.formats [INVOICES] [LINES] [WORKERS]`, each in every format.

The same pages set in type alone are measured too: the ratio says what all the other formats cost together.
"""

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from time import perf_counter, process_time

import msgspec

from backend.documents.bill import bill_of
from backend.documents.canonical import read_invoice
from backend.documents.delivery import delivery_file
from backend.documents.invoice import invoice_pdf
from backend.use_cases.invoice_files import file_name, invoice_files, peppol_file
from backend.use_cases.loading.templates import DELIVERY, packaged_templates
from schemas.documents import InvoiceSnapshot
from tests.documents import samples

MADE = datetime(2026, 12, 1, 6, tzinfo=UTC)


def main(invoices: int = 1000, lines: int = 40, workers: int = 0) -> None:
    """Print the seconds of every format together and of the PDFs alone, on as many processes as there are cores."""
    workers = workers or os.cpu_count() or 1
    numbers = [f"INV-{number:06d}" for number in range(1, invoices + 1)]
    with ProcessPoolExecutor(workers) as pool:
        pages = _timed(pool, _pdf, numbers, lines)
        every = _timed(pool, _every_format, numbers, lines)
    print(f"{invoices} invoices of {lines} lines on {workers} processes: seconds, and those of processors")
    print(f"PDF alone: {pages[0]:.1f} s, {pages[1]:.1f} s")
    print(
        f"PDF, CSV, XLSX, JSON, e-invoice, three service delivery files: {every[0]:.1f} s, {every[1]:.1f} s"
    )
    print(f"All formats take {every[1] / pages[1]:.2f} times what the PDF takes")


def _timed(
    pool: ProcessPoolExecutor, draw: Callable[[str, int], int], numbers: list[str], lines: int
) -> tuple[float, float]:
    """Seconds by the clock on the wall, and of all processors together: the second minds other work less."""
    began = perf_counter()
    processors = sum(pool.map(_spent, [draw] * len(numbers), numbers, [lines] * len(numbers), chunksize=10))
    return perf_counter() - began, processors


def _spent(draw: Callable[[str, int], int], number: str, lines: int) -> float:
    began = process_time()
    assert draw(number, lines) > 0
    return process_time() - began


def _snapshot(number: str, lines: int) -> InvoiceSnapshot:
    """There already when a document is issued, so that reading it from JSON is no part of what is measured."""
    return msgspec.structs.replace(_sample(lines), number=number)


@cache
def _sample(lines: int) -> InvoiceSnapshot:
    return read_invoice(json.dumps(samples.invoice(lines)).encode())


def _pdf(number: str, lines: int) -> int:
    return len(invoice_pdf(_snapshot(number, lines)))


def _every_format(number: str, lines: int) -> int:
    snapshot = _snapshot(number, lines)
    files = invoice_files(snapshot)
    pdf, csv = files[:2]
    peppol, faults = peppol_file(bill_of(snapshot), file_name(snapshot), pdf.content, csv.content)
    assert peppol is not None, faults
    delivered = [delivery_file(snapshot, one, 1, MADE) for one in packaged_templates(DELIVERY).values()]
    return sum(map(len, (*(file.content for file in files), peppol.content, *delivered)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
