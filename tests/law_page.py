"""Draws docs/law.md, which regulation is answered by which rule, test and worked case: `scripts/law`."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from backend.statute.catalogue import rules
from backend.statute.citation import HOW, UNVERIFIED
from backend.statute.coverage import Provision, provisions

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "law.md"
_CASES: Final = ROOT / "tests" / "use_cases"
_HEADINGS: Final = {
    "act": ("National Minimum Wage Act 1998", "section"),
    "regulations": ("National Minimum Wage Regulations 2015 (SI 2015/621)", "regulation"),
}
_INTRODUCTION: Final = """\
# The law

Drawn from `backend/statute/` by `scripts/law`; do not edit it here. For each provision of the minimum wage law it names
the rules that answer to it, the tests that hold them, and the worked cases; or says why there is none. `doorstep rules
ID` prints a rule in plain words with its source. This is not legal advice.

**How the sources were checked.** Each rule and figure says what was read to check it (`checked_against`, `checked_in`,
`checked_on`). What was read were stored copies of the pages named, of various age, and not the live pages: before
relying on an entry, look at its source. What was not read in its instrument or on an official page is listed last.
"""


def cases() -> dict[str, str]:
    """The title of each worked case's source, by file and id such as wage:mencap-sleep-in."""
    return {
        f"{file}:{case['id']}": _source(case["source"])
        for file in ("wage", "day", "price")
        for case in json.loads((_CASES / f"{file}_cases.json").read_text(encoding="utf-8"))
    }


def _source(source: Any) -> str:
    return source if isinstance(source, str) else str(source["title"])


def page() -> str:
    """The whole page."""
    known = provisions()
    parts = [_INTRODUCTION]
    for of, (heading, word) in _HEADINGS.items():
        parts.append(f"## {heading}\n")
        parts += [_section(one, word) for one in known if one.of == of]
    parts.append(_pay_periods())
    parts.append(_unverified())
    return "\n".join(parts)


def _section(one: Provision, word: str) -> str:
    plural = "s" if len(one.numbers) > 1 or "-" in one.numbers[0] else ""
    numbers = ", ".join(number.replace("-", " to ") for number in one.numbers)
    status = {"covered": "Covered", "partly": "Covered in part", "not_applicable": "Not applicable"}[
        one.status
    ]
    lines = [f"### {word.capitalize()}{plural} {numbers}: {one.about[0].lower()}{one.about[1:]}", ""]
    lines.append(f"{status}. {one.because}" if one.because else f"{status}.")
    lines += _list("Rules", (f"`{rule_id}`: {rules()[rule_id].says}" for rule_id in one.rules))
    lines += _list("Tests", (_test(test) for test in one.tests))
    lines += _list("Worked cases", (f"`{case}`: {cases()[case]}" for case in one.cases))
    return "\n".join([*lines, ""])


def _list(name: str, entries: Iterable[str]) -> list[str]:
    listed = [f"- {entry}" for entry in entries]
    return ["", f"{name}:", *listed] if listed else []


def _test(test: str) -> str:
    path, _, name = test.partition("::")
    link = f"[{path.rsplit('/', 1)[-1]}](../{path})"
    return f"{link}: {name.removeprefix('test_').replace('_', ' ')}" if name else link


def _pay_periods() -> str:
    return """\
## Choices that the law leaves open
- **Several employments of one person with one provider** are tested each by itself, on its own time, pay and cycle.
- **A leaver's final period** is the period of the cycle that holds the last day. What is paid or taken off in the month
  after that day counts there, also what was earned in the period before (regulation 9(1)(d); NMWM09030 and NMWM11160).
- **A starter's first period** begins with the employment (NMWM09020): the rate is that of its first day. Other periods
  repeat the whole one.
- **A deduction** reduces the period it is made in (regulations 12 and 13), which is that of the payment date. A line
  that gives the days of the pay it was taken from goes with that pay, because a payslip in arrears is one thing: give
  none to have it by the date.
- **Months from the 29th, 30th or 31st** begin on the 1st of the next month where a month has no such day, so that no
  day is left out and no period is longer than a month.
"""


def _unverified() -> str:
    open_ones = [rule for rule in rules().values() if rule.checked_against in UNVERIFIED]
    lines = [f"- `{rule.id}` ({rule.instrument}): {HOW[rule.checked_against]}." for rule in open_ones]
    noted = [
        line + (f" {rule.note}" if rule.note else "") for line, rule in zip(lines, open_ones, strict=True)
    ]
    return "\n".join(["## Still to be verified in the instrument", "", *noted, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
