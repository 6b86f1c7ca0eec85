"""Pictures that people upload: what they really are, how large, and nothing of them that is not the picture.

A file is walked as its format has it (JPEG: ITU T.81; PNG: W3C PNG 3; WebP: RFC 9649) and written anew from
the parts that draw it. What a camera adds goes: place, time, owner, previews, comments, and whatever was hung
on behind the end. How the camera was held stays (EXIF orientation), and so does the colour profile. Pixels
are not decoded: browsers do that, and a picture that they would choke on is refused by its size.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.kernel.late import dataclass

LEAST, MOST, MOST_PIXELS = 200, 8_000, 40_000_000
"""Pixels: a side at least and at most, and the whole."""

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


class PictureUnread(Invalid):
    code = "core.picture.unread"
    detail = N_("这个文件不是可用的图片。")
    remedy = N_("请上传 JPEG、PNG 或 WebP 图片;手机上可以先截图或改存为 JPEG。")


class PictureSize(Invalid):
    code = "core.picture.size"
    detail = N_("图片是 %(width)s × %(height)s 像素,每边应在 %(least)s 到 %(most)s 之间。")
    remedy = N_("请换一张,或缩小后再上传。")


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture that may be shown: its media type, its size in pixels as it is seen, its bytes."""

    kind: str
    width: int
    height: int
    body: bytes


def read(raw: bytes) -> Image:
    """The picture in ``raw`` without anything else. Raises ``PictureUnread``, ``PictureSize``."""
    try:
        found = _reader(raw)(raw)
    except (struct.error, IndexError, zlib.error):
        raise PictureUnread from None
    width, height = found.width, found.height
    if not (min(width, height) >= LEAST and max(width, height) <= MOST and width * height <= MOST_PIXELS):
        raise PictureSize(width=width, height=height, least=LEAST, most=MOST)
    return found


def kind_of(raw: bytes) -> str | None:
    """The media type that the first bytes tell; nothing for other files."""
    if raw.startswith(b"\xff\xd8\xff"):
        return JPEG
    if raw.startswith(_PNG):
        return PNG
    return WEBP if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" else None


def _reader(raw: bytes) -> Callable[[bytes], Image]:
    match kind_of(raw):
        case "image/jpeg":
            return _jpeg
        case "image/png":
            return _png
        case "image/webp":
            return _webp
        case _:
            raise PictureUnread


# JPEG: segments of a marker and a length; the scans between them run until the next marker.

_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Start of frame: baseline, extended, progressive. Browsers draw no other."""
_SCAN = 0xDA
_DRAWS = frozenset({*_FRAMES, _SCAN, 0xC4, 0xDB, 0xDD})
_SCAN_ENDS = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_ORIENTATION = 0x0112


def _jpeg(raw: bytes) -> Image:
    parts, size, turned, scans = list[bytes](), (0, 0), 1, 0
    for marker, said, whole in _segments(raw):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", said, 1)
            size = (width, height)
        scans += marker == _SCAN
        if marker in _DRAWS or _jpeg_keeps(marker, said):
            parts.append(whole)
        elif marker == 0xE1 and said.startswith(b"Exif\x00\x00"):
            turned = _orientation(said[6:]) or turned
    if not scans or not all(size):
        raise PictureUnread
    if turned != 1:
        parts.insert(0, _turned(turned))
    width, height = size if turned < 5 else size[::-1]
    return Image(kind=JPEG, width=width, height=height, body=b"\xff\xd8" + b"".join(parts) + b"\xff\xd9")


def _segments(raw: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, what it says, and the whole of it with its scan; to the end of the image, not of the file."""
    at = 2
    while True:
        if raw[at] != 0xFF:
            raise PictureUnread
        while raw[at + 1] == 0xFF:  # a marker may be padded
            at += 1
        marker = raw[at + 1]
        if marker == 0xD9:
            return
        (length,) = struct.unpack_from(">H", raw, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(raw):
            raise PictureUnread
        said = raw[at + 4 : end]
        if marker == _SCAN:
            found = _SCAN_ENDS.search(raw, end)
            if found is None:
                raise PictureUnread
            end = found.start()
        yield marker, said, raw[at:end]
        at = end


def _jpeg_keeps(marker: int, said: bytes) -> bool:
    """What is needed to draw it in its colours: JFIF, the colour profile, Adobe's transform."""
    return (
        (marker == 0xE0 and said.startswith(b"JFIF\x00"))
        or (marker == 0xE2 and said.startswith(b"ICC_PROFILE\x00"))
        or (marker == 0xEE and said.startswith(b"Adobe"))
    )


def _orientation(tiff: bytes) -> int | None:
    """The tag Orientation of the first directory (EXIF 2.32 §4.6): 1 to 8."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return None
    return None


def _turned(orientation: int) -> bytes:
    """An EXIF segment that says how to turn the picture, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + b"\x00" * 4
    said = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


# PNG: chunks of a length, a name, data and a check sum.

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEEPS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"}
)


def _png(raw: bytes) -> Image:
    parts, size, drawn, last = [_PNG], (0, 0), False, b""
    for name, data, whole in _chunks(raw):
        if not parts[1:] and name != b"IHDR":
            raise PictureUnread
        if name == b"IHDR":
            size = struct.unpack_from(">II", data)
        drawn = drawn or name == b"IDAT"
        if name in _PNG_KEEPS:
            parts.append(whole)
        last = name
    if last != b"IEND" or not drawn:
        raise PictureUnread
    return Image(kind=PNG, width=size[0], height=size[1], body=b"".join(parts))


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = len(_PNG)
    while at < len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + length
        data = raw[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", raw, at + 8 + length)
        if zlib.crc32(name + data) != check:
            raise PictureUnread
        yield name, data, raw[at:end]
        if name == b"IEND":
            return
        at = end


# WebP: a RIFF file of chunks, padded to even lengths.

_WEBP_KEEPS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"})
_EXIF_XMP, _ANIMATED = 0b0000_1100, 0b0000_0010


def _webp(raw: bytes) -> Image:
    (size,) = struct.unpack_from("<I", raw, 4)
    end, at = 8 + size, 12
    if end > len(raw):
        raise PictureUnread
    parts: list[bytes] = []
    seen: tuple[int, int] | None = None
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", raw, at)
        data = raw[at + 8 : at + 8 + length]
        if len(data) != length:
            raise PictureUnread
        if name == b"VP8X":
            if data[0] & _ANIMATED:
                raise PictureUnread
            data = bytes([data[0] & ~_EXIF_XMP]) + data[1:]
        elif name in {b"VP8 ", b"VP8L"}:
            seen = _vp8(data) if name == b"VP8 " else _vp8l(data)
        if name in _WEBP_KEEPS:
            parts.append(struct.pack("<4sI", name, length) + data + b"\x00" * (length % 2))
        at += 8 + length + length % 2
    if seen is None:
        raise PictureUnread
    body = b"WEBP" + b"".join(parts)
    return Image(kind=WEBP, width=seen[0], height=seen[1], body=b"RIFF" + struct.pack("<I", len(body)) + body)


def _vp8(data: bytes) -> tuple[int, int]:
    if data[3:6] != b"\x9d\x01\x2a":
        raise PictureUnread
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _vp8l(data: bytes) -> tuple[int, int]:
    if data[0] != 0x2F:
        raise PictureUnread
    (bits,) = struct.unpack_from("<I", data, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
