"""The errors of this project that are not about one input field."""


class DomainError(Exception):
    """Something that cannot be done, in words for the person who asked. `code` is stable.

    backend/problems.py says which HTTP status a code has.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail)


class SetupFault(Exception):
    """The installation is not right (settings, keys, database). Says what is wrong, where, and what to do."""
