"""The feed of the level above: an event of the lane out becomes its next item, with the commit."""

from chalicelib.kernel.events import Event, envelope
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current


def tell_above(work: UnitOfWork, event: Event, *, district: str) -> None:
    """district: whose it is; the city's own code stands for all of it."""
    tenant = current().tenant
    told = envelope(
        event,
        tenant=tenant.id,
        kind=tenant.kind,
        slug=tenant.slug,
        district=district,
        now=work.now,
    )
    FeedStore(work).add("above", told, district=district)
