"""`make bench`: every benchmark in turn, each in a process of its own."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run each module of this folder. The exit status is that of the first that failed, else 0."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        failed = failed or subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    return failed


sys.exit(main())
