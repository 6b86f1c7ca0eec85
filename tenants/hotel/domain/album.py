"""Pictures of a house or a room type, in the order in which guests see them."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.refusals import SetupInvalid

MOST_PHOTOS = 12
"""Of one house or type: what guests look through, and what one row can hold."""


class AlbumFull(SetupInvalid):
    code = "hotel.album.full"
    detail = N_("这里已有 %(most)s 张图片。")
    remedy = N_("请先删除一张。")


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A picture: its size in pixels, what it shows in words (by language, Chinese at least).

    ``slim``: the width of its smaller copy, 0 where there is none.
    """

    id: str
    width: int
    height: int
    says: Mapping[str, str]
    slim: int = 0


@dataclass(frozen=True, kw_only=True)
class Album:
    """The pictures of ``subject`` (``property:<id>``, ``type:<id>``); the first stands for all."""

    subject: str
    photos: tuple[Photo, ...] = ()
    version: int = 0

    def photo(self, id: str) -> Photo:
        """The picture of this id, or ``Missing``."""
        found = next((photo for photo in self.photos if photo.id == id), None)
        if found is None:
            raise Missing(photo=id)
        return found

    def adding(self, photo: Photo) -> "Album":
        """One more, at the end. Raises ``AlbumFull``."""
        if len(self.photos) >= MOST_PHOTOS:
            raise AlbumFull(most=MOST_PHOTOS)
        return self._next((*self.photos, photo))

    def saying(self, id: str, says: Mapping[str, str]) -> "Album":
        """The same pictures, one described anew."""
        told = replace(self.photo(id), says=says)
        return self._next(tuple(told if photo.id == id else photo for photo in self.photos))

    def moving(self, id: str, to: int) -> "Album":
        """One picture at another place of the order, 0 the first."""
        moved = self.photo(id)
        others = [photo for photo in self.photos if photo.id != id]
        at = max(0, min(to, len(others)))
        return self._next((*others[:at], moved, *others[at:]))

    def without(self, id: str) -> "Album":
        """The others."""
        self.photo(id)
        return self._next(tuple(photo for photo in self.photos if photo.id != id))

    def _next(self, photos: tuple[Photo, ...]) -> "Album":
        return replace(self, photos=photos, version=self.version + 1)
