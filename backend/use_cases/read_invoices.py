"""The invoices and credit notes that a reader may see, newest period first, each with how it stands."""

from dataclasses import dataclass

from backend.domain.invoice_state import Standing, State
from backend.use_cases.invoice_standings import standings
from backend.use_cases.read_documents import INVOICES, PAGE, After, ListedDocument, read_documents
from backend.use_cases.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    """A row of the list."""

    document: ListedDocument
    standing: Standing


async def read_invoices(
    viewer: Viewer, state: State | None = None, after: After | None = None
) -> tuple[list[ListedInvoice], bool]:
    """A page of them, only those in a state if one is given, and whether more follow."""
    found: list[ListedInvoice] = []
    more = True
    while more and len(found) <= PAGE:
        shown, more = await read_documents(viewer, INVOICES, after)
        found += [each for each in await _standing(viewer, shown) if state in (None, each.standing.state)]
        if state is None or not shown:
            break
        after = shown[-1].after
    return found[:PAGE], more or len(found) > PAGE


async def _standing(viewer: Viewer, shown: list[ListedDocument]) -> list[ListedInvoice]:
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        found = await standings(connection, providers, [document.id for document in shown])
    return [ListedInvoice(document, found[document.id]) for document in shown]
