"""Times of a file as instants. A file names few beside its rows, so each is worked out once."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from backend.domain.time import to_instant
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session

_settled: Final = lru_cache(maxsize=20_000)(to_instant)


def moment(
    session: Session, line: Line[Any], column: str, value: datetime | None, offset: timedelta | None
) -> datetime | None:
    """The instant of a cell: with its own offset, or London time. None, with a fault, for one that is in doubt.

    Only a row type with a field `{column}_offset` is told to say there which of two times is meant.
    """
    if value is None or value.tzinfo is not None:
        return value
    try:
        return _settled(value, offset)
    except ValueError as error:
        beside = f"{column}_offset" in type(line.row).__struct_fields__
        remedy = f" in {column}_offset" if beside and "say which" in str(error) else ""
        session.report.fault(line, f"{column}_offset" if offset is not None else column, f"{error}{remedy}")
        return None
