"""The scenic module's ports in memory, and a provider of payments that counts what it is asked."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.commerce.stock.kernel import Stock
from chalicelib.kernel.errors import Clash, Missing
from chalicelib.kernel.events import Event, envelope
from chalicelib.kernel.money import Money
from chalicelib.kernel.personal import ERASED
from chalicelib.payments.port import Charge, Receipt, Started
from chalicelib.persistence.vault import PersonalDataGone
from tenants.scenic.domain.area import Area
from tenants.scenic.domain.limit import Limit
from tenants.scenic.domain.passing import Passing
from tenants.scenic.domain.product import Product
from tenants.scenic.domain.ticket import (
    PREFIX,
    SIZE,
    CodeInvalid,
    Pass,
    State,
    Ticket,
    base45,
    unbase45,
    unpack,
)
from tenants.scenic.usecases.ports import Admission
from tests.fake_flow import FakeFlow
from tests.fakes import FakeBuckets, FakeOrders, Memory, Work

_SEAL = b"sealed:"


class FakeCatalogue:
    """The ``Catalogue`` port."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def area(self, id: str) -> Area:
        return _one(self._memory.areas, id)

    def areas(self) -> Sequence[Area]:
        return self._memory.areas

    def product(self, id: str) -> Product:
        product: Product = _one(self._memory.products, id)
        if not product.on:
            raise Missing(product=id)
        return product

    def products(self) -> Sequence[Product]:
        return self._memory.products


class FakeTickets:
    """The ``Tickets`` port. Its signature is a hash: enough to tell its own codes from others."""

    def __init__(self, memory: Memory, work: Work) -> None:
        self._memory, self._work = memory, work

    def issue(self, tickets: Sequence[Ticket]) -> None:
        kept = self._memory.tickets
        for key, ticket in ((_key(ticket), ticket) for ticket in tickets):
            self._work.join(
                lambda key=key: key not in kept,
                lambda key=key, ticket=ticket: kept.update({key: ticket}),
            )

    def of(self, order: str) -> Sequence[Ticket]:
        found = [ticket for (of, _), ticket in self._memory.tickets.items() if of == order[-16:]]
        return sorted(found, key=lambda ticket: ticket.number)

    def one(self, order: str, number: int) -> Ticket | None:
        return self._memory.tickets.get((order[-16:], number))

    def take_back(self, tickets: Sequence[Ticket]) -> None:
        kept = self._memory.tickets
        for key in map(_key, tickets):
            self._work.join(
                lambda key=key: kept[key].state is State.ISSUED,
                lambda key=key: kept.update({key: replace(kept[key], state=State.REFUNDED)}),
                Clash(),
            )

    def admit(self, admission: Admission, *, passing: Passing, said: Mapping[str, Any]) -> bool:
        key = (admission.order[-16:], admission.number)
        ticket = self._memory.tickets.get(key)
        if ticket is None or ticket.state is not State.ISSUED or passing.turn in self._memory.void:
            return False
        self._memory.tickets[key] = replace(
            ticket,
            state=State.USED,
            at=admission.at,
            gate=admission.gate,
            nonce=admission.nonce,
            passing=passing.turn,
        )
        self._memory.said.append(dict(said))
        return True

    def confirms(self, passing: Passing) -> bool:
        ticket = self.one(passing.order, passing.number)
        if ticket is not None and ticket.state is State.ISSUED:
            self._memory.void.add(passing.turn)
        return ticket is not None and ticket.passing == passing.turn

    def refuse(self, admission: Admission, *, reason: str, said: Mapping[str, Any]) -> None:
        key = (f"{admission.at:%Y-%m-%d#%H}", admission.nonce)
        if key not in self._memory.refused:
            self._memory.refused[key] = reason
            self._memory.said.append(dict(said))

    def code(self, pass_: Pass) -> str:
        payload = pass_.pack()
        return PREFIX + base45(payload + _signature(payload))

    def read(self, code: str) -> Pass:
        if not code.startswith(PREFIX):
            raise CodeInvalid
        data = unbase45(code[len(PREFIX) :])
        if len(data) != SIZE + 64 or data[SIZE:] != _signature(data[:SIZE]):
            raise CodeInvalid
        return unpack(data[:SIZE])


class FakeLimits:
    """The ``Limits`` port."""

    def __init__(self, memory: Memory, work: Work) -> None:
        self._memory, self._work = memory, work

    def orders(self) -> Sequence[Limit]:
        return [one for one in self._memory.limits if self._work.now < one.ends]

    def said(self, area: str) -> str:
        return self._memory.limits_said.get(area, "")

    def say(self, area: str, *, before: str, after: str) -> None:
        said = self._memory.limits_said
        self._work.join(lambda: said.get(area, "") == before, lambda: said.update({area: after}), Clash())


GONE = b"sealed under a key that was destroyed"


class FakeVault:
    """The ``Vault`` port: what is sealed cannot be read by looking at it."""

    def seal(self, value: Any, *, lasting: bool = False) -> bytes:
        return _SEAL + json.dumps(value, ensure_ascii=False).encode()[::-1]

    def unseal(self, sealed: bytes) -> Any:
        if sealed == GONE:
            raise PersonalDataGone
        return json.loads(sealed.removeprefix(_SEAL)[::-1])

    def shown(self, sealed: bytes) -> Any:
        try:
            return self.unseal(sealed)
        except PersonalDataGone:
            return ERASED

    def blind(self, value: str) -> str:
        return hashlib.blake2b(value.encode(), digest_size=16, key=b"fake").hexdigest()


class FakeShop:
    """The ``Shop`` port around one work."""

    def __init__(self, work: Work) -> None:
        memory = work.memory
        self.work, self.now = work, work.now
        self.orders = FakeOrders(memory, work)
        self.stock = Stock(FakeBuckets(memory), who="fake", hints=memory.hints)
        self.catalogue = FakeCatalogue(memory)
        self.tickets = FakeTickets(memory, work)
        self.flow = FakeFlow(memory, work)
        self.limits = FakeLimits(memory, work)
        self.vault = FakeVault()

    def publish(self, *events: Event) -> None:
        self.work.publish(*events)

    def envelope(self, event: Event) -> Mapping[str, Any]:
        return envelope(event, tenant="tn_fake", kind="scenic", slug="fake", district="410185", now=self.now)


def fake_unit(memory: Memory, now: datetime) -> Any:
    """The ``Unit`` port."""

    @contextmanager
    def unit(action: str) -> Iterator[FakeShop]:
        work = Work(memory, action=action, now=now)
        yield FakeShop(work)
        if not work.empty:
            work.commit()

    return unit


@dataclass
class FakePayments:
    """A provider: opens payments, takes money where a test says so, refunds once a key."""

    name: str = "fake"
    started: dict[str, Charge] = field(default_factory=dict)
    arrived: dict[str, Receipt] = field(default_factory=dict)
    refunds: dict[str, tuple[str, Money]] = field(default_factory=dict)
    asked: int = 0

    def start(self, charge: Charge, *, key: str) -> Started:
        self.started.setdefault(key, charge)
        return Started(ref=f"pay-{key}", url=f"https://checkout.stripe.com/{key}")

    def receipt(self, ref: str, *, now: datetime) -> Receipt | None:
        return self.arrived.get(ref)

    def refund(self, ref: str, *, amount: Money, key: str) -> str:
        self.asked += 1
        before = self.refunds.setdefault(key, (ref, amount))
        assert before == (ref, amount), "one key, two different refunds"
        return f"re-{key}"

    @property
    def sent(self) -> int:
        """Fen that went back."""
        return sum(amount.amount for _, amount in self.refunds.values())


def _key(ticket: Ticket) -> tuple[str, int]:
    return (ticket.order[-16:], ticket.number)


def _signature(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=64, key=b"fake").digest()


def _one(found: Sequence[Any], id: str) -> Any:
    for thing in found:
        if thing.id == id:
            return thing
    raise Missing(id=id)
