"""The way back to an order for who closed the page: its number, and something that only its own people know.

A stranger learns nothing here: a number that was never given and a wrong proof get one answer, and tries are
few, for an address, for a number and for the shop together.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated

from pydantic import Field

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.ports import Orders
from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Missing
from chalicelib.tenancy.limits import TokenBucket
from chalicelib.web.http import Asked, Call, Html, Page, Redirect
from chalicelib.web.orders.links import find, order_path, own_orders
from chalicelib.web.orders.words import refused_in_words


class NoSuchOrder(Missing):
    code = "commerce.order.not-found"
    detail = N_("没有找到符合的订单。")
    remedy = N_("请核对后再试;仍然找不到,请联系商家。")


class FindForm(Asked):
    """An order's number as people read it out, and the proof. Neither is kept."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    proof: Annotated[str, Field(min_length=1, max_length=40, repr=False)]


def find_page(call: Call, *, label: str, hint: str, kind: str, refused: Missing | None = None) -> Html:
    """The form. ``label`` and ``hint`` tell the proof that this kind of shop asks for, ``kind`` its keys."""
    call.set_header("Cache-Control", "no-store")
    return Html(
        "orders/find.html",
        label=call.translate(label),
        hint=call.translate(hint),
        kind=kind,
        action=f"/s/{call.tenant.slug}/find",
        number=str(call.form.get("number", ""))[:40],
        orders=own_orders(call),
        refused=refused_in_words(refused, locale=call.locale) if refused is not None else None,
    )


def find_again(
    call: Call, asked: FindForm, *, orders: Orders, knows: Callable[[Order], bool], again: Callable[..., Html]
) -> Page:
    """On to the order's page, or the form again. ``knows``: whether the proof is this order's."""
    call.idempotent_by_itself()
    _take(call, asked.number)
    order = find(asked.number, now=call.now, orders=orders)
    if order is None or not knows(order):
        return again(call, refused=NoSuchOrder()).with_status(NoSuchOrder.status)
    return Redirect(order_path(call, order.id))


def _take(call: Call, number: str) -> None:
    """One try. Who guesses proofs of one order runs dry first, then who guesses at all."""
    shop, address, order = _tries()
    address.take(call.address)
    order.take(f"{call.tenant.id}/{number.strip().upper()[-8:]}")
    shop.take(call.tenant.id)


# Looking a number up reads the ids of a day's orders: the shop's bucket bounds that for all strangers.
@cache
def _tries() -> tuple[TokenBucket, TokenBucket, TokenBucket]:
    factor = settings().rate_factor
    return (
        TokenBucket(rate=2 * factor, size=60 * factor),
        TokenBucket(rate=factor / 10, size=20 * factor),
        TokenBucket(rate=factor / 120, size=6 * factor),
    )


def forget_tries() -> None:
    """Start with full buckets (tests)."""
    _tries.cache_clear()
