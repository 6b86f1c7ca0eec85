"""Pictures of a house and its rooms: the owner adds them, guests see them, what is removed is gone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.ids import new_id
from tenants.hotel.domain.album import MOST_PHOTOS
from tenants.hotel.usecases import photos
from tests.hotel_pages import DESK_CSRF, SHOP, Place, hotel_web, words
from tests.hotel_world import INN
from tests.pictures import JPEG, multipart, png
from tests.unit.web_world import Answer

pytestmark = pytest.mark.unit

ALBUM, ONE = "/hotel/setup/photos/{what}/{id}", "/hotel/setup/photos/{what}/{id}/{photo}"
TWIN = "/hotel/setup/photos/type/twin"
HERE = f"/hotel/setup/photos/property/{INN.id}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


def upload(place: Place, path: str = TWIN, *, picture: bytes = JPEG, **more: Any) -> Answer:
    """Send a picture as a phone does."""
    place.keys += 1
    files = {"picture": picture, **{name: more.pop(name) for name in ("slim",) if name in more}}
    fields = {"csrf": DESK_CSRF, "key": f"p{place.keys}", "zh": "双床房,窗外是少室山", **more}
    raw, kind = multipart(fields, files if picture else {})
    return place._ask("POST", ALBUM, path, staff=True, raw=raw, headers={"content-type": kind})


def shown(place: Place, path: str = SHOP, pattern: str = "/s/{slug}", **more: Any) -> str:
    """A page of the shop."""
    return str(place.look(pattern, path, **more).text)


def test_a_picture_from_the_phone_stands_in_the_shop(place: Place) -> None:
    assert f"{SHOP}/pictures/twin" in shown(place)  # drawn, until there is a photograph
    sent = upload(place, en="Twin room with a view")
    assert (sent.status, sent.headers["Location"]) == (303, f"{TWIN}?done=added")
    (photo,) = place.memory.albums["type:twin"].photos
    front = shown(place)
    assert f'src="{SHOP}/photos/{photo.id}"' in front
    assert 'width="200" height="300" alt="双床房,窗外是少室山" loading="lazy"' in front
    assert f"{SHOP}/pictures/twin" not in front
    assert 'alt="Twin room with a view"' in shown(place, language="en")
    file = place.look("/s/{slug}/photos/{photo}", f"{SHOP}/photos/{photo.id}")
    assert file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"SecretCam" not in place.memory.files[photo.id]


def test_a_smaller_copy_is_offered_to_small_screens(place: Place) -> None:
    upload(place, HERE, picture=png(1600, 900), slim=png(640, 360))
    (photo,) = place.memory.albums[f"property:{INN.id}"].photos
    assert photo.slim == 640
    assert f"{SHOP}/photos/{photo.id}.s 640w, {SHOP}/photos/{photo.id} 1600w" in shown(place)
    assert place.look("/s/{slug}/photos/{photo}", f"{SHOP}/photos/{photo.id}.s").status == 200


def test_pictures_are_put_in_order_and_described(place: Place) -> None:
    for name in ("一号", "二号", "三号"):
        upload(place, zh=name)
    album = place.memory.albums["type:twin"]
    last = album.photos[2].id
    moved = place.send(f"{ONE}/place", f"{TWIN}/{last}/place", staff=True, to="0")
    assert moved.headers["Location"] == f"{TWIN}?done=moved"
    says = [photo.says["zh"] for photo in place.memory.albums["type:twin"].photos]
    assert says == ["三号", "一号", "二号"]
    place.send(ONE, f"{TWIN}/{last}", staff=True, says__zh="院子", says__ja="中庭")
    assert place.memory.albums["type:twin"].photos[0].says == {"zh": "院子", "ja": "中庭"}
    assert place.send(ONE, f"{TWIN}/{last}", staff=True, says__ja="中庭").status == 422


def test_a_removed_picture_is_gone_with_its_files(place: Place) -> None:
    upload(place, picture=png(800, 600), slim=png(640, 480))
    (photo,) = place.memory.albums["type:twin"].photos
    assert len(place.memory.files) == 2
    gone = place.send(f"{ONE}/removal", f"{TWIN}/{photo.id}/removal", staff=True, confirm="yes")
    assert gone.headers["Location"] == f"{TWIN}?done=removed"
    assert place.memory.files == {}
    assert place.look("/s/{slug}/photos/{photo}", f"{SHOP}/photos/{photo.id}").status == 404
    assert f"{SHOP}/pictures/twin" in shown(place)


def test_what_is_wrong_with_an_upload_is_said_beside_its_box(place: Place) -> None:
    none = upload(place, picture=b"")
    assert "请先选一张图片" in words(none)
    script = upload(place, picture=b"<script>alert(1)</script>" * 9)
    assert (script.status, "这个文件不是可用的图片" in words(script)) == (422, True)
    assert "双床房,窗外是少室山" in words(script) or 'value="双床房' in script.text  # nothing typed is lost
    assert "199 × 300" in words(upload(place, picture=png(199, 300)))
    unsaid = upload(place, zh="")
    assert unsaid.status == 422
    assert upload(place, "/hotel/setup/photos/type/none").status == 404
    assert not place.memory.albums
    assert not place.memory.files


def test_a_picture_beyond_the_limit_is_refused_with_the_limit(place: Place) -> None:
    large = upload(place, picture=JPEG + b"0" * photos.MOST_BYTES)
    assert (large.status, "最多 3.5 MB" in words(large)) == (413, True)


def test_an_album_has_an_end(place: Place) -> None:
    for _ in range(MOST_PHOTOS):
        assert upload(place).status == 303
    full = place.look(ALBUM, TWIN, staff=True)
    assert "最多 12 张" in words(full)
    assert 'type="file"' not in full.text
    assert f"这里已有 {MOST_PHOTOS} 张图片" in words(upload(place))
    assert len(place.memory.files) == MOST_PHOTOS


def test_sent_twice_it_is_there_once(place: Place) -> None:
    for _ in range(2):
        place.keys = 50
        assert upload(place).status == 303
    assert len(place.memory.albums["type:twin"].photos) == 1


def test_only_the_owner_changes_pictures(place: Place) -> None:
    place.roles = frozenset({"desk"})
    assert upload(place).status == 403


def test_files_that_no_album_names_are_swept_after_a_day(place: Place) -> None:
    upload(place)
    (photo,) = place.memory.albums["type:twin"].photos
    old = new_id("ph", now=place.now - timedelta(days=2))
    fresh = new_id("ph", now=place.now - timedelta(hours=2))
    place.memory.files |= {old: b"", f"{old}.s": b"", fresh: b""}
    assert place.do(lambda hotel: photos.sweep(hotel=hotel)) == 2
    assert set(place.memory.files) == {photo.id, fresh}
