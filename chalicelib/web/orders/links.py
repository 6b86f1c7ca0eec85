"""Ways to an order: the visitor's capability link, the browser's own list of them, and short numbers.

Who has the link has the order: the token is a keyed hash of the order's id under the tenant's key, so it is
stored nowhere and cannot be guessed. The browser keeps the latest ones, for whoever lost the page.
"""

import hashlib
import hmac
import re
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.commerce.orders import store as order_store
from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.numbers import read_short, short_number
from chalicelib.commerce.orders.ports import Orders
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.config import settings
from chalicelib.kernel.errors import Malformed, Missing
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.period import business_day
from chalicelib.persistence import vault
from chalicelib.persistence.unit_of_work import Command
from chalicelib.tenancy.context import current
from chalicelib.web.answers import cookie
from chalicelib.web.http import Asked, Call

_COOKIE, _KEPT, _SECONDS = "orders", 3, 30 * 86_400
_PAIR = re.compile(r"(or_[0-9a-z]{26})\.([0-9a-f]{32})")


class LinkQuery(Asked):
    """The link's token, and what has just been done."""

    t: Annotated[str, Field(max_length=64)] = ""
    paid: Annotated[str, Field(max_length=1)] = ""
    done: Annotated[str, Field(max_length=16)] = ""


def token_of(id: str, *, now: datetime) -> str:
    """The capability of an order."""
    return vault.blind(f"order-link|{id}", now=now)


def order_path(call: Call, id: str, step: str = "", **more: str) -> str:
    """An order's page (or a step of it) for whoever holds its link."""
    query = urlencode({"t": token_of(id, now=call.now), **more})
    return f"/s/{call.tenant.slug}/orders/{id}{step}?{query}"


def absolute(path: str) -> str:
    """The path with this site before it."""
    return settings().base_url + path


def opened(call: Call, *, orders: Orders) -> Order:
    """The order of the path, if the link's token is its own; else there is no such page."""
    id = call.path["order"]
    # A page with tickets or guests on it stays in no cache, not even the browser's.
    call.set_header("Cache-Control", "no-store")
    if not is_id(id, "or"):
        raise Missing
    if not hmac.compare_digest(token_of(id, now=call.now).encode(), call.query.t.encode()):
        raise Missing
    return orders.get(id)


def remember(call: Call, id: str) -> None:
    """Add an order to the list that this browser keeps (scripts cannot read it)."""
    pairs = [(id, token_of(id, now=call.now))]
    pairs += [pair for pair in _remembered(call) if pair[0] != id]
    value = "~".join(".".join(pair) for pair in pairs[:_KEPT])
    call.cookies.append(cookie(_COOKIE, value, seconds=_SECONDS, path=f"/s/{call.tenant.slug}"))


def own_orders(call: Call) -> list[dict[str, str]]:
    """The orders that this browser made here lately, newest first."""
    return [
        {"number": short_number(id), "href": f"/s/{call.tenant.slug}/orders/{id}?{urlencode({'t': token})}"}
        for id, token in _remembered(call)
    ]


def find(typed: str, *, now: datetime, orders: Orders) -> Order | None:
    """An order by its id (what its QR code says) or by the short number that people read out."""
    typed = typed.strip()
    if is_id(typed.lower(), "or"):
        return orders.find(typed.lower())
    short = read_short(typed, today=business_day(now))
    if short is None:
        return None
    id = order_store.ending(day=short.day, tail=short.tail)
    return orders.find(id) if id is not None else None


def mark(command: Command | None) -> Mark:
    """Which command this is, under its sender: what makes a hold idempotent."""
    if command is None:
        raise Malformed
    sender = hashlib.blake2b(f"{current().actor}|{command.key}".encode(), digest_size=12)
    return Mark(command=sender.hexdigest(), digest=command.digest[:32])


def _remembered(call: Call) -> list[tuple[str, str]]:
    for part in call.header("cookie")[:8_000].split(";"):
        name, _, value = part.strip().partition("=")
        if name == _COOKIE:
            return [(id, token) for id, token in _PAIR.findall(value)[:_KEPT]]
    return []
