"""The doors: the only places where a tenant context comes from. Never from a body field."""

import binascii
import hashlib
import re
import secrets
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache

from chalicelib.config import settings
from chalicelib.kernel.errors import Forbidden, Missing, Unauthenticated
from chalicelib.kernel.late import dataclass
from chalicelib.persistence import directory
from chalicelib.persistence.directory import Credential
from chalicelib.tenancy.context import TenantContext, bind
from chalicelib.tenancy.limits import TokenBucket
from chalicelib.web.incoming import Incoming
from chalicelib.web.refusals import Suspended, WrongKind

SESSION, VISITOR, LANGUAGE, BRANCH = "songyun", "v", "lang", "branch"
OWNER = "owner"
Lent = Callable[[str, datetime], frozenset[str]]
LENT: dict[str, Lent] = {}
"""By kind of tenant: the roles that an actor holds besides for the moment. Filled from the manifests."""

_BASIC = 600
_SECRET = re.compile(r"^(sk_)?[A-Za-z0-9_-]{43}$")
_VISITOR = re.compile(r"^[A-Za-z0-9_-]{32,64}$")
SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{1,62}$")


@dataclass(frozen=True)
class Open:
    """No tenant: the home page, login, assets, health, providers' webhooks. Never touches tenant data."""


@dataclass(frozen=True, kw_only=True)
class Public:
    """A visitor of the shop named by the path parameter ``slug``, or by the host (``shop_of``).

    ``always``: answers for a suspended tenant too (a paid ticket, a complaint, an emergency notice).
    """

    kind: str | None = None
    always: bool = False


@dataclass(frozen=True, init=False)
class Member:
    """A member or API key with any one of ``roles`` (none: any member); ``kind`` names the tenants' kind.

    Whoever holds a role for one place only (``bureau.read@410185``) passes too: what is behind the door
    looks at the place.

    ``basic``: a protocol of others whose systems show an API key as the password of HTTP Basic (its user name
    says nothing). No session opens such a door: no browser can be made to knock.
    """

    roles: tuple[str, ...]
    kind: str | None
    basic: bool

    def __init__(self, *roles: str, kind: str | None = None, basic: bool = False) -> None:
        object.__setattr__(self, "roles", roles)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "basic", basic)


Door = Open | Public | Member


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a request shows of its caller: secrets by their cookies and headers. Never printed."""

    key: str
    session: str
    visitor: str
    fresh: bool
    password: str = ""

    def __repr__(self) -> str:
        return "Shown(█)"

    @property
    def csrf(self) -> str:
        """The token that forms of this browser carry."""
        return hashlib.sha256(f"csrf:{self.session or self.visitor}".encode()).hexdigest()

    @property
    def visitor_id(self) -> str:
        """The visitor's pseudonym: the cookie itself is kept nowhere."""
        return hashlib.sha256(f"visitor:{self.visitor}".encode()).hexdigest()[:32]


def shown(incoming: Incoming) -> Shown:
    """Read the caller's secrets; a browser without a visitor cookie gets a fresh one."""
    cookies = incoming.cookies()
    scheme, _, key = incoming.header("authorization").partition(" ")
    key, scheme = key.strip(), scheme.lower()
    visitor = cookies.get(VISITOR, "")
    known = _VISITOR.match(visitor) is not None
    return Shown(
        key=key if scheme == "bearer" else "",
        password=_password(key) if scheme == "basic" else "",
        session=cookies.get(SESSION, ""),
        visitor=visitor if known else secrets.token_urlsafe(32),
        fresh=not known,
    )


def _password(encoded: str) -> str:
    """The password of HTTP Basic (RFC 7617), or the empty text."""
    try:
        pair = b64decode(encoded, validate=True).decode("utf-8") if len(encoded) <= _BASIC else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return pair.partition(":")[2]


def recognised(caller: Shown, *, now: datetime) -> Credential | None:
    """The member behind a session or key, if there is one. A key goes before a session."""
    secret = caller.key or caller.session
    return directory.by_secret(secret, now=now) if _SECRET.match(secret) else None


def enter(
    door: Door,
    incoming: Incoming,
    caller: Shown,
    path: dict[str, str],
    *,
    sells: bool,
    now: datetime,
) -> tuple[TenantContext | None, Credential | None]:
    """The context that ``door`` gives this caller, or a refusal. ``sells``: the route is a sales feature.

    One token is taken per request: of the member, of the visitor (and of their address), of the address.
    """
    match door:
        case Member():
            if shop_of(incoming) is not None:
                raise Missing  # desks have one address: a shop's host shows the shop and nothing else
            return _member(door, incoming, caller, sells=sells, now=now)
        case Public():
            return _visitor(door, incoming, caller, path), None
        case Open():
            _buckets().address.take(incoming.address)
            return None, None


def shop_of(incoming: Incoming) -> str | None:
    """The slug that the host names (``<slug>.<shop domain>``); None where the host is not a shop's."""
    domain = settings().shop_domain
    if not domain:
        return None
    host = incoming.host.partition(":")[0].lower()
    return host.removesuffix(f".{domain}") if host.endswith(f".{domain}") else None


def _member(
    door: Member, incoming: Incoming, caller: Shown, *, sells: bool, now: datetime
) -> tuple[TenantContext, Credential]:
    if door.basic:
        caller = replace(caller, key=caller.password or caller.key, session="")
    found = recognised(caller, now=now)
    if found is None:
        _buckets().stranger.take(incoming.address)
        raise Unauthenticated
    _buckets().member.take(f"{found.tenant.id}/{found.actor}")
    tenant = found.tenant
    if door.kind is not None and tenant.kind != door.kind:
        raise WrongKind
    context = TenantContext(tenant=tenant, actor=found.actor, door="member", roles=found.roles)
    lent = LENT.get(tenant.kind)
    if lent is not None:
        with bind(context):
            context = replace(context, roles=found.roles | lent(found.actor, now))
    held = {role.partition("@")[0] for role in context.roles}
    if door.roles and OWNER not in found.roles and held.isdisjoint(door.roles):
        raise Forbidden
    if sells and tenant.status != "active":
        raise Suspended
    return context, found


def _visitor(door: Public, incoming: Incoming, caller: Shown, path: dict[str, str]) -> TenantContext:
    buckets = _buckets()
    buckets.address.take(incoming.address)
    if not caller.fresh:
        buckets.visitor.take(caller.visitor_id)
    hosted = shop_of(incoming)
    slug = path.get("slug", hosted or "")
    if hosted is not None and hosted != slug:
        raise Missing  # another shop's pages under this shop's name
    tenant = directory.by_slug(slug) if SLUG.match(slug) else None
    if tenant is None or (door.kind is not None and tenant.kind != door.kind):
        raise Missing
    if tenant.status != "active" and not door.always:
        raise Suspended
    return TenantContext(tenant=tenant, actor=f"visitor:{caller.visitor_id}", door="public")


@dataclass(frozen=True, kw_only=True)
class _Buckets:
    member: TokenBucket
    visitor: TokenBucket
    address: TokenBucket
    stranger: TokenBucket


@cache
def _buckets() -> _Buckets:
    # An address stands for a family, a coach party or a whole carrier's NAT: it gets ten visitors' worth.
    def bucket(rate: float, size: float) -> TokenBucket:
        factor = settings().rate_factor
        return TokenBucket(rate=rate * factor, size=size * factor)

    return _Buckets(
        member=bucket(50, 200),
        visitor=bucket(20, 100),
        address=bucket(200, 1_000),
        stranger=bucket(5, 100),
    )


def forget_callers() -> None:
    """Start with full buckets (tests)."""
    _buckets.cache_clear()
