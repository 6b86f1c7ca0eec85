"""CAP 1.2 (OASIS Common Alerting Protocol): a warning as XML, and what is wrong with such a document.

The schema of CAP lets much through that readers stumble over, so ``faults`` checks the meaning: the
national identifier profile, moments with an offset that is not Z, an info block that ends after it begins,
a polygon of four closed pairs, references that name sender, identifier and moment.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.kernel.period import SHANGHAI, parse_instant
from tenants.bureau.domain.drawn import PolygonInvalid, polygon_of, text_of
from tenants.bureau.domain.issuers import sent_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml"
TAGS: Mapping[str, str] = {"zh": "zh-CN", "en": "en-US", "ja": "ja-JP", "ko": "ko-KR"}

IDENTIFIER = re.compile(r"^[0-9]{6}[0-9A-Z]{3}[0-9A-Z]{3}[0-9A-Z]{2}_[0-9]{14}_[0-9]{1,3}$")
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$", re.ASCII)
_WORDS: Mapping[str, frozenset[str]] = {
    "status": frozenset({"Actual", "Exercise", "System", "Test", "Draft"}),
    "msgType": frozenset({"Alert", "Update", "Cancel", "Ack", "Error"}),
    "scope": frozenset({"Public", "Restricted", "Private"}),
    "urgency": frozenset({"Immediate", "Expected", "Future", "Past", "Unknown"}),
    "severity": frozenset({"Extreme", "Severe", "Moderate", "Minor", "Unknown"}),
    "certainty": frozenset({"Observed", "Likely", "Possible", "Unlikely", "Unknown"}),
    "category": frozenset(
        {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE"}
        | {"Other"}
    ),
}
_ALERT = ("identifier", "sender", "sent", "status", "msgType", "scope")
_INFO = ("category", "event", "urgency", "severity", "certainty")


def cap_of(
    data: Mapping[str, Any],
    *,
    exercise: bool,
    names: Mapping[str, str],
    hazard: Mapping[str, str],
    issuer: Mapping[str, str],
) -> Element:
    """The data of D01 as CAP. ``names``: of districts, by code. ``hazard`` and ``issuer``: by language."""
    identifier = str(data["identifier"])
    alert = Element("alert", xmlns=NAMESPACE)
    for name, text in (
        ("identifier", identifier),
        ("sender", identifier.partition("_")[0]),
        ("sent", moment(sent_of(identifier) or parse_instant(data["effective"]))),
        ("status", "Exercise" if exercise else "Actual"),
        ("msgType", str(data["msgType"])),
        ("scope", "Public"),
    ):
        SubElement(alert, name).text = text
    if data.get("references"):
        SubElement(alert, "references").text = " ".join(reference(one) for one in data["references"])
    for locale, tag in TAGS.items():
        _info(alert, data, locale=locale, tag=tag, names=names, hazard=hazard, issuer=issuer)
    return alert


def xml(alert: Element) -> str:
    """The document as text."""
    return tostring(alert, encoding="unicode", xml_declaration=True)


def moment(instant: datetime) -> str:
    """An instant as CAP wants it: whole seconds, an offset, never Z."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")


def reference(identifier: str) -> str:
    """A message by sender, identifier and moment: all three stand in the identifier."""
    sent = sent_of(identifier)
    return f"{identifier.partition('_')[0]},{identifier},{moment(sent) if sent is not None else '-'}"


def faults(alert: Element) -> list[str]:
    """What is wrong with a CAP document, as paths; empty for one that may go out."""
    bare = _bare(alert)
    return [
        *_of_alert(bare),
        *(fault for n, one in enumerate(bare.iter("info")) for fault in _of_info(one, n)),
    ]


def _of_alert(alert: Element) -> Iterator[str]:
    if alert.tag != "alert":
        yield "alert"
    yield from (name for name in _ALERT if not _text(alert, name))
    yield from (name for name in ("status", "msgType", "scope") if _text(alert, name) not in _WORDS[name])
    identifier, sender = _text(alert, "identifier"), _text(alert, "sender")
    if not IDENTIFIER.match(identifier) or sent_of(identifier) is None:
        yield "identifier"
    if re.search(r"[\s,<&]", sender):
        yield "sender"
    if not _MOMENT.match(_text(alert, "sent")):
        yield "sent"
    referring = _text(alert, "msgType") in {"Update", "Cancel"}
    named = _text(alert, "references").split()
    if referring and not named:
        yield "references"
    for one in named:
        parts = one.split(",")
        if len(parts) != 3 or not all(parts) or not _MOMENT.match(parts[2]):
            yield f"references/{one}"
    if _text(alert, "msgType") != "Cancel" and alert.find("info") is None:
        yield "info"


def _of_info(info: Element, n: int) -> Iterator[str]:
    at = f"info[{n}]"
    yield from (f"{at}/{name}" for name in _INFO if not _text(info, name))
    for name in ("category", "urgency", "severity", "certainty"):
        if _text(info, name) not in _WORDS[name]:
            yield f"{at}/{name}"
    moments = [_text(info, name) for name in ("effective", "onset", "expires") if _text(info, name)]
    yield from (f"{at}/{text}" for text in moments if not _MOMENT.match(text))
    begins, ends = _text(info, "effective"), _text(info, "expires")
    whole = _MOMENT.match(begins) and _MOMENT.match(ends)
    if whole and datetime.fromisoformat(ends) <= datetime.fromisoformat(begins):
        yield f"{at}/expires"
    for place in info.iter("area"):
        yield from (f"{at}/area/{fault}" for fault in _of_area(place))


def _of_area(place: Element) -> Iterator[str]:
    if not _text(place, "areaDesc"):
        yield "areaDesc"
    yield from ("polygon" for drawn in place.iter("polygon") if not _closed(drawn.text or ""))
    for code in place.iter("geocode"):
        if not _text(code, "valueName") or not _text(code, "value"):
            yield "geocode"


def _info(
    alert: Element,
    data: Mapping[str, Any],
    *,
    locale: str,
    tag: str,
    names: Mapping[str, str],
    hazard: Mapping[str, str],
    issuer: Mapping[str, str],
) -> None:
    info = SubElement(alert, "info")
    texts = (
        ("language", tag),
        ("category", str(data["category"])),
        ("event", hazard.get(locale) or str(data["event"])),
        ("urgency", str(data["urgency"])),
        ("severity", str(data["severity"])),
        ("certainty", str(data["certainty"])),
    )
    for name, text in texts:
        SubElement(info, name).text = text
    code = SubElement(info, "eventCode")
    SubElement(code, "valueName").text = "urn:tourism:codelist:hazards"
    SubElement(code, "value").text = str(data["event"])
    for name in ("effective", "onset", "expires"):
        if data.get(name):
            SubElement(info, name).text = moment(parse_instant(data[name]))
    SubElement(info, "senderName").text = issuer.get(locale) or issuer["zh"]
    for name in ("headline", "description", "instruction"):
        SubElement(info, name).text = str(data[name][locale])
    level = SubElement(info, "parameter")
    SubElement(level, "valueName").text = "Colour"
    SubElement(level, "value").text = str(data["colour"])
    place = SubElement(info, "area")
    SubElement(place, "areaDesc").text = ", ".join(names.get(one, one) for one in data["areas"])
    for drawn in data.get("drawn", ()):
        SubElement(place, "polygon").text = text_of([(point[0], point[1]) for point in drawn["polygon"]])
    for one in data["areas"]:
        geocode = SubElement(place, "geocode")
        SubElement(geocode, "valueName").text = "GB/T 2260"
        SubElement(geocode, "value").text = one


def _closed(text: str) -> bool:
    try:
        polygon_of(text)
    except PolygonInvalid:
        return False
    return True


def _bare(element: Element) -> Element:
    """The same without namespaces, for reading."""
    made = Element(element.tag.rpartition("}")[2])
    made.text = element.text
    made.extend([_bare(child) for child in element])
    return made


def _text(element: Element, name: str) -> str:
    found = element.find(name)
    return (found.text or "").strip() if found is not None else ""
