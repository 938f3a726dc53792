"""What documents take: `python -m bench.documents [LINES...]`, invoices of so many lines and wage reports beside them.

Each is drawn in a process of its own, by which its memory is known: that of the process with the document's facts, and
what drawing added, in it and in the process that it started. Workers of reports have a month of six visits a day.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from backend.documents.canonical import read_invoice, read_wage_report
from backend.documents.invoice import invoice_pdf
from backend.documents.invoice_workbook import invoice_xlsx
from backend.documents.wage_report import wage_report_pdf
from backend.documents.wage_workbook import wage_report_xlsx
from tests.documents import samples

LINES: Final = (40, 1_000, 2_000, 5_000, 20_000, 60_000)
WORKERS: Final = (20, 60, 90, 200)
DAYS, VISITS = 20, 6
KEPT: Final = Path(".data/bench/documents.json")


def main(lines: tuple[int, ...] = LINES) -> None:
    """Print and keep what each document takes."""
    asked = [(kind, "invoice", number) for number in lines for kind in ("pdf", "xlsx")]
    asked += [(kind, "wage report", number) for number in WORKERS for kind in ("pdf", "xlsx")]
    found = []
    for kind, what, number in asked:
        done = subprocess.run(
            [sys.executable, "-m", "bench.documents", "--one", kind, what, str(number)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        found.append(json.loads(done.stdout))
        print("{kind} of {what} of {number}: {s:.1f} s, {kib:,} KiB; MiB: {facts} before, {here} at most, {apart} apart"
              .format_map(found[-1]), flush=True)  # fmt: skip
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(found, indent=1) + "\n")


def one(kind: str, what: str, number: int) -> None:
    """Draw one document and print what it took, as JSON."""
    draw = _drawing(kind, what, number)
    facts, began = _most(resource.RUSAGE_SELF), perf_counter()
    size = len(draw())
    took = perf_counter() - began
    # A process counts as its own the most of that which started it, so less than that is not known.
    apart = _most(resource.RUSAGE_CHILDREN)
    told = {
        "facts": facts,
        "here": _most(resource.RUSAGE_SELF),
        "apart": apart,
        "s": took,
        "kib": size // 1024,
    }
    print(json.dumps({"kind": kind, "what": what, "number": number, **told}))


def _drawing(kind: str, what: str, number: int) -> Callable[[], bytes]:
    if what == "invoice":
        invoice = read_invoice(json.dumps(samples.invoice(number)).encode())
        return lambda: (invoice_pdf if kind == "pdf" else invoice_xlsx)(invoice)
    report = read_wage_report(json.dumps(samples.wage_report(number, DAYS, VISITS)).encode())
    return lambda: (wage_report_pdf if kind == "pdf" else wage_report_xlsx)(report)


def _most(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(tuple(map(int, sys.argv[1:])) or LINES)
