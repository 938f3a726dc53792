"""A desk to sign in at, and one where a fortnight's work was done."""

from tests.console.desk import busy, desk

__all__ = ["busy", "desk"]
