"""The source files of this tree, as text and as syntax."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("chalicelib", "tenants", "app.py")
ALL = (*PRODUCT, "infra", "tests")


@cache
def files(*parts: str) -> tuple[Path, ...]:
    """Every Python file below these folders, in order."""
    found: list[Path] = []
    for part in parts:
        path = ROOT / part
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return tuple(found)


def name(path: Path) -> str:
    """A file's name from the root of the tree."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """A file as syntax."""
    return ast.parse(path.read_text("utf-8"))


def code(path: Path) -> Iterator[tuple[int, str]]:
    """A file's lines (number, text) without its docstrings and comments."""
    text = path.read_text("utf-8")
    silent: set[int] = set()
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(text.splitlines(), start=1):
        if number not in silent:
            yield number, re.sub(r"\s#\s.*$", "", line)


def places(pattern: str, *parts: str, but: tuple[str, ...] = ()) -> list[str]:
    """Where code matches, as ``file:line``; files whose name begins with one of ``but`` may."""
    wanted = re.compile(pattern)
    return [
        f"{name(path)}:{number}"
        for path in files(*parts)
        if not name(path).startswith(but or ("\0",))
        for number, line in code(path)
        if wanted.search(line)
    ]
