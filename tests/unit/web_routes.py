"""One route of each sort, for the tests of the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.kernel.personal import Personal
from chalicelib.tenancy.context import current
from chalicelib.web.application import Application
from chalicelib.web.http import (
    Answered,
    Asked,
    Attachment,
    Blueprint,
    Call,
    Html,
    Member,
    MoneyView,
    Open,
    Page,
    Paging,
    Public,
    Redirect,
    endpoint,
    page,
)

if TYPE_CHECKING:
    from tests.unit.web_world import World


class Full(Refusal):
    code = "scenic.slot.full"
    detail = "这个时段只剩 %(left)s 张。"
    remedy = "请换一个时段。"


class Visitor(Asked):
    name: str = Field(max_length=20)
    document: str = Field(pattern="^[0-9X]{18}$")


class HoldOrder(Asked):
    slot: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=10)
    visitors: list[Visitor] = Field(default=[], max_length=10)
    note: str | None = Field(default=None, max_length=100)


class OrderView(Answered):
    id: str
    quantity: int
    total: MoneyView


class OrderQuery(Paging):
    day: str | None = None
    states: list[str] = Field(default=[])


def application(world: World) -> Application:  # noqa: C901 - one route of each sort
    blueprint = Blueprint("tests.unit.web_world")
    member = Member("orders.write", kind="scenic")

    @endpoint(
        blueprint,
        "POST",
        "/api/v1/scenic/orders",
        use_case="scenic.hold-order",
        door=member,
        body=HoldOrder,
        answers=OrderView,
        status=201,
        summary="Hold tickets",
        entitlement="scenic.tickets",
    )
    def hold(call: Call, body: HoldOrder) -> OrderView:
        world.runs += 1
        if world.fail is not None:
            raise world.fail
        call.work.put(body.slot)  # type: ignore[arg-type]
        total = MoneyView(amount=12000 * body.quantity)
        return OrderView(id=f"or_{world.runs}", quantity=body.quantity, total=total)

    @endpoint(
        blueprint,
        "GET",
        "/api/v1/scenic/orders",
        use_case="scenic.list-orders",
        door=Member(),
        query=OrderQuery,
        summary="List orders",
    )
    def orders(call: Call) -> dict[str, Any]:
        return {
            "tenant": current().tenant.slug,
            "limit": call.query.limit,
            "states": call.query.states,
            "after": call.query.after,
        }

    @endpoint(
        blueprint,
        "GET",
        "/api/v1/scenic/orders/{order}",
        use_case="scenic.show-order",
        door=Member(),
        answers=OrderView,
    )
    def order(call: Call) -> dict[str, Any]:
        if call.path["order"] == "none":
            raise Missing
        return {"id": call.path["order"], "quantity": 1, "total": {"amount": 1, "currency": "CNY"}}

    @endpoint(
        blueprint,
        "POST",
        "/api/v1/public/{slug}/orders",
        use_case="scenic.book",
        door=Public(),
        body=HoldOrder,
        status=201,
    )
    def book(call: Call, body: HoldOrder) -> dict[str, Any]:
        world.runs += 1
        if world.fail is not None:
            if body.note == "alone":
                call.idempotent_by_itself()
            raise world.fail
        call.work.put(body.slot)  # type: ignore[arg-type]
        return {"id": f"or_{world.runs}", "actor": call.context.actor}

    @endpoint(blueprint, "POST", "/hooks/pay", use_case="payments.hook", door=Open(), keyless=True)
    def hook(call: Call) -> dict[str, Any]:
        return {"bytes": len(call.raw), "signature": call.header("Stripe-Signature")}

    @endpoint(
        blueprint,
        "POST",
        "/partners/echo",
        use_case="scenic.partner",
        door=Member("orders.write", kind="scenic", basic=True),
        keyless=True,
    )
    def partner(call: Call) -> dict[str, Any]:
        return {"tenant": call.tenant.slug, "bytes": len(call.raw)}

    @page(blueprint, "GET", "/s/{slug}", use_case="scenic.shop", door=Public())
    def shop(call: Call) -> Page:
        if call.tenant.name == "crash":
            raise RuntimeError("410105199001011234")
        return Html("problem.html", problem={"status": 200, "title": "T", "detail": call.csrf})

    @page(
        blueprint,
        "GET",
        "/s/{slug}/ticket",
        use_case="scenic.ticket",
        door=Public(always=True),
    )
    def ticket(call: Call) -> Page:
        return Attachment(b"%PDF", content_type="application/pdf", name="门票.pdf")

    def again(call: Call) -> Html:
        return Html("problem.html", problem={"status": 422, "title": "再填", "detail": str(call.errors)})

    @page(
        blueprint,
        "POST",
        "/s/{slug}/orders",
        use_case="scenic.order-page",
        door=Public(),
        body=HoldOrder,
        invalid=again,
    )
    def submit(call: Call, body: HoldOrder) -> Page:
        call.work.put(body.slot)  # type: ignore[arg-type]
        world.runs += 1
        if body.note == "html":
            return Html("problem.html", problem={"status": 200, "title": "好", "detail": "好"})
        if body.note == "refused" or (body.note == "once" and world.runs > 1):
            refused = Html("problem.html", problem={"status": 409, "detail": "不行"})
            refused.status = 409
            return refused
        if body.note == "personal":
            return Html("problem.html", problem={"status": 200, "detail": Personal("张三")})
        return Redirect(f"/s/songshan/orders/or_{world.runs}")

    @page(blueprint, "GET", "/scenic", use_case="scenic.desk", door=Member())
    def desk(call: Call) -> Page:
        return Html("problem.html", problem={"status": 200, "detail": "台"})

    made = Application("songyun")
    made.register_blueprint(blueprint)
    return made
