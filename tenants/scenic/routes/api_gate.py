"""Gates through the API: admit, count out, see who is inside, open and close."""

from chalicelib.kernel.period import business_day
from chalicelib.web.http import Call, Member, endpoint
from tenants.scenic.routes.models import (
    AdmittedView,
    ExitAsked,
    FlowView,
    OneTicketKeyView,
    RolledView,
    ScanAsked,
    StatusAsked,
    TicketKeyView,
    admitted_view,
    flow_view,
)
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.store.ticket_keys import living, roll
from tenants.scenic.usecases import gate as gates

_GATE = Member("gate", "desk", kind="scenic")
_STAFF = Member("gate", "desk", "orders.read", kind="scenic")


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/gates/{gate}/admissions",
    use_case="scenic.admit",
    door=_GATE,
    body=ScanAsked,
    answers=AdmittedView,
    summary="Admit the bearer of a ticket code, once",
)
def admit(call: Call, asked: ScanAsked) -> AdmittedView:
    """A second scan is refused with when and where the first was; the same key is the same scan."""
    call.idempotent_by_itself()
    assert call.command is not None
    admitted = gates.admit(
        area_id=asked.area,
        gate=call.path["gate"],
        code=asked.code,
        nonce=call.command.key,
        shop=ScenicShop(call.work),
        unit=new_unit(call.now),
    )
    return admitted_view(admitted)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/gates/{gate}/exits",
    use_case="scenic.leave",
    door=_GATE,
    body=ExitAsked,
    answers=FlowView,
    summary="Count people out",
)
def leave(call: Call, asked: ExitAsked) -> FlowView:
    """The same Idempotency-Key counts once."""
    call.idempotent_by_itself()
    assert call.command is not None
    shop = ScenicShop(call.work)
    gauge = gates.leave(
        area_id=asked.area,
        gate=call.path["gate"],
        count=asked.count,
        nonce=call.command.key,
        shop=shop,
        unit=new_unit(call.now),
    )
    return flow_view(shop.catalogue.area(asked.area), gauge, day=business_day(call.now))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/areas/{area}/flow",
    use_case="scenic.show-flow",
    door=_STAFF,
    answers=FlowView,
    summary="Who is inside now",
)
def flow(call: Call) -> FlowView:
    """Counts of today and the announced level of the ladder."""
    shop = ScenicShop(call.work)
    area = shop.catalogue.area(call.path["area"])
    day = business_day(call.now)
    return flow_view(area, shop.flow.gauge(area.id, day), day=day)


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/scenic/areas/{area}/status",
    use_case="scenic.set-status",
    door=Member("desk", kind="scenic"),
    body=StatusAsked,
    answers=FlowView,
    summary="Open, limit or close an area for today",
)
def set_status(call: Call, asked: StatusAsked) -> FlowView:
    """A closed area sells and admits nobody; the bureau learns it with the reason (U12)."""
    shop = ScenicShop(call.work)
    gauge = gates.set_status(area_id=call.path["area"], status=asked.status, reason=asked.reason, shop=shop)
    return flow_view(shop.catalogue.area(call.path["area"]), gauge, day=business_day(call.now))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/ticket-key",
    use_case="scenic.show-ticket-key",
    door=_GATE,
    answers=TicketKeyView,
    summary="The public keys with which gates verify codes offline",
)
def ticket_key(call: Call) -> TicketKeyView:
    """A gate keeps them, and asks again each day; without a network it still tells a ticket of this tenant
    from anything else."""
    keys = [
        OneTicketKeyView(number=one.number, public=one.public.hex(), until=one.until)
        for one in living(now=call.now)
    ]
    return TicketKeyView(public=keys[-1].public, keys=keys)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/ticket-key",
    use_case="scenic.roll-ticket-key",
    door=Member("owner", kind="scenic"),
    answers=RolledView,
    status=201,
    summary="Sign tickets with a new key from now on",
)
def roll_ticket_key(call: Call) -> RolledView:
    """What was signed before still admits: the former key verifies until its last ticket is over."""
    return RolledView(number=roll(call.work))
