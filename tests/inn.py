"""An invented hotel: its property, types, plans, and guests who are nobody."""

from datetime import UTC, date, datetime
from typing import Any

from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.ids import TenantId
from chalicelib.tenancy.context import Tenant, TenantContext
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.rooms import Room, RoomType

# Half past nine in Zhengzhou, far ahead: the engine deletes rows whose ttl is over by the wall clock.
NOW = datetime(2035, 10, 2, 1, 30, tzinfo=UTC)
DAY = date(2035, 10, 10)
CONTACT = {"name": "示例甲", "phone": "13800000000"}
INN = Property(
    id="songyun-inn",
    names={"zh": "嵩云居", "en": "Songyun Inn"},
    district="410185",
    stars=4,
    taxes=(Tax(code="vat", names={"zh": "增值税"}, permille=60),),
)


def resident(born: date, serial: int = 11) -> str:
    """The resident ID of nobody: valid in form, of a prefecture's code."""
    body = f"410100{born:%Y%m%d}{serial:03d}"
    return body + check_digit(body)


def adult(serial: int = 11) -> dict[str, Any]:
    """An invented grown-up, registered whole."""
    return {"name": "示例甲", "document": "resident-id", "number": resident(date(1990, 5, 20), serial)}


def tenant(letter: str = "h") -> Tenant:
    """An invented hotel."""
    return Tenant(
        id=TenantId(f"tn_{letter * 26}"),
        kind="hotel",
        slug=f"inn-{letter}",
        name="嵩云居",
        district="410185",
        entitlements=frozenset({"hotel.rooms"}),
    )


def context(letter: str = "h", *, actor: str = "key:desk") -> TenantContext:
    """A desk of that tenant."""
    return TenantContext(tenant=tenant(letter), actor=actor, door="member", roles=frozenset({"desk"}))


def kind(id: str, *, most: int = 3, **more: Any) -> RoomType:
    """A type without rooms."""
    return RoomType(id=id, site=INN.id, names={"zh": id}, included=2, most=most, **more)


def rooms(type: str, count: int, *, floor: int) -> list[Room]:
    """Rooms of a type, numbered on from its floor."""
    return [
        Room(number=f"{floor}{number:02d}", site=INN.id, type=type, floor=str(floor))
        for number in range(1, count + 1)
    ]


PLANS = (
    RatePlan(
        id="bar",
        names={"zh": "标准价"},
        fees=(Fee(hours=48), Fee(hours=18, nights=1)),
        secured=Secured.GUARANTEE,
        extra_adult=8000,
    ),
    RatePlan(
        id="breakfast", names={"zh": "含早"}, derived=Derived(plan="bar", add=3000), meal=Meal.BREAKFAST
    ),
    RatePlan(id="fixed", names={"zh": "不可退"}, derived=Derived(plan="bar", permille=850)),
    RatePlan(
        id="deposit",
        names={"zh": "订金"},
        derived=Derived(plan="bar"),
        secured=Secured.DEPOSIT,
        deposit=300,
        fees=(Fee(hours=24, permille=100), Fee(hours=0, permille=500)),
    ),
)
