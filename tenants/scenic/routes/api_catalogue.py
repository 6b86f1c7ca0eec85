"""What is sold, and what is free: read by channels and the visitors' pages."""

from chalicelib.kernel.money import Money
from chalicelib.web.http import Call, Member, MoneyView, endpoint
from tenants.scenic.routes.models import (
    AreaView,
    AvailabilityView,
    CatalogueView,
    ConcessionView,
    DayQuery,
    ProductView,
    session_view,
)
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale

_ANY = Member(kind="scenic")


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/catalogue",
    use_case="scenic.show-catalogue",
    door=_ANY,
    answers=CatalogueView,
    summary="Areas, products and concession classes",
)
def catalogue(call: Call) -> CatalogueView:
    """Approved maxima come with the document that approved them; concessions with their legal basis."""
    found = ScenicShop(call.work).catalogue
    return CatalogueView(
        areas=[
            AreaView(
                id=area.id,
                names=dict(area.names),
                instant_capacity=area.capacity.instant,
                day_capacity=area.capacity.day,
                approval=area.capacity.approval,
                gates=dict(area.gates),
            )
            for area in found.areas()
        ],
        products=[
            ProductView(
                id=product.id,
                area=product.area,
                titles=dict(product.titles),
                classes=[
                    ConcessionView(
                        code=row.code,
                        titles=dict(row.titles),
                        price=MoneyView.of(Money(row.price)),
                        basis=row.basis,
                    )
                    for row in product.classes
                ],
            )
            for product in found.products()
            if product.on
        ],
    )


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/availability",
    use_case="scenic.show-availability",
    door=_ANY,
    query=DayQuery,
    answers=AvailabilityView,
    summary="The sessions of a day with what is left",
)
def availability(call: Call) -> AvailabilityView:
    """What is left was true within the last second; only a hold makes it yours."""
    shop = ScenicShop(call.work)
    product = shop.catalogue.product(call.query.product)
    free = sale.look(area=shop.catalogue.area(product.area), day=call.query.day, shop=shop)
    return AvailabilityView(
        product=product.id, day=call.query.day, sessions=[session_view(session) for session in free]
    )
