"""Load an organisation's files: every fault at once, all or nothing, and the same content twice changes nothing."""

from backend.use_cases.loading.files import SourceFile
from backend.use_cases.loading.payroll_export import Given
from backend.use_cases.loading.report import LoadFault, LoadRefused
from backend.use_cases.loading.run import load, load_payroll, load_postcodes, load_within, planning_session
from backend.use_cases.loading.session import EVERYBODY, Days, Scope, Session, parse_days

__all__ = [
    "EVERYBODY",
    "Days",
    "Given",
    "LoadFault",
    "LoadRefused",
    "Scope",
    "Session",
    "SourceFile",
    "load",
    "load_payroll",
    "load_postcodes",
    "load_within",
    "parse_days",
    "planning_session",
]
