"""Credentials resolved at signing time: one client for all tenants, each call signed by its own.

STS AssumeRole with a session tag; the role's policy compares ``dynamodb:LeadingKeys`` with the tag.
No context raises ``NoTenant`` before any network use.
"""

import threading
import time
from collections import OrderedDict
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.session import Session, get_session

from chalicelib.config import settings
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.ids import is_id
from chalicelib.tenancy.context import TenantContext, current
from chalicelib.tenancy.dynamodb import DynamoDB

_SESSION_SECONDS = 900
_REFRESH_AFTER = 600.0
_KEPT = 2000


class TenantCredentials(Credentials):
    """A botocore credential object that looks at the bound tenant each time it signs."""

    def __init__(self) -> None:
        super().__init__("resolved-when-signing", "resolved-when-signing")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _vended(current())


_lock = threading.Lock()
_vault: OrderedDict[tuple[str, str], tuple[float, ReadOnlyCredentials]] = OrderedDict()


def _vended(context: TenantContext) -> ReadOnlyCredentials:
    who = (context.tenant.id, context.tenant.kind)
    now = time.monotonic()
    with _lock:
        kept = _vault.get(who)
        if kept is not None and now - kept[0] < _REFRESH_AFTER:
            _vault.move_to_end(who)
            return kept[1]
    if not is_id(context.tenant.id, "tn"):
        raise Forbidden  # the value becomes a session tag: nothing but an id may
    answer = own_client("sts").assume_role(
        RoleArn=f"{settings().tenant_role_prefix}{context.tenant.kind}",
        RoleSessionName=context.tenant.id,
        DurationSeconds=_SESSION_SECONDS,
        Tags=[{"Key": "tenant", "Value": context.tenant.id}],
    )["Credentials"]
    fresh = ReadOnlyCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
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
def _session(*, tenant: bool) -> Session:
    session = get_session()
    if tenant:
        vars(session)["_credentials"] = TenantCredentials()
    return session


_client_lock = threading.Lock()


@cache
def tenant_dynamodb() -> DynamoDB:
    """The DynamoDB client whose every request is signed for the bound tenant."""
    return _dynamodb(tenant=True)


@cache
def own_dynamodb() -> DynamoDB:
    """The DynamoDB client of the function's own role: the directory in the control table, nothing else."""
    return _dynamodb(tenant=False)


@cache
def own_client(service: str) -> Any:
    """A client of another service with the function's own role."""
    return _client(service, tenant=False)


@cache
def tenant_client(service: str) -> Any:
    """A client of another service that signs for the bound tenant (the vault's key)."""
    return _client(service, tenant=True)


def _client(service: str, *, tenant: bool) -> Any:
    with _client_lock:
        return _session(tenant=tenant).create_client(service, region_name=settings().region, config=_config())


def _dynamodb(*, tenant: bool) -> DynamoDB:
    credentials = _session(tenant=tenant).get_credentials()
    assert credentials is not None, "the function has no credentials"
    return DynamoDB(endpoint=settings().dynamodb_endpoint, region=settings().region, credentials=credentials)


def _config(**more: Any) -> Config:
    # A fixed user agent and checksums only where demanded: botocore spends a fifth of each small call
    # on composing the one and considering the other.
    return Config(
        user_agent="songyun",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=3,
        read_timeout=10,
        max_pool_connections=64,
        retries={"total_max_attempts": 4, "mode": "standard"},
        **more,
    )


def forget_clients() -> None:
    """Build clients anew at next use (tests that start another engine)."""
    forget_credentials()
    for made in (_session, tenant_dynamodb, own_dynamodb, own_client, tenant_client):
        made.cache_clear()
