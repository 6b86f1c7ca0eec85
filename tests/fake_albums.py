"""The hotel's pictures in memory."""

from tenants.hotel.domain.album import Album
from tests.fakes import Work


class FakeAlbums:
    """The ``Albums`` port."""

    def __init__(self, albums: dict[str, Album], files: dict[str, bytes], work: Work) -> None:
        self._albums, self._files, self._work = albums, files, work

    def all(self, *, fresh: bool = False) -> dict[str, Album]:
        return dict(self._albums)

    def album(self, subject: str) -> Album:
        return self._albums.get(subject, Album(subject=subject))

    def keep(self, album: Album) -> None:
        self._work.join(
            lambda: self.album(album.subject).version == album.version - 1,
            lambda: self._albums.update({album.subject: album}),
        )

    def store(self, name: str, body: bytes) -> None:
        self._files[name] = body

    def read(self, name: str) -> bytes | None:
        return self._files.get(name)

    def drop(self, name: str) -> None:
        self._files.pop(name, None)

    def files(self) -> list[str]:
        return sorted(self._files)
