"""Authority: what an officer may do and where. City and districts by GB/T 2260 code; powers lent for a while.

A role is a power (``bureau.read``), whole or for one place (``bureau.read@410185``). Districts act under
the city's guidance (Zhengzhou Tourism Industry Regulations, art. 8): a district's power ends at its border.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from chalicelib.kernel.errors import N_, Forbidden, Invalid, Refusal
from chalicelib.kernel.late import dataclass

READ, COMMAND, APPROVE, DELEGATE = "bureau.read", "bureau.command", "bureau.approve", "bureau.delegate"
LENDABLE = (READ, COMMAND, APPROVE)
"""A power to lend is not lent on."""

OWNER = "owner"


class OutsideScope(Forbidden):
    code = "bureau.scope"
    detail = N_("这不在您的管辖范围内。")
    remedy = N_("请联系市级管理员,或由有管辖权的人员办理。")


class GrantInvalid(Invalid):
    code = "bureau.grant.invalid"
    detail = N_("授权的期限或对象不正确。")
    remedy = N_("授权要有开始和结束时间,最长 %(days)s 天,不能授给自己,也不能超出您自己的权限。")


class GrantOver(Refusal):
    code = "bureau.grant.over"
    detail = N_("这项授权已经结束。")


@dataclass(frozen=True)
class Scope:
    """The districts that a power reaches; ``*`` is everywhere."""

    districts: frozenset[str] = frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether nothing is outside."""
        return "*" in self.districts

    def reaches(self, district: str) -> bool:
        """Whether a district lies inside."""
        return self.everywhere or any(within(district, one) for one in self.districts)

    def require(self, districts: Iterable[str]) -> None:
        """Raise ``OutsideScope`` unless all of them lie inside."""
        if not all(self.reaches(one) for one in districts):
            raise OutsideScope


EVERYWHERE = Scope(frozenset({"*"}))


def within(district: str, wanted: str) -> bool:
    """Whether a district is the wanted one, or lies in the wanted city."""
    return district == wanted or (wanted.endswith("00") and district.startswith(wanted[:4]))


def scope_of(roles: Iterable[str], power: str) -> Scope:
    """Where somebody with these roles has this power."""
    places: set[str] = set()
    for role in roles:
        name, _, place = role.partition("@")
        if role == OWNER or (name == power and (not place or place.endswith("00"))):
            return EVERYWHERE  # there is one city: its code is all of it
        if name == power:
            places.add(place)
    return Scope(frozenset(places))


@dataclass(frozen=True, kw_only=True)
class Lending:
    """How long a power may be lent. A row."""

    most: timedelta
    source: str
    since: date
    until: date | None = None


LENDING = (
    Lending(most=timedelta(days=90), source="default to be confirmed by the bureau", since=date(2020, 1, 1)),
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A power lent to an officer for a district and a time. ``over``: when it was taken back early."""

    id: str
    to: str
    label: str
    power: str
    district: str
    since: datetime
    until: datetime
    by: str
    reason: str
    over: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.over is None and self.since <= now < self.until

    @property
    def role(self) -> str:
        """What it adds to the officer's roles while it holds."""
        return f"{self.power}@{self.district}"


def check_grant(grant: Grant, *, giver: str, roles: Iterable[str], now: datetime) -> None:
    """Raise ``GrantInvalid`` or ``OutsideScope`` where it may not be given by ``giver`` with these roles."""
    most = next(
        one.most
        for one in LENDING
        if one.since <= now.date() and (one.until is None or now.date() < one.until)
    )
    held = set(roles)
    lasting = grant.since < grant.until <= grant.since + most and grant.until > now
    if grant.power not in LENDABLE or grant.to == giver or not lasting:
        raise GrantInvalid(days=most.days)
    scope_of(held, DELEGATE).require([grant.district])
    scope_of(held, grant.power).require([grant.district])
