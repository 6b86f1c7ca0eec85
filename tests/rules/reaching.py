"""Which functions of the product can reach another one, read from its syntax.

A function reaches what it names: a function or a constant of its own file, or one that it imports, there or
in its body. What is handed over as an argument is named by whoever hands it over. Wide rather than narrow.
"""

import ast
from collections.abc import Iterator
from functools import cache

from tests.rules.sources import PRODUCT, files, name, syntax

Node = tuple[str, str]
"""(the Python module, a name that it defines)."""


@cache
def named() -> dict[Node, frozenset[Node]]:
    """What every definition of the product names."""
    found: dict[Node, set[Node]] = {}
    for path in files(*PRODUCT):
        parts = name(path).removesuffix(".py").removesuffix("/__init__").split("/")
        module, tree = ".".join(parts), syntax(path)
        everywhere = dict(_imports(tree.body))
        for definition, label in _definitions(tree):
            known = everywhere | dict(_imports(ast.walk(definition)))
            found.setdefault((module, label), set()).update(_names(definition, known, module))
    return {node: frozenset(others) for node, others in found.items()}


def reach(target: Node, *, but: frozenset[Node] = frozenset()) -> set[Node]:
    """Every definition from which ``target`` can be reached; the ways through ``but`` do not count."""
    graph, reached, fresh = named(), set[Node](), {target}
    while fresh:
        reached |= fresh
        fresh = {node for node, others in graph.items() if others & fresh and node not in reached | but}
    return reached - {target}


def _definitions(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Functions and classes, nested ones too, and the constants of the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node, node.name
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            if isinstance(target, ast.Name):
                yield node, target.id


def _imports(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Local names and what they stand for, dotted."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, alias.name


def _names(definition: ast.AST, known: dict[str, str], module: str) -> Iterator[Node]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name):
            home, _, label = known.get(node.id, f"{module}.{node.id}").rpartition(".")
            yield home, label
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            yield known[node.value.id], node.attr
