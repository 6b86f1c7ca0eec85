"""Uploaded pictures: what they are is read from them, and only what draws them is kept."""

import random
from contextlib import suppress

import pytest

from chalicelib.kernel import images
from tests.pictures import JPEG, WEBP, png

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("raw", [JPEG, JPEG + b"<script>SecretTail</script>", WEBP, png(told=b"SecretText")])
def test_nothing_but_the_picture_is_kept(raw: bytes) -> None:
    assert b"Secret" in raw
    found = images.read(raw)
    assert b"Secret" not in found.body
    assert b"GPS" not in found.body
    assert found.kind == images.kind_of(raw)
    assert images.read(found.body) == found  # what was written can be read, and there is nothing left to take


def test_a_picture_of_a_phone_held_upright_stays_upright() -> None:
    found = images.read(JPEG)
    assert (found.width, found.height) == (200, 300)
    assert found.body[2:4] == b"\xff\xe1"
    assert len(found.body) < len(JPEG)


def test_sizes_are_read_of_every_kind() -> None:
    assert (images.read(WEBP).width, images.read(WEBP).height) == (300, 200)
    assert (images.read(png(640, 480)).width, images.read(png(640, 480)).height) == (640, 480)


@pytest.mark.parametrize("size", [(199, 400), (8_001, 200), (7_000, 6_000)])
def test_a_picture_too_small_or_too_large_is_refused_with_its_size(size: tuple[int, int]) -> None:
    with pytest.raises(images.PictureSize) as refused:
        images.read(png(*size))
    assert (refused.value.facts["width"], refused.value.facts["height"]) == size


@pytest.mark.parametrize(
    "raw",
    [b"", b"GIF89a" + b"0" * 60, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff", png()[:-20]],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(images.PictureUnread):
        images.read(raw)


def test_a_broken_file_is_refused_and_never_crashes() -> None:
    luck = random.Random(7)
    for whole in (JPEG, WEBP, png()):
        for cut in range(len(whole)):
            broken = bytearray(whole[: cut or None])
            broken[luck.randrange(len(broken))] = luck.randrange(256)
            with suppress(images.PictureUnread, images.PictureSize):
                assert images.read(bytes(broken)).body
