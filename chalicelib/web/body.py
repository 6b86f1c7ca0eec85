"""Bodies: JSON and forms into plain values, strictly, before any model sees them."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from chalicelib.kernel.errors import Malformed, TooLarge, Unsupported

LIMIT = 256_000
_DEPTH = 24
_FIELDS, _ITEMS = 1_000, 200
FORM = "application/x-www-form-urlencoded"
_JSON = {"application/json", "application/cloudevents+json", "application/cloudevents-batch+json"}


def from_json(raw: bytes) -> Any:
    """Parse JSON: UTF-8 only; no duplicate keys, NaN, Infinity, NUL, lone surrogates; at most 24 levels."""
    if b"\x00" in raw or b"\\u0000" in raw:
        raise Malformed
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
        )
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Malformed from None
    if raw.count(b"[") + raw.count(b"{") > _DEPTH:
        _shallow(value, _DEPTH)
    return value


def from_form(raw: bytes) -> dict[str, Any]:
    """Parse a URL-encoded form. ``visitors.0.name`` nests; an empty field counts as not given.

    A name that is sent several times becomes a list.
    """
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError:
        raise Malformed from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise Malformed
        if value.strip():
            _place(tree, name.split("."), value)
    return {name: _lists(value) for name, value in tree.items()}


def kind_of(content_type: str) -> str:
    """``json``, ``form`` or a refusal with 415."""
    media = content_type.partition(";")[0].strip().lower()
    if media in _JSON:
        return "json"
    if media == FORM:
        return "form"
    raise Unsupported


def unpacked(raw: bytes, *, encoding: str, limit: int) -> bytes:
    """A body that came compressed (gzip), never more than ``limit`` bytes of it; another as it is."""
    if encoding in {"", "identity"}:
        return raw
    if encoding != "gzip":
        raise Unsupported
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(raw, limit)
    except zlib.error:
        raise Malformed from None
    if unpacker.unconsumed_tail:
        raise TooLarge(limit=limit)
    if not unpacker.eof:
        raise Malformed
    return body


def digest(method: str, path: str, value: Any) -> str:
    """What a command asks, as a hash that does not depend on the order of keys or on white space."""
    try:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{method} {path}\n{text}".encode()).hexdigest()[
            :32
        ]  # 128 bits: rows stay small
    except UnicodeEncodeError:
        raise Malformed from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def _constant(_name: str) -> NoReturn:
    raise ValueError("not a number")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("too large for a number")
    return value


def _shallow(value: Any, levels: int) -> None:
    if not isinstance(value, dict | list):
        return
    if levels == 0:
        raise Malformed
    for inner in value.values() if isinstance(value, dict) else value:
        _shallow(inner, levels - 1)


def _place(tree: dict[str, Any], names: list[str], value: str) -> None:
    if len(names) > 6:
        raise Malformed
    for name in names[:-1]:
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            raise Malformed
    last = names[-1]
    held = tree.get(last)
    if held is None:
        tree[last] = value
    elif isinstance(held, dict):
        raise Malformed
    else:
        tree[last] = [*held, value] if isinstance(held, list) else [held, value]


def _lists(value: Any) -> Any:
    """Mappings whose keys are all numbers are lists: rows that were removed in the browser leave gaps."""
    if not isinstance(value, Mapping):
        return value
    if value and all(name.isascii() and name.isdigit() and len(name) < 6 for name in value):
        if len(value) > _ITEMS:
            raise Malformed
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}
