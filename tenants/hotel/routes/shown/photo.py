"""Pictures as pages show them: addresses, sizes, what they show in the reader's language."""

from collections.abc import Mapping
from typing import Any

from chalicelib.web.http import Call
from tenants.hotel.domain.album import Album, Photo
from tenants.hotel.domain.property import text

DRAWN = {"width": 320, "height": 180, "alt": "", "set": ""}
"""The size of what is drawn where nobody has uploaded a picture; it says nothing that the page does not."""


def photo_shown(photo: Photo, call: Call) -> dict[str, Any]:
    """One picture: ``set`` names its copies by width, for browsers that choose."""
    href = f"/s/{call.tenant.slug}/photos/{photo.id}"
    slim = f"{href}.s"
    return {
        "src": slim if photo.slim else href,
        "full": href,
        "set": f"{slim} {photo.slim}w, {href} {photo.width}w" if photo.slim else "",
        "width": photo.width,
        "height": photo.height,
        "alt": text(photo.says, call.locale),
    }


def photos_of(subject: str, albums: Mapping[str, Album], call: Call) -> list[dict[str, Any]]:
    """The pictures of a house or type, in order."""
    album = albums.get(subject)
    return [photo_shown(photo, call) for photo in album.photos] if album is not None else []


def face_of(type: str, albums: Mapping[str, Album], call: Call) -> dict[str, Any]:
    """The picture that stands for a type: its first, else the drawing of it."""
    found = photos_of(f"type:{type}", albums, call)
    return found[0] if found else {**DRAWN, "src": f"/s/{call.tenant.slug}/pictures/{type}"}
