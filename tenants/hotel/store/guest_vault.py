"""What seals guests' data: one purpose of the tenant's vault, at one moment."""

from datetime import datetime
from typing import Any

from chalicelib.persistence import vault

_GUESTS = "visitor"


class GuestVault:
    """The ``Vault`` port for guests' data."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def seal(self, value: Any, *, lasting: bool = False) -> bytes:
        return vault.seal(value, purpose=_GUESTS, lasting=lasting, now=self._now)

    def unseal(self, sealed: bytes) -> Any:
        return vault.unseal(sealed, purpose=_GUESTS, now=self._now)

    def shown(self, sealed: bytes) -> Any:
        return vault.shown(sealed, purpose=_GUESTS, now=self._now)

    def blind(self, value: str) -> str:
        return vault.blind(value, purpose=_GUESTS, now=self._now)
