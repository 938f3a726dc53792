"""How long the formats of invoices take: `python -m bench.formats [INVOICES] [LINES] [WORKERS]`, each in every format.

In turns with them the typesetter alone sets as many of the same pages, whose values are ready: the ratio says what all
formats cost beside what nobody can go below. Results are printed and kept in .data/bench/formats.json.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from msgspec.structs import replace

from backend.documents.bill import bill_of
from backend.documents.canonical import read_invoice
from backend.documents.delivery import delivery_file
from backend.documents.invoice import invoice_json
from backend.documents.invoice_page import invoice_page
from backend.documents.typesetter import set_in_type
from backend.documents.typesetting import printable
from backend.use_cases.invoice_files import file_name, invoice_files, peppol_file
from backend.use_cases.loading.templates import DELIVERY, packaged_templates
from schemas.documents import InvoiceSnapshot
from tests.documents import samples

MADE: Final = datetime(2026, 12, 1, 6, tzinfo=UTC)
KEPT: Final = Path(".data/bench/formats.json")
PAGES, FORMATS = "the typesetter alone", "PDF, CSV, XLSX, JSON, e-invoice, three service delivery files"
Spent = tuple[float, float]
"""Seconds by the clock on the wall, and of processors."""


def main(invoices: int = 1000, lines: int = 40, workers: int = 0) -> None:
    """Print the seconds of every format and of the typesetter alone, on as many processes as there are cores."""
    workers = workers or os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_both, [0] * workers * 2, [lines] * workers * 2))  # fonts and templates are read once
        spent = list(pool.map(_both, range(1, invoices + 1), [lines] * invoices, chunksize=10))
    pages, formats = (_added(each[name] for each in spent) for name in (PAGES, FORMATS))
    ratios = {"processor": formats[1] / pages[1], "wall": formats[0] / pages[0]}
    print(
        f"{invoices} invoices of {lines} lines on {workers} processes: seconds together, and those of processors"
    )
    for name, (wall, processor) in ((PAGES, pages), (FORMATS, formats)):
        print(f"  {name}: {wall:.1f} s, {processor:.1f} s")
    print(f"All formats take {ratios['processor']:.2f} times what the typesetter takes alone")
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    told = {"invoices": invoices, "lines": lines, "pages": pages, "formats": formats, "ratios": ratios}
    KEPT.write_text(json.dumps(told, indent=1) + "\n")


def _both(number: int, lines: int) -> dict[str, Spent]:
    """One invoice in every format, and another of the same length set in type: what is set twice is remembered."""
    values, attachment = _ready(_invoice(2 * number, lines))
    snapshot = _invoice(2 * number + 1, lines)
    works: list[tuple[str, Callable[[], int]]] = [
        (PAGES, lambda: len(set_in_type("invoice", values, attachment, snapshot.issued_at))),
        (FORMATS, lambda: _every_format(snapshot)),
    ]
    return {name: _spent(work) for name, work in (works if number % 2 else reversed(works))}


def _ready(snapshot: InvoiceSnapshot) -> tuple[str, str]:
    return json.dumps(printable(invoice_page(snapshot))), invoice_json(snapshot).decode()


def _spent(work: Callable[[], int]) -> Spent:
    wall, processor = perf_counter(), process_time()
    assert work() > 0
    return perf_counter() - wall, process_time() - processor


def _added(each: Iterable[Spent]) -> Spent:
    walls, processors = zip(*each, strict=True)
    return sum(walls), sum(processors)


def _invoice(number: int, lines: int) -> InvoiceSnapshot:
    """There already when a document is issued, so that reading it from JSON is no part of what is measured."""
    sample = _sample(lines)
    own: list[Any] = [replace(line, visit=f"V{number}-{line.line}") for line in sample.lines]
    return replace(sample, number=f"INV-{number:06d}", lines=own)


@cache
def _sample(lines: int) -> InvoiceSnapshot:
    return read_invoice(json.dumps(samples.invoice(lines)).encode())


def _every_format(snapshot: InvoiceSnapshot) -> int:
    files = invoice_files(snapshot)
    pdf, csv = files[:2]
    peppol, faults = peppol_file(bill_of(snapshot), file_name(snapshot), pdf.content, csv.content)
    assert peppol is not None, faults
    delivered = [delivery_file(snapshot, one, 1, MADE) for one in packaged_templates(DELIVERY).values()]
    return sum(map(len, (*(file.content for file in files), peppol.content, *delivered)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
