"""The mutants of a module: each is its syntax tree with one small change, and knows how to say what was changed."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Pow: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitXor: ast.BitOr,
}  # fmt: skip
PAIRS: Final = (
    ("min_horizontal", "max_horizontal"), ("min", "max"), ("any", "all"), ("any_horizontal", "all_horizontal"),
    ("first", "last"), ("is_null", "is_not_null"), ("month_start", "month_end"), ("ceil", "floor"),
    ("shift", "cum_sum"), ("cum_max", "cum_min"), ("startswith", "endswith"), ("starts_with", "ends_with"),
)  # fmt: skip
SWAPPED: Final = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
"""Names of functions and methods, each with one that is easily taken for it."""
LEFT_OUT: Final = frozenset(
    ("fill_null", "unique", "sort", "filter", "abs", "over", "drop_nulls", "normalize", "casefold")
)
"""Methods whose call is left out, so that what it was called on stands alone."""
WORDS: Final = {
    "left": "inner", "inner": "left", "semi": "anti", "anti": "semi", "backward": "forward", "forward": "backward",
    "both": "none", "none": "both",
}  # fmt: skip
TEXTUAL: Final = ("is_in", "lit", "eq", "when", "then", "otherwise")
"""Calls whose text arguments are values. Elsewhere text names a column, and a wrong name fails at once."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in which function, what stood there and what stands there now, and the changed module."""

    module: str
    line: int
    name: str
    code: CodeType


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source. Names are unique: `module function: before → after`, numbered if doubled."""
    tree = ast.parse(source)
    for place, changed, name in _named(module, tree):
        place.put(changed)
        code = compile(ast.fix_missing_locations(tree), f"<{module}>", "exec")
        place.put(place.node)
        yield Mutant(module, place.line, name, code)


def names(module: str, source: str) -> Iterator[str]:
    """The name of every mutant of a module's source, quicker than with their code."""
    return (name for _, _, name in _named(module, ast.parse(source)))


def _named(module: str, tree: ast.Module) -> Iterator[tuple["Place", ast.AST, str]]:
    """Each place of a change, what stands there then, and the name of the mutant."""
    seen: Counter[str] = Counter()
    for place in _places(tree, ""):
        before = ast.unparse(place.node)
        for changed in _changes(place.node, place.parent):
            name = f"{module} {place.function}: {_short(before)} → {_short(ast.unparse(changed))}"
            seen[name] += 1
            yield place, changed, name + (f" #{seen[name]}" if seen[name] > 1 else "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: under which parent, in which field, and for a list at which index."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    function: str
    line: int

    def put(self, node: ast.AST) -> None:
        """Put another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _places(parent: ast.AST, function: str, line: int = 0) -> Iterator[Place]:
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_said(node) or _is_declared(node, parent):
                continue
            inside, at = function, getattr(node, "lineno", line)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside = f"{function}.{node.name}".strip(".")
            yield Place(node, parent, field, index, inside or "(module)", at)
            yield from _places(node, inside, at)


def _is_said(node: ast.AST) -> bool:
    """Docstrings, what a module exports, and the words of an error: nothing that is worked out."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return said or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _is_declared(node: ast.AST, parent: ast.AST) -> bool:
    """How a record may be put together and that nobody may change it, which others say in a decorator."""
    return (
        isinstance(parent, ast.ClassDef)
        and isinstance(node, ast.keyword)
        and node.arg in ("frozen", "kw_only")
    )


def _changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, [op], comparators) if type(op) in COMPARED:
            yield ast.Compare(left, [COMPARED[type(op)]()], comparators)
        case ast.BinOp(left, op, right) if type(op) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.Invert() | ast.USub(), operand):
            yield operand
        case ast.Constant():
            yield from _values(node, parent)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Raise() | ast.Continue():
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Call():
            yield from _calls(node)


def _values(node: ast.Constant, parent: ast.AST) -> Iterator[ast.AST]:
    value: Any = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and isinstance(parent, ast.keyword) and value in WORDS:
        yield ast.Constant(WORDS[value])
    elif isinstance(value, str) and _is_value(parent):
        yield ast.Constant(value + "*")


def _is_value(parent: ast.AST) -> bool:
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Attribute) and parent.func.attr in TEXTUAL
    return isinstance(parent, ast.Compare | ast.Return | ast.IfExp | ast.List | ast.Set | ast.AnnAssign)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    func = node.func
    if isinstance(func, ast.Attribute):
        if func.attr in LEFT_OUT and not _is_module(func.value):
            yield func.value
        if func.attr in SWAPPED:
            yield ast.Call(
                ast.Attribute(func.value, SWAPPED[func.attr], ast.Load()), node.args, node.keywords
            )
    elif isinstance(func, ast.Name) and func.id in SWAPPED:
        yield ast.Call(ast.Name(SWAPPED[func.id], ast.Load()), node.args, node.keywords)


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("pl", "re", "math")


def _short(text: str) -> str:
    """One line, at most 160 characters: its beginning and its end."""
    line = " ".join(text.split()).replace("|", "¦").replace("`", "'")
    return line if len(line) <= 160 else f"{line[:100]} … {line[-50:]}"
