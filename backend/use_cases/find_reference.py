"""From what stands on paper to its page: the code of a wage report or of a record in it, or an invoice's number."""

import re
from typing import Final
from uuid import UUID

from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.viewer import Viewer

_CODE: Final = re.compile(r"([0-9a-f]{8})(?:-([1-9][0-9]{0,4}))?", re.ASCII)
_LONGEST: Final = 80


async def find_reference(viewer: Viewer, reference: str) -> str:
    """The path of the page. Raises DomainError not_found, or bad_request for a number that several providers gave."""
    wanted = "".join(reference.split())[:_LONGEST]
    code = _CODE.fullmatch(wanted.lower())
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        invoices = await connection.fetch(query("console.documents_numbered"), providers, wanted)
        report: UUID | None = None
        if code is not None:
            report = await connection.fetchval(query("console.report_by_code"), providers, code[1])
    if len(invoices) > 1:
        raise DomainError(
            "bad_request", f"Several providers gave the number {wanted}. Open it in the list of invoices."
        )
    if invoices:
        return f"/invoices/{invoices[0]['id']}"
    if code is None or report is None:
        raise DomainError("not_found", f"Nothing that you may see has the code or number {wanted}.")
    return f"/wage-reports/{report}" + (f"/workers/{code[2]}" if code[2] else "")
