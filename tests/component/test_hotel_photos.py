"""Pictures on the engine: the row, its version, and the files beside it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Clash
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel import inbox
from tenants.hotel.domain.album import Photo
from tenants.hotel.usecases import photos
from tests.hotel_world import INN, EngineWorld, context
from tests.pictures import JPEG

pytestmark = pytest.mark.component
SUBJECT = f"property:{INN.id}"


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        made = EngineWorld()
        made.set_up()
        yield made


def added(world: EngineWorld) -> Photo:
    photo: Photo = world.do(
        lambda hotel: photos.add(SUBJECT, JPEG, slim=None, says={"zh": "院子"}, hotel=hotel)
    )
    return photo


def test_a_picture_is_kept_with_its_file_and_another_tenant_has_neither(world: EngineWorld) -> None:
    photo = added(world)
    albums = world.hotel(world.work()).albums
    assert albums.album(SUBJECT).photos == albums.all(fresh=True)[SUBJECT].photos == (photo,)
    assert b"SecretCam" not in albums.read(photo.id)
    with bind(context("j")):
        assert albums.read(photo.id) is None
        assert not albums.all(fresh=True)


def test_the_shop_reads_all_pictures_at_once(world: EngineWorld) -> None:
    added(world)
    with metered() as spent:
        world.hotel(world.work()).albums.all(fresh=True)
    assert spent.calls == 1


def test_of_two_who_add_at_once_one_is_told_and_leaves_no_file(world: EngineWorld) -> None:
    added(world)
    late = world.work()
    photo = photos.add(SUBJECT, JPEG, slim=None, says={"zh": "晚到"}, hotel=world.hotel(late))
    added(world)
    with pytest.raises(Clash):
        late.commit()
    albums = world.hotel(world.work()).albums
    assert len(albums.album(SUBJECT).photos) == 2
    assert photo.id not in albums.files()


def test_what_a_crash_left_is_swept_a_day_later(world: EngineWorld) -> None:
    photo = added(world)
    lost = photos.add(SUBJECT, JPEG, slim=None, says={"zh": "断电"}, hotel=world.hotel(world.work()))
    inbox.sweep_photos(world.now + timedelta(hours=23))
    albums = world.hotel(world.work()).albums
    assert set(albums.files()) == {photo.id, lost.id}
    inbox.sweep_photos(world.now + timedelta(hours=25))
    assert albums.files() == [photo.id]
