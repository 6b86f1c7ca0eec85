"""What pictures need: an album a subject, and the files themselves."""

from collections.abc import Mapping
from typing import Protocol

from tenants.hotel.domain.album import Album


class Albums(Protocol):
    """Pictures: a row an album, and the files themselves."""

    def all(self, *, fresh: bool = False) -> Mapping[str, Album]:
        """Every album by its subject; ``fresh=False``: may be seconds old."""

    def album(self, subject: str) -> Album:
        """One album as it is now; a missing one is empty."""

    def keep(self, album: Album) -> None:
        """Join the work: the album if its version is the next."""

    def store(self, name: str, body: bytes) -> None:
        """Write a file now."""

    def read(self, name: str) -> bytes | None:
        """A file's content, or nothing."""

    def drop(self, name: str) -> None:
        """Remove a file now; one that is not there is removed already."""

    def files(self) -> list[str]:
        """The name of every file."""
