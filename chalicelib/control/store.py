"""The control table, through the directory's rows and three of its own."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.control.usecases import Account, EmailTaken, IssuedKey, SlugTaken
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.kernel.ids import TenantId, new_id
from chalicelib.kernel.period import rfc3339
from chalicelib.persistence.directory import (
    NAMES,
    CredentialRow,
    MemberRow,
    NamesRow,
    TenantRow,
    by_id,
    fingerprint,
    forget_directory,
)
from chalicelib.persistence.table import ControlRow
from chalicelib.tenancy.context import Tenant


class KeyRow(ControlRow, discriminator="key"):
    """An API key in its tenant's list; ``hash`` leads to its credential."""

    label = UnicodeAttribute()
    hash = UnicodeAttribute()
    issued = UnicodeAttribute()
    roles = UnicodeSetAttribute(null=True)


class ControlAuditRow(ControlRow, discriminator="control-audit"):
    """Who changed what in the control plane. Never updated, never deleted."""

    action = UnicodeAttribute()
    actor = UnicodeAttribute()
    subject = UnicodeAttribute()
    at = UnicodeAttribute()


class ControlStore:
    """``usecases.Registry`` on the control table, with the function's own role."""

    def create_tenant(self, tenant: Tenant, *, actor: str, now: datetime) -> None:
        by_slug, *others = _copies(tenant)
        audit = _audit("tenant.create", tenant.id, subject=tenant.id, actor=actor, now=now)
        _write(fresh=[(by_slug, SlugTaken())], rows=[*others, audit])

    def replace_tenant(self, tenant: Tenant, *, actor: str, now: datetime) -> None:
        action = f"tenant.{tenant.status}"
        _write(
            rows=[
                *_copies(tenant),
                _audit(action, tenant.id, subject=tenant.id, actor=actor, now=now),
            ]
        )
        forget_directory()

    def tenant(self, id: str) -> Tenant | None:
        forget_directory()
        return by_id(id)

    def keep_names(self, tenant: TenantId, names: Mapping[str, str], *, actor: str, now: datetime) -> None:
        kept = NamesRow(NAMES, tenant, names=json.dumps(dict(names), ensure_ascii=False))
        # Under a key of its own: a function on the web may write names, never a tenant's other rows.
        audit = _audit("tenant.name", tenant, subject=tenant, actor=actor, now=now, pk=f"NAMED#{tenant}")
        _write(rows=[kept, audit])
        forget_directory()

    def create_member(self, account: Account, *, email: str, hint: str, actor: str, now: datetime) -> None:
        tenant = account.tenant.id
        common: dict[str, Any] = {
            "tenant": tenant,
            "member": account.member,
            "label": account.label,
            "hint": hint,
            "roles": set(account.roles) or None,
        }
        _write(
            fresh=[
                (
                    MemberRow(f"EMAIL#{email}", "-", password=account.password, **common),
                    EmailTaken(),
                )
            ],
            rows=[
                MemberRow(f"TENANT#{tenant}", f"MEMBER#{account.member}", **common),
                _audit("member.add", tenant, subject=account.member, actor=actor, now=now),
            ],
        )

    def account(self, *, email: str) -> Account | None:
        row = MemberRow.find(f"EMAIL#{email}", "-")
        tenant = by_id(row.tenant) if row is not None else None
        if row is None or tenant is None or row.password is None:
            return None
        return Account(
            tenant=tenant,
            member=row.member,
            label=row.label,
            password=row.password,
            roles=frozenset(row.roles or ()),
        )

    def keep_session(self, *, account: Account, secret: str, expires: datetime) -> None:
        ends = int(expires.timestamp())
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=account.tenant.id,
            actor=f"member:{account.member}",
            label=account.label,
            means="session",
            roles=set(account.roles) or {"-"},  # DynamoDB keeps no empty set
            expires=ends,
            ttl=ends,
        ).put()

    def end_session(self, *, secret: str) -> None:
        CredentialRow(f"CREDENTIAL#{fingerprint(secret)}", "-").delete()
        forget_directory()

    def keep_key(self, key: IssuedKey, *, tenant: TenantId, secret: str, actor: str, now: datetime) -> None:
        roles = set(key.roles) or {"-"}
        hashed = fingerprint(secret)
        _write(
            rows=[
                CredentialRow(
                    f"CREDENTIAL#{hashed}",
                    "-",
                    tenant=tenant,
                    actor=f"key:{key.id}",
                    label=key.label,
                    means="key",
                    roles=roles,
                ),
                KeyRow(
                    f"TENANT#{tenant}",
                    f"KEY#{key.id}",
                    label=key.label,
                    hash=hashed,
                    issued=key.issued,
                    roles=roles,
                ),
                _audit("key.issue", tenant, subject=key.id, actor=actor, now=now),
            ]
        )

    def keys(self, *, tenant: TenantId) -> list[IssuedKey]:
        rows = KeyRow.query(f"TENANT#{tenant}", KeyRow.sk.startswith("KEY#"))
        return [
            IssuedKey(
                id=row.sk.removeprefix("KEY#"),
                label=row.label,
                roles=frozenset(row.roles or ()) - {"-"},
                issued=row.issued,
            )
            for row in rows
        ]

    def drop_key(self, *, tenant: TenantId, key: str, actor: str, now: datetime) -> bool:
        row = KeyRow.find(f"TENANT#{tenant}", f"KEY#{key}")
        if row is None:
            return False
        _write(
            rows=[_audit("key.revoke", tenant, subject=key, actor=actor, now=now)],
            gone=[row, CredentialRow(f"CREDENTIAL#{row.hash}", "-")],
        )
        forget_directory()
        return True


def _copies(tenant: Tenant) -> list[TenantRow]:
    """The row for each way in: by address, by id, in the register of all and of its kind."""
    places = [
        (f"SLUG#{tenant.slug}", "-"),
        (f"TENANT#{tenant.id}", "-"),
        ("REGISTER", tenant.id),
        (f"REGISTER#{tenant.kind}", tenant.id),
    ]
    return [
        TenantRow(
            pk,
            sk,
            tenant=tenant.id,
            tenant_kind=tenant.kind,
            slug=tenant.slug,
            name=tenant.name,
            district=tenant.district,
            status=tenant.status,
            entitlements=set(tenant.entitlements) or None,
        )
        for pk, sk in places
    ]


def _audit(
    action: str, tenant: str, *, subject: str, actor: str, now: datetime, pk: str = ""
) -> ControlAuditRow:
    return ControlAuditRow(
        pk or f"TENANT#{tenant}",
        f"AUDIT#{new_id('jn', now=now)}",
        action=action,
        actor=actor,
        subject=subject,
        at=rfc3339(now),
    )


def _write(
    *,
    fresh: Sequence[tuple[ControlRow, Refusal]] = (),
    rows: Sequence[ControlRow] = (),
    gone: Sequence[ControlRow] = (),
) -> None:
    """One transaction. ``fresh`` rows must not be there yet, or their refusal is raised."""
    try:
        # The control table's own connection: it signs with the function's role, outside any tenant.
        with TransactWrite(connection=TenantRow._get_connection().connection) as transaction:
            for row in gone:
                transaction.delete(row)
            for row, _ in fresh:
                transaction.save(row, condition=type(row).pk.does_not_exist())
            for row in rows:
                transaction.save(row)
    except TransactWriteError as error:
        reasons = list(error.cancellation_reasons)[len(gone) :]
        for (_, otherwise), reason in zip(fresh, reasons, strict=False):
            if reason is not None and reason.code == "ConditionalCheckFailed":
                raise otherwise from None
        if any(reason is not None and reason.code == "TransactionConflict" for reason in reasons):
            raise Clash from None
        raise
