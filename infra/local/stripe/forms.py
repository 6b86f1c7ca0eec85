"""Form-encoded parameters with brackets: ``line_items[0][price_data][currency]=cny``."""

from __future__ import annotations

from urllib.parse import parse_qsl

from .errors import Json, StripeFault

# Bounds far above any honest request (Stripe allows 100 line items); below what would hurt.
MOST_PAIRS = 2000
DEEPEST = 8
LONGEST_KEY = 400


def decode(text: str) -> Json:
    """Nested dictionaries; lists stay dictionaries keyed by index, for metadata may use such keys.

    Raises StripeFault for anything malformed or out of bounds.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PAIRS, errors="strict")
    except (ValueError, UnicodeDecodeError) as reason:
        raise StripeFault("Invalid request: the parameters could not be read.") from reason
    tree: Json = {}
    for key, value in pairs:
        _place(tree, path=_path(key), value=value, key=key)
    return tree


def _path(key: str) -> list[str]:
    if len(key) > LONGEST_KEY:
        raise StripeFault("Invalid request: a parameter's name is too long.")
    head, bracket, rest = key.partition("[")
    if not bracket:
        return [head]
    if not head or not rest.endswith("]"):
        raise StripeFault(f"Invalid request: could not read the parameter {key!r}.", param=key)
    path = [head, *rest[:-1].split("][")]
    if len(path) > DEEPEST:
        raise StripeFault(f"Invalid request: {key!r} is nested too deeply.", param=key)
    return path


def _place(tree: Json, *, path: list[str], value: str, key: str) -> None:
    node = tree
    for step in path[:-1]:
        # ``a[][b]`` starts a new element each time: the SDK always writes indices, curl users may not.
        below = node.setdefault(step or str(len(node)), {})
        if not isinstance(below, dict):
            raise StripeFault(f"Invalid request: {key!r} is used as a value and as a hash.")
        node = below
    last = path[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise StripeFault(f"Invalid request: {key!r} is used as a value and as a hash.")
    node[last] = value
