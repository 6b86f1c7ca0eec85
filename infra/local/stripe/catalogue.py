"""Products and prices."""

from __future__ import annotations

from . import money
from .calls import Call
from .errors import Json, StripeFault, missing, refused
from .events import emit
from .listing import filters, flags, page
from .params import Params
from .present import present
from .store import Record, Unit, new_id

_PAGING = ("created", "limit", "starting_after", "ending_before")


def create_product(call: Call, unit: Unit) -> Json:
    """POST /v1/products"""
    params = call.params
    params.only(
        "id", "name", "active", "description", "images", "metadata", "url", "unit_label",
        "statement_descriptor", "tax_code", "type", "shippable", "default_price_data",
    )  # fmt: skip
    ident = params.text("id")
    if ident and unit.get(ident, account=call.account):
        raise refused("Product already exists.", code="resource_already_exists", param="id")
    record = new_product(unit, params=params, account=call.account, ident=ident)
    active = params.flag("active")
    record.body["active"] = True if active is None else active
    unit.add(record)
    default = params.nested("default_price_data")
    if default is not None:
        price = new_price(unit, params=default, account=call.account, product=record.id)
        unit.add(price)
        record.body["default_price"] = price.id
        unit.save(record)
        emit(unit, "price.created", subject=price)
    emit(unit, "product.created", subject=record)
    return present(unit, record)


def new_product(unit: Unit, *, params: Params, account: str, ident: str | None = None) -> Record:
    """A product from ``product_data`` or from the parameters of its own endpoint, not yet stored."""
    ident = ident or new_id("prod_", length=14)
    body: Json = {
        "id": ident,
        "object": "product",
        "active": True,
        "created": unit.now,
        "default_price": None,
        "description": params.text("description"),
        "images": params.texts("images", most=8),
        "livemode": False,
        "marketing_features": [],
        "metadata": params.metadata(),
        "name": params.required("name"),
        "package_dimensions": None,
        "shippable": params.flag("shippable"),
        "statement_descriptor": params.text("statement_descriptor", longest=22),
        "tax_code": params.text("tax_code"),
        "type": params.choice("type", "good", "service") or "service",
        "unit_label": params.text("unit_label", longest=12),
        "updated": unit.now,
        "url": params.url("url"),
    }
    return Record(kind="product", id=ident, account=account, body=body)


def update_product(call: Call, unit: Unit) -> Json:
    """POST /v1/products/{id}"""
    params = call.params
    params.only(
        "name", "active", "description", "images", "metadata", "url", "unit_label",
        "statement_descriptor", "tax_code", "shippable", "default_price",
    )  # fmt: skip
    record = call.subject(unit, kind="product")
    before = dict(record.body)
    body = record.body
    if "name" in params:
        body["name"] = params.required("name")
    for key in ("description", "unit_label", "statement_descriptor", "tax_code", "url"):
        if key in params:
            body[key] = params.text(key)
    for key in ("active", "shippable"):
        if key in params:
            body[key] = params.flag(key)
    if "images" in params:
        body["images"] = params.texts("images", most=8)
    if "default_price" in params:
        price = call.named(unit, kind="price", key="default_price")
        body["default_price"] = price and price.id
    body["metadata"] = params.metadata(before=body["metadata"])
    body["updated"] = unit.now
    unit.save(record)
    changed = {key: value for key, value in before.items() if body[key] != value}
    emit(unit, "product.updated", subject=record, before=changed)
    return present(unit, record)


def retrieve_product(call: Call, unit: Unit) -> Json:
    """GET /v1/products/{id}"""
    return present(unit, call.subject(unit, kind="product"))


def delete_product(call: Call, unit: Unit) -> Json:
    """DELETE /v1/products/{id}: refused while prices hang on it."""
    record = call.subject(unit, kind="product")
    where = " AND json_extract(body, '$.product') = ?"
    if unit.find("price", account=call.account, where=where, values=(record.id,), limit=1):
        raise refused("This product cannot be deleted because it has one or more user-created prices.")
    unit.remove(record)
    emit(unit, "product.deleted", subject=record)
    return {"id": record.id, "object": "product", "deleted": True}


def list_products(call: Call, unit: Unit) -> Json:
    """GET /v1/products"""
    call.params.only("active", "shippable", "url", "ids", *_PAGING)
    where, values = flags(call, "active", "shippable")
    ids = call.params.texts("ids")
    if ids:
        where += f" AND id IN ({', '.join('?' * len(ids))})"
        values = (*values, *ids)
    return page(call, unit, kind="product", url="/v1/products", where=where, values=values)


_PRICE = (
    "currency", "unit_amount", "unit_amount_decimal", "product", "product_data", "active",
    "nickname", "metadata", "lookup_key", "transfer_lookup_key", "tax_behavior", "recurring",
    "billing_scheme",
)  # fmt: skip


def create_price(call: Call, unit: Unit) -> Json:
    """POST /v1/prices"""
    params = call.params
    params.only(*_PRICE)
    product = call.named(unit, kind="product", key="product")
    data = params.nested("product_data")
    if product is None and data is None:
        raise missing("product")
    if product is None and data is not None:
        product = new_product(unit, params=data, account=call.account)
        unit.add(product)
        emit(unit, "product.created", subject=product)
    assert product is not None
    record = new_price(unit, params=params, account=call.account, product=product.id)
    _claim_lookup_key(unit, record, params=params)
    unit.add(record)
    emit(unit, "price.created", subject=record)
    return present(unit, record)


def _claim_lookup_key(unit: Unit, record: Record, *, params: Params) -> None:
    key = record.body["lookup_key"]
    if key is None:
        return
    where = " AND json_extract(body, '$.lookup_key') = ?"
    for holder in unit.find("price", account=record.account, where=where, values=(key,)):
        if not params.flag("transfer_lookup_key"):
            raise refused(
                f"A price (`{holder.id}`) already uses that lookup key.",
                code="resource_already_exists",
                param="lookup_key",
            )
        holder.body["lookup_key"] = None
        unit.save(holder)


def new_price(unit: Unit, *, params: Params, account: str, product: str) -> Record:
    """A price from its endpoint or from inline ``price_data``, not yet stored."""
    currency = money.currency(params.required("currency"), param=params.name("currency"))
    amount = params.amount("unit_amount", least=0)
    exact = params.text("unit_amount_decimal")
    if exact is not None:
        if amount is not None or not exact.isdigit():
            raise StripeFault(
                "The local stand-in takes unit_amount_decimal only as a whole number, and alone.",
                param=params.name("unit_amount_decimal"),
            )
        amount = int(exact)
    if amount is None:
        raise missing(params.name("unit_amount"))
    recurring = params.nested("recurring")
    ident = new_id("price_1")
    active = params.flag("active")
    body: Json = {
        "id": ident,
        "object": "price",
        "active": True if active is None else active,
        "billing_scheme": params.choice("billing_scheme", "per_unit") or "per_unit",
        "created": unit.now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": params.text("lookup_key", longest=200),
        "metadata": params.metadata(),
        "nickname": params.text("nickname"),
        "product": product,
        "recurring": recurring and _recurring(recurring),
        "tax_behavior": params.choice("tax_behavior", "inclusive", "exclusive", "unspecified")
        or "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return Record(kind="price", id=ident, account=account, body=body)


def _recurring(params: Params) -> Json:
    params.required("interval")
    return {
        "interval": params.choice("interval", "day", "week", "month", "year"),
        "interval_count": params.integer("interval_count") or 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": params.choice("usage_type", "licensed", "metered") or "licensed",
    }


def update_price(call: Call, unit: Unit) -> Json:
    """POST /v1/prices/{id}: the amount of a price never changes."""
    params = call.params
    params.only("active", "nickname", "metadata", "lookup_key", "transfer_lookup_key",
                "tax_behavior")  # fmt: skip
    record = call.subject(unit, kind="price")
    if "active" in params:
        record.body["active"] = bool(params.flag("active"))
    if "nickname" in params:
        record.body["nickname"] = params.text("nickname")
    if "lookup_key" in params:
        record.body["lookup_key"] = params.text("lookup_key", longest=200)
        _claim_lookup_key(unit, record, params=params)
    record.body["metadata"] = params.metadata(before=record.body["metadata"])
    unit.save(record)
    emit(unit, "price.updated", subject=record)
    return present(unit, record)


def retrieve_price(call: Call, unit: Unit) -> Json:
    """GET /v1/prices/{id}"""
    return present(unit, call.subject(unit, kind="price"))


def list_prices(call: Call, unit: Unit) -> Json:
    """GET /v1/prices"""
    call.params.only("active", "currency", "product", "type", "lookup_keys", *_PAGING)
    where, values = filters(call, "currency", "product", "type")
    more, flagged = flags(call, "active")
    where, values = where + more, (*values, *flagged)
    keys = call.params.texts("lookup_keys", most=10)
    if keys:
        where += f" AND json_extract(body, '$.lookup_key') IN ({', '.join('?' * len(keys))})"
        values = (*values, *keys)
    return page(call, unit, kind="price", url="/v1/prices", where=where, values=values)
