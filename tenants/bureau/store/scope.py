"""The reach of whoever acts: the ledger's reading half and the register ask it, so no page can forget to."""

from chalicelib.kernel.errors import Missing
from chalicelib.persistence import directory
from chalicelib.tenancy.context import current
from tenants.bureau.domain.authority import EVERYWHERE, READ, OutsideScope, Scope, scope_of


def reach(power: str = READ) -> Scope:
    """Where the bound officer has this power. A duty of the platform (inbox, schedule) reaches everything."""
    context = current()
    return EVERYWHERE if context.door == "system" else scope_of(context.roles, power)


def sees(sender: str) -> bool:
    """Whether the bound officer may read what this sender said.

    Whom the directory does not know, and what could not be believed, belongs to no district: the city's.
    """
    scope = reach()
    if scope.everywhere:
        return True
    tenant = directory.by_id(sender)
    return tenant is not None and scope.reaches(tenant.district)


def require_city(power: str = READ) -> None:
    """Raise ``OutsideScope`` for a district's officer: for what is the city's own."""
    if not reach(power).everywhere:
        raise OutsideScope


def require_sight(sender: str) -> None:
    """Raise ``Missing`` for a sender outside: that it exists is not told either."""
    if not sees(sender):
        raise Missing
