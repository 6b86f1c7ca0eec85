"""Forms with files (multipart/form-data): fields as texts, of a file its name, size and SHA-256.

What a file says is read by who asked for it (``call.raw`` holds it all); most only want to know which it is.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from chalicelib.kernel.errors import Malformed

KIND = "multipart/form-data"
_PARTS = 40
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?\s*(;|$)')
_NAME = re.compile(r'(?:^|[;\s])name="([^"\r\n]{1,100})"')
_FILE = re.compile(r'(?:^|[;\s])filename="([^"\r\n]{0,300})"')


def from_multipart(raw: bytes, content_type: str) -> dict[str, Any]:
    """The fields. What is empty counts as not given, and so does a file box that nobody filled."""
    found: dict[str, Any] = {}
    for headers, body in _parts(raw, content_type):
        name = _NAME.search(headers)
        if name is None:
            raise Malformed
        file = _FILE.search(headers)
        if file is not None:
            if file[1] or body:
                found[name[1]] = {
                    "name": file[1],
                    "size": len(body),
                    "sha256": hashlib.sha256(body).hexdigest(),
                }
            continue
        text = _text(body)
        if text.strip():
            found[name[1]] = text
    return found


def file_of(raw: bytes, content_type: str, name: str) -> bytes | None:
    """What the file of one box holds; nothing where none was sent."""
    for headers, body in _parts(raw, content_type):
        found, file = _NAME.search(headers), _FILE.search(headers)
        if found is not None and found[1] == name and file is not None and body:
            return body
    return None


def texts(raw: bytes, content_type: str) -> dict[str, str]:
    """Every part as text by its name, those that came as files too."""
    found: dict[str, str] = {}
    for headers, body in _parts(raw, content_type):
        name = _NAME.search(headers)
        if name is None or name[1] in found:
            raise Malformed
        found[name[1]] = _text(body)
    return found


def _parts(raw: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise Malformed
    mark = b"--" + boundary[1].strip().encode("ascii")
    pieces = (b"\r\n" + raw).split(b"\r\n" + mark)
    if len(pieces) < 2 or len(pieces) > _PARTS or not pieces[-1].startswith(b"--"):
        raise Malformed
    for piece in pieces[1:-1]:
        head, gap, body = piece.partition(b"\r\n\r\n")
        if not gap:
            raise Malformed
        disposition = next(
            (line for line in _text(head).split("\r\n") if line.lower().startswith("content-disposition:")),
            "",
        )
        yield disposition, body


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed from None
    if "\x00" in text:
        raise Malformed
    return text
