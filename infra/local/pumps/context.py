"""The Lambda context a handler gets here."""

from __future__ import annotations

from chalice.local import LambdaContext


def context(function: str) -> LambdaContext:
    """A context for ``function`` with a minute to run and an id of its own."""
    return LambdaContext(function_name=function, memory_size=512, max_runtime_ms=60_000)
