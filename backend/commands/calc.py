"""`doorstep calc`: one case worked out, with no database."""

import sys
from pathlib import Path
from typing import Final

import click

from backend.use_cases.calculators import CALCULATORS, Calculator


@click.group()
def calc() -> None:
    """Work out one case, or an array of them, from a JSON file (or - for standard input).

    \b
    Example:
      doorstep calc wage case.json
    """


def _command(calculator: Calculator) -> click.Command:
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
    def calculate(file: str) -> None:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        sys.stdout.buffer.write(calculator.answer(raw) + b"\n")

    text = (
        f"{calculator.title}.\n\nReads one JSON object or an array of them; prints the result as JSON. Exit status 2 "
        "and a problem object on standard error if the input cannot be right. Every field: docs/cases.md.\n\n"
        f"\b\nExample:\n  doorstep calc {calculator.name} case.json\n\n"
        f"\b\nA case.json:\n{_indented(calculator.example)}"
    )
    return click.command(calculator.name, help=text)(calculate)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


for _calculator in CALCULATORS:
    calc.add_command(_command(_calculator))

commands: Final = [calc]
