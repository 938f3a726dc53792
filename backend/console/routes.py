"""All web pages."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from backend.console import (
    administration,
    assets,
    audits,
    carer_days,
    correction_reasons,
    delivered,
    disputes,
    drafts,
    finding,
    invoices,
    manual_share,
    my_care,
    office,
    passkeys,
    payroll,
    people,
    phones,
    places,
    proposals,
    putting_right,
    reconciliation,
    signing_in,
    statements,
    wage_reports,
)

handlers: Final[list[HTTPRouteHandler]] = [
    *signing_in.handlers,
    *passkeys.handlers,
    *office.handlers,
    *proposals.handlers,
    *carer_days.handlers,
    *correction_reasons.handlers,
    *manual_share.handlers,
    *phones.handlers,
    *people.handlers,
    *places.handlers,
    *invoices.handlers,
    *drafts.handlers,
    *disputes.handlers,
    *reconciliation.handlers,
    *delivered.handlers,
    *statements.handlers,
    *my_care.handlers,
    *wage_reports.handlers,
    *payroll.handlers,
    *putting_right.handlers,
    *finding.handlers,
    *audits.handlers,
    *administration.handlers,
    *assets.handlers,
]
