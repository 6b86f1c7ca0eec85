"""Casework: what stands for people is opened to one officer for one enterprise and one case, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.authority import DELEGATE, scope_of
from tenants.bureau.domain.casework import CaseGrant, CaseGrantOver, NotOpened, check_case_grant
from tenants.bureau.domain.wall import Known
from tenants.bureau.usecases.delegating import Officer
from tenants.bureau.usecases.ports import Senders


class CaseGrants(Protocol):
    """The bound bureau's case grants; writers join the unit of work."""

    def all(self) -> Sequence[CaseGrant]:
        """Every one, newest first."""
        ...

    def keep(self, grant: CaseGrant) -> None:
        """A new one, or the same taken back."""
        ...


@dataclass(frozen=True, kw_only=True)
class CaseWish:
    """To whom, about which enterprise, for which case and why, until when."""

    to: str
    sender: str
    case: str
    reason: str
    until: datetime


def give(
    wish: CaseWish,
    *,
    giver: str,
    roles: Iterable[str],
    officers: Sequence[Officer],
    senders: Senders,
    grants: CaseGrants,
    now: datetime,
) -> CaseGrant:
    """Open it to an officer. Raises ``Missing`` for an unknown officer or an enterprise outside, and what
    ``check_case_grant`` raises.
    """
    officer = next((one for one in officers if one.actor == wish.to), None)
    known = _known(wish.sender, senders)
    if officer is None:
        raise Missing
    made = CaseGrant(
        id=new_id("cg", now=now),
        to=officer.actor,
        label=officer.label,
        sender=known.id,
        case=wish.case,
        reason=wish.reason,
        by=giver,
        given=now,
        until=wish.until,
    )
    check_case_grant(made, roles=roles, district=known.district)
    grants.keep(made)
    return made


def take_back(
    id: str, *, roles: Iterable[str], senders: Senders, grants: CaseGrants, now: datetime
) -> CaseGrant:
    """End it early. Raises ``Missing``, ``OutsideScope``, ``CaseGrantOver``."""
    found = find(id, senders=senders, grants=grants)
    scope_of(roles, DELEGATE).require([_known(found.sender, senders).district])
    if found.over is not None or found.until <= now:
        raise CaseGrantOver
    after = replace(found, over=now)
    grants.keep(after)
    return after


def find(id: str, *, senders: Senders, grants: CaseGrants) -> CaseGrant:
    """One of those that the officer sees. Raises ``Missing``."""
    found = next((one for one in seen(senders=senders, grants=grants) if one.id == id), None)
    if found is None:
        raise Missing
    return found


def seen(*, senders: Senders, grants: CaseGrants) -> list[CaseGrant]:
    """Those about enterprises that the officer reaches, newest first."""
    reached = {one.id for one in senders()}
    return [one for one in grants.all() if one.sender in reached]


def held(*, actor: str, sender: str, grants: CaseGrants, now: datetime) -> CaseGrant | None:
    """What opens this enterprise's people to this officer now; of several the one that lasts longest."""
    found = [one for one in grants.all() if (one.to, one.sender) == (actor, sender) and one.holds(now)]
    return max(found, key=lambda one: one.until, default=None)


def require(*, actor: str, sender: str, grants: CaseGrants, now: datetime) -> CaseGrant:
    """The same, or ``NotOpened``."""
    found = held(actor=actor, sender=sender, grants=grants, now=now)
    if found is None:
        raise NotOpened
    return found


def _known(sender: str, senders: Senders) -> Known:
    found = next((one for one in senders() if one.id == sender), None)
    if found is None:
        raise Missing
    return found
