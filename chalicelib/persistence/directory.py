"""The directory: which tenant a slug, a key or a session belongs to. Rows of the control table.

Read with the function's own role before any tenant is known; kept in memory for a few seconds,
so a suspension bites within ``_FRESH``. Only the control plane writes these rows;
of a function on the web it may write sessions and names (``infra/access``).
"""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.texts import in_language
from chalicelib.persistence.table import ControlRow
from chalicelib.tenancy.context import Tenant

_FRESH, _KEPT = 30.0, 20_000
NAMES = "NAMES"
Found = TypeVar("Found")


class TenantRow(ControlRow, discriminator="tenant"):
    """One tenant: pk ``TENANT#<id>``; and, for the public door, its copy under ``SLUG#<slug>``."""

    tenant = UnicodeAttribute()
    tenant_kind = UnicodeAttribute()
    slug = UnicodeAttribute()
    name = UnicodeAttribute()
    district = UnicodeAttribute()
    status = UnicodeAttribute()
    entitlements = UnicodeSetAttribute(null=True)


class NamesRow(ControlRow, discriminator="tenant-names"):
    """What a tenant calls itself in other languages: pk ``NAMES``, sk its id. ``names``: JSON by language.

    The registered name stands in ``TenantRow`` and is Chinese; this row is its owner's to write.
    """

    names = UnicodeAttribute()


class CredentialRow(ControlRow, discriminator="credential"):
    """What a caller shows: pk ``CREDENTIAL#<sha256>``. The secret itself is stored nowhere."""

    tenant = UnicodeAttribute()
    actor = UnicodeAttribute()
    label = UnicodeAttribute()
    means = UnicodeAttribute()
    roles = UnicodeSetAttribute()
    expires = NumberAttribute(null=True)


class MemberRow(ControlRow, discriminator="member"):
    """A member under their address's hash, and (without the password) in their tenant's list."""

    tenant = UnicodeAttribute()
    member = UnicodeAttribute()
    label = UnicodeAttribute()
    hint = UnicodeAttribute()
    password = UnicodeAttribute(null=True)
    roles = UnicodeSetAttribute(null=True)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of a tenant's people, as colleagues see them. ``actor``: what audit rows call them."""

    actor: str
    label: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A recognised caller: a session or an API key of a member of one tenant."""

    tenant: Tenant
    actor: str
    label: str
    means: Literal["session", "key"]
    roles: frozenset[str]
    expires: int | None


def by_slug(slug: str) -> Tenant | None:
    """The tenant whose shop has this slug."""
    return _kept(("slug", slug), lambda: _tenant(f"SLUG#{slug}"))


def by_id(tenant: str) -> Tenant | None:
    """The tenant with this id."""
    return _kept(("tenant", tenant), lambda: _tenant(f"TENANT#{tenant}"))


def called(tenant: Tenant, locale: str) -> str:
    """A tenant's name for people who read ``locale``: never empty, and for readers of Chinese the registered
    one, so that their pages ask nothing."""
    if locale == "zh":
        return tenant.name
    return in_language({"zh": tenant.name, **names_of(tenant.id)}, locale)


def names_of(tenant: str) -> Mapping[str, str]:
    """A tenant's names in other languages, by language; none where nobody gave any."""
    return _kept(("names", tenant), lambda: _names(tenant)) or {}


def all_names() -> dict[str, Mapping[str, str]]:
    """Every tenant's names in other languages, by the tenant's id."""
    return {row.sk: json.loads(row.names) for row in NamesRow.query(NAMES)}


def by_secret(secret: str, *, now: datetime) -> Credential | None:
    """The caller who shows this session token or API key, while it is valid."""
    hashed = fingerprint(secret)
    found = _kept(("credential", hashed), lambda: _credential(hashed))
    if found is None or (found.expires is not None and found.expires <= now.timestamp()):
        return None
    return found


def tenants(*, kind: str | None = None) -> Iterator[Tenant]:
    """Every tenant, or those of one kind: from the register ``REGISTER#<kind>``, one partition a kind."""
    for row in TenantRow.query("REGISTER" if kind is None else f"REGISTER#{kind}"):
        yield _snapshot(row)


def members(tenant: str) -> list[Member]:
    """A tenant's people, without their addresses."""
    rows = MemberRow.query(f"TENANT#{tenant}", MemberRow.sk.startswith("MEMBER#"))
    return [
        Member(actor=f"member:{row.member}", label=row.label, roles=frozenset(row.roles or ()) - {"-"})
        for row in rows
    ]


def fingerprint(secret: str) -> str:
    """SHA-256 of a 256-bit random secret: nothing to guess, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def forget_directory() -> None:
    """Read everything anew (after a change in this process; tests)."""
    with _lock:
        _memory.clear()


_lock = threading.Lock()
_memory: OrderedDict[tuple[str, str], tuple[float, Any]] = OrderedDict()


def _kept(key: tuple[str, str], read: Callable[[], Found | None]) -> Found | None:
    present = time.monotonic()
    with _lock:
        kept = _memory.get(key)
        if kept is not None and present - kept[0] < _FRESH:
            known: Found = kept[1]
            return known
    found = read()
    if found is not None:  # a miss is not remembered: a new shop or session works at once
        with _lock:
            _memory[key] = (present, found)
            while len(_memory) > _KEPT:
                _memory.popitem(last=False)
    return found


def _tenant(pk: str) -> Tenant | None:
    row = TenantRow.find(pk, "-", consistent=False)
    return _snapshot(row) if row is not None else None


def _names(tenant: str) -> Mapping[str, str]:
    row = NamesRow.find(NAMES, tenant, consistent=False)
    names: Mapping[str, str] = json.loads(row.names) if row is not None else {}
    return names


def _snapshot(row: TenantRow) -> Tenant:
    return Tenant(
        id=TenantId(row.tenant),
        kind=row.tenant_kind,
        slug=row.slug,
        name=row.name,
        district=row.district,
        status="active" if row.status == "active" else "suspended",
        entitlements=frozenset(row.entitlements or ()),
    )


def _credential(hashed: str) -> Credential | None:
    row = CredentialRow.find(f"CREDENTIAL#{hashed}", "-", consistent=True)
    tenant = by_id(row.tenant) if row is not None else None
    if row is None or tenant is None:
        return None
    return Credential(
        tenant=tenant,
        actor=row.actor,
        label=row.label,
        means="session" if row.means == "session" else "key",
        roles=frozenset(row.roles),
        expires=int(row.expires) if row.expires is not None else None,
    )
