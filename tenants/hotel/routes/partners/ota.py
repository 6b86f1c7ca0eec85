"""OpenTravel XML (2015A) as AlpineBits HotelData 2022-10 uses it: read within bounds, answered in its form.

Names of elements and attributes are those of the published schema; ``tests/alpinebits_schema.py`` holds our
answers against it. What AlpineBits says of a hotel is said by attributes; order of elements matters in
answers and not in what we read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.routes.words import in_words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://www.opentravel.org/OTA/2003/05"
ADVISORY, NOT_TAKEN, FAILED = "11", "3", "13"
MOST_TAGS = 400_000
_FEN = Decimal(100)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DEAREST = 10**9


class XmlWrong(Invalid):
    code = "hotel.alpinebits.xml"
    detail = N_("请求不是所要求的 XML 文档(%(wanted)s)。")


class ValueWrong(Invalid):
    code = "hotel.alpinebits.value"
    detail = N_("%(element)s 的 %(attribute)s 有误。")


@dataclass(frozen=True, kw_only=True)
class Note:
    """A ``Warning`` of an answer: its type, what it says, and the record that it is about."""

    type: str
    text: str
    record: str = ""


def parsed(text: str, root: str) -> Element:
    """The document of a request, whose root element is ``root``. No document types, no entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException  # only who is pushed to needs it
    from defusedxml.ElementTree import fromstring

    if text.count("<") > MOST_TAGS:
        raise XmlWrong(wanted=root)
    try:
        found: Element = fromstring(text.strip().encode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise XmlWrong(wanted=root) from None
    if found.tag != f"{{{NAMESPACE}}}{root}":
        raise XmlWrong(wanted=root)
    return found


def each(parent: Element | None, *path: str) -> Iterator[Element]:
    """Every element at this path below."""
    if parent is not None:
        yield from parent.iterfind("/".join(f"{{{NAMESPACE}}}{name}" for name in path))


def one(parent: Element | None, *path: str) -> Element | None:
    """The first element at this path below, if there is one."""
    return next(each(parent, *path), None)


def need(parent: Element, *path: str) -> Element:
    """The element at this path, or a refusal."""
    found = one(parent, *path)
    if found is None:
        raise XmlWrong(wanted="/".join(path))
    return found


def day(element: Element, name: str) -> date:
    """An attribute that is a date."""
    try:
        return date.fromisoformat(element.get(name, "")[:10])
    except ValueError:
        raise _wrong(element, name) from None


def number(element: Element, name: str, *, most: int = 10_000) -> int:
    """An attribute that is a count."""
    said = element.get(name, "")
    if not (said.isascii() and said.isdigit() and int(said[:9]) <= most and len(said) < 9):
        raise _wrong(element, name)
    return int(said)


def fen(element: Element, name: str) -> int:
    """An attribute that is an amount of yuan, in fen."""
    try:
        amount = Decimal(element.get(name, "")) * _FEN
    except InvalidOperation:
        raise _wrong(element, name) from None
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 <= amount <= _DEAREST:
        raise _wrong(element, name)
    return int(amount)


def code(element: Element, name: str, *, most: int = 64) -> str:
    """An attribute that is a name of theirs."""
    said = element.get(name, "").strip()
    if not said or len(said) > most or not said.isprintable():
        raise _wrong(element, name)
    return said


def truth(element: Element | None, name: str) -> bool:
    """A flag; what is not said is true (days of the week on which one may come)."""
    return element is None or element.get(name, "true") in {"1", "true"}


def texts(descriptions: Iterator[Element] | Sequence[Element], *, most: int) -> dict[str, str]:
    """Texts by language, of those that are plain."""
    found: dict[str, str] = {}
    for element in descriptions:
        said = (element.text or "").strip()
        language = element.get("Language", "")
        if said and element.get("TextFormat", "PlainText") == "PlainText" and len(language) == 2:
            found.setdefault(language, said[:most])
    return found


def answered(root: str, version: str, notes: Sequence[Note] = ()) -> Element:
    """A document that says ``Success``, with its warnings."""
    from xml.etree.ElementTree import Element, SubElement

    document = Element(root, {"xmlns": NAMESPACE, "Version": version})
    SubElement(document, "Success")
    if notes:
        around = SubElement(document, "Warnings")
        for note in notes:
            about = {"Type": note.type} | ({"RecordID": note.record} if note.record else {})
            SubElement(around, "Warning", about).text = note.text
    return document


def failed(root: str, version: str, text: str) -> Element:
    """A document that says that nothing was done."""
    from xml.etree.ElementTree import Element, SubElement

    document = Element(root, {"xmlns": NAMESPACE, "Version": version})
    SubElement(SubElement(document, "Errors"), "Error", {"Type": FAILED}).text = text
    return document


def written(document: Element) -> str:
    """The document as text, to be sent as UTF-8."""
    from xml.etree.ElementTree import tostring

    made: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return plain(made.decode("utf-8"))


def plain(text: str) -> str:
    """Text without the characters that no XML document may hold: one in a guest's name would spoil all."""
    return _ILLEGAL.sub("", text)


def note(refusal: Refusal, *, locale: str, type: str = NOT_TAKEN, record: str = "") -> Note:
    """A refusal as a warning, in the reader's language."""
    return Note(type=type, text=in_words(refusal, locale=locale), record=record)


def _wrong(element: Element, name: str) -> ValueWrong:
    return ValueWrong(element=element.tag.rpartition("}")[2], attribute=name)


def put(parent: Element, name: str, text: str = "", /, **attributes: Any) -> Element:
    """A further element below ``parent``; attributes that are empty are left out."""
    from xml.etree.ElementTree import SubElement

    kept = {key: str(value) for key, value in attributes.items() if value not in {"", None}}
    made = SubElement(parent, name, kept)
    if text:
        made.text = text
    return made
