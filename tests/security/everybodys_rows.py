"""Rows of several providers, commissioners and persons in every tenant table, whatever tables there are.

A table is filled from what the catalogue says of its columns. All ids of one part are the same, so whatever its rows
say of each other holds. What its columns may hold is let go first, in the database of that test: what is tried here is
whose a row is, and nothing else. Who may see what is said here a second time, apart from the policies.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from tests.tables.test_catalogue import GLOBAL

A, B, C, D = (UUID(int=number) for number in (0xA, 0xB, 0xC, 0xD))
"""Two providers, two commissioners."""
ORGANISATION: Final = {
    "organisation",
    "organisation_version",
    "sign_in_rule_version",
    "email_subscription",
} | {
    "notice",
    "notice_delivery",
    "user_account",
    "user_session",
    "webhook",
}
"""Tables that belong to an organisation of any kind."""
ACCOUNTS: Final = {
    "user_link",
    "user_passkey",
    "user_authenticator",
    "user_recovery_code",
    "user_subject",
    "kept_form",
    "saved_view",
    "sign_in_service_version",
}
"""Read and written as the administrator alone: no tenant has a way to them."""
BY_THE_ADMINISTRATOR: Final = ACCOUNTS | ORGANISATION
READ_BY_COMMISSIONERS: Final = {
    "access_log",
    "audit_decision",
    "audit_finding",
    "audit_flag",
    "audit_run_population",
    "audit_run_visit",
    "audit_sample",
    "audit_sample_item",
    "block_use",
    "budget_version",
    "contract",
    "contract_version",
    "delivery_file",
    "dispute",
    "dispute_answer",
    "dispute_decision",
    "document",
    "document_file",
    "document_line",
    "event",
    "event_judgement",
    "event_token",
    "package_version",
    "payment",
    "standard_version",
    "visit",
    "visit_version",
}
"""What a commissioner reads of its own part of a provider's records."""
READ_BY_WHOEVER_CONTRACTS: Final = {"audit_run", "pay_mapping_version"}
"""What is about the provider as a whole: every commissioner with a contract reads it."""
READ_BY_PERSONS: Final = {
    "delivery_file",
    "dispute",
    "dispute_answer",
    "dispute_decision",
    "document",
    "document_file",
    "document_line",
    "service_user",
}
OF_WHOEVER_DREW_IT: Final = {"audit_sample", "audit_sample_item", "audit_finding"}
"""A sample that a commissioner drew is hidden from the provider whose attendances are in it."""
OF_THE_COMMISSIONER: Final = {"budget_version", "commissioner_digest"}
"""No business of any provider's."""


@dataclass(frozen=True)
class Part:
    """What one provider does for one person and one commissioner. Its `number` is in all its rows."""

    number: int
    provider: UUID
    commissioner: UUID

    @property
    def id(self) -> UUID:
        return UUID(int=0x1000 + self.number)

    def reference(self) -> str:
        return f"part {self.number}"


PARTS: Final = (Part(1, A, C), Part(2, A, D), Part(3, B, D))


@dataclass(frozen=True)
class Reader:
    """Somebody for whom a transaction is open: its settings, and the tables' rows that are its own, told in SQL."""

    name: str
    settings: dict[str, str]

    def sees(self, table: str, columns: set[str]) -> str:
        """The condition that holds for what the reader may see of a table."""
        kind, _, part = self.name.partition(" ")
        if kind == "provider":
            return _of_provider(table, columns, {"A": A, "B": B}[part])
        if kind == "commissioner":
            return _of_commissioner(table, columns, {"C": C, "D": D}[part])
        if kind == "person":
            return _of_part(table, int(part)) if table in READ_BY_PERSONS else "false"
        return "true" if kind == "administrator" and table in BY_THE_ADMINISTRATOR else "false"


def _of_provider(table: str, columns: set[str], provider: UUID) -> str:
    if table in ACCOUNTS | OF_WHOEVER_DREW_IT | OF_THE_COMMISSIONER:
        return "false"
    column = (
        "id" if table == "organisation" else "organisation_id" if table in ORGANISATION else "provider_id"
    )
    return f"{column} = '{provider}'"


def _of_commissioner(table: str, columns: set[str], commissioner: UUID) -> str:
    own = [part for part in PARTS if part.commissioner == commissioner]
    if table == "commissioner_digest":
        return f"organisation_id = '{commissioner}'"
    if table in ORGANISATION:
        return _of_provider(table, columns, commissioner)
    if table in READ_BY_WHOEVER_CONTRACTS:
        return f"provider_id IN ({', '.join(sorted({repr(str(part.provider)) for part in own}))})"
    if table in READ_BY_COMMISSIONERS:
        return " OR ".join(_of_part(table, part.number) for part in own)
    return "false"


def _of_part(table: str, number: int) -> str:
    said = "|".join((str(Part(number, A, C).id), f'"(person )?{Part(number, A, C).reference()}"'))
    return f"(to_jsonb({table})::text ~ '{said}')"


READERS: Final = (
    Reader("provider A", {"doorstep.provider_id": str(A)}),
    Reader("provider B", {"doorstep.provider_id": str(B)}),
    Reader("commissioner C", {"doorstep.commissioner_id": str(C)}),
    Reader("commissioner D", {"doorstep.commissioner_id": str(D)}),
    *(
        Reader(
            f"person {part.number}",
            {"doorstep.person_provider_id": str(part.provider), "doorstep.person_id": str(part.id)},
        )
        for part in PARTS
    ),
    # Whoever is only half named is nobody, and so is a person of one provider asking another.
    Reader("nobody", {}),
    Reader(
        "nobody with empty settings", dict.fromkeys(("doorstep.provider_id", "doorstep.administrator"), "")
    ),
    Reader("nobody without a provider", {"doorstep.person_id": str(PARTS[0].id)}),
    Reader("nobody without a person", {"doorstep.person_provider_id": str(A)}),
    Reader(
        "nobody of that name here",
        {"doorstep.person_provider_id": str(B), "doorstep.person_id": str(PARTS[0].id)},
    ),
    Reader("nobody who says yes", {"doorstep.administrator": "yes"}),
    Reader("administrator", {"doorstep.administrator": "on"}),
)


async def tenant_tables(superuser: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Each tenant table with its columns that can be written and their types, from the catalogue."""
    rows = await superuser.fetch(
        """SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum"""
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["name"] not in GLOBAL:
            found.setdefault(row["name"], {})[row["column"]] = row["type"]
    return found


async def fill(superuser: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Put rows of everybody into each tenant table of this test's database; the tables."""
    tables = await tenant_tables(superuser)
    await superuser.execute("SET session_replication_role = replica")
    for row in await superuser.fetch(
        "SELECT conrelid::regclass AS name, conname FROM pg_constraint WHERE contype IN ('c', 'x') AND coninhcount = 0"
        " AND connamespace = 'public'::regnamespace"
    ):
        await superuser.execute(f"ALTER TABLE {row['name']} DROP CONSTRAINT {row['conname']}")
    for table, columns in tables.items():
        for values in _rows(table, columns):
            await _insert(superuser, table, values)
    await superuser.execute("SET session_replication_role = origin")
    return tables


async def _insert(connection: asyncpg.Connection, table: str, values: dict[str, Any]) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}) ON CONFLICT DO NOTHING",
        *values.values(),
    )


def _rows(table: str, columns: dict[str, str]) -> list[dict[str, Any]]:
    if table == "organisation":
        return [{**_row(columns, PARTS[0]), "id": owner, "reference": str(owner)} for owner in (A, B, C, D)]
    if table in ORGANISATION | ACCOUNTS:
        return [_of_organisation(columns, number, owner) for number, owner in enumerate((A, B, C, D), 10)]
    return [{**_row(columns, part), **_telling(table, part)} for part in PARTS]


def _of_organisation(columns: dict[str, str], number: int, owner: UUID) -> dict[str, Any]:
    made = _row(columns, Part(number, owner, owner))
    return {**made, "organisation_id": owner} if "organisation_id" in made else made


def _telling(table: str, part: Part) -> dict[str, Any]:
    """What a policy looks at besides whose a row is."""
    return {
        "document": {"kind": "invoice", "payer": f"person {part.reference()}"},
        "event": {"outcome": "accepted"},
        "audit_flag": {"commissioner_ids": [part.commissioner]},
    }.get(table, {})


_OWNERS: Final = {
    "provider_id": "provider",
    "organisation_id": "commissioner",
    "commissioner_id": "commissioner",
    "payer_id": "commissioner",
}


def _row(columns: dict[str, str], part: Part) -> dict[str, Any]:
    return {
        name: getattr(part, _OWNERS[name]) if name in _OWNERS else _value(kind, part)
        for name, kind in columns.items()
    }


def _value(kind: str, part: Part) -> Any:
    if kind.endswith("[]"):
        return [_value(kind.removesuffix("[]"), part)]
    return {
        "uuid": part.id,
        "text": part.reference(),
        "character varying": part.reference(),
        "bytea": part.reference().encode(),
        "jsonb": "[]",
        "boolean": True,
        "date": date(2026, 11, part.number),
        "timestamp with time zone": datetime(2026, 11, 2, part.number, tzinfo=UTC),
        "time without time zone": time(part.number),
    }.get(kind, part.number)


def another(values: dict[str, Any], table: str) -> dict[str, Any]:
    """The same row under an id of its own, where it has one."""
    return {**values, "id": uuid4()} if "id" in values and table != "organisation" else dict(values)
