"""An instant as a command's option."""

from datetime import datetime
from typing import Any, Final

import click

from schemas.scalars import parse_instant


class _Instant(click.ParamType[datetime]):
    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


INSTANT: Final = _Instant()
