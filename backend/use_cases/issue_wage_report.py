"""Issue the minimum wage report of one provider, pay cycle and pay reference period.

Testing and drawing may take many seconds. Both are done in a thread, so that the process does other work meanwhile.
"""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

import asyncpg

from backend.clock import is_simulated
from backend.documents.wage_report import wage_report_json, wage_report_pdf
from backend.documents.wage_workbook import wage_report_xlsx
from backend.documents.workbook import XLSX
from backend.domain.time import london_date
from backend.use_cases.earlier_changes import earlier_changes, newest_report
from backend.use_cases.frozen_documents import SETTLED, File, Frozen, store
from backend.use_cases.parties import parties
from backend.use_cases.wage_report_facts import wage_report_facts
from backend.use_cases.wage_report_snapshot import wage_report_snapshot
from schemas.documents import WageReportSnapshot


async def issue_wage_report(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    start: date,
    end: date,
    edition: str,
    now: datetime,
) -> str:
    """Freeze the report with its PDF, spreadsheet and JSON. Returns what was issued, in words.

    `edition` is provisional or final. Without hours or pay of anybody there is nothing to report, and no document.
    """
    snapshot = await build_wage_report(
        connection,
        provider_id,
        pay_cycle,
        start,
        end,
        edition,
        now - SETTLED,
        london_date(now),
        is_simulated(),
        await newest_report(connection, provider_id, pay_cycle),
    )
    if not snapshot.workers and not snapshot.not_tested:
        return "nobody worked or was paid"
    summary = snapshot.summary
    await store(
        connection,
        Frozen(
            provider_id=provider_id,
            kind="wage_report",
            scope=pay_cycle,
            period_start=start,
            period_end=end,
            edition=edition,
            as_of=snapshot.as_of,
            created_at=now,
            snapshot=snapshot,
            files=await asyncio.to_thread(_files, snapshot),
            summary={
                "workers_tested": summary.workers_tested,
                "workers_short": summary.workers_short,
                "pence_short": summary.pence_short,
                "not_tested": summary.not_tested,
                "counted_minutes": _number(summary.counted_minutes),
                "unresolved_minutes": _number(summary.unresolved_minutes),
                "today": london_date(now).isoformat(),
            },
        ),
    )
    return f"{summary.workers_tested} tested, {summary.workers_short} short, {len(snapshot.not_tested)} not tested"


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


async def build_wage_report(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    start: date,
    end: date,
    edition: str,
    as_of: datetime,
    today: date,
    simulated: bool,
    changes_since: datetime | None,
) -> WageReportSnapshot:
    """The report's snapshot from the facts recorded up to `as_of`: the same facts always give the same bytes.

    What changed of earlier periods after `changes_since` is in it.
    """
    facts = await wage_report_facts(connection, provider_id, pay_cycle, start, end, as_of, today)
    changes = await earlier_changes(connection, provider_id, pay_cycle, changes_since, as_of, today)
    recorded = replace(facts.recorded, changes=changes, changes_since=changes_since)
    provider = (await parties(connection, [provider_id], as_of))[provider_id]
    return await asyncio.to_thread(
        wage_report_snapshot,
        replace(facts, recorded=recorded),
        provider,
        pay_cycle,
        start,
        end,
        cast(Literal["provisional", "final"], edition),
        as_of,
        today,
        simulated,
    )


def _files(snapshot: WageReportSnapshot) -> list[File]:
    name = f"wage-report_{snapshot.provider.reference}_{snapshot.pay_cycle.replace(':', '-')}_{snapshot.period.start}"
    name += f"_{snapshot.status}"
    renderings: list[tuple[str, str, Any]] = [
        ("pdf", "application/pdf", wage_report_pdf),
        ("xlsx", XLSX, wage_report_xlsx),
        ("json", "application/json", wage_report_json),
    ]
    return [
        File(kind, media_type, f"{name}.{kind}", render(snapshot)) for kind, media_type, render in renderings
    ]
