"""The long run: `make faults`, or `python -m tests.faults KILLS MINUTES FILE`. Its account goes into the file."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from random import SystemRandom

from tests.faults.play import play


def seed() -> int:
    """The seed of this run: DOORSTEP_FAULT_SEED, or any."""
    return int(os.environ.get("DOORSTEP_FAULT_SEED") or SystemRandom().randrange(10**6))


def main(kills: int, minutes: float, file: Path) -> int:
    """Run it. Exit status 0 if every law holds."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # in the background too, where a shell turns it off
    signal.signal(
        signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
    )  # and what runs is ended first
    chosen = seed()
    print(f"DOORSTEP_FAULT_SEED={chosen} KILLS={kills}", flush=True)
    found = asyncio.run(play(chosen, kills, minutes, lambda words: print(words, flush=True)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=2) + "\n")
    for law, finding in found["laws"].items():
        print(f"{'holds ' if finding == 'holds' else 'BROKEN'}  {law}")
        if finding != "holds":
            print("\n".join(f"    {words}" for words in finding[:10]))
    print(f"{found['kills']} kills in {found['seconds']} s; the whole account is in {file}")
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])))
