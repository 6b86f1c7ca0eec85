"""What goes over the wire: bounded on the way in, spelled out on the way out."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.commerce.orders.domain import Order, Quote
from chalicelib.kernel.documents import DocumentKind, document
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import SHANGHAI
from chalicelib.web.http import Answered, Asked, MoneyView, WallTime
from tenants.scenic.domain.area import Area, Gauge
from tenants.scenic.domain.product import Visitor
from tenants.scenic.domain.ticket import Ticket, clock
from tenants.scenic.usecases.gate import Admitted
from tenants.scenic.usecases.sale import Free

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="a short name")]


_UNSPOKEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]")


def _spoken(text: str) -> str:
    if _UNSPOKEN.search(text):
        raise PydanticCustomError("string_unicode", "characters that cannot be spoken")
    return text


Spoken = AfterValidator(_spoken)
"""A text without control characters, line separators, or marks that turn the direction of what follows."""


class DocumentAsked(Asked):
    kind: DocumentKind = DocumentKind.RESIDENT
    number: Annotated[str, Field(min_length=5, max_length=24)]


class VisitorAsked(Asked):
    """One named visitor. Personal: sealed before it is written, never logged, never on the bus."""

    name: Annotated[str, Field(min_length=1, max_length=40), Spoken]
    document: DocumentAsked
    concession: Name

    def visitor(self) -> Visitor:
        """The checked visitor; a wrong document is ``DocumentInvalid``."""
        return Visitor(
            name=self.name,
            document=document(self.document.kind, self.document.number),
            concession=self.concession,
        )


class OrderAsked(Asked):
    product: Name
    day: date
    start: Annotated[WallTime, Field(description="the session's local start, HH:MM", examples=["09:00"])]
    visitors: Annotated[list[VisitorAsked], Field(min_length=1, max_length=9)]


class PaymentAsked(Asked):
    method: Literal["desk"] = "desk"
    amount: MoneyView


class RefundAsked(Asked):
    tickets: Annotated[list[Annotated[int, Field(ge=1, le=99)]] | None, Field(max_length=99)] = None
    amount: Annotated[MoneyView, Field(description="the amount that the quote showed")]


class RefundQuery(Asked):
    tickets: Annotated[str | None, Field(pattern=r"^[1-9][0-9]?(,[1-9][0-9]?){0,20}$")] = None

    @property
    def numbers(self) -> list[int] | None:
        """The ticket numbers asked about; none: all of them."""
        return [int(number) for number in self.tickets.split(",")] if self.tickets else None


class DayQuery(Asked):
    product: Name
    day: date


class OrdersQuery(Asked):
    day: date | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ScanAsked(Asked):
    area: Name
    code: Annotated[str, Field(min_length=20, max_length=200)]


class ExitAsked(Asked):
    area: Name
    count: Annotated[int, Field(ge=1, le=99)] = 1


class StatusAsked(Asked):
    status: Literal["open", "limited", "closed"]
    reason: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = ""


class LineView(Answered):
    product: str
    title: str
    concession: str
    area: str
    starts: datetime
    ends: datetime
    count: int
    price: MoneyView


class TicketView(Answered):
    number: int
    state: str
    concession: str
    area: str
    day: date
    start: str
    end: str
    code: Annotated[str, Field(description="the signed text of the QR code (base45)")]
    admitted_at: datetime | None = None
    gate: str = ""


class OrderView(Answered):
    id: str
    state: str
    payment: str
    fulfilment: str
    label: Annotated[str, Field(description="one word for people, in Chinese")]
    total: MoneyView
    refunded: MoneyView
    placed: datetime
    pay_before: datetime
    channel: str
    reason: str
    lines: list[LineView]
    tickets: list[TicketView] = Field(default_factory=list)


class OrdersView(Answered):
    day: date
    orders: list[OrderView]


class QuoteView(Answered):
    amount: MoneyView
    fee: MoneyView
    percent: float
    tickets: list[int]


class SessionView(Answered):
    start: str
    end: str
    capacity: int
    left: int
    stopped: Annotated[str, Field(description="why it is not sold: over, full, closed; or nothing")]


class AvailabilityView(Answered):
    product: str
    day: date
    sessions: list[SessionView]


class AreaView(Answered):
    id: str
    names: dict[str, str]
    instant_capacity: int
    day_capacity: int
    approval: str
    gates: dict[str, str]


class CatalogueView(Answered):
    areas: list[AreaView]
    products: list["ProductView"]


class ConcessionView(Answered):
    code: str
    titles: dict[str, str]
    price: MoneyView
    basis: str


class ProductView(Answered):
    id: str
    area: str
    titles: dict[str, str]
    classes: list[ConcessionView]


class AdmittedView(Answered):
    admitted: bool = True
    again: Annotated[bool, Field(description="this very scan had been answered before")]
    order: str
    number: int
    concession: int
    people: int
    at: datetime
    inside: int
    instant_capacity: int


class FlowView(Answered):
    area: str
    day: date
    inside: int
    entered: int
    exited: int
    instant_capacity: int
    day_capacity: int
    level: int
    status: str
    reason: str


class OneTicketKeyView(Answered):
    number: Annotated[int, Field(description="a code says ``(number - 1) % 16`` in the first four bits")]
    public: Annotated[str, Field(description="32 bytes in hex")]
    until: Annotated[datetime | None, Field(description="its last code is over then; none while it signs")]


class TicketKeyView(Answered):
    algorithm: str = "Ed25519"
    public: Annotated[str, Field(description="the newest; payload 24 bytes, then the signature")]
    keys: Annotated[list[OneTicketKeyView], Field(description="all that verify, the newest last")]


class RolledView(Answered):
    number: int


def order_view(order: Order, *, now: datetime, tickets: Sequence[tuple[Ticket, str]] = ()) -> OrderView:
    """An order with its tickets, each beside its code."""
    return OrderView(
        id=order.id,
        state="expired" if order.over(now=now) else str(order.state),
        payment=str(order.payment),
        fulfilment=str(order.fulfilment),
        label=order.label(now=now),
        total=MoneyView.of(order.total),
        refunded=MoneyView.of(Money(order.refunded)),
        placed=order.placed,
        pay_before=order.until,
        channel=order.channel,
        reason=order.reason,
        lines=[
            LineView(
                product=line.product,
                title=line.title,
                concession=line.option,
                area=line.resource,
                starts=line.starts.astimezone(SHANGHAI),
                ends=line.ends.astimezone(SHANGHAI),
                count=line.count,
                price=MoneyView.of(Money(line.price)),
            )
            for line in order.lines
        ],
        tickets=[
            TicketView(
                number=ticket.number,
                state=str(ticket.state),
                concession=ticket.concession,
                area=ticket.area,
                day=ticket.day,
                start=clock(ticket.start),
                end=clock(ticket.end),
                code=code,
                admitted_at=ticket.at,
                gate=ticket.gate,
            )
            for ticket, code in tickets
        ],
    )


def quote_view(quote: Quote) -> QuoteView:
    """What would come back now."""
    return QuoteView(
        amount=MoneyView.of(quote.amount),
        fee=MoneyView.of(quote.fee),
        percent=quote.permille / 10,
        tickets=[number for number, _ in quote.units],
    )


def session_view(free: Free) -> SessionView:
    """One session as offered."""
    return SessionView(
        start=f"{free.session.start:%H:%M}",
        end=f"{free.session.end:%H:%M}",
        capacity=free.session.capacity,
        left=max(free.left, 0),
        stopped=free.stopped,
    )


def flow_view(area: Area, gauge: Gauge, *, day: date) -> FlowView:
    """Who is inside, and what was announced."""
    return FlowView(
        area=area.id,
        day=day,
        inside=gauge.inside,
        entered=gauge.entered,
        exited=gauge.exited,
        instant_capacity=area.capacity.instant,
        day_capacity=area.capacity.day,
        level=max(gauge.level_instant, gauge.level_day),
        status=gauge.status,
        reason=gauge.reason,
    )


def admitted_view(admitted: Admitted) -> AdmittedView:
    """A yes at the gate."""
    return AdmittedView(
        again=admitted.again,
        order=admitted.pass_.order,
        number=admitted.pass_.number,
        concession=admitted.pass_.concession,
        people=admitted.pass_.people,
        at=admitted.at,
        inside=admitted.gauge.inside,
        instant_capacity=admitted.area.capacity.instant,
    )
