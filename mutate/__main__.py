"""`make mutate`: faults in backend/domain that no test notices. Exit status 1 if docs/mutation.md lacks one.

    python -m mutate [--sample N] [--at-once N] [--only TEXT] [--from TEXT] [--new] [--few]
                     [NAME ...]

NAME is an entry of mutate/suites.py or a package of several (all without one); `--sample` takes N mutants an entry,
spread evenly; `--only` those whose name has the text in it; `--from` all from the first such on, as after a
run that was stopped; `--new` those that docs/mutation.md does not argue about; `--few` asks few
examples of each law and no more.
"""

import argparse
import os
import sys
from itertools import dropwhile

from mutate.mutants import Mutant, mutants
from mutate.runs import prepare, survivors
from mutate.suites import ROOT, SUITES, chosen, sources


def main() -> int:
    """Run what the arguments ask for."""
    os.environ.setdefault("DOORSTEP_EXAMPLES", "1")  # a fault that one example in fifty shows must be noticed
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME")
    asked.add_argument("--sample", type=int, default=0)
    asked.add_argument("--at-once", type=int, default=2)
    asked.add_argument("--only", default="")
    asked.add_argument("--from", default="", dest="since")
    asked.add_argument("--new", action="store_true")
    asked.add_argument("--few", action="store_true")
    options = asked.parse_args()
    argued = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    names = chosen(options.names)
    prepare([test for name in names for test in SUITES[name]])
    left = [_examine(name, options, argued) for name in names]
    return int(any(left))


def _examine(name: str, options: argparse.Namespace, argued: str) -> bool:
    """Prints what survived of one entry, and whether any of it is not argued."""
    tests, every = tuple(dict.fromkeys(SUITES[name])), _mutants(name, options, argued)
    if not every:
        return False
    [(_, failed, taken)] = survivors([None], tests, 3600, 1, options.few)
    if failed:
        raise SystemExit(f"{name}: fails with nothing changed: {failed}")
    tried = _spread(every, options.sample)
    print(f"== {name}: {len(tried)} of {len(every)} mutants; {taken:.0f} seconds unchanged", flush=True)
    kept: list[str] = []
    run = survivors(tried, tests, 5 * taken + 5, options.at_once, options.few)
    spent = 0.0
    for done, (mutant, noticed, used) in enumerate(run, 1):
        spent += used
        if done % 10 == 0:
            print(f"   {name}: {done} run, {spent / done:.1f} seconds each", flush=True)
        if mutant is not None and not noticed:
            kept.append(mutant.name)
            known = "argued" if f"`{mutant.name}`" in argued else "NEW"
            print(f"{known} line {mutant.line} `{mutant.name}`", flush=True)
    print(f"== {name}: {len(tried) - len(kept)} noticed, {len(kept)} survived", flush=True)
    return any(f"`{one}`" not in argued for one in kept)


def _mutants(name: str, options: argparse.Namespace, argued: str) -> list[Mutant]:
    found = [mutant for module, source in sources(name).items() for mutant in mutants(module, source)]
    rest = dropwhile(lambda one: options.since not in one.name, found)
    known = argued if options.new else ""
    return [mutant for mutant in rest if options.only in mutant.name and f"`{mutant.name}`" not in known]


def _spread(every: list[Mutant], sample: int) -> list[Mutant]:
    if not 0 < sample < len(every):
        return every
    return [every[index * len(every) // sample] for index in range(sample)]


sys.exit(main())
