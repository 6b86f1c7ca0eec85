"""The keys that sign ticket codes: several of one tenant, of which the newest signs and all that live verify.

A code names its key by four bits, so one verification is enough. Rolling makes the next key; codes that were
signed before hold until the last day they could have been sold for is over (``LIVES``).
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.persistence.vault import seal, unseal
from chalicelib.tenancy.context import current
from tenants.scenic.domain.area import ON_SALE_DAYS
from tenants.scenic.domain.ticket import (
    PREFIX,
    SIZE,
    CodeInvalid,
    Pass,
    base45,
    key_of,
    slot_of,
    unbase45,
    unpack,
)

LIVES = timedelta(days=ON_SALE_DAYS + 2)
"""How long a key still verifies once another signs: to the end of the last day that was on sale then."""

_FRESH = timedelta(hours=1)  # a process signs with the next key within this time
_AGAIN = timedelta(seconds=5)  # and looks at once, but no oftener, for a key that it does not know
_SIGNATURE = 64


class TicketKeyRow(Row, discriminator="ticket-key"):
    """pk ``TICKETKEY``, sk the number: one Ed25519 private key, sealed, and the public one."""

    sealed = BinaryAttribute(legacy_encoding=False)
    public = UnicodeAttribute()
    made = UnicodeAttribute(null=True)


@dataclass(frozen=True, kw_only=True)
class TicketKey:
    """A key as everybody may know it. ``until``: when its last code is over; none while it signs."""

    number: int
    public: bytes
    made: datetime | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Ring:
    """What a process knows of a tenant's keys."""

    keys: tuple[TicketKey, ...]  # those that live; the newest last
    sealed: bytes  # the newest one's private half
    read: datetime

    def named(self, key: int) -> TicketKey | None:
        return next((one for one in reversed(self.keys) if slot_of(one.number) == key), None)


_lock = threading.Lock()
_rings: dict[str, _Ring] = {}
_signers: dict[bytes, Any] = {}
_verifiers: dict[bytes, Any] = {}


def forget_ticket_keys() -> None:
    """Read the keys anew at next use (tests)."""
    _rings.clear()


def signed(pass_: Pass, *, now: datetime) -> str:
    """The code of a pass, signed by the newest key."""
    ring = _ring(now)
    payload = pass_.pack(key=ring.keys[-1].number)
    return PREFIX + base45(payload + _signer(ring, now).sign(payload))


def read(code: str, *, now: datetime) -> Pass:
    """The pass in a code that one of the tenant's living keys has signed, else ``CodeInvalid``."""
    payload, signature = _parts(code)
    key = _ring(now).named(key_of(payload)) or _ring(now, within=_AGAIN).named(key_of(payload))
    if key is None:
        raise CodeInvalid
    return _verified(payload, signature, key.public)


def read_code(code: str, *, publics: Mapping[int, bytes]) -> Pass:
    """The pass in a code, verified with public keys alone (by number): what an offline gate does."""
    payload, signature = _parts(code)
    public = next((public for number, public in publics.items() if slot_of(number) == key_of(payload)), None)
    if public is None:
        raise CodeInvalid
    return _verified(payload, signature, public)


def living(*, now: datetime) -> tuple[TicketKey, ...]:
    """The keys with which gates verify, the newest last."""
    return _ring(now, within=timedelta(0)).keys


def roll(work: UnitOfWork) -> int:
    """Join the work: the next key, which signs from now on; its number. ``Clash`` if somebody rolls too."""
    number = living(now=work.now)[-1].number + 1
    work.about(f"ticket-key/{number}")
    work.create(_row(number, work.now), otherwise=Clash())
    return number


def _ring(now: datetime, *, within: timedelta = _FRESH) -> _Ring:
    tenant = current().tenant.id
    found = _rings.get(tenant)
    if found is None or not timedelta(0) <= now - found.read < within:
        with _lock:
            found = _rings[tenant] = _read(now)
    return found


def _read(now: datetime) -> _Ring:
    rows: list[Any] = sorted(
        TicketKeyRow.query(tenant_key("TICKETKEY"), consistent_read=True), key=lambda row: int(row.sk)
    )
    if not rows:
        work = UnitOfWork(action="scenic.make-ticket-key", now=now)
        work.create(_row(1, now), otherwise=Clash())
        with suppress(Clash):  # another process was quicker
            work.commit()
        return _read(now)
    made = [parse_instant(row.made) if row.made else None for row in rows]
    ends = [*(one + LIVES if one is not None else None for one in made[1:]), None]
    keys = tuple(
        TicketKey(number=int(row.sk), public=bytes.fromhex(row.public), made=began, until=end)
        for row, began, end in zip(rows, made, ends, strict=True)
        if end is None or now < end
    )
    return _Ring(keys=keys, sealed=bytes(rows[-1].sealed), read=now)


def _row(number: int, now: datetime) -> TicketKeyRow:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return TicketKeyRow(
        tenant_key("TICKETKEY"),
        str(number),
        sealed=seal(key.private_bytes_raw().hex(), purpose="ticket", now=now),
        public=key.public_key().public_bytes_raw().hex(),
        made=rfc3339(now),
    )


def _signer(ring: _Ring, now: datetime) -> Any:
    public = ring.keys[-1].public
    found = _signers.get(public)
    if found is None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = bytes.fromhex(unseal(ring.sealed, purpose="ticket", now=now))
        found = _signers.setdefault(public, Ed25519PrivateKey.from_private_bytes(private))
    return found


def _parts(code: str) -> tuple[bytes, bytes]:
    if not code.startswith(PREFIX):
        raise CodeInvalid
    data = unbase45(code[len(PREFIX) :])
    if len(data) != SIZE + _SIGNATURE:
        raise CodeInvalid
    return data[:SIZE], data[SIZE:]


def _verified(payload: bytes, signature: bytes, public: bytes) -> Pass:
    from cryptography.exceptions import InvalidSignature

    verifier = _verifiers.get(public)
    if verifier is None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        verifier = _verifiers.setdefault(public, Ed25519PublicKey.from_public_bytes(public))
    try:
        verifier.verify(signature, payload)
    except InvalidSignature as error:
        raise CodeInvalid from error
    return unpack(payload)
