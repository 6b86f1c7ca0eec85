"""The registration form 住宿登记表 on paper: one sheet for a stay, with everybody in it, to sign."""

from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Call, Page, page
from tenants.hotel.domain.guest import Guest, Person
from tenants.hotel.domain.property import text
from tenants.hotel.routes.countries import country_name
from tenants.hotel.routes.desk.stay import facts
from tenants.hotel.routes.frame import desk_page, witnessed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import DOCUMENTS, RELATIONS
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front
from tenants.hotel.usecases.sealing import opened

_SEXES = {"m": N_("男"), "f": N_("女")}


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/form", use_case="hotel.print-registration", door=DESK)
def show_form(call: Call) -> Page:
    """Nothing is hidden on it: that it was opened is kept."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    guests = hotel.guests.of_stay(stay.id)
    witnessed(call, stay.id)
    where = hotel.setup.house().properties[stay.site]
    return desk_page(
        call,
        "hotel/desk/form.html",
        place="stays",
        house=text(where.names, call.locale),
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        rows=[_row(guest, opened(guest, hotel=hotel), call) for guest in guests],
        now=call.now,
    )


def _row(guest: Guest, who: Person, call: Call) -> dict[str, Any]:
    say, known = call.translate, who.document
    return {
        "number": guest.number,
        "name": who.name,
        "sex": say(_SEXES[who.sex]) if who.sex in _SEXES else "",
        "born": who.born.isoformat() if who.born is not None else "",
        "document": say(DOCUMENTS[known.kind]) if known is not None else "",
        "code": known.number if known is not None else "",
        "country": country_name(who.country, call.locale),
        "address": " ".join(part for part in (who.address, who.phone) if part),
        "papers": " · ".join(f"{say(words)} {part}" for words, part in _papers(who) if part),
        "arrived": guest.arrived.isoformat() if guest.arrived is not None else "",
        "guardian": f"{who.guardian_name} {who.guardian_phone}".strip() if guest.minor else "",
        "relations": [
            say(N_("第 %(number)s 位客人:%(relation)s"), number=number, relation=say(RELATIONS[relation]))
            for number, relation in sorted(guest.relations.items())
            if guest.minor and relation in RELATIONS
        ],
    }


def _papers(who: Person) -> tuple[tuple[str, Any], ...]:
    """What stands in a document from outside, each with its name: a bare date says nothing on paper."""
    return (
        (N_("证件有效期至"), who.valid_until),
        (N_("签证种类"), who.visa),
        (N_("签证有效期至"), who.visa_until),
        (N_("入境日期"), who.entered),
        (N_("入境口岸"), who.port),
    )
