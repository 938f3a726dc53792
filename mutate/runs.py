"""Runs tests against a changed module in a forked process, which shares the libraries already loaded.

Nothing on disk changes. Polars must not have computed anything before the fork (its threads would be missing in the
child), so our own modules are loaded once for the sake of the libraries and forgotten again.
"""

import gc
import importlib.util
import os
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from math import ceil
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import hypothesis
import pytest

from mutate.mutants import Mutant
from mutate.suites import ROOT
from tests.shares import for_thorough, is_law, try_share

OURS = tuple(ROOT / folder for folder in ("backend", "schemas", "mobile_api", "tests"))
PYTEST = (
    "-x",
    "-q",
    "--tb=no",
    "--assert=plain",
    "--noconftest",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:warnings",
)

QUICK: Final = 4
"""How many tests that noticed the last faults are asked first."""
FEW: Final = 0.1
"""The share of each law's examples that is tried before any test tries all of them."""


class Changed(MetaPathFinder, Loader):
    """Loads one module from changed code."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.module, self.code = module, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The changed module in place of the one on disk."""
        if fullname != self.module:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=self._is_package(path))

    def _is_package(self, path: Sequence[str] | None) -> bool:
        folders = (Path(entry) / self.module.rpartition(".")[2] for entry in path or ())
        self.folder = next((str(folder) for folder in folders if folder.is_dir()), None)
        return self.folder is not None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        if self.folder is not None:
            module.__path__ = [self.folder]
        exec(self.code, module.__dict__)  # noqa: S102


class Few:
    """A plugin of pytest: what shows most faults soon. Of each law and of cases that show the same only a few."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Called by pytest with the tests of a run."""
        left = set(for_thorough(items))
        items[:] = [item for item in items if item not in left]
        try_share(items, FEW)


class Rest:
    """A plugin of pytest: every example of each law, and the cases that `Few` leaves out."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Called by pytest with the tests of a run."""
        left = set(for_thorough(items))
        items[:] = [item for item in items if item in left or is_law(item)]
        try_share(items, 1)


Round = tuple[Sequence[str], Few | Rest]
"""Tests that are run together, and how much of them."""


@dataclass(slots=True)
class Run:
    """A child at work on a mutant, and where it says which test noticed."""

    mutant: Mutant | None
    said: int


class Noticed:
    """A plugin of pytest that says the id of each failed test to a file descriptor."""

    def __init__(self, to: int) -> None:
        self.to = to

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after each part of a test."""
        if report.failed:
            os.write(self.to, report.nodeid.encode())


def prepare(tests: Sequence[str]) -> None:
    """Load the libraries that the tests need, and make made-up cases the same in each run."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutants")
    with _silence():
        pytest.main([*PYTEST, "--collect-only", *tests])
    for name in [name for name, module in sys.modules.items() if _is_ours(module)]:
        del sys.modules[name]
    importlib.import_module(
        "holidays.countries"
    )  # which otherwise each child would load at the first bank holiday
    gc.freeze()  # pytest collects garbage after each run: the libraries' objects are none


def _is_ours(module: ModuleType) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(
        place is not None and Path(place).is_relative_to(folder) for place in places for folder in OURS
    )


def survivors(
    mutants: Iterable[Mutant | None], tests: Sequence[str], limit: float, at_once: int, few: bool = False
) -> Iterator[tuple[Mutant | None, str, float]]:
    """Each mutant (None: nothing changed) with the test that noticed, and what it took; in the order they end.

    The test is empty if all passed, and a question mark if none could say so.

    One that takes longer than `limit` is stopped and counts as noticed: it would not end. Both are seconds of the
    processor, which do not depend on what else the machine does. What noticed the last few faults is asked first:
    neighbouring faults are mostly noticed by the same tests. Then all tests with few examples of each law, and only
    if none of them notices, and not `few`, with every example.
    """
    running: dict[int, Run] = {}
    quick: list[str] = []
    for mutant in mutants:
        while len(running) == at_once:
            yield _ended(running, quick)
        hears, says = os.pipe()
        rounds: list[Round] = [(quick, Few()), *(([test], Few()) for test in tests)]
        rounds += [] if few else [([test], Rest()) for test in tests]
        running[_start(mutant, rounds, says, ceil(limit))] = Run(mutant, hears)
        os.close(says)
    while running:
        yield _ended(running, quick)


def _ended(running: dict[int, Run], quick: list[str]) -> tuple[Mutant | None, str, float]:
    pid, status, used = os.wait3(0)
    run = running.pop(pid)
    test = _heard(run.said)
    _put_first(test, quick)
    return run.mutant, (test or "?") if status else "", used.ru_utime + used.ru_stime


def _heard(said: int) -> str:
    with os.fdopen(said, "rb") as heard:
        return heard.read().decode()


def _put_first(test: str, quick: list[str]) -> None:
    """The test that noticed a fault goes to the head of those that are asked first."""
    if test:
        quick[:] = [test, *(other for other in quick if other != test)][:QUICK]


def _start(mutant: Mutant | None, rounds: Sequence[Round], says: int, limit: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    with suppress(BaseException), _silence():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        if mutant is not None:
            sys.meta_path.insert(0, Changed(mutant.module, mutant.code))
        ended = (
            int(pytest.main([*PYTEST, *tests], plugins=[Noticed(says), which]))
            for tests, which in rounds
            if tests
        )
        code = next((failed for failed in ended if failed not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)), 0)
    os._exit(code)


class _silence:
    """Standard output and error to nowhere."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        self.kept = [os.dup(number) for number in (1, 2)]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(nowhere, number)
        os.close(nowhere)

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        for number, kept in zip((1, 2), self.kept, strict=True):
            os.dup2(kept, number)
            os.close(kept)
