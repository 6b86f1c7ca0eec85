"""The Atom feed (RFC 4287) of warnings that hold: each entry leads to its CAP document."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.kernel.period import rfc3339

CONTENT_TYPE = "application/atom+xml"


def feed(
    *,
    base: str,
    title: str,
    alerts: Iterable[tuple[str, datetime, Mapping[str, Any]]],
    locale: str,
    linked: str,
    now: datetime,
) -> str:
    """The feed as text. ``alerts``: id, moment of issue and data of D01. ``linked``: the documents' type."""
    found = list(alerts)
    made = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _texts(
        made,
        id=f"{base}/alerts.atom",
        title=title,
        updated=rfc3339(max((issued for _, issued, _ in found), default=now)),
    )
    SubElement(made, "link", rel="self", href=f"{base}/alerts.atom")
    author = SubElement(made, "author")
    _texts(author, name=title)
    for id, issued, data in found:
        entry = SubElement(made, "entry")
        _texts(
            entry,
            id=f"urn:cap:{data['identifier']}",
            title=str(data["headline"].get(locale) or data["headline"]["zh"]),
            updated=rfc3339(issued),
            summary=str(data["description"].get(locale) or data["description"]["zh"]),
        )
        SubElement(entry, "link", rel="alternate", type=linked, href=f"{base}/alerts/{id}.xml")
    return tostring(made, encoding="unicode", xml_declaration=True)


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
