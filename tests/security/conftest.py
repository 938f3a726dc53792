"""A desk to sign in at, one where a fortnight's work was done, and the small world of the phones."""

from tests.console.desk import busy, desk
from tests.mobile_api.conftest import world

__all__ = ["busy", "desk", "world"]
