"""In which order a reader is shown the workers of a report."""

from uuid import UUID, uuid4

from backend.documents.finding import record_code
from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.read_wage_report import order_for
from backend.use_cases.viewer import Viewer

PROVIDER = UUID(int=7)
EMPLOYMENTS = [f"E{number:02}" for number in range(1, 21)]


def test_pages_under_pseudonyms_do_not_tell_the_order_of_references() -> None:
    auditor = Viewer(uuid4(), uuid4(), provider=False, role="auditor")
    order = order_for(auditor, PROVIDER, EMPLOYMENTS)
    shown = [pseudonym(PROVIDER, EMPLOYMENTS[at]) for at in order]
    assert shown == sorted(shown) and sorted(order) == list(range(20)) and order != sorted(order)


def test_the_provider_sees_workers_in_the_order_of_the_report() -> None:
    manager = Viewer(uuid4(), PROVIDER, provider=True, role="manager")
    assert order_for(manager, PROVIDER, EMPLOYMENTS) == list(range(20))


def test_the_code_of_a_record_is_the_workers_own_in_one_report() -> None:
    codes = {
        record_code(facts, "E1", person, name)
        for facts in ("0" * 64, "1" * 64)
        for person, name in (("P1", "Ann"), ("P1", None), ("P2", "Ann"))
    }
    assert len(codes) == 6 and all(len(code) == 17 for code in codes)
