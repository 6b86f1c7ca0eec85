"""Customers."""

from __future__ import annotations

from .calls import Call
from .errors import Json, StripeFault
from .events import emit
from .listing import filters, page
from .params import Params
from .present import present
from .store import Record, Unit, new_id

_PAGING = ("created", "limit", "starting_after", "ending_before")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_CUSTOMER = (
    "name", "email", "phone", "description", "metadata", "address", "shipping",
    "preferred_locales", "tax_exempt", "balance", "business_name", "individual_name",
)  # fmt: skip


def create_customer(call: Call, unit: Unit) -> Json:
    """POST /v1/customers"""
    call.params.only(*_CUSTOMER)
    record = new_customer(unit, account=call.account)
    _fill_customer(record.body, params=call.params)
    unit.add(record)
    emit(unit, "customer.created", subject=record)
    return present(unit, record)


def new_customer(unit: Unit, *, account: str) -> Record:
    """A customer with nothing known of it, not yet stored."""
    ident = new_id("cus_", length=14)
    body: Json = {
        "id": ident,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": unit.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("", length=8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    return Record(kind="customer", id=ident, account=account, body=body)


def update_customer(call: Call, unit: Unit) -> Json:
    """POST /v1/customers/{id}"""
    call.params.only(*_CUSTOMER)
    record = call.subject(unit, kind="customer")
    if record.body.get("deleted"):
        raise StripeFault(f"No such customer: '{record.id}'", status=404, code="resource_missing", param="id")
    before = dict(record.body)
    _fill_customer(record.body, params=call.params)
    unit.save(record)
    changed = {key: value for key, value in before.items() if record.body[key] != value}
    emit(unit, "customer.updated", subject=record, before=changed)
    return present(unit, record)


def retrieve_customer(call: Call, unit: Unit) -> Json:
    """GET /v1/customers/{id}: a deleted one answers with ``deleted: true``."""
    return present(unit, call.subject(unit, kind="customer"))


def delete_customer(call: Call, unit: Unit) -> Json:
    """DELETE /v1/customers/{id}"""
    record = call.subject(unit, kind="customer")
    emit(unit, "customer.deleted", subject=record)
    record.body = {"id": record.id, "object": "customer", "deleted": True}
    unit.save(record)
    return dict(record.body)


def list_customers(call: Call, unit: Unit) -> Json:
    """GET /v1/customers"""
    call.params.only("email", *_PAGING)
    where, values = filters(call, "email")
    where += " AND json_extract(body, '$.deleted') IS NULL"
    return page(call, unit, kind="customer", url="/v1/customers", where=where, values=values)


def _fill_customer(body: Json, *, params: Params) -> None:
    for key in ("name", "email", "phone", "description", "business_name", "individual_name"):
        if key in params:
            body[key] = params.text(key, longest=512)
    if "tax_exempt" in params:
        body["tax_exempt"] = params.choice("tax_exempt", "none", "exempt", "reverse") or "none"
    if "balance" in params:
        body["balance"] = params.integer("balance") or 0
    if "preferred_locales" in params:
        body["preferred_locales"] = params.texts("preferred_locales")
    if "address" in params:
        body["address"] = address(params.nested("address"))
    if "shipping" in params:
        shipping = params.nested("shipping")
        body["shipping"] = shipping and {
            "address": address(shipping.nested("address")),
            "name": shipping.text("name"),
            "phone": shipping.text("phone"),
        }
    body["metadata"] = params.metadata(before=body["metadata"])


def address(params: Params | None) -> Json | None:
    """An address with all its fields, or None."""
    if params is None:
        return None
    params.only(*_ADDRESS)
    return {key: params.text(key) for key in _ADDRESS}
