"""Work ministack repeats, done once: parsed expressions, and copies of JSON.

The parser of DynamoDB expressions runs anew for every request, and for a query for every item of
the partition. Expressions are few and repeat, so what is derived from their text alone is kept.
Items are copied as Python objects in general; they are plain JSON, for which there is a quick way.
"""

from __future__ import annotations

import copy
import marshal
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from ministack.services import dynamodb

_ddb: Any = dynamodb

#: Functions of strings only, returning a value nobody changes (proven by the self-test).
PURE = ("_tokenize", "_condition_syntax_error")
#: Functions of the text of a number (other arguments are passed on).
PURE_OF_NUMBERS = ("_number_size_bytes", "_ddb_canonicalize_number", "_number_error")
#: Functions of a list of tokens (and strings) only.
PURE_OF_TOKENS = ("_check_redundant_parens", "_check_reserved_keyword_usage")


class Tokens(list[tuple[str, str]]):
    """The tokens of one expression, with what was found out about them."""

    found: dict[tuple[Any, ...], Any]


def install() -> None:
    """Put the quick ways in place."""
    tokenize = _ddb._tokenize

    @lru_cache(maxsize=4096)
    def tokens_of(expression: str) -> Tokens:
        tokens = Tokens(tokenize(expression))
        tokens.found = {}
        return tokens

    _ddb._tokenize = tokens_of
    _ddb._condition_syntax_error = lru_cache(maxsize=4096)(_ddb._condition_syntax_error)
    for name in PURE_OF_TOKENS:
        setattr(_ddb, name, _remembering(name, getattr(_ddb, name)))
    for name in PURE_OF_NUMBERS:
        setattr(_ddb, name, _remembering_text(getattr(_ddb, name)))
    _ddb.copy = SimpleNamespace(deepcopy=copied, copy=copy.copy)


def _remembering_text(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    cached = lru_cache(maxsize=65536)(function)

    def remembered(text: Any) -> Any:
        # What is no text may not be hashable, and is refused anyway.
        return cached(text) if type(text) is str else function(text)

    return remembered


def _remembering(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def remembered(tokens: Any, *more: str) -> Any:
        if not isinstance(tokens, Tokens):
            return function(tokens, *more)
        key = (name, *more)
        if key not in tokens.found:
            tokens.found[key] = function(tokens, *more)
        return tokens.found[key]

    return remembered


def copied(value: Any, memo: Any = None) -> Any:
    """A deep copy; of plain JSON about twenty times as quick as :func:`copy.deepcopy`."""
    try:
        return marshal.loads(marshal.dumps(value))  # noqa: S302  (our own bytes)
    except ValueError:  # not plain: a subclass somewhere in it
        return copy.deepcopy(value, memo)
