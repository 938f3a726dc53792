"""A desk to sign in at."""

from tests.console.desk import busy, desk

__all__ = ["busy", "desk"]
