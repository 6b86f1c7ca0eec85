"""The tenant context: bound by a door, read by everything below, absent means an exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Literal

from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.late import dataclass

Door = Literal["member", "public", "system"]


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A snapshot of one tenant, as the control plane published it."""

    id: TenantId
    kind: str
    slug: str
    name: str
    district: str
    status: Literal["active", "suspended"] = "active"
    entitlements: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class TenantContext:
    """Who acts, for which tenant, and by which door they came in.

    actor: a member's, key's or visitor's id, or ``system:<duty>``. roles: of a member; a visitor's are empty.
    branch: which of the tenant's places a member works at, as their browser says; whoever reads it looks
    whether there is such a place.
    """

    tenant: Tenant
    actor: str
    door: Door
    roles: frozenset[str] = frozenset()
    branch: str = ""


class NoTenant(RuntimeError):
    """Something reached for a tenant's data outside any tenant's context. Always a bug."""


_CURRENT: ContextVar[TenantContext | None] = ContextVar("tenant", default=None)


def current() -> TenantContext:
    """The bound context, or ``NoTenant``: forgetting is an exception, not a leak."""
    context = _CURRENT.get()
    if context is None:
        raise NoTenant
    return context


@contextmanager
def bind(context: TenantContext) -> Iterator[TenantContext]:
    """Act inside ``context``. Threads do not inherit it: they fail closed."""
    token = _CURRENT.set(context)
    try:
        yield context
    finally:
        _CURRENT.reset(token)


def move_to(branch: str) -> TenantContext:
    """Work at another of the tenant's places until the bound block ends."""
    context = replace(current(), branch=branch)
    _CURRENT.set(context)
    return context


def duty(tenant: Tenant, name: str) -> TenantContext:
    """The context in which the platform performs a duty for a tenant (a schedule, an inbox)."""
    return TenantContext(tenant=tenant, actor=f"system:{name}", door="system")
