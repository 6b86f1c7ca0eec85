"""What a person can do with tenants, members, sessions and keys."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, Protocol

from chalicelib.config import settings
from chalicelib.control import passwords
from chalicelib.kernel.errors import N_, Missing, Refusal, Unauthenticated
from chalicelib.kernel.ids import TenantId, new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.texts import SPOKEN
from chalicelib.tenancy.context import Tenant
from chalicelib.tenancy.limits import TokenBucket

SESSION_LIFE = timedelta(hours=12)
_SLUG = re.compile(r"^(?=.{3,40}\Z)[a-z0-9](?:-?[a-z0-9])*\Z")  # as the event envelope has it
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+$")
_SHORTEST, _LONGEST = 10, 200


class SlugTaken(Refusal):
    code = "control.slug.taken"
    detail = N_("这个网址已被使用。")
    remedy = N_("请换一个网址。")


class EmailTaken(Refusal):
    code = "control.email.taken"
    detail = N_("这个邮箱已有账号。")
    remedy = N_("请换一个邮箱,或直接登录。")


class Unfit(Refusal):
    code = "control.unfit"
    status = 422
    detail = N_("网址、邮箱或密码不符合要求。")
    remedy = N_("网址用小写字母、数字和连字符;密码 10 到 200 位。")


class WrongLogin(Unauthenticated):
    code = "control.login"
    detail = N_("邮箱或密码不正确。")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A member as the log-in needs it. ``password`` is the argon2 hash."""

    tenant: Tenant
    member: str
    label: str
    password: str
    roles: frozenset[str]

    def __repr__(self) -> str:
        return f"Account({self.member})"


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """An API key as its tenant sees it afterwards: everything but the secret."""

    id: str
    label: str
    roles: frozenset[str]
    issued: str


class Registry(Protocol):
    """The control table. Writers say who acts (``actor``): every change leaves an audit row beside it."""

    def create_tenant(self, tenant: Tenant, *, actor: str, now: datetime) -> None:
        """All copies of a tenant, or ``SlugTaken``."""

    def replace_tenant(self, tenant: Tenant, *, actor: str, now: datetime) -> None:
        """All copies anew."""

    def tenant(self, id: str) -> Tenant | None:
        """The tenant with this id, read afresh."""

    def keep_names(self, tenant: TenantId, names: Mapping[str, str], *, actor: str, now: datetime) -> None:
        """What a tenant is called in other languages, in place of what stood there."""

    def create_member(self, account: Account, *, email: str, hint: str, actor: str, now: datetime) -> None:
        """A member under the hash of their address, or ``EmailTaken``."""

    def account(self, *, email: str) -> Account | None:
        """The member with this address's hash."""

    def keep_session(self, *, account: Account, secret: str, expires: datetime) -> None:
        """A session credential."""

    def end_session(self, *, secret: str) -> None:
        """Forget a session credential."""

    def keep_key(self, key: IssuedKey, *, tenant: TenantId, secret: str, actor: str, now: datetime) -> None:
        """A key credential and its entry in the tenant's list."""

    def keys(self, *, tenant: TenantId) -> list[IssuedKey]:
        """The tenant's keys."""

    def drop_key(self, *, tenant: TenantId, key: str, actor: str, now: datetime) -> bool:
        """Forget a key credential; whether there was one."""


def create_tenant(
    *,
    kind: str,
    slug: str,
    name: str,
    district: str,
    entitlements: Iterable[str] = (),
    actor: str = "system:control",
    now: datetime,
    registry: Registry,
) -> Tenant:
    """Open a tenant. Refuses a slug that is taken or unfit for an address."""
    if not _SLUG.match(slug) or not name.strip():
        raise Unfit
    tenant = Tenant(
        id=TenantId(new_id("tn", now=now)),
        kind=kind,
        slug=slug,
        name=name.strip(),
        district=district,
        entitlements=frozenset(entitlements),
    )
    registry.create_tenant(tenant, actor=actor, now=now)
    return tenant


def change_tenant(
    *,
    tenant: TenantId,
    status: Literal["active", "suspended"] | None = None,
    entitlements: Iterable[str] | None = None,
    actor: str,
    now: datetime,
    registry: Registry,
) -> Tenant:
    """Suspend, resume, or change what the plan includes."""
    held = registry.tenant(tenant)
    if held is None:
        raise Missing
    changed = Tenant(
        id=held.id,
        kind=held.kind,
        slug=held.slug,
        name=held.name,
        district=held.district,
        status=status or held.status,
        entitlements=held.entitlements if entitlements is None else frozenset(entitlements),
    )
    registry.replace_tenant(changed, actor=actor, now=now)
    return changed


def name_tenant(
    *, tenant: TenantId, names: Mapping[str, str], actor: str, now: datetime, registry: Registry
) -> dict[str, str]:
    """What a tenant is called in languages other than Chinese; those that are kept.

    The Chinese name is the registered one and is not changed here. A blank takes a name away again: who
    reads that language is then shown the English name, or else the registered one.
    """
    kept = {tag: names[tag].strip() for tag in SPOKEN if tag != "zh" and names.get(tag, "").strip()}
    registry.keep_names(tenant, kept, actor=actor, now=now)
    return kept


def add_member(
    *,
    tenant: Tenant,
    email: str,
    password: str,
    label: str,
    roles: Iterable[str],
    actor: str = "system:control",
    now: datetime,
    registry: Registry,
) -> str:
    """Add a member to a tenant; their id. ``label`` is what colleagues call them at work."""
    address = _folded(email)
    if not _EMAIL.match(address) or not _SHORTEST <= len(password) <= _LONGEST:
        raise Unfit
    account = Account(
        tenant=tenant,
        member=new_id("mb", now=now),
        label=label,
        password=passwords.hashed(password),
        roles=frozenset(roles),
    )
    name, _, host = address.partition("@")
    registry.create_member(
        account, email=_email_key(address), hint=f"{name[0]}***@{host}", actor=actor, now=now
    )
    return account.member


def log_in(
    *, email: str, password: str, address: str, now: datetime, registry: Registry
) -> tuple[str, Account]:
    """A session secret and whose it is. The same refusal and effort for a wrong password and for nobody."""
    key = _email_key(_folded(email)[:320])
    by_account, by_address = _tries()
    by_address.take(address)
    by_account.take(key)
    account = registry.account(email=key)
    if not passwords.matches(password[:_LONGEST], account.password if account else None) or account is None:
        raise WrongLogin
    secret = secrets.token_urlsafe(32)
    registry.keep_session(account=account, secret=secret, expires=now + SESSION_LIFE)
    return secret, account


def log_out(*, secret: str, registry: Registry) -> None:
    """End a session; one that is not there is ended already."""
    if secret:
        registry.end_session(secret=secret)


def issue_key(
    *,
    tenant: TenantId,
    label: str,
    roles: Iterable[str],
    actor: str,
    now: datetime,
    registry: Registry,
) -> tuple[str, IssuedKey]:
    """A new API key: its secret, shown this once, and its entry."""
    secret = f"sk_{secrets.token_urlsafe(32)}"
    key = IssuedKey(id=new_id("ak", now=now), label=label, roles=frozenset(roles), issued=now.isoformat())
    registry.keep_key(key, tenant=tenant, secret=secret, actor=actor, now=now)
    return secret, key


def revoke_key(*, tenant: TenantId, key: str, actor: str, now: datetime, registry: Registry) -> None:
    """Make a key of this tenant useless."""
    if not registry.drop_key(tenant=tenant, key=key, actor=actor, now=now):
        raise Missing


# Ten tries at once, then one in twelve seconds for an account; a coach party logs in from one address.
@cache
def _tries() -> tuple[TokenBucket, TokenBucket]:
    factor = settings().rate_factor
    return (
        TokenBucket(rate=factor / 12, size=10 * factor),
        TokenBucket(rate=factor, size=60 * factor),
    )


def forget_tries() -> None:
    """Start with full buckets (tests)."""
    _tries.cache_clear()


def _folded(email: str) -> str:
    return email.strip().lower()


def _email_key(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
