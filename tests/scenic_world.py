"""A scenic area to test in: one area, one product, invented people; in memory or on the engine."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.commerce.orders.arrivals import settle_refunds
from chalicelib.commerce.orders.domain import Order, Tier
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.documents import DocumentKind, check_digit, document
from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.period import business_day
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.unit_of_work import Command, UnitOfWork
from chalicelib.tenancy.context import Tenant, TenantContext
from tenants.scenic.domain.area import Area, Capacity, Session, Timetable
from tenants.scenic.domain.passing import Passing
from tenants.scenic.domain.product import Concession, Product, Visitor
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.store.catalogue import area_row, forget_catalogue, product_row
from tenants.scenic.usecases import gate, sale
from tests.fake_shop import FakePayments, FakeShop, fake_unit
from tests.fakes import Memory, Work

# Half past nine in Zhengzhou, far ahead: the engine deletes rows whose ttl is over by the wall clock.
NOW = datetime(2035, 10, 2, 1, 30, tzinfo=UTC)
DAY = date(2035, 10, 2)
MORNING, NOON, NIGHT = time(8, 0), time(12, 0), time(18, 0)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def tenant(letter: str = "a", *, kind: str = "scenic") -> Tenant:
    """An invented tenant."""
    return Tenant(
        id=TenantId(f"tn_{letter * 26}"),
        kind=kind,
        slug=f"songlu-{letter}",
        name="嵩麓",
        district="410185",
        entitlements=frozenset({"scenic.tickets"}),
    )


def context(letter: str = "a", *, actor: str = "key:desk") -> TenantContext:
    """A desk of that tenant."""
    return TenantContext(tenant=tenant(letter), actor=actor, door="member", roles=frozenset({"desk"}))


def area(*, places: int = 50, instant: int = 2000, day: int = 4000) -> Area:
    """Three sessions of ``places`` each; two gates."""
    sessions = (
        Session(start=MORNING, end=NOON, capacity=places),
        Session(start=NOON, end=NIGHT, capacity=places),
        Session(start=NIGHT, end=time(23, 59), capacity=places),
    )
    return Area(
        id="main",
        names={"zh": "主景区", "en": "Main area"},
        capacity=Capacity(instant=instant, day=day, approval="批复", approved_on=date(2025, 3, 1)),
        timetables=(Timetable(valid_from=DAY - timedelta(days=30), sessions=sessions),),
        gates={"south": "南门", "east": "东门"},
    )


def product() -> Product:
    """Adults pay, the young pay half, the old pay nothing; refunds in three steps."""
    return Product(
        id="entry",
        area="main",
        titles={"zh": "门票", "en": "Entry"},
        about={"zh": "入园"},
        classes=(
            Concession(code="adult", titles={"zh": "成人票"}, price=8001),
            Concession(code="senior", titles={"zh": "老年票"}, price=0, age_from=60),
            Concession(code="youth", titles={"zh": "青少年票"}, price=4001, age_from=6, age_to=18),
        ),
        policy=(Tier(hours=24, permille=1000), Tier(hours=2, permille=800), Tier(hours=0, permille=500)),
    )


def person(serial: int, *, born: date = date(1990, 1, 1), concession: str = "adult") -> Visitor:
    """Somebody whose number is valid in form and issued to nobody (region 410100)."""
    body = f"410100{born + timedelta(days=serial // 1000):%Y%m%d}{serial % 1000:03d}"
    found = document(DocumentKind.RESIDENT, body + check_digit(body))
    return Visitor(name=f"示例{serial}", document=found, concession=concession)


def passing(scan: str, *, count: int = 1) -> Passing:
    """A place for so many, taken by a scan of a ticket that nobody has."""
    return Passing(scan=scan, turn="00000000", order="0" * 16, number=1, count=count, at=NOW)


class World:
    """What a desk, a gate and a visitor do here, each in a work of its own. ``now`` is moved by the test."""

    now = NOW

    def __init__(self) -> None:
        self.payments = FakePayments()

    def shop(self, work: Any) -> Any: ...

    def work(self, action: str = "test", command: Command | None = None) -> Any: ...

    @property
    def unit(self) -> Any: ...

    def said(self) -> list[dict[str, Any]]:
        """Every envelope that a committed work published, and those that rows carry themselves."""
        raise NotImplementedError

    def types(self) -> list[str]:
        """The types of those, without the domain's prefix and the version, sorted."""
        return sorted(found["type"].removeprefix("tourism.").removesuffix(".v1") for found in self.said())

    def do(self, act: Callable[[Any], Any], *, command: Command | None = None, answer: Any = None) -> Any:
        """Run ``act`` on a shop around a fresh work and commit it."""
        work = self.work(command=command)
        result = act(self.shop(work))
        if not work.empty or command is not None:
            work.commit(answer)
        return result

    def hold(
        self,
        *people: Visitor,
        key: str = "k1",
        says: str = "",
        start: time = NOON,
        day: date = DAY,
    ) -> Order:
        """Hold tickets: adults unless said otherwise."""
        visitors = people or (person(1),)
        booking = sale.Booking(
            product="entry", day=day, start=start, visitors=visitors, channel="desk", locale="zh"
        )
        digest = says or f"{[visitor.document.number for visitor in visitors]}|{start}|{day}"
        mark = Mark(command=key, digest=digest)
        order: Order = self.do(lambda shop: sale.hold(booking, mark=mark, shop=shop))
        return order

    def pay(self, order: Order) -> Order:
        """A clerk takes the money."""

        def act(shop: Any) -> Order:
            receipt = taken(order=order.id, amount=order.total, now=shop.now)
            return sale.pay_at_desk(shop.orders.get(order.id), receipt=receipt, shop=shop)[0]

        paid: Order = self.do(act)
        return paid

    def receive(self, order: Order, ref: str = "pay-1") -> Order:
        """A provider says that the money has arrived."""
        receipt = Receipt(provider="fake", ref=ref, method="alipay", amount=order.total, at=self.now)
        return sale.receive(order.id, receipt=receipt, unit=self.unit)

    def refund(self, order: Order, numbers: Sequence[int] | None = None, agreed: int | None = None) -> Order:
        """Give tickets back (all that are usable, unless numbers are given)."""
        given: Order = self.do(lambda shop: sale.refund(order.id, numbers=numbers, agreed=agreed, shop=shop))
        return given

    def cancel(self, order: Order) -> Order:
        """Let a hold go."""
        given: Order = self.do(lambda shop: sale.cancel(order.id, shop=shop))
        return given

    def settle(self, order: Order | None = None) -> int:
        """Send what is owed."""
        shop = self.shop(self.work())
        return settle_refunds(
            till=shop,
            unit=self.unit,
            kind="scenic",
            provider=lambda _: self.payments,
            order=order.id if order else None,
        )

    def admit(self, order: Order, number: int = 1, *, nonce: str = "n1", at: str = "south") -> gate.Admitted:
        """Scan a ticket at a gate."""
        shop = self.shop(self.work())
        ticket = shop.tickets.one(order.id, number)
        code = shop.tickets.code(ticket.pass_())
        return gate.admit(area_id="main", gate=at, code=code, nonce=nonce, shop=shop, unit=self.unit)

    def left(self, *, start: time = NOON, day: date = DAY) -> int:
        """What the buckets of a session say is left, holds that are over counted as free."""
        shop = self.shop(self.work())
        _, slot = shop.catalogue.area("main").slot(day, start)
        buckets = shop.stock._buckets.read(slot, range(slot.buckets), exact=True)
        for number, bucket in buckets.items():
            held = sum(word % 1000 for word in bucket.holds.values())
            assert bucket.left + held == slot.size(number)
        return sum(bucket.available(now=self.now) for bucket in buckets.values())

    def order(self, order: Order) -> Order:
        """The order as it is kept now."""
        kept: Order = self.shop(self.work()).orders.get(order.id)
        return kept

    def gauge(self) -> Any:
        """Who is inside."""
        return self.shop(self.work()).flow.gauge("main", business_day(self.now), exact=True)


class MemoryWorld(World):
    """In memory."""

    def __init__(self, place: Area | None = None) -> None:
        super().__init__()
        self.memory = Memory(areas=[place or area()], products=[product()])

    def shop(self, work: Work) -> FakeShop:
        return FakeShop(work)

    def work(self, action: str = "test", command: Command | None = None) -> Work:
        return Work(self.memory, action=action, now=self.now, command=command)

    @property
    def unit(self) -> Any:
        return fake_unit(self.memory, self.now)

    def said(self) -> list[dict[str, Any]]:
        return self.memory.said


class EngineWorld(World):
    """On the engine; whoever uses it has bound a tenant."""

    def __init__(self, place: Area | None = None) -> None:
        super().__init__()
        work = UnitOfWork(action="test.set-up", now=self.now)
        work.put(area_row(place or area()))
        work.put(product_row(product()))
        work.commit()
        forget_catalogue()

    def shop(self, work: UnitOfWork) -> ScenicShop:
        return ScenicShop(work)

    def work(self, action: str = "test", command: Command | None = None) -> UnitOfWork:
        return UnitOfWork(action=action, now=self.now, command=command)

    @property
    def unit(self) -> Any:
        return new_unit(self.now)

    def said(self) -> list[dict[str, Any]]:
        days = {business_day(NOW) + timedelta(days=ahead) for ahead in range(-1, 3)}
        return [said for day in sorted(days) for row in audited(day=day) for said in envelopes_of(row)]
