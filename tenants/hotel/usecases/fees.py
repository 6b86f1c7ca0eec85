"""A cancellation that costs more than was paid: the rest stands on a bill of the booking's own."""

from chalicelib.commerce.orders.domain import Order
from tenants.hotel.domain.charges import BY_CODE, CANCELLATION
from tenants.hotel.domain.folio import Entry, Folio, Payer, Sort, Stamp, State
from tenants.hotel.usecases.drafting import Draft
from tenants.hotel.usecases.folios import folio_id
from tenants.hotel.usecases.ports import Hotel


def charge_cancellation(order: Order, amount: int, *, site: str, hotel: Hotel) -> Folio:
    """Join the work of the cancellation: ``amount`` fen of its fee that nobody had paid are owed from now on.

    Paid by its link, at the desk, or taken back by a contra where the house lets it go.
    """
    accounts = hotel.accounts
    draft = Draft(stamp=Stamp(at=accounts.now, day=accounts.book.today(site), by=accounts.by))
    charge = BY_CODE[CANCELLATION]
    known = accounts.folios.windows(order.id)
    folio = next((one for one in known if one.state is not State.CLOSED), None)
    if folio is not None:
        draft.know(folio)
    else:
        folio = Folio(
            id=folio_id(order.id, len(known) + 1),
            site=site,
            payer=Payer.GUEST,
            title=charge.name,
            opened=draft.stamp.day,
            order=order.id,
        )
        draft.open(folio)
    entry = Entry(
        sort=Sort.CHARGE,
        code=CANCELLATION,
        amount=amount,
        department=charge.department,
        text=f"{order.starts:%Y-%m-%d}/{order.ends:%Y-%m-%d}",
    )
    draft.post(folio.id, [entry])
    accounts.folios.post(draft.postings, day=draft.stamp.day)
    return folio


def owed(order: Order, *, hotel: Hotel) -> Folio | None:
    """The bill of a cancelled booking on which something is still owed, if there is one."""
    known = hotel.accounts.folios.windows(order.id)
    return next((one for one in known if one.state is State.OPEN and one.balance > 0), None)
