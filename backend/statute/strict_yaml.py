"""YAML for statute: a key given twice or a floating number is refused, and a date stays text for its parser.

Also read from policy files and evidence bundles that somebody else wrote, so that nothing in a file may swell: a value
cannot stand for another one (no aliases).
"""

from collections.abc import Callable, Hashable, Mapping
from importlib.resources import files
from typing import Any

import yaml

Reader = Callable[[str], Any]
"""Reads a statute file by its name, such as wage_rates.yaml."""


class StatuteError(Exception):
    """Packaged law that cannot be relied on; says which file and what is wrong."""


class _StrictLoader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.get_mark().line + 1
            raise StatuteError(f"line {line}: write the value out: none may stand for another (*)")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise StatuteError(f"line {node.start_mark.line + 1}: the key {key} stands twice")
        return super().construct_mapping(node, deep)


def _refuse_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    raise StatuteError(
        f"line {node.start_mark.line + 1}: {node.value} must be quoted: money is never floating"
    )


def _as_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_StrictLoader.add_constructor("tag:yaml.org,2002:float", _refuse_float)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def parse(text: str | bytes) -> Any:
    """Read YAML text, or the bytes of a file. Raises StatuteError with the line."""
    try:
        return yaml.load(text, Loader=_StrictLoader)  # a SafeLoader: builds plain values only
    except yaml.YAMLError as error:
        raise StatuteError(f"is not valid YAML: {error}") from None
    except RecursionError:
        raise StatuteError("is nested too deeply") from None
    except (
        ValueError,
        LookupError,
        TypeError,
    ) as error:  # PyYAML's constructors, of a value that is not of its tag
        raise StatuteError(f"holds a value that is not of its kind: {str(error)[:200]}") from None


def read(name: str) -> Any:
    """Read a packaged statute file, such as wage_rates.yaml. Raises StatuteError with the file and the line."""
    return _named(name, text(name))


def text(name: str) -> str:
    """The text of a packaged statute file."""
    return files("backend.statute").joinpath(name).read_text(encoding="utf-8")


def reader(texts: Mapping[str, str]) -> Reader:
    """Reads statute files from these texts in place of the packaged ones. It raises StatuteError for one not given."""

    def read_given(name: str) -> Any:
        if name not in texts:
            raise StatuteError(f"{name} is not given")
        return _named(name, texts[name])

    return read_given


def _named(name: str, given: str) -> Any:
    try:
        return parse(given)
    except StatuteError as error:
        raise StatuteError(f"{name}, {error}") from None
