"""What the mutants of a module are, and that a run tells a noticed one from one that survives."""

import subprocess
import sys

import pytest

from mutate.mutants import mutants, names
from mutate.suites import LEFT_OUT, ROOT, RULES, SUITES, chosen, rules, sources


def changes(source: str) -> list[str]:
    return [mutant.name.partition(": ")[2] for mutant in mutants("m", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x < y", ["x < y → x <= y"]),
        ("x is None", ["x is None → x is not None"]),
        ("x + y", ["x + y → x - y"]),
        ("x and not y", ["x and (not y) → x or not y", "not y → y"]),
        ("x = 3", ["3 → 4"]),
        ("x = True", ["True → False"]),
        ("x.fill_null(y)", ["x.fill_null(y) → x"]),
        ("x.join(y, how='left')", ["'left' → 'inner'"]),
        ("pl.lit('rule')", ["'rule' → 'rule*'"]),
        ("x if y else z", ["x if y else z → z if y else x"]),
        ("max(x, y)", ["max(x, y) → min(x, y)"]),
        ("[x for x in y if z]", ["for x in y if z → for x in y"]),
        ("pl.col('name')", []),
        ("class C(Struct, frozen=True, forbid_unknown_fields=True):\n    pass", ["True → False"]),
        ("def f() -> Literal[3]:\n    'Says 3.'\n    raise E(f'{x} 3')", ["raise E(f'{x} 3') → pass"]),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_made_once_and_said(source: str, expected: list[str]) -> None:
    assert [one.strip() for one in changes(source)] == expected


def test_a_mutant_says_its_function_and_runs_as_changed() -> None:
    [mutant] = mutants("m", "def f(x):\n    return x + x\n")
    found: dict[str, object] = {}
    exec(mutant.code, found)  # noqa: S102
    assert (mutant.name, mutant.line) == ("m f: x + x → x - x", 2)
    assert eval("f(3)", found) == 0  # noqa: S307


def test_mutants_of_one_module_have_different_names() -> None:
    names = [mutant.name for mutant in mutants("m", "def f():\n    return 1 + 1\n")]
    assert names == ["m f: 1 + 1 → 1 - 1", "m f: 1 → 2", "m f: 1 → 2 #2"]


def test_every_suite_names_a_module_of_the_rules_and_tests_that_are_there() -> None:
    for name, tests in SUITES.items():
        assert all(module.startswith("backend.domain.") for module in sources(name))
        assert [test for test in tests if not (ROOT / test.partition("::")[0]).exists()] == []


def test_every_module_of_the_rules_is_in_one_entry_or_left_out_for_a_reason() -> None:
    held = [module.removeprefix(RULES) for name in SUITES for module in sources(name)]
    assert len(held) == len(set(held)) and not {*held} & {*LEFT_OUT}
    assert {*held, *LEFT_OUT} >= rules()


def test_a_package_stands_for_its_entries() -> None:
    assert chosen(["money"]) == ["money"] and chosen([]) == list(SUITES)
    assert {"audit_tests", "audit_tests.phones"} < set(chosen(["audit_tests"]))


@pytest.mark.thorough
@pytest.mark.slow
def test_a_run_prints_who_survived_and_counts_the_rest() -> None:
    """Zero keeps no sign, so which side of zero it is put on is all the same; the sign of others is not."""
    command = [sys.executable, "-m", "mutate", "money", "--only", "half_up: numerator"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "half_up: numerator >= 0 → numerator > 0`" in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == "== money: 0 noticed, 1 survived"
    assert done.returncode == 0, "it is argued in docs/mutation.md"


SAID = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
ARGUED = {part for part in SAID.split("`") if " → " in part}


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """The names of all mutants of each module."""
    return {
        module.removeprefix(RULES): set(names(module, source))
        for entry in SUITES
        for module, source in sources(entry).items()
    }


def test_what_is_argued_still_stands_in_the_rules(known: dict[str, set[str]]) -> None:
    """A line of docs/mutation.md whose mutant no longer exists argues about nothing."""
    assert ARGUED - set().union(*known.values()) == set()


def test_the_table_of_runs_holds_every_module_once_and_counts_what_is_argued(
    known: dict[str, set[str]],
) -> None:
    """A name stands for a module, or for those of a package that are not named themselves."""
    table = SAID.partition("## What was run")[2].partition("## What survives")[0]
    cells = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| `")]
    told = {tuple(first.strip("`").split("`, `")): list(map(int, rest)) for first, *rest in cells}
    row_of = {name: row for row in told for name in row}
    assert len(row_of) == sum(map(len, told))
    argued = dict.fromkeys(told, 0)
    for module, faults in known.items():
        argued[row_of[max((name for name in row_of if f"{module}.".startswith(f"{name}.")), key=len)]] += len(
            faults & ARGUED
        )
    assert {row: survive for row, (*_, survive) in told.items()} == argued
    assert [row for row, (all_of_it, run, *_) in told.items() if all_of_it != run] == []
