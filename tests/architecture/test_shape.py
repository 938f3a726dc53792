"""The shape of the code, held by tests: sizes, what is forbidden, what is listed."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from backend.problems import STATUS, TITLES

ROOT = Path(__file__).parents[2]
CODE = [path for top in ("backend", "mobile_api", "schemas") for path in sorted((ROOT / top).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _functions(paths: list[Path]) -> list[tuple[str, int]]:
    found = []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                found.append((f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1))
    return found


def test_no_file_is_longer_than_500_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in CODE + TESTS}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_functions_stay_short() -> None:
    functions = _functions(CODE)
    lengths = sorted(length for _, length in functions)
    assert [name for name, length in functions if length > 60] == []
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 30


FORBIDDEN = {
    "an unfinished note": r"\b(TODO|FIXME|XXX|HACK)\b",
    "an unexplained type exception": r"type: ignore(?!\[)",
    "a swallowed exception": r"except (Exception|BaseException)?:\s*(pass|\.\.\.)",
    "a test that is not run": r"pytest\.mark\.(skip|xfail)|pytest\.(skip|xfail)\(",
    "the database's own clock": r"\bnow\(\)\s*AT TIME ZONE|CURRENT_TIMESTAMP",
    "a clock beside ours": r"datetime\.(now|utcnow|today)\(|date\.today\(",
}
# A phone has a clock of its own, right or wrong; the reference client is one.
ALLOWED = {"a clock beside ours": {"backend/clock.py", "mobile_api/reference_client.py"}}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_code_holds_nothing_forbidden(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(FORBIDDEN[what], line) and str(path.relative_to(ROOT)) not in ALLOWED.get(what, set())
    ]
    assert found == []


def test_sql_never_asks_the_database_for_the_time() -> None:
    """Server time is clock.now(), which a simulation can move."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "backend").rglob("*.sql"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(
            r"\b(now|clock_timestamp|statement_timestamp)\(\)|\bCURRENT_(DATE|TIMESTAMP)\b",
            line,
            re.IGNORECASE,
        )
        and not line.lstrip().startswith("--")
    ]
    assert found == []


def test_every_code_that_is_raised_has_a_status_and_a_title() -> None:
    raised = {
        match[1]
        for path in CODE
        for match in re.finditer(r"DomainError\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert raised - set(STATUS) == set()
    assert set(STATUS) == set(TITLES)


def test_every_public_function_says_what_it_does() -> None:
    silent = []
    for path in CODE:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            )
            if public and ast.get_docstring(node) is None:
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert silent == []


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
