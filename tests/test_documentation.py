"""What the documentation tells people to type is there to be typed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backend.cli import cli
from tests import cases_page
from tests.browser import pictures

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text() for page in PAGES if page.exists()}
# In a line of its own or in back quotes, alone or behind something else of the shell's.
_TYPED = re.compile(r"(?:^\s*|`(?:[^`]*; )?)(?:\.venv/bin/)?doorstep (?!:)([a-z][^`\n]*)", re.MULTILINE)
_END = re.compile(r"\s[>|#&]|[;)]|\.\.\.|…")


def test_every_field_of_the_calculators_cases_is_listed_as_it_is() -> None:
    assert cases_page.PAGE.read_text() == cases_page.page(), "run scripts/cases"


def typed(text: str) -> list[str]:
    """What stands behind `doorstep` wherever a text shows a command."""
    return [_END.split(found[1], maxsplit=1)[0].strip() for found in _TYPED.finditer(text)]


def commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, (*path, name))
    yield path, command


EXAMPLES = {
    f"doorstep {' '.join(path)} --help": text
    for path, command in commands(cli)
    if (text := (command.help or "").partition("Example")[2])
}
SHOWN = sorted({(source, line) for source, text in {**TEXTS, **EXAMPLES}.items() for line in typed(text)})


def fault(line: str) -> str | None:
    """Why a command line could not be typed; that something required is left out is no fault of prose."""
    words = shlex.split(line)
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            return f"there is no command {words[0]}"
        command, words = inner, words[1:]
    context = click.Context(command)
    try:
        values, left, _ = command.make_parser(context).parse_args(words)
        chosen = [param for param in command.params if isinstance(param.type, click.Choice)]
        for param in chosen:
            if isinstance(value := values.get(str(param.name)), str) and not value.isupper():
                param.type.convert(value, param, context)
    except click.UsageError as error:
        said = error.format_message()
        return None if "requires an argument" in said else said
    return f"nothing takes {' '.join(left)}" if left else None


def test_the_pages_show_commands() -> None:
    assert {source for source, _ in SHOWN} >= {"README.md", "docs/operations.md", "docs/loading.md"}
    assert len(SHOWN) > 50


@pytest.mark.parametrize(("source", "line"), SHOWN)
def test_a_command_that_is_shown_can_be_typed(source: str, line: str) -> None:
    assert fault(line) is None, f"{source}: doorstep {line}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("frobnicate", "there is no command frobnicate"),
        ("jobs walk", "there is no command walk"),
        ("migrate --quickly", "No such option"),
        ("migrate today", "nothing takes today"),
        ("load cats cats.csv", "is not one of"),
    ],
)
def test_a_command_that_is_not_there_is_found(line: str, said: str) -> None:
    assert said in str(fault(line))


def test_make_targets_that_are_shown_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {
        name
        for text in TEXTS.values()
        for name in re.findall(r"(?:`|^ {4})make ([a-z-]+)", text, re.MULTILINE)
    }
    assert shown and shown <= targets


_OURS = "backend|bench|deploy|docs|mobile_api|mutate|requirements|schemas|scripts|tests"


def test_files_and_folders_that_are_shown_exist() -> None:
    shown = {name for text in TEXTS.values() for name in re.findall(rf"`((?:{_OURS})/[\w./-]*)`", text)}
    assert shown and [name for name in sorted(shown) if not (ROOT / name).exists()] == []


def test_settings_that_are_shown_exist() -> None:
    known = (ROOT / "backend" / "settings.py").read_text()
    shown = {name for text in TEXTS.values() for name in re.findall(r"\bDOORSTEP_[A-Z_]+\b", text)}
    assert shown and [name for name in sorted(shown) if name not in known] == []


def anchors(page: Path) -> set[str]:
    """The places in a page that a link may lead to, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_between_the_pages_lead_somewhere() -> None:
    links = [
        (source, target)
        for source, text in TEXTS.items()
        for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)", text)
    ]
    broken = []
    for source, target in links:
        name, _, place = target.partition("#")
        page = (ROOT / source).parent / name if name else ROOT / source
        if not page.exists() or (place and place not in anchors(page)):
            broken.append(f"{source}: {target}")
    assert broken == []


def test_every_picture_is_one_that_a_test_keeps_and_stands_in_a_page() -> None:
    kept = {*pictures.PAGES.values(), *pictures.PHONE.values()}
    assert {path.stem for path in pictures.FOLDER.iterdir()} == kept
    shown = "".join(path.read_text(encoding="utf-8") for path in pictures.FOLDER.parent.glob("*.md"))
    assert [name for name in kept if f"(pictures/{name}.png)" not in shown] == []
