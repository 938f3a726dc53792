"""Guided by coverage, for a while each: `python -m tests.security.fuzzing SECONDS [PARSER...]`. See scripts/fuzz."""

import os
import subprocess
import sys
from pathlib import Path

CORPUS = Path(__file__).parents[3] / ".data" / "fuzz" / "corpus"


def main(seconds: int, names: list[str]) -> int:
    """Fuzz each parser in a process of its own; 1 if one of them fell over. What it found stays in .data/fuzz."""
    from tests.security.fuzzing.parsers import PARSERS, samples

    fell = []
    for name in names or sorted(PARSERS):
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, sample in enumerate(samples()[name]):
            (folder / f"sample-{number}").write_bytes(sample)
        limits = [f"-max_total_time={seconds}", "-rss_limit_mb=4096", "-timeout=20", "-print_final_stats=1"]
        found = f"-artifact_prefix={folder.parent.parent}/{name}-"
        process = subprocess.run(
            [sys.executable, "-m", __spec__.name, "--only", name, *limits, found, str(folder)]
        )
        fell += [name] if process.returncode else []
    print(f"Fell over: {', '.join(fell)}. The inputs are in .data/fuzz." if fell else "None fell over.")
    return 1 if fell else 0


def only(name: str) -> None:
    """Fuzz one parser in this process, for good."""
    import atheris

    with atheris.instrument_imports(include=["backend", "schemas"]):
        from tests.security.fuzzing.parsers import PARSERS
    atheris.Setup([sys.argv[0], *sys.argv[3:]], PARSERS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        only(sys.argv[2])
    os._exit(main(int(sys.argv[1]), sys.argv[2:]))
