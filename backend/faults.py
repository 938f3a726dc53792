"""The errors of this project that are not about one input field."""

from collections.abc import Mapping


class DomainError(Exception):
    """Something that cannot be done, in words for the person who asked. `code` is stable.

    `headers` go with the HTTP answer (Retry-After, DPoP-Nonce); backend/problems.py gives a code its status.
    """

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        super().__init__(detail)


class SetupFault(Exception):
    """The installation is not right (settings, keys, database). Says what is wrong, where, and what to do."""
