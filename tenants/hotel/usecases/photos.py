"""Pictures for guests: the owner adds, describes, orders and removes them.

A file is written before the row that names it and removed after it: a row never names a file that is not
there. What a crash leaves behind belongs to no row and is swept away a day later.
"""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.kernel import images
from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.ids import moment_of, new_id
from tenants.hotel.domain.album import Photo
from tenants.hotel.domain.refusals import SetupInvalid
from tenants.hotel.usecases.photo_ports import Albums
from tenants.hotel.usecases.ports import Hotel

MOST_BYTES, MOST_SLIM = 3_500_000, 600_000
"""Of a picture and its smaller copy: both in a form stay below what a function is handed (6 MB, base64)."""
_SWEPT_AFTER = timedelta(days=1)


class PhotoTooLarge(SetupInvalid):
    code = "hotel.photo.too-large"
    status = 413
    detail = N_("图片太大:最多 %(most)s MB。")
    remedy = N_("请在手机上选“中”或“小”的尺寸再上传。")


def add(subject: str, raw: bytes, *, slim: bytes | None, says: Mapping[str, str], hotel: Hotel) -> Photo:
    """A picture at the end of an album; ``slim``: the same, smaller, where the browser made one.

    Raises ``PictureUnread``, ``PictureSize``, ``PhotoTooLarge``, ``AlbumFull``, ``Missing``.
    """
    _require(subject, hotel=hotel)
    album = hotel.albums.album(subject)
    if len(raw) > MOST_BYTES:
        raise PhotoTooLarge(most=MOST_BYTES / 1_000_000)
    image, small = images.read(raw), _slim(slim)
    photo = Photo(
        id=new_id("ph", now=hotel.now),
        width=image.width,
        height=image.height,
        says=says,
        slim=small.width if small is not None and small.width < image.width else 0,
    )
    after = album.adding(photo)
    hotel.if_refused(lambda: forget(photo, albums=hotel.albums))
    hotel.albums.store(photo.id, image.body)
    if small is not None and photo.slim:
        hotel.albums.store(slim_name(photo.id), small.body)
    hotel.albums.keep(after)
    return photo


def describe(subject: str, id: str, *, says: Mapping[str, str], hotel: Hotel) -> None:
    """What a picture shows, in words. Raises ``Missing``."""
    hotel.albums.keep(hotel.albums.album(subject).saying(id, says))


def move(subject: str, id: str, *, to: int, hotel: Hotel) -> None:
    """A picture to another place of the order. Raises ``Missing``."""
    hotel.albums.keep(hotel.albums.album(subject).moving(id, to))


def remove(subject: str, id: str, *, hotel: Hotel) -> Photo:
    """A picture out of its album; its files go when the work is done (``forget``). Raises ``Missing``."""
    album = hotel.albums.album(subject)
    hotel.albums.keep(album.without(id))
    return album.photo(id)


def forget(photo: Photo, *, albums: Albums) -> None:
    """The files of a picture that no album has."""
    albums.drop(photo.id)
    albums.drop(slim_name(photo.id))


def sweep(*, hotel: Hotel) -> int:
    """Remove files that no album names and that are older than a day; how many."""
    names = hotel.albums.files()
    if not names:
        return 0
    known = {photo.id for album in hotel.albums.all(fresh=True).values() for photo in album.photos}
    lost = [
        name
        for name in names
        if (id := name.partition(".")[0]) not in known and moment_of(id) < hotel.now - _SWEPT_AFTER
    ]
    for name in lost:
        hotel.albums.drop(name)
    return len(lost)


def slim_name(id: str) -> str:
    """The file of a picture's smaller copy."""
    return f"{id}.s"


def _slim(raw: bytes | None) -> images.Image | None:
    if not raw or len(raw) > MOST_SLIM:
        return None
    return images.read(raw)


def _require(subject: str, *, hotel: Hotel) -> None:
    """The house or type is there. Raises ``Missing``."""
    what, _, id = subject.partition(":")
    house = hotel.setup.house()
    if id not in (house.properties if what == "property" else house.types):
        raise Missing(subject=subject)
