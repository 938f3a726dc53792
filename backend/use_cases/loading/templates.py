"""Templates of files that others read or write: packaged ones, and those that a provider keeps in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from backend.sql import query
from backend.statute import strict_yaml
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.delivery import DeliveryTemplate
from schemas.payroll import PayTemplate
from schemas.strict import decode_each

_VERSIONS: Final = Versioned(
    "template_version",
    (("provider_id", "uuid"), ("kind", "text"), ("reference", "text")),
    (("template", "jsonb"),),
)


class Template(Protocol):
    """What every template says of itself."""

    @property
    def reference(self) -> str: ...
    @property
    def title(self) -> str: ...


T = TypeVar("T", bound=Template)


@dataclass(frozen=True, slots=True)
class TemplateKind(Generic[T]):
    """A kind of template: its name in the database, its shape, and the packaged file."""

    name: str
    shape: type[T]
    file: str


PAY: Final = TemplateKind("pay", PayTemplate, "pay_templates.yaml")
DELIVERY: Final = TemplateKind("delivery", DeliveryTemplate, "delivery_templates.yaml")


@cache
def packaged_templates(kind: TemplateKind[T]) -> dict[str, T]:
    """The templates that come with the service, by name. Raises Faulty if the file breaks its own shape."""
    text = files("backend.use_cases.loading").joinpath(kind.file).read_text(encoding="utf-8")
    templates, _ = decode_each(kind.shape, strict_yaml.parse(text))
    return {template.reference: template for template in templates}


async def templates_of(
    connection: asyncpg.Connection, provider_id: UUID, kind: TemplateKind[T]
) -> dict[str, T]:
    """The provider's own templates and the packaged ones, by name; its own stand in place of packaged ones."""
    records = await connection.fetch(query("loading.templates"), provider_id, kind.name)
    own, _ = decode_each(kind.shape, [msgspec.json.decode(record["template"]) for record in records])
    return {**packaged_templates(kind), **{template.reference: template for template in own}}


async def store_templates(session: Session, lines: Sequence[Line[T]], kind: TemplateKind[T]) -> Counts:
    """Append what is new of each of a provider's templates."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        facts = [Fact((provider_id, kind.name, line.row.reference), (as_kept(line.row),)) for line in rows]
        if not session.report.faults:
            counts.add(await append(session.connection, _VERSIONS, facts, session.now))
    return counts


def as_kept(template: Template) -> str:
    """A template as the JSON text by which two versions are told apart."""
    plain = {name: value for name, value in msgspec.to_builtins(template).items() if name != "provider"}
    return msgspec.json.encode(plain, order="sorted").decode()
