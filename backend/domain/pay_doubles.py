"""Payments that may have been loaded twice: the same money in two layouts under different references.

Equal lines within one layout are common and are not meant: two shifts of one length, two uniforms.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from backend.domain.payroll import line_worth

Line = Mapping[str, Any]


def possible_doubles(lines: Iterable[Line]) -> list[tuple[Line, Line]]:
    """Pairs of lines of one employment that differ in `template` (None: loaded line by line) and are otherwise equal in
    payment date, section, kind, days earned and worth to the penny. Lines worth nothing are in no pair, and between two
    layouts each line is in one pair at most.
    """
    alike: dict[tuple[Any, ...], dict[str, list[Line]]] = {}
    for line in lines:
        if worth := line_worth(line):
            said = (line[name] for name in ("paid_on", "section", "kind", "earned_start", "earned_end"))
            layouts = alike.setdefault((*said, worth), {})
            layouts.setdefault(line.get("template") or "", []).append(line)
    return [
        pair
        for layouts in alike.values()
        for first, *others in [_ordered(layouts)]
        for other in others
        for pair in zip(first, other, strict=False)
    ]


def _ordered(layouts: Mapping[str, list[Line]]) -> list[list[Line]]:
    return [sorted(layouts[name], key=lambda line: str(line["reference"])) for name in sorted(layouts)]
