"""Where the races are run: a fresh tenant with one area, and many hands that begin at the same moment.

Everything goes through the use cases and the real stores; each thread binds its own tenant context, as a
request does, and tries again after a clash, as the web's door does.
"""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from chalicelib.commerce.orders.domain import Order, State, Tier
from chalicelib.commerce.orders.store import every
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import Slot
from chalicelib.commerce.stock.domain import count_of
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.documents import DocumentKind, document
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.kernel.ids import TenantId, new_id
from chalicelib.kernel.period import business_day, local
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.persistence.journal import OutboxRow, audited, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.backoff import back_off
from chalicelib.tenancy.context import Tenant, TenantContext, bind
from infra.local.people import resident_id
from tenants.scenic.domain.area import Area, Capacity, Gauge, Session, Timetable
from tenants.scenic.domain.product import Concession, Product, Visitor
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.store.catalogue import area_row, product_row
from tenants.scenic.usecases import gate, sale

# Far ahead, because rows whose time to live is over by the wall clock are deleted.
NOW = datetime(2035, 10, 2, 4, 30, tzinfo=UTC)
TODAY, TOMORROW = date(2035, 10, 2), date(2035, 10, 3)
START, END = clock_time(12, 0), clock_time(18, 0)
PRICE = 8000
_ATTEMPTS = 6


class Hands:
    """One round of one race: a tenant of its own, and many hands that begin at once."""

    def __init__(self, *, kind: str) -> None:
        self.now = NOW
        tenant = Tenant(
            id=TenantId(new_id("tn", now=NOW)),
            kind=kind,
            slug=f"race-{secrets.token_hex(4)}",
            name="赛",
            district="410185",
        )
        self.context = TenantContext(tenant=tenant, actor="key:race", door="member")
        self.wrong: list[str] = []

    def bound(self) -> AbstractContextManager[TenantContext]:
        """This round's tenant, for one thread."""
        return bind(self.context)

    def together(self, acts: Sequence[Callable[[], Any]]) -> list[Any]:
        """What each act answered, or the refusal it met; they begin at the same moment."""
        hands = min(len(acts), 48)
        ready = threading.Barrier(hands)
        begun = threading.local()

        def run(act: Callable[[], Any]) -> Any:
            if not getattr(begun, "yes", False):
                begun.yes = True
                ready.wait(timeout=60)
            with self.bound():
                return _persisting(act)

        with ThreadPoolExecutor(hands) as pool:
            return list(pool.map(run, acts))

    def expect(self, what: str, found: Any, wanted: Any) -> None:
        """Remember what is not as it must be."""
        if found != wanted:
            self.wrong.append(f"{what}: {found!r}, not {wanted!r}")


class Course(Hands):
    """A scenic area with ``places`` in its one session a day."""

    def __init__(self, *, places: int, instant: int = 1000) -> None:
        super().__init__(kind="scenic")
        self.places = places
        with self.bound():
            work = UnitOfWork(action="race.set-up", now=NOW)
            work.put(area_row(_area(places, instant)))
            work.put(product_row(_product()))
            work.commit()
            self.slot = self.shop().catalogue.area("main").slot(TOMORROW, START)[1]

    def shop(self) -> ScenicShop:
        """A shop around a fresh work."""
        return ScenicShop(UnitOfWork(action="race", now=self.now))

    def hold(self, *serials: int, key: str = "", day: date = TOMORROW) -> Order:
        """Hold a ticket for each of these people."""
        booking = sale.Booking(
            product="entry",
            day=day,
            start=START,
            visitors=tuple(_person(serial) for serial in serials),
            channel="api",
            locale="zh",
        )
        mark = Mark(command=key or f"k{serials[0]}", digest=repr(serials))
        return sale.hold(booking, mark=mark, shop=self.shop())

    def pay(self, id: str) -> Order:
        """Take the money at a desk."""
        work = UnitOfWork(action="race.pay", now=self.now)
        shop = ScenicShop(work)
        order = shop.orders.get(id)
        receipt = taken(order=id, amount=order.total, now=self.now)
        after, _ = sale.pay_at_desk(order, receipt=receipt, shop=shop)
        work.commit()
        return after

    def receive(self, order: Order, ref: str = "pay-1") -> Order:
        """A provider's message: the money for this order is there."""
        receipt = Receipt(provider="desk", ref=ref, method="alipay", amount=order.total, at=self.now)
        return sale.receive(order.id, receipt=receipt, unit=new_unit(self.now))

    def refund(self, id: str) -> Order:
        """Give everything back."""
        work = UnitOfWork(action="race.refund", now=self.now)
        after = sale.refund(id, numbers=None, agreed=None, shop=ScenicShop(work))
        work.commit()
        return after

    def cancel(self, id: str) -> Order:
        """Let a hold go."""
        work = UnitOfWork(action="race.cancel", now=self.now)
        after = sale.cancel(id, shop=ScenicShop(work))
        work.commit()
        return after

    def code(self, order: Order, number: int = 1) -> str:
        """A ticket's signed code."""
        shop = self.shop()
        ticket = shop.tickets.one(order.id, number)
        assert ticket is not None
        return shop.tickets.code(ticket.pass_())

    def admit(self, code: str, *, nonce: str, at: str = "south") -> gate.Admitted:
        """Scan a code at a gate."""
        shop = self.shop()
        return gate.admit(area_id="main", gate=at, code=code, nonce=nonce, shop=shop, unit=new_unit(self.now))

    def gauge(self) -> Gauge:
        """Who is inside."""
        return self.shop().flow.gauge("main", business_day(self.now), exact=True)

    def orders(self) -> list[Order]:
        """Every order there is."""
        return list(every(day=business_day(NOW)))

    def confirmed(self) -> list[Order]:
        """Every order that is paid for and stands."""
        return [order for order in self.orders() if order.state is State.CONFIRMED]

    def left(self, slot: Slot | None = None) -> int:
        """What is left of a slot; each bucket is checked to add up."""
        slot = slot or self.slot
        left = 0
        for number, bucket in BucketStore().read(slot, range(slot.buckets), exact=True).items():
            held = sum(map(count_of, bucket.holds.values()))
            self.expect(f"bucket {number} of {slot.slot}", bucket.left + held, slot.size(number))
            if bucket.left < 0:
                self.wrong.append(f"bucket {number} of {slot.slot} is below nothing: {bucket.left}")
            left += bucket.left
        return left

    def said(self) -> Counter[str]:
        """How often each event was said; and each saying is in the outbox as it is in the audit."""
        counts: Counter[str] = Counter()
        ids: Counter[str] = Counter()
        rows = set()
        for row in (row for day in (TODAY, TOMORROW) for row in audited(day=day)):
            found = envelopes_of(row)
            counts.update(one["type"].split(".", 1)[1].removesuffix(".v1") for one in found)
            ids.update(one["id"] for one in found)
            rows |= {row.sk} if found else set()
        waiting = {
            row.sk for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))
        }
        self.expect("outbox beside audit", waiting, rows)
        self.expect("an event said twice", [id for id, times in ids.items() if times > 1], [])
        return counts

    def opened(self) -> None:
        """Move to tomorrow's session."""
        self.now = local(TOMORROW, START) + timedelta(minutes=5)


def refusals(answers: Sequence[Any]) -> Counter[str]:
    """How often each refusal came."""
    return Counter(type(answer).__name__ for answer in answers if isinstance(answer, Refusal))


def done(answers: Sequence[Any]) -> list[Any]:
    """The answers that were no refusals."""
    return [answer for answer in answers if not isinstance(answer, Refusal)]


def _persisting(act: Callable[[], Any]) -> Any:
    for attempt in range(_ATTEMPTS):
        try:
            return act()
        except Clash as clash:
            met: Refusal = clash
            back_off(attempt)
        except Refusal as refusal:
            return refusal
    return met


def _person(serial: int) -> Visitor:
    number = resident_id(born=date(1980, 1, 1) + timedelta(days=serial // 1000), serial=serial)
    found = document(DocumentKind.RESIDENT, number)
    return Visitor(name=f"示例{serial}", document=found, concession="adult")


def _area(places: int, instant: int) -> Area:
    session = Session(start=START, end=END, capacity=places)
    return Area(
        id="main",
        names={"zh": "主景区"},
        capacity=Capacity(instant=instant, day=10_000, approval="批复", approved_on=date(2025, 3, 1)),
        timetables=(Timetable(valid_from=TODAY, sessions=(session,)),),
        gates={"south": "南门", "east": "东门"},
    )


def _product() -> Product:
    return Product(
        id="entry",
        area="main",
        titles={"zh": "门票"},
        about={"zh": "入园"},
        classes=(Concession(code="adult", titles={"zh": "成人票"}, price=PRICE),),
        policy=(Tier(hours=-24, permille=1000),),
    )
