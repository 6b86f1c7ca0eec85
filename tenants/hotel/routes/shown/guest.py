"""A guest as pages show it: masked, with what is missing and until when the police must have the form."""

from typing import Any

from chalicelib.kernel.personal import masked_document, masked_name
from chalicelib.web.http import Call
from tenants.hotel.domain.guest import Guest, Person, Registered
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.shown.stay import DOCUMENTS, FIELDS, REGISTERED, tag


def guest_row(guest: Guest, person: Person, *, stay: Stay, call: Call) -> dict[str, Any]:
    """A guest as a line of a list."""
    say, known = call.translate, person.document
    waiting = guest.arrived is None and stay.state is StayState.IN_HOUSE
    return {
        "number": guest.number,
        "ref": guest.ref,
        "name": masked_name(person.name) if person.name else "—",
        "document": f"{say(DOCUMENTS[known.kind])} {masked_document(known.number)}" if known else "—",
        "state": tag(REGISTERED[guest.state], call),
        "told": guest.told,
        "missing": [say(FIELDS[name]) for name in guest.missing if name in FIELDS],
        "minor": guest.minor,
        "guardian": guest.guardian,
        "outside": guest.outside,
        "doubt": guest.doubt,
        "arrived": guest.arrived,
        "due": guest.due if guest.submitted is None else None,
        "overdue": guest.overdue(now=call.now),
        "receipt": guest.receipt,
        "reason": guest.reason,
        "href": f"/hotel/stays/{stay.id}/guests/{guest.number}",
        "fixed": guest.state in {Registered.SUBMITTED, Registered.ACCEPTED},
        "waiting": waiting,
        "removable": guest.arrived is None,
    }
