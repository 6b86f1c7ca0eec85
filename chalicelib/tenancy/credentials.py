"""Credentials resolved at signing time: one client for all tenants, each call signed by its own.

STS AssumeRole with a session tag; the role's policy compares ``dynamodb:LeadingKeys`` with the tag.
No context raises ``NoTenant`` before any network use.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from chalicelib.config import settings
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.ids import is_id
from chalicelib.tenancy.client import Client
from chalicelib.tenancy.context import TenantContext, current
from chalicelib.tenancy.dynamodb import DynamoDB
from chalicelib.tenancy.services import Bus, DataKeys, Tokens
from chalicelib.tenancy.signing import Keys

_SESSION_SECONDS = 900
_REFRESH_AFTER = 600.0
_KEPT = 2000
Made = TypeVar("Made", bound=Client)


def tenant_keys() -> Keys:
    """The keys vended to the bound tenant; ``NoTenant`` where none is bound."""
    return _vended(current())


def own_keys() -> Keys:
    """The keys of the function's own role: Lambda hands them over in the environment."""
    given = settings()
    if given.access_key:
        return Keys(given.access_key, given.secret_key, given.session_token or None)
    found = _session().get_credentials()
    assert found is not None, "the function has no credentials"
    frozen = found.get_frozen_credentials()
    return Keys(frozen.access_key, frozen.secret_key, frozen.token)


_lock = threading.Lock()
_vault: OrderedDict[tuple[str, str], tuple[float, Keys]] = OrderedDict()


def _vended(context: TenantContext) -> Keys:
    who = (context.tenant.id, context.tenant.kind)
    now = time.monotonic()
    with _lock:
        kept = _vault.get(who)
        if kept is not None and now - kept[0] < _REFRESH_AFTER:
            _vault.move_to_end(who)
            return kept[1]
    if not is_id(context.tenant.id, "tn"):
        raise Forbidden  # the value becomes a session tag: nothing but an id may
    fresh = _tokens().assume_role(
        role=f"{settings().tenant_role_prefix}{context.tenant.kind}",
        name=context.tenant.id,
        seconds=_SESSION_SECONDS,
        tags={"tenant": context.tenant.id},
    )
    with _lock:
        _vault[who] = (now, fresh)
        while len(_vault) > _KEPT:
            _vault.popitem(last=False)
    return fresh


def forget_credentials() -> None:
    """Drop every vended credential (tests; a revoked tenant)."""
    with _lock:
        _vault.clear()


@cache
def tenant_dynamodb() -> DynamoDB:
    """The DynamoDB client whose every request is signed for the bound tenant."""
    return _made(DynamoDB, tenant_keys)


@cache
def own_dynamodb() -> DynamoDB:
    """The DynamoDB client of the function's own role: the directory in the control table, nothing else."""
    return _made(DynamoDB, own_keys)


@cache
def tenant_data_keys() -> DataKeys:
    """KMS, asked with the bound tenant's rights: they end at its own data keys."""
    return _made(DataKeys, tenant_keys)


@cache
def own_bus() -> Bus:
    """EventBridge with the function's own role."""
    return _made(Bus, own_keys)


@cache
def _tokens() -> Tokens:
    return _made(Tokens, own_keys)


def _made(kind: type[Made], keys: Callable[[], Keys]) -> Made:
    return kind(endpoint=settings().endpoints[kind.service], region=settings().region, keys=keys)


_client_lock = threading.Lock()


@cache
def own_client(service: str) -> Any:
    """botocore's client of another service with the function's own role; its import alone takes 0.2 s."""
    with _client_lock:
        return _session().create_client(service, region_name=settings().region)


@cache
def tenant_client(service: str) -> Any:
    """botocore's client of a service that has none of ours (S3); it signs for the tenant then bound."""
    from botocore.config import Config
    from botocore.credentials import Credentials, ReadOnlyCredentials
    from botocore.session import get_session

    class Vended(Credentials):  # botocore freezes the credentials of each request when it signs it
        def get_frozen_credentials(self) -> ReadOnlyCredentials:
            keys = tenant_keys()
            return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token)

    with _client_lock:
        session = get_session()
        vars(session)["_credentials"] = Vended("resolved-when-signing", "resolved-when-signing")
        config = Config(connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 4})
        return session.create_client(service, region_name=settings().region, config=config)


@cache
def _session() -> Any:
    from botocore.session import get_session  # no request and no event needs it where Lambda gives the keys

    return get_session()


def forget_clients() -> None:
    """Build clients anew at next use (tests that start another engine)."""
    forget_credentials()
    made: Any
    for made in (
        *(tenant_dynamodb, own_dynamodb, tenant_data_keys, own_bus),
        *(own_client, tenant_client, _tokens, _session),
    ):
        made.cache_clear()
