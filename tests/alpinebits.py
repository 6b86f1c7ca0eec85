"""A hotel's own system that speaks AlpineBits 2022-10, and a check of what it is answered."""

import base64
import gzip
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from tests.alpinebits_schema import SPACE, conform, local
from tests.hotel_desk import Desk
from tests.unit.web_world import Answer, ask

PATH = "/partners/alpinebits"


class Pms:
    """The hotel's system with its key. What it is answered is checked against the schema's structure."""

    def __init__(self, desk: Desk, key: str = "") -> None:
        self._desk, self.key = desk, key or desk.key

    def send(
        self,
        action: str,
        document: str | None,
        *,
        version: str = "2022-10",
        packed: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request as it goes over the wire."""
        raw = body({"action": action} | ({"request": document} if document is not None else {}))
        sent = {
            "authorization": "Basic " + base64.b64encode(f"pms:{self.key}".encode()).decode(),
            "content-type": "multipart/form-data; boundary=x8",
            "x-alpinebits-clientprotocolversion": version,
            **(headers or {}),
        }
        if packed:
            raw, sent["content-encoding"] = gzip.compress(raw), "gzip"
        return ask(self._desk.app, "POST", PATH, raw=raw, bearer=None, key=None, headers=sent)

    def says(self, action: str, document: str, **more: Any) -> Element:
        """The answer's document."""
        answer = self.send(action, document, **more)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8"), (
            answer.text
        )
        found = fromstring(answer.text)
        conform(found)
        return found

    def done(self, action: str, document: str, **more: Any) -> list[tuple[str, str]]:
        """(type, record) of each warning of an answer that says ``Success``."""
        found = self.says(action, document, **more)
        assert [local(child) for child in found][:1] == ["Success"], texts(found)
        return [(one.get("Type", ""), one.get("RecordID", "")) for one in named(found, "Warning")]


def body(parts: dict[str, str]) -> bytes:
    """A form with files, as curl -F makes it."""
    made = b""
    for name, text in parts.items():
        made += f'--x8\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    return made + b"--x8--\r\n"


def message(root: str, inside: str, *, complete: bool = False) -> str:
    """A request document."""
    unique = '<UniqueID Type="16" ID="1" Instance="CompleteSet"/>' if complete else ""
    return f'<?xml version="1.0"?><{root} xmlns="{SPACE}" Version="1.0">{unique}{inside}</{root}>'


def named(document: Element, name: str) -> list[Element]:
    return list(document.iter(f"{{{SPACE}}}{name}"))


def texts(document: Element) -> list[str]:
    return [one.text for one in document.iter() if one.text]
