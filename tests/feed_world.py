"""A small city for tests of the feed: two scenic areas, a hotel and the bureau, in three tables."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.kernel.events import Event, envelope
from chalicelib.kernel.ids import TenantId, new_id
from chalicelib.kernel.module import Arrival
from chalicelib.messaging import consumer
from chalicelib.persistence.directory import TenantRow, forget_directory
from chalicelib.tenancy.context import Tenant, bind, duty
from tenants.bureau.inbox import BureauInbox
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.senders import forget_senders
from tenants.bureau.usecases.proving import recompute

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)  # half past ten in Zhengzhou
DAY = date(2026, 11, 22)


def tenant(letter: str, *, kind: str, slug: str, name: str) -> Tenant:
    return Tenant(id=TenantId(f"tn_{letter * 26}"), kind=kind, slug=slug, name=name, district="410185")


SHAOLIN = tenant("s", kind="scenic", slug="shaolin", name="少林寺景区")
SONGYANG = tenant("y", kind="scenic", slug="songyang", name="嵩阳书院")
HOTEL = tenant("h", kind="hotel", slug="songshan-hotel", name="嵩山饭店")
BUREAU = tenant("b", kind="bureau", slug="zhengzhou", name="郑州市文化广电和旅游局")
ALL = (SHAOLIN, SONGYANG, HOTEL, BUREAU)


def entry(
    admitted: int = 1,
    *,
    by: Tenant = SHAOLIN,
    at: datetime = NOW,
    refused: Mapping[str, int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A gate's minute."""
    data = {
        "area": "main",
        "gate": "g1",
        "minute": at.strftime("%Y-%m-%dT%H:%M:00Z"),
        "admitted": admitted,
        "refused": dict(refused or {}),
    }
    return said("tourism.scenic.entry.counted.v1", data, by=by, at=at, **more)


def ticket(quantity: int = 2, price: int = 16000, **more: Any) -> dict[str, Any]:
    """Tickets of one order."""
    data = {
        "product": "adult",
        "area": "main",
        "slotStart": "2026-11-22T01:00:00Z",
        "quantity": quantity,
        "price": price,
        "channel": "online",
        "concession": {"adult": quantity},
        "resident": {"local": 0, "other": quantity, "inbound": 0},
    }
    return said("tourism.scenic.ticket.issued.v1", data, personal="p1", **more)


def flow(inside: int, *, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """A count of people inside."""
    data = {
        "windowStart": at.strftime("%Y-%m-%dT%H:%M:00Z"),
        "windowSeconds": 300,
        "entered": 10,
        "exited": 4,
        "inside": inside,
        "instantCapacity": 1000,
        "dayCapacity": 5000,
        "enteredToday": inside + 100,
        "zone": "main",
        "quality": "gate",
    }
    return said("tourism.scenic.flow.observed.v1", data, at=at, **more)


def payment(
    amount: int = 16000, *, refund: bool = False, method: str = "card", **more: Any
) -> dict[str, Any]:
    """Money in or out."""
    data = {
        "order": "or_1",
        "method": method,
        "provider": "stripe",
        "amount": amount,
        "currency": "CNY",
        "refund": refund,
    }
    return said("tourism.commerce.payment.settled.v1", data, personal="p1", **more)


def said(
    type: str,
    data: Mapping[str, Any],
    *,
    by: Tenant = SHAOLIN,
    at: datetime = NOW,
    personal: Any = "p0",
    corrects: str | None = None,
    status: Any = "actual",
    due: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """The envelope of something that ``by`` said."""
    event = Event(
        type=type,
        subject="thing",
        at=at,
        data=data,
        personal=personal,
        corrects=corrects,
        status=status,
        due=due,
        id=new_id("ev", now=now or at),
    )
    return envelope(event, tenant=by.id, kind=by.kind, slug=by.slug, district=by.district, now=now or at)


def message(detail: Any, *, source: str = "tourism.up", **more: Any) -> dict[str, Any]:
    """An SQS record whose body is the bus's event."""
    document = {"source": source, "detail-type": "x", "detail": detail, **more}
    return {"messageId": new_id("ms", now=NOW), "body": json.dumps(document, ensure_ascii=False)}


def settle() -> None:
    """Write the directory of the city into the control table."""
    for one in ALL:
        facts: dict[str, Any] = {
            "tenant": one.id,
            "tenant_kind": one.kind,
            "slug": one.slug,
            "name": one.name,
            "district": one.district,
            "status": "active",
        }
        for pk, sk in (
            (f"TENANT#{one.id}", "-"),
            (f"SLUG#{one.slug}", "-"),
            ("REGISTER", one.id),
            (f"REGISTER#{one.kind}", one.id),
        ):
            TenantRow(pk, sk, **facts).put()


def forget() -> None:
    """Nothing is remembered of who lived here before."""
    forget_directory()
    forget_senders()
    consumer.forget_homes()


@contextmanager
def acting_for(who: Tenant) -> Iterator[None]:
    """As the platform, for this tenant."""
    with bind(duty(who, "test")):
        yield


def later(**span: float) -> datetime:
    """The present, moved."""
    return NOW + timedelta(**span)


def take(*envelopes: dict[str, Any], now: Any = None, replay: str | None = None) -> set[int]:
    """Hand envelopes to the bureau's inbox, as if the bus had."""
    with acting_for(BUREAU):
        arrivals = [Arrival(envelope=one, lane="tourism.up", replay=replay) for one in envelopes]
        return BureauInbox().batch(arrivals, now or later(seconds=5))


def counters(sender: Any = SHAOLIN, day: date = DAY) -> dict[str, int]:
    """A sender's figures that are not zero."""
    with acting_for(BUREAU):
        told = LedgerStore().day(sender.id, day)
    return {name: n for name, n in told.counters.items() if n} if told else {}


def gauge(name: str, sender: Any = SHAOLIN, day: date = DAY) -> Any:
    """What a gauge says, or None."""
    with acting_for(BUREAU):
        told = LedgerStore().day(sender.id, day)
    return told.gauges[name].value if told and name in told.gauges else None


def differences(day: date = DAY) -> list[Any]:
    """Where the figures do not follow from the ledger."""
    with acting_for(BUREAU):
        return recompute(day=day, ledger=LedgerStore())
