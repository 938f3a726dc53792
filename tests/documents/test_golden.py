"""Documents drawn from the golden snapshots are what they were when somebody last read them."""

import pytest

from tests.golden.redraw import HERE, drawn


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    return drawn()


@pytest.mark.parametrize(
    "name",
    [
        "invoice.json",
        "invoice.csv",
        "invoice.ubl.xml",
        "invoice.pdf.txt",
        "wage_report.json",
        "wage_report.pdf.txt",
        "worker_record.pdf.txt",
    ],
)
def test_a_document_drawn_again_is_the_golden_one(documents: dict[str, bytes], name: str) -> None:
    assert documents[name].decode() == (HERE / name).read_bytes().decode()
