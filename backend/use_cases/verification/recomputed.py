"""Whether the same rules on the same facts give the same result, byte for byte."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import structs

from backend.documents.canonical import canonical_json, read_wage_report
from backend.documents.wage_report import alone
from backend.domain.canonical import sha256
from backend.domain.counted import counted
from backend.use_cases.rulebook import Rulebook, packaged_rulebook, read_rulebook, rulebook_texts
from backend.use_cases.verification.contents import Contents
from backend.use_cases.verification.findings import Finding, failed, held, open_question, proved
from backend.use_cases.wage_report_facts import RecordedWages, wages_recorded
from backend.use_cases.wage_report_snapshot import wage_report_snapshot
from backend.use_cases.worked_days import estimator_of
from schemas.documents import WageReportSnapshot
from schemas.evidence import Facts


def statute_found(contents: Contents) -> Iterator[Finding]:
    """The law in the bundle beside the law that this program ships."""
    shipped = rulebook_texts()
    names = sorted(contents.statute.keys() | shipped)
    if odd := [name for name in names if contents.statute.get(name) != shipped.get(name)]:
        yield open_question(
            "statute",
            "Some law and policy in the bundle is not what this program ships. The bundle's is used; compare it:",
            [f"statute/{name}" for name in odd],
        )
    else:
        yield proved(
            "statute", f"Law and policy ({counted(len(names), 'file')}) are those that this program ships."
        )


def rulebook_of(contents: Contents) -> Rulebook:
    """The rulebook of the bundle. Raises StatuteError or Faulty if it is none."""
    return packaged_rulebook() if contents.statute == rulebook_texts() else read_rulebook(contents.statute)


def result_found(contents: Contents, recorded: RecordedWages | None) -> Iterator[Finding]:
    """The result against its frozen digest, and against what the facts come to."""
    manifest, result = contents.manifest, read_wage_report(contents.result)
    whole = manifest.subject.worker is None and manifest.reader == "provider"
    frozen = sha256(contents.result).hex() == manifest.subject.snapshot_sha256
    if whole and not frozen:
        yield failed("result", "result.json is not the report that was frozen: its digest is another.")
    if result.facts_digest != manifest.subject.facts_sha256:
        yield failed("result", "result.json names another digest of its facts than the manifest.")
    if recorded is None or contents.facts is None:
        yield open_question(
            "result",
            "The result was not worked out again: the facts hold what is not for the reader of this bundle.",
        )
        return
    again = work_again(contents, contents.facts, recorded)
    if whole:
        yield _digest_found(again, result)
    else:
        yield open_question(
            "result",
            "This is a part of a report. That it stands so in the whole report, the server's signature says alone.",
        )
    expected = structs.replace(
        again,
        template_version=result.template_version,
        facts_digest=again.facts_digest if whole else result.facts_digest,
    )
    yield held(
        "result",
        f"The facts, worked out again, give the same result byte for byte: {_in_words(result)}.",
        [] if canonical_json(expected) == contents.result else _differences(expected, result),
        "The facts, worked out again, give another result.",
    )


def work_again(contents: Contents, facts: Facts, recorded: RecordedWages) -> WageReportSnapshot:
    """The report, or the part of it, that the facts of a bundle come to by the law in it."""
    book = rulebook_of(contents)
    made = wage_report_snapshot(
        wages_recorded(recorded, estimator_of(recorded.days, book.estimator)),
        facts.provider,
        facts.pay_cycle,
        facts.period.start,
        facts.period.end,
        facts.status,
        facts.as_of,
        facts.today,
        facts.simulated_clock,
        book,
    )
    if contents.manifest.subject.worker is None:
        return made
    return alone(made, *(worker.employment for worker in made.workers))


def _digest_found(again: WageReportSnapshot, result: WageReportSnapshot) -> Finding:
    if again.facts_digest == result.facts_digest:
        return proved("result", "The facts have the digest that was frozen with the report.")
    return failed("result", "The facts are not those of the report: their digest is another.")


def _in_words(result: WageReportSnapshot) -> str:
    summary = result.summary
    return (
        f"{summary.workers_tested} tested, {summary.workers_short} short by {summary.pence_short} pence together, "
        f"{summary.not_tested} not tested"
    )


def _differences(expected: WageReportSnapshot, result: WageReportSnapshot) -> list[str]:
    found = differences(msgspec.to_builtins(result), msgspec.to_builtins(expected))
    return found or ["result.json is not in canonical form"]


def differences(stored: Any, again: Any, at: str = "") -> list[str]:
    """Where two JSON values differ, as JSON pointers; the first few are enough to look."""
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        keys = sorted(stored.keys() | again.keys())
        return [
            fault for key in keys for fault in differences(stored.get(key), again.get(key), f"{at}/{key}")
        ][:10]
    if isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        pairs = enumerate(zip(stored, again, strict=True))
        return [fault for place, (one, other) in pairs for fault in differences(one, other, f"{at}/{place}")][
            :10
        ]
    return [] if stored == again else [f"{at or '/'} was {str(stored)[:60]}, comes out as {str(again)[:60]}"]
