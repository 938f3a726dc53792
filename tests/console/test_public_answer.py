"""What the record shows about pay, for an answer in public: sums by hand, nothing about a few, nobody by name."""

import csv
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from backend.documents.public_answer import public_rows, reports_in_words
from backend.use_cases import read_public_answer
from schemas.public_answer import PublicAnswer
from tests.console.desk import Desk

PAGE = "/pay-record?from=2026-11&until=2026-11"


async def table(desk: Desk, who: str) -> dict[str, tuple[str, str]]:
    answer = await (await desk.as_(who)).get(PAGE.replace("?", "/csv?"))
    assert answer.status_code == 200
    return {
        row["figure"]: (row["value"], row["too_few_to_tell"])
        for row in csv.DictReader(answer.text.splitlines())
    }


async def test_of_one_worker_nothing_is_told_but_the_documents(busy: Desk) -> None:
    digest = await busy.superuser.fetchval(
        "SELECT encode(snapshot_digest, 'hex') FROM document WHERE kind = 'wage_report'"
    )
    for who in ("commissioner", "auditor"):
        page = (await (await busy.as_(who)).get(PAGE)).text
        assert digest in page and "not told: about fewer than 5 people" in page
        assert "Ann Carer" not in page and "£" not in page
        told = await table(busy, who)
        assert told["reports"] == ("1", "") and told["workers"] == ("", "yes") == told["underpayment"]
    assert (
        await busy.superuser.fetchval("SELECT count(*) FROM access_log WHERE what = 'answer about pay'") == 4
    )


async def test_where_few_may_be_told_the_figures_are_those_of_the_report(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_is_enough(figures: dict[str, Any], carers: int, fewest: int) -> dict[str, Any]:
        return figures

    monkeypatch.setattr(read_public_answer, "told", one_is_enough)
    told = await table(busy, "auditor")
    report = msgspec.json.decode(
        await busy.superuser.fetchval("SELECT summary FROM document WHERE kind = 'wage_report'")
    )
    assert told["underpayment"][0] == f"{report['pence_short'] / 100:.2f}"
    assert [told[name][0] for name in ("workers", "tests", "workers_short", "tests_short")] == [
        "1",
        "1",
        "1",
        "1",
    ]
    assert (told["paid_since"][0], told["tests_put_right"][0]) == ("0.00", "0")
    assert told["due"] == told["outstanding"]
    assert told["travel_seconds"][0] == "0" and told["travel_percent"] == ("", "")


async def test_other_commissioners_have_no_answer_and_months_are_checked(busy: Desk) -> None:
    for who in ("other_commissioner", "other_auditor"):
        page = (await (await busy.as_(who)).get(PAGE)).text
        assert "You have no contract with a provider" in page and "Hearth" not in page
    auditor = await busy.as_("auditor")
    for asked in ("from=soon", "from=2025-11&until=2026-11", "from=2014-01&until=2014-01"):
        assert (await auditor.get(f"/pay-record?{asked}")).status_code == 400, asked
    assert (
        "No wage report of these months" in (await auditor.get("/pay-record?from=2026-09&until=2026-09")).text
    )


def answer(**changes: Any) -> PublicAnswer:
    plain = {
        "provider": {"name": "Hearth", "reference": "hearth"}, "start": "2026-11-01", "end": "2026-11-30",
        "worked_out_at": "2026-12-01T00:00:00Z", "fewest": 5, "workers": 1200, "tests": 2400, "not_tested": None,
        "workers_short": 10, "tests_short": 11, "underpayment": "1234.50", "due": "1250.00", "paid_since": "0.00",
        "outstanding": "1250.00", "tests_put_right": 0, "travel_seconds": 5400, "travel_paid_seconds": 2700,
        "travel_percent": "50.00", "simulated_clock": False,
        "reports": [{"pay_cycle": "weekly:mon", "period_start": date(2026, 11, 2), "period_end": date(2026, 11, 8),
                     "edition": edition, "made_at": "2026-11-20T00:00:00Z", "digest": "00"}
                    for edition in ("final", "provisional")],
    }  # fmt: skip
    return msgspec.convert(plain | changes, PublicAnswer)


def values(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [value for _, value in rows]


def test_figures_are_worded_for_readers() -> None:
    told = values(public_rows(answer()))
    assert told[:3] == ["1,200", "2,400", "not told: about fewer than 5 people"]
    assert told[5] == "£1,234.50" and told[-3:] == ["1 h 30 min", "45 min", "50\N{NO-BREAK SPACE}%"]
    none = values(public_rows(answer(travel_seconds=0, travel_paid_seconds=0, travel_percent=None)))
    assert none[-1] == "none was found"
    assert reports_in_words(answer()) == "2 wage reports, 1 of them provisional"
