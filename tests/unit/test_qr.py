"""A code in a page is, dot for dot, the one that was made."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from chalicelib.web.qr import qr

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("payload", ["A", "or_01kb0000000000000000000000", "ST1:" + "0Z*" * 40])
def test_a_code_is_drawn_as_it_was_made(payload: str) -> None:
    picture = ET.fromstring(str(qr(payload, "票 <1> & 2")))
    title, _, dark = picture
    side = int(picture.attrib["viewBox"].split()[2])
    drawn = [bytearray(side) for _ in range(side)]
    x, y = 4, 4
    for right, down, length in re.findall(r"m(-?\d+) (\d+)h(\d+)", dark.attrib["d"]):
        x, y = x + int(right), y + int(down)
        drawn[y][x : x + int(length)] = b"\x01" * int(length)
        x += int(length)
    made = segno.make(payload, error="m", micro=False, boost_error=False, mask=0).matrix
    assert drawn[4:-4] == [bytearray(4) + bytearray(row) + bytearray(4) for row in made]
    assert not any(map(any, drawn[:4] + drawn[-4:]))
    assert title.text == "票 <1> & 2"
