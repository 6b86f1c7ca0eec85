"""Pictures: one row an album under ``ALBUMS``, read by one query and kept for seconds; their files beside."""

import json
from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.persistence.files import files
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.album import Album, Photo
from tenants.hotel.store import memory
from tenants.hotel.store.bodies import as_json

_FRESH = 5.0
_FOLDER = "photos/"


class AlbumRow(Row, discriminator="hotel-album"):
    """pk ``ALBUMS``, sk the subject: ``property:<id>`` or ``type:<id>``."""

    photos = UnicodeAttribute()
    version = NumberAttribute()


class AlbumStore:
    """The ``Albums`` port. Files: ``photos/<id>`` and, the smaller copy, ``photos/<id>.s``."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self, *, fresh: bool = False) -> Mapping[str, Album]:
        return memory.kept("albums", seconds=0.0 if fresh else _FRESH, read=_read)

    def album(self, subject: str) -> Album:
        row = AlbumRow.find(tenant_key("ALBUMS"), subject)
        return _album(row) if row is not None else Album(subject=subject)

    def keep(self, album: Album) -> None:
        row = AlbumRow(
            tenant_key("ALBUMS"),
            album.subject,
            photos=as_json([_body(photo) for photo in album.photos]),
            version=album.version,
        )
        new = AlbumRow.pk.does_not_exist()
        self._work.put(row, new if album.version == 1 else AlbumRow.version == album.version - 1)
        self._work.about(album.subject)
        memory.drop("albums")

    def store(self, name: str, body: bytes) -> None:
        files().put(f"{_FOLDER}{name}", body)

    def read(self, name: str) -> bytes | None:
        return files().get(f"{_FOLDER}{name}")

    def drop(self, name: str) -> None:
        files().drop(f"{_FOLDER}{name}")

    def files(self) -> list[str]:
        return [name.removeprefix(_FOLDER) for name in files().names(_FOLDER)]


def _read() -> Mapping[str, Album]:
    rows = AlbumRow.query(tenant_key("ALBUMS"), consistent_read=True)
    return {row.sk: _album(row) for row in rows}


def _album(row: AlbumRow) -> Album:
    photos = tuple(_photo(body) for body in json.loads(row.photos))
    return Album(subject=row.sk, photos=photos, version=int(row.version))


def _body(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.id,
        "size": [photo.width, photo.height],
        "says": dict(photo.says),
        **({"slim": photo.slim} if photo.slim else {}),
    }


def _photo(body: Mapping[str, Any]) -> Photo:
    width, height = body["size"]
    return Photo(id=body["id"], width=width, height=height, says=body["says"], slim=body.get("slim", 0))
