"""`doorstep`, with its clock in a file: `python -m tests.faults.program FILE serve --port 8000`.

The program itself takes a simulated clock with its embedded database alone, so that no deployment runs under one by
mistake. Here the database is one that dies and moves, and time must be what the harness says.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backend import settings
from backend.cli import main


def run(clock: Path, arguments: Sequence[str]) -> None:
    """The command that the arguments name, by that clock, in the environment of this process; it ends the process."""
    settings.use(replace(settings.load(os.environ), clock=clock))
    sys.argv = ["doorstep", *arguments]
    main()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
