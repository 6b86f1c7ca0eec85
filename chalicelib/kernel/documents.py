"""Identity documents: kinds, check digits, what a number tells (GB 11643, ISO 7064 MOD 11-2)."""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.kernel.late import dataclass


class DocumentKind(StrEnum):
    RESIDENT = "resident-id"
    RESIDENCE_PERMIT = "residence-permit"  # of people from Hong Kong, Macau and Taiwan: 81, 82, 83
    PASSPORT = "passport"
    HK_MACAU = "hk-macau-permit"
    TAIWAN = "taiwan-permit"
    FOREIGN_PERMANENT = "foreign-permanent-id"


class DocumentInvalid(Invalid):
    code = "core.document.invalid"
    detail = N_("证件号码有误,请核对后重新输入。")


_SHAPES = {
    DocumentKind.RESIDENT: re.compile(r"^[1-7][0-9]{16}[0-9X]$"),
    DocumentKind.RESIDENCE_PERMIT: re.compile(r"^8[123][0-9]{15}[0-9X]$"),
    DocumentKind.PASSPORT: re.compile(r"^[A-Z0-9]{5,15}$"),
    DocumentKind.HK_MACAU: re.compile(r"^[HM][0-9]{8}([0-9]{2})?$"),
    DocumentKind.TAIWAN: re.compile(r"^[0-9]{8}([0-9]{2})?$"),
    DocumentKind.FOREIGN_PERMANENT: re.compile(r"^(9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12})$"),
}
_CHECKED = {DocumentKind.RESIDENT, DocumentKind.RESIDENCE_PERMIT}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A kind and its normalised number."""

    kind: DocumentKind
    number: str

    @property
    def tail(self) -> str:
        """The last four characters: enough for its owner to recognise."""
        return self.number[-4:]

    @property
    def born(self) -> date | None:
        """The birth date, where the number tells it."""
        return birth_date(self.number) if self.kind in _CHECKED else None

    @property
    def origin(self) -> str:
        """``local`` (Zhengzhou, 4101), ``other`` (mainland) or ``inbound``: what the document says."""
        if self.kind is not DocumentKind.RESIDENT:
            return "inbound"
        return "local" if self.number.startswith("4101") else "other"


def document(kind: DocumentKind, number: str) -> Document:
    """A checked document: shape, birth date and check digit. Raises ``DocumentInvalid``.

    Full-width characters, as Chinese keyboards give them, become plain ones: one number has one spelling,
    or a person would have two places on a day.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()
    if not _SHAPES[kind].match(number):
        raise DocumentInvalid
    if kind in _CHECKED and (birth_date(number) is None or check_digit(number[:17]) != number[17]):
        raise DocumentInvalid
    return Document(kind=kind, number=number)


def check_digit(body: str) -> str:
    """The 18th character of a resident ID from its first 17 (ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body)) % 11]


def birth_date(number: str) -> date | None:
    """Digits 7 to 14 as a date, if they are one."""
    try:
        return datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Whole years on a day: counted on the visit's date, as the concessions are."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
