"""A guest's person in and out of the vault."""

from dataclasses import asdict
from datetime import date
from typing import Any

from chalicelib.kernel.documents import Document, DocumentKind
from chalicelib.kernel.personal import Erased
from tenants.hotel.domain.guest import Guest, Person
from tenants.hotel.usecases.ports import Hotel

_DATES = ("born", "valid_until", "visa_until", "entered")


def sealed(person: Person, *, hotel: Hotel) -> bytes:
    """Sealed as a JSON object of what is known."""
    plain: dict[str, Any] = {name: value for name, value in asdict(person).items() if value}
    for name in _DATES:
        if name in plain:
            plain[name] = plain[name].isoformat()
    return hotel.vault.seal(plain)


def opened(guest: Guest, *, hotel: Hotel) -> Person:
    """The person again. Whoever shows it witnesses that it was looked at."""
    return _person(dict(hotel.vault.unseal(guest.sealed)))


def shown(guest: Guest, *, hotel: Hotel) -> Person:
    """The person among others: without anything but ``ERASED`` for a name where its key was destroyed."""
    found = hotel.vault.shown(guest.sealed)
    return Person(name=found) if isinstance(found, Erased) else _person(dict(found))


def _person(plain: dict[str, Any]) -> Person:
    for name in _DATES:
        if name in plain:
            plain[name] = date.fromisoformat(plain[name])
    if "document" in plain:
        known = plain["document"]
        plain["document"] = Document(kind=DocumentKind(known["kind"]), number=known["number"])
    return Person(**plain)
