"""What is wrong with the files of one load, and what is worth telling the person who loads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import msgspec

from backend.domain.counted import counted
from backend.faults import DomainError

T = TypeVar("T")
EXAMPLES: Final = 5
"""How many examples a note names."""


class LoadFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong. `row` is the row a spreadsheet shows (the header is row 1); in JSON a `pointer` says it."""

    file: str
    row: int | None = None
    column: str | None = None
    pointer: str | None = None
    detail: str

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row is not None else None
        where = [part for part in (self.file, row, self.column, self.pointer) if part]
        return f"{', '.join(where)}: {self.detail}"


class LoadRefused(DomainError):
    """Files that were refused as a whole, with every fault found in them. Nothing was changed."""

    def __init__(self, faults: Iterable[LoadFault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__("invalid", f"{counted(count, 'fault')} found; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One row of a file: where it stands, and its value. `number` is the spreadsheet row, or the index in JSON."""

    file: str
    number: int
    json: bool
    row: T

    def fault(self, column: str, detail: str) -> LoadFault:
        """A fault of this row; `column` is the heading as the file writes it, or a JSON pointer below the element."""
        if self.json:
            return LoadFault(file=self.file, pointer=f"/{self.number}/{column.lstrip('/')}", detail=detail)
        return LoadFault(file=self.file, row=self.number, column=column.lstrip("/") or None, detail=detail)

    @property
    def where(self) -> str:
        return f"element {self.number}" if self.json else f"row {self.number}"


@dataclass(slots=True)
class Report:
    """Faults and notes, collected while the files are read and checked."""

    faults: list[LoadFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[Line[Mapping[str, Any]]] = field(default_factory=list)
    """Rows that hold a fault, as far as they could be read: whom they name is checked with the rest."""

    def fault(self, line: Line[T], column: str, detail: str) -> None:
        self.faults.append(line.fault(column, detail))

    def note(self, subjects: Sequence[str], detail: str) -> None:
        """Note how many there are of something, with a few examples; nothing if there are none."""
        distinct = sorted(set(subjects))
        if distinct:
            more = ", ..." if len(distinct) > EXAMPLES else ""
            self.notes.append(f"{len(distinct):,} {detail}: {', '.join(distinct[:EXAMPLES])}{more}")

    def refuse(self) -> None:
        """Raise LoadRefused if there is any fault, in the order of files and rows."""
        if self.faults:
            raise LoadRefused(sorted(self.faults, key=_place))


def _place(fault: LoadFault) -> tuple[str, int]:
    index = fault.pointer.split("/")[1] if fault.pointer else ""
    return fault.file, fault.row or (int(index) if index.isdigit() else 0)
