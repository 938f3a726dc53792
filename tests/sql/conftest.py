"""A desk whose pages can be asked for."""

from tests.console.desk import busy, desk

__all__ = ["busy", "desk"]
