"""Passwords: argon2id, and the same effort for an account that does not exist."""

from functools import cache
from typing import Any


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher  # loaded at the first log-in, not at the cold start

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobody() -> str:
    return hashed("an account that does not exist")


def hashed(password: str) -> str:
    """The hash to store."""
    return str(_hasher().hash(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash; ``None`` (no such account) takes as long as a no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    nobody = _nobody()  # before the comparison: its first making must not tell the two cases apart
    try:
        return bool(_hasher().verify(stored or nobody, password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
