"""Delegating: a power is lent to an officer for a district and a time, and taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.authority import DELEGATE, Grant, GrantOver, Scope, check_grant, scope_of


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One of the bureau's people: their id as an actor, a label, the roles that are theirs for good."""

    actor: str
    label: str
    roles: frozenset[str]


class Grants(Protocol):
    """The bound bureau's grants; writers join the unit of work."""

    def all(self) -> Sequence[Grant]:
        """Every grant, newest first."""

    def keep(self, grant: Grant) -> None:
        """A new grant, or the same one taken back."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be lent, to whom, where, for how long and why."""

    to: str
    power: str
    district: str
    since: datetime
    until: datetime
    reason: str


def grant(
    wish: Wish,
    *,
    giver: str,
    roles: Iterable[str],
    officers: Sequence[Officer],
    grants: Grants,
    now: datetime,
) -> Grant:
    """Lend a power. Raises ``Missing`` for an unknown officer, ``GrantInvalid``, ``OutsideScope``."""
    officer = next((one for one in officers if one.actor == wish.to), None)
    if officer is None:
        raise Missing
    made = Grant(
        id=new_id("gr", now=now),
        to=officer.actor,
        label=officer.label,
        power=wish.power,
        district=wish.district,
        since=wish.since,
        until=wish.until,
        by=giver,
        reason=wish.reason,
    )
    check_grant(made, giver=giver, roles=roles, now=now)
    grants.keep(made)
    return made


def take_back(id: str, *, roles: Iterable[str], grants: Grants, now: datetime) -> Grant:
    """End a grant early. Raises ``GrantOver`` for one that has ended, ``OutsideScope``."""
    found = next((one for one in grants.all() if one.id == id), None)
    if found is None:
        raise Missing
    scope_of(roles, DELEGATE).require([found.district])
    if found.over is not None or found.until <= now:
        raise GrantOver
    after = replace(found, over=now)
    grants.keep(after)
    return after


def seen(grants: Sequence[Grant], scope: Scope) -> list[Grant]:
    """Those of the districts that an officer reaches."""
    return [one for one in grants if scope.reaches(one.district)]
