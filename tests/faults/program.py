"""`doorstep`, with its clock in a file: `python -m tests.faults.program FILE serve --port 8000`.

The program itself takes a simulated clock with its embedded database alone, so that no deployment runs under one by
mistake. Here the database is one that dies and moves, and time must be what the harness says.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from backend import settings
from backend.cli import main

if __name__ == "__main__":
    clock = Path(sys.argv.pop(1))
    settings.use(replace(settings.load(os.environ), clock=clock))
    main()
