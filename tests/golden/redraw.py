"""Draw the golden documents again: `python -m tests.golden.redraw`. Read the difference before you commit it."""

from pathlib import Path
from typing import Final

from backend.documents.bill import bill_of
from backend.documents.canonical import read_invoice, read_wage_report
from backend.documents.invoice import invoice_csv, invoice_json, invoice_pdf
from backend.documents.ubl import Attachment, ubl_xml
from backend.documents.wage_report import wage_report_json, wage_report_pdf, worker_record_pdf
from tests.documents.pdf import text

HERE: Final = Path(__file__).parent


def drawn() -> dict[str, bytes]:
    """Every golden file by name, drawn from the golden snapshots. PDFs stand as their text."""
    invoice = read_invoice((HERE / "invoice.json").read_bytes())
    report = read_wage_report((HERE / "wage_report.json").read_bytes())
    return {
        "invoice.json": invoice_json(invoice),
        "invoice.csv": invoice_csv(invoice),
        "invoice.ubl.xml": ubl_xml(
            bill_of(invoice), [Attachment("visits.csv", "Each visit with its times", "text/csv", b"line\r\n")]
        ),
        "invoice.pdf.txt": text(invoice_pdf(invoice)).encode(),
        "wage_report.json": wage_report_json(report),
        "wage_report.pdf.txt": text(wage_report_pdf(report)).encode(),
        "worker_record.pdf.txt": text(worker_record_pdf(report, "E-02")).encode(),
    }


if __name__ == "__main__":
    for name, content in drawn().items():
        (HERE / name).write_bytes(content)
