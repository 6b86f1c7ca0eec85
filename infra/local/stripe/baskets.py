"""The line items of a Checkout Session."""

from __future__ import annotations

from .calls import Call
from .catalogue import new_price, new_product
from .errors import Json, StripeFault, missing, no_such
from .params import Params
from .store import Record, Unit, new_id

MOST_ITEMS = 100


def read(call: Call, unit: Unit) -> list[Json]:
    """The items of ``line_items``, each with its price object. Raises 400 for anything amiss."""
    given = call.params.sequence("line_items", most=MOST_ITEMS)
    if not given:
        raise missing("line_items")
    items = [_item(call, unit, params=params) for params in given]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise StripeFault(
            "The price specified supports currencies that differ from those of other prices in this"
            " Checkout Session. All line items must have the same currency.",
            param="line_items",
        )
    return items


def _item(call: Call, unit: Unit, *, params: Params) -> Json:
    params.only("price", "price_data", "quantity", "metadata", "adjustable_quantity")
    params.one_of("price", "price_data")
    price, name = _price(call, unit, params=params)
    if price.body["type"] == "recurring":
        raise StripeFault(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices.",
            param=params.name("price"),
        )
    quantity = params.integer("quantity")
    if quantity is None:
        raise StripeFault(
            f"Quantity is required. Add `quantity` to `{params.path}`",
            code="parameter_missing",
            param=params.name("quantity"),
        )
    if not 1 <= quantity <= 999_999:
        raise StripeFault(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=params.name("quantity"),
        )
    total = price.body["unit_amount"] * quantity
    return {
        "id": new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price.body["currency"],
        "description": name,
        "metadata": params.metadata(),
        "price": dict(price.body),
        "quantity": quantity,
    }


def _price(call: Call, unit: Unit, *, params: Params) -> tuple[Record, str]:
    ident = params.text("price")
    if ident is not None:
        price = unit.get(ident, account=call.account, kind="price")
        if price is None:
            raise no_such(kind="price", ident=ident, param=params.name("price"), in_path=False)
        if not price.body["active"]:
            raise StripeFault(
                "The price specified is inactive. This field only accepts active prices.",
                param=params.name("price"),
            )
        product = unit.get(price.body["product"], account=call.account, kind="product")
        return price, product.body["name"] if product else price.id
    data = params.nested("price_data")
    if data is None:
        raise missing(params.name("price"))
    data.only("currency", "unit_amount", "unit_amount_decimal", "product", "product_data",
              "tax_behavior", "recurring")  # fmt: skip
    data.one_of("product", "product_data")
    return _inline(call, unit, data=data)


def _inline(call: Call, unit: Unit, *, data: Params) -> tuple[Record, str]:
    named = data.text("product")
    described = data.nested("product_data")
    if named is not None:
        product = unit.get(named, account=call.account, kind="product")
        if product is None:
            raise no_such(kind="product", ident=named, param=data.name("product"), in_path=False)
    elif described is not None:
        described.only("name", "description", "images", "metadata", "tax_code", "unit_label")
        product = new_product(unit, params=described, account=call.account)
        # Made for this one session: it must not be offered in the catalogue.
        product.body["active"] = False
        unit.add(product)
    else:
        raise missing(data.name("product_data"))
    price = new_price(unit, params=data, account=call.account, product=product.id)
    price.body["active"] = False
    unit.add(price)
    return price, product.body["name"]
