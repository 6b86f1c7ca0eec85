"""Selling: see what is free, hold, pay, confirm, give back."""

from collections.abc import Sequence
from datetime import date, datetime, time

from chalicelib.commerce.baskets import basket
from chalicelib.commerce.orders import arrivals
from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import Line, Order, Quote, State
from chalicelib.commerce.orders.domain import Unit as Piece
from chalicelib.commerce.orders.usecases import Mark, Wish
from chalicelib.commerce.stock import Claim, Slot
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, local
from chalicelib.payments.port import Method, Payments, Receipt, Started
from tenants.scenic.domain import events
from tenants.scenic.domain.area import Area, AreaClosed, AreaFull, Session, SlotOver, on_sale
from tenants.scenic.domain.limit import AreaLimited
from tenants.scenic.domain.product import Product, Visitor, check_party, text
from tenants.scenic.domain.ticket import State as TicketState
from tenants.scenic.domain.ticket import Ticket
from tenants.scenic.usecases import limits
from tenants.scenic.usecases.ports import Shop, Unit


@dataclass(frozen=True, kw_only=True)
class Free:
    """One session as offered: ``left`` is what can be had about now; ``stopped`` says why it cannot."""

    session: Session
    left: int
    stopped: str = ""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What a buyer asks for. ``start`` is the session's local start."""

    product: str
    day: date
    start: time
    visitors: tuple[Visitor, ...]
    channel: str
    locale: str


def look(*, area: Area, day: date, shop: Shop) -> list[Free]:
    """Every session of a day with what is left; sessions that cannot be sold say so."""
    stopped = limits.stopped(area, day, shop)
    offered = []
    for session, whole in area.slots(day):
        slot, open_ = limits.left_by_orders(whole, session, day, shop), on_sale(session, day, now=shop.now)
        left = shop.stock.left(slot, now=shop.now) if open_ else 0
        why = "limited" if slot.withheld and not left else stopped
        offered.append(Free(session=session, left=left, stopped=why if open_ else "over"))
    return offered


def hold(booking: Booking, *, mark: Mark, shop: Shop) -> Order:
    """Hold the places and the persons' day for 15 minutes."""
    product = shop.catalogue.product(booking.product)
    area = shop.catalogue.area(product.area)
    session, whole = area.slot(booking.day, booking.start)
    slot = limits.left_by_orders(whole, session, booking.day, shop)
    if not on_sale(session, booking.day, now=shop.now):
        raise SlotOver
    match limits.stopped(area, booking.day, shop):
        case "closed":
            raise AreaClosed
        case "limited":
            raise AreaLimited
        case "full":
            raise AreaFull
    if slot.withheld == slot.capacity:
        raise AreaLimited
    check_party(booking.visitors, product=product, day=booking.day)
    visitors = sorted(booking.visitors, key=lambda visitor: visitor.concession)
    lines = _lines(booking, visitors, product=product, session=session)
    chosen = basket((line, (Claim(slot=slot, count=1),)) for line in lines)
    wish = Wish(
        lines=chosen.lines,
        claims=chosen.claims,
        locks=tuple(_lock(visitor, area=area.id, day=booking.day, shop=shop) for visitor in visitors),
        tails=tuple(visitor.document.tail for visitor in visitors),
        policy=product.policy,
        people=shop.vault.seal([visitor.plain() for visitor in visitors]),
        channel=booking.channel,
        locale=booking.locale,
    )
    return orders.hold_order(wish, mark=mark, orders=shop.orders, stock=shop.stock, now=shop.now)


def start_payment(
    order: Order, *, method: Method, urls: tuple[str, str], payments: Payments, shop: Shop
) -> Started:
    """Open an online payment of a held order, as just read."""
    first = order.lines[0]
    return orders.start_payment(
        order,
        method=method,
        urls=urls,
        title=f"{first.title} × {order.count}",
        payments=payments,
        orders=shop.orders,
        now=shop.now,
    )


def receive(id: str, *, receipt: Receipt, unit: Unit) -> Order:
    """Money arrived for an order: tickets, whatever happened to the hold in between, or the money back."""
    return arrivals.receive(
        id,
        receipt=receipt,
        unit=unit,
        kind="scenic",
        confirm=lambda order, money, shop: _confirm(order, money, shop)[0],
        again=lambda order, shop: orders.reacquire(
            order,
            capacity=lambda line: _slot(line, shop).capacity,
            withheld=lambda line: _slot(line, shop).withheld,
            stock=shop.stock,
            now=shop.now,
        ),
    )


def pay_at_desk(order: Order, *, receipt: Receipt, shop: Shop) -> tuple[Order, list[tuple[Ticket, str]]]:
    """A clerk took the money for a held order: the order and its tickets with their codes."""
    order.require_held(now=shop.now)
    after, tickets = _confirm(order, receipt, shop)
    return after, [(ticket, shop.tickets.code(ticket.pass_())) for ticket in tickets]


def coded(order: Order, *, shop: Shop) -> list[tuple[Ticket, str]]:
    """The tickets of an order, each with the text of its code; a held order has none."""
    if order.state is State.HELD:
        return []
    return [(ticket, shop.tickets.code(ticket.pass_())) for ticket in shop.tickets.of(order.id)]


def quote(order: Order, *, numbers: Sequence[int] | None, shop: Shop) -> tuple[Quote, list[Ticket]]:
    """What giving back these tickets (all usable ones if None) would return now."""
    tickets = list(shop.tickets.of(order.id))
    return order.quote(_pieces(order, tickets, numbers), now=shop.now), tickets


def refund(id: str, *, numbers: Sequence[int] | None, agreed: int | None, shop: Shop) -> Order:
    """Give tickets back: they stop working, the places return, the money is owed."""
    order = shop.orders.get(id)
    offer, tickets = quote(order, numbers=numbers, shop=shop)
    back = [ticket for ticket in tickets if any(ticket.number == number for number, _ in offer.units)]
    live = [ticket for ticket in tickets if ticket.state is not TicketState.REFUNDED]
    after, _ = orders.refund(
        order,
        _pieces(order, live, None),
        quote=offer,
        locks=[order.locks[ticket.number - 1] for ticket in back],  # in the order of the tickets
        agreed=agreed,
        orders=shop.orders,
        now=shop.now,
    )
    shop.tickets.take_back(back)
    shop.publish(
        events.tickets_issued(
            order,
            concessions=events.tally([ticket.concession for ticket in back]),
            origins={},
            amount=offer.amount.amount + offer.fee.amount,
            sign=-1,
            now=shop.now,
        )
    )
    return after


def cancel(id: str, *, shop: Shop) -> Order:
    """Let a hold go; its places return at once."""
    order = shop.orders.get(id)
    after = orders.cancel_hold(order, orders=shop.orders, now=shop.now)
    shop.stock.reopen(order.holds)
    return after


def _confirm(order: Order, receipt: Receipt, shop: Shop) -> tuple[Order, list[Ticket]]:
    people = shop.vault.unseal(order.people)
    first = people[0]
    buyer = shop.vault.blind(f"{order.placed.year}|{first['kind']}|{first['number']}")
    tickets: list[Ticket] = []

    def fulfil(after: Order) -> None:
        tickets.extend(_tickets(after, people, shop))
        shop.tickets.issue(tickets)
        shop.publish(
            events.tickets_issued(
                after,
                concessions={line.option: line.count for line in after.lines},
                origins=events.tally([_origin(person) for person in people]),
                amount=after.total.amount,
                sign=1,
                now=shop.now,
            )
        )

    after = orders.confirm(
        order,
        receipt=receipt,
        orders=shop.orders,
        fulfil=fulfil,
        publish=shop.publish,
        buyer=buyer,
        now=shop.now,
    )
    return after, tickets


def _lines(
    booking: Booking, visitors: Sequence[Visitor], *, product: Product, session: Session
) -> tuple[Line, ...]:
    codes = [visitor.concession for visitor in visitors]
    title = text(product.titles, booking.locale)
    return tuple(
        Line(
            kind="ticket",
            product=product.id,
            title=title,
            option=code,
            resource=product.area,
            slot=f"{booking.day.isoformat()}T{session.start:%H%M}",
            starts=local(booking.day, session.start),
            ends=local(booking.day, session.end),
            count=count,
            price=product.concession(code, booking.day).price,
        )
        for code, count in events.tally(codes).items()
    )


def _lock(visitor: Visitor, *, area: str, day: date, shop: Shop) -> str:
    mark = shop.vault.blind(f"{visitor.document.kind}|{visitor.document.number}")
    return f"VISIT#{area}#{day.isoformat()}#{mark}"


def _tickets(order: Order, people: Sequence[dict[str, str]], shop: Shop) -> list[Ticket]:
    lines = [line for line in order.lines for _ in range(line.count)]
    return [
        Ticket(
            order=order.id,
            number=number,
            state=TicketState.ISSUED,
            area=line.resource,
            product=line.product,
            title=line.title,
            concession=line.option,
            day=line.starts.astimezone(SHANGHAI).date(),
            start=_minutes(line.starts),
            end=_minutes(line.ends),
            person=shop.vault.seal(person),
        )
        for number, (line, person) in enumerate(zip(lines, people, strict=True), start=1)
    ]


def _pieces(order: Order, tickets: Sequence[Ticket], numbers: Sequence[int] | None) -> list[Piece]:
    lines = [index for index, line in enumerate(order.lines) for _ in range(line.count)]
    return [
        Piece(line=lines[ticket.number - 1], number=ticket.number, usable=ticket.state is TicketState.ISSUED)
        for ticket in tickets
        if numbers is None or ticket.number in numbers
    ]


def _slot(line: Line, shop: Shop) -> Slot:
    start = line.starts.astimezone(SHANGHAI)
    session, slot = shop.catalogue.area(line.resource).slot(start.date(), start.time())
    return limits.left_by_orders(slot, session, start.date(), shop)


def _origin(person: dict[str, str]) -> str:
    if person["kind"] != "resident-id":
        return "inbound"
    return "local" if person["number"].startswith("4101") else "other"


def _minutes(instant: datetime) -> int:
    wall = instant.astimezone(SHANGHAI)
    return wall.hour * 60 + wall.minute
