"""What each role finds in its menu: groups of pages, shown in one row, and the pages of the open group in another."""

from collections.abc import Mapping
from typing import Final

Page = tuple[str, str]
"""Address and name."""
Group = tuple[str, tuple[Page, ...]]
"""Name and pages, the first of which opens with the group. One page alone needs no name beside its own."""

_FIND: Final[Group] = ("Find", (("/find", "Find"),))
_LOAD: Final[Group] = ("Load files", (("/load", "Load files"),))
_BILLS: Final[Group] = (
    "Billing",
    (("/invoices", "Invoices"), ("/disputes", "Disputes"), ("/terms", "Contracts")),
)
_CARE: Final = (("/delivered", "Care delivered"), ("/performance", "Performance"))
_PAY: Final[Group] = (
    "Pay",
    (
        ("/wage-reports", "Wage reports"),
        ("/pay-preview", "Pay run"),
        ("/payroll", "Payroll"),
        ("/arrears", "Arrears"),
        ("/what-if", "What if"),
    ),
)
_AUDIT: Final[Group] = ("Audit", (("/audits", "Audits"), ("/access-log", "Who looked")))

MENU: Final[Mapping[str, tuple[Group, ...]]] = {
    "manager": (
        (
            "Today",
            (
                ("/today", "Visits"),
                ("/exceptions", "Exceptions"),
                ("/corrections", "Corrections"),
                ("/quarantine", "Quarantine"),
            ),
        ),
        (
            "Planning",
            (("/roster", "Roster"), ("/people", "People"), ("/devices", "Phones"), ("/load", "Load files")),
        ),
        ("Care", _CARE),
        _BILLS,
        _PAY,
        _AUDIT,
        _FIND,
    ),
    "finance": (_BILLS, _PAY, ("Care", (*_CARE, ("/today", "Visits"))), _LOAD, _FIND),
    "commissioner": (
        _BILLS,
        ("Care", (*_CARE, ("/care-costs", "Travel costs"))),
        ("Budgets", (("/budgets", "Budgets"),)),
        ("Evidence", (("/pay-record", "Record of pay"), ("/digests", "Digests"))),
        _LOAD,
        _FIND,
    ),
    "auditor": (
        (
            "Pay",
            (
                ("/wage-reports", "Wage reports"),
                ("/payroll", "Payroll"),
                ("/arrears", "Arrears"),
                ("/pay-record", "Record of pay"),
            ),
        ),
        ("Providers", (("/providers", "By risk"), ("/performance", "Performance"))),
        (
            "Spending",
            (("/budgets", "Budgets"), ("/care-costs", "Travel costs"), ("/terms", "Contracts")),
        ),
        _AUDIT,
        _FIND,
    ),
    "administrator": (
        ("Organisations", (("/organisations", "Organisations"),)),
        ("Users", (("/users", "Users"),)),
        _LOAD,
    ),
    "person": (
        ("Next visits", (("/my-care", "Next visits"),)),
        ("My statement", (("/my-care/statement", "My statement"),)),
        ("My invoices", (("/my-care/invoices", "My invoices"),)),
    ),
}
EVERYBODY: Final = tuple(MENU)
"""The roles that sign in here."""


def pages(role: str) -> tuple[Page, ...]:
    """Every page of a role's menu, in its order."""
    return tuple(page for _, group in MENU[role] for page in group)


def first_page(role: str) -> str:
    """The address of the page that a role begins with."""
    return pages(role)[0][0]
