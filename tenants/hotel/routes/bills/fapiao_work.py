"""Carrying invoices to the tax platform: after a request, on a schedule, when somebody asks."""

from datetime import datetime

from tenants.hotel.store.accounts import accounts_unit
from tenants.hotel.store.tax_simulator import TaxSimulator
from tenants.hotel.usecases import fapiao


def desk(now: datetime) -> TaxSimulator:
    """The tax platform that this tenant uses; so far only the simulated one exists."""
    return TaxSimulator(now)


def carry(id: str | None, *, now: datetime) -> int:
    """Bring one invoice, or every one that waits, a step further."""
    return fapiao.carry(unit=accounts_unit(now), issuer=desk, id=id)
