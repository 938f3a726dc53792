"""Draws docs/cases.md, every field of what the calculators take: `scripts/cases`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "cases.md"
_SCHEMA: Final = ROOT / "schemas" / "openapi.json"
_CASES: Final = {
    "WageCase": "doorstep calc wage",
    "DayCase": "doorstep calc day",
    "PriceCase": "doorstep calc price",
    "PayCase": "doorstep calc pay",
}
_INTRODUCTION: Final = """\
# What the calculators take

Drawn from `schemas/` by `scripts/cases`; do not edit it here. A case is one JSON object, for `doorstep calc` as a file
or on standard input, and for `POST /api/v1/calc/…` as the body. Unknown fields are refused, and every fault is named
with its place. Figures are decimal numbers as text (`"12.71"`), money is in pounds, minutes may have decimals, dates
are `2026-11-02`, and instants have their offset (`2026-11-02T07:04:00Z`). `doorstep calc wage --help` and its like show
a small case that works.
"""


def page() -> str:
    """The whole page."""
    known = json.loads(_SCHEMA.read_text(encoding="utf-8"))["components"]["schemas"]
    parts, shown = [_INTRODUCTION], set[str]()
    for case, command in _CASES.items():
        parts.append(f"## {case}: `{command}`\n")
        reached = [name for name in _reached(case, known) if name not in shown]
        parts += [_section(name, known[name], head=name != case) for name in reached]
        shown |= set(reached)
    return "\n".join(parts)


def _reached(case: str, known: dict[str, Any]) -> list[str]:
    """The objects of a case, itself first, in the order in which its fields name them."""
    names = [case]
    for name in names:
        for found in _references(known[name]):
            if found not in names and "properties" in known[found]:
                names.append(found)
    return names


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _section(name: str, schema: dict[str, Any], head: bool) -> str:
    lines = [f"### {_title(name)}\n"] if head else []
    if described := schema.get("description"):
        lines.append(" ".join(described.split()) + "\n")
    lines += ["| Field | Needed | What it holds |", "|---|---|---|"]
    needed = schema.get("required", [])
    for field, of in sorted(
        schema["properties"].items(), key=lambda entry: (entry[0] not in needed, entry[0])
    ):
        lines.append(f"| `{field}` | {'yes' if field in needed else 'no'} | {_holds(of)} |")
    return "\n".join([*lines, ""])


def _holds(of: dict[str, Any]) -> str:
    words = _kind(of)
    default = of.get("default")
    return f"{words}; `{json.dumps(default)}` if left out" if default not in (None, [], {}) else words


def _kind(of: dict[str, Any]) -> str:
    if "$ref" in of:
        title = _title(of["$ref"].rpartition("/")[2])
        return f"[{title}](#{title.lower().replace(' ', '-')})"
    if "anyOf" in of or "oneOf" in of:
        return " or ".join(dict.fromkeys(map(_kind, of.get("anyOf") or of["oneOf"])))
    if "const" in of:
        return f"`{json.dumps(of['const'])}`"
    if "enum" in of:
        return ", ".join(f"`{json.dumps(one)}`" for one in of["enum"])
    if of.get("type") == "array":
        return f"list of {_kind(of.get('items', {}))}"
    if of.get("type") == "object":
        more = of.get("additionalProperties")
        return f"object, each value {_kind(more)}" if isinstance(more, dict) and more else "object"
    if of.get("type") == "null":
        return "nothing (`null`)"
    return {"date": "date", "date-time": "instant"}.get(
        of.get("format", ""), _PLAIN.get(of.get("type", ""), "any")
    )


_PLAIN: Final = {
    "string": "text",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "number": "number",
}


def _title(name: str) -> str:
    """PayLine, or wage PayLine where several modules have one."""
    return " ".join(name.removeprefix("schemas.").split("."))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
