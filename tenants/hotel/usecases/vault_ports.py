"""What is sealed: the personal data that the use cases of rooms and of money open and close."""

from typing import Any, Protocol


class Vault(Protocol):
    """Sealed personal data of the bound tenant."""

    def seal(self, value: Any, *, lasting: bool = False) -> bytes:
        """Seal until the law lets go of it; ``lasting``: what is no guest's, or belongs to the books."""

    def unseal(self, sealed: bytes) -> Any: ...

    def shown(self, sealed: bytes) -> Any:
        """The same to be shown among others: ``ERASED`` where its key was destroyed."""

    def blind(self, value: str) -> str: ...
