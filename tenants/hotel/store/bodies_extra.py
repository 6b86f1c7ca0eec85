"""Extras as JSON: what is kept of one, and what is made of it again."""

from datetime import time
from typing import Any

from tenants.hotel.domain.extra import Extra, Kind, Per, Rental
from tenants.hotel.domain.metering import Metering
from tenants.hotel.domain.plan import Fee
from tenants.hotel.domain.rooms import Pool


def extra_body(extra: Extra) -> dict[str, Any]:
    """An extra as kept."""
    return {
        "property": extra.site,
        "names": dict(extra.names),
        "about": dict(extra.about),
        "kind": str(extra.kind),
        "per": str(extra.per),
        "price": extra.price,
        "pools": [[pool.resource, pool.capacity] for pool in extra.pools],
        "most": extra.most,
        "alone": extra.alone,
        "fees": [[fee.hours, fee.permille, fee.nights] for fee in extra.fees],
        "hours": [extra.opens.hour, extra.closes.hour],
        "seats": extra.seats,
        "equipment": extra.equipment,
        "metering": metering_body(extra.metering) if extra.metering is not None else None,
        "rental": rental_body(extra.rental),
        "on": extra.on,
    }


def extra_of(id: str, body: dict[str, Any], *, version: int) -> Extra:
    """An extra as it was kept; what came later has its usual value."""
    return Extra(
        id=id,
        site=body["property"],
        names=body["names"],
        about=body["about"],
        kind=Kind(body["kind"]),
        per=Per(body["per"]),
        price=body["price"],
        pools=tuple(Pool(resource=resource, capacity=capacity) for resource, capacity in body["pools"]),
        most=body["most"],
        alone=body["alone"],
        fees=tuple(
            Fee(hours=hours, permille=permille, nights=nights) for hours, permille, nights in body["fees"]
        ),
        opens=time(body["hours"][0]),
        closes=time(body["hours"][1]),
        seats=body["seats"],
        equipment=tuple(body.get("equipment", ())),
        metering=metering_of(body["metering"]) if body.get("metering") else None,
        rental=rental_of(body["rental"]),
        on=body["on"],
        version=version,
    )


def metering_body(metering: Metering) -> list[Any]:
    """How time is charged, as kept."""
    return [metering.step, metering.grace, metering.least, metering.booked]


def metering_of(body: list[Any]) -> Metering:
    """How time is charged."""
    step, grace, least, booked = body
    return Metering(step=step, grace=grace, least=least, booked=booked)


def rental_body(rental: Rental | None) -> list[Any] | None:
    """A car's terms as kept."""
    if rental is None:
        return None
    return [rental.kilometres, rental.over, rental.deposit, rental.seats, rental.driver, rental.licence]


def rental_of(body: list[Any] | None) -> Rental | None:
    """A car's terms; those kept before drivers were asked after are driven by the guest."""
    if body is None:
        return None
    kilometres, over, deposit, seats, *more = body
    driver, licence = more or (False, "C1")
    return Rental(
        kilometres=kilometres, over=over, deposit=deposit, seats=seats, driver=driver, licence=licence
    )
