"""The vault: personal data sealed with a key per tenant, looked up by a keyed hash.

AES-256-GCM under a data key that KMS wrapped with the encryption context ``{tenant, class}``.
Destroying the wrapped key destroys everything sealed under it (crypto-shredding).
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from chalicelib.config import settings
from chalicelib.kernel.period import rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.tenancy.context import current
from chalicelib.tenancy.credentials import tenant_data_keys

_KEPT, _LIFE = 1000, 3600.0
_NONCE = 12


class DataKeyRow(Row, discriminator="data-key"):
    """A tenant's wrapped data key. Only KMS can unwrap it, and only with the same context."""

    wrapped = BinaryAttribute(legacy_encoding=False)
    made = UnicodeAttribute()


_lock = threading.Lock()
_keys: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()


def seal(value: Any, *, purpose: str = "visitor", now: datetime) -> bytes:
    """Seal a JSON value. ``purpose`` is its data class: each has its own key and its own shredding."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return nonce + AESGCM(_key(purpose, now)).encrypt(nonce, plain, _context(purpose).encode())


def unseal(sealed: bytes, *, purpose: str = "visitor", now: datetime) -> Any:
    """The value again. A seal of another tenant, purpose or key raises ``InvalidTag``."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    plain = AESGCM(_key(purpose, now)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _context(purpose).encode())
    return json.loads(plain)


def blind(value: str, *, purpose: str = "visitor", now: datetime, bits: int = 128) -> str:
    """A keyed hash for look-ups and pseudonyms: the same value of the same tenant, the same text.

    HMAC-SHA-256 under a key derived from the tenant's data key; an unkeyed hash of an ID number is
    reversed in seconds (about 1.2e11 possible values).
    """
    key = hmac.digest(_key(purpose, now), b"blind-index", "sha256")
    return hmac.digest(key, value.encode(), "sha256")[: bits // 8].hex()


def shred(*, purpose: str) -> None:
    """Destroy the tenant's data key of this class: what it sealed is gone for good."""
    row = DataKeyRow.find(tenant_key("VAULT"), purpose)
    if row is not None:
        row.delete()
    forget_keys()


def forget_keys() -> None:
    """Drop unwrapped keys from memory."""
    with _lock:
        _keys.clear()


def _context(purpose: str) -> str:
    return f"{current().tenant.id}/{purpose}"


def _key(purpose: str, now: datetime) -> bytes:
    who = (current().tenant.id, purpose)
    present = time.monotonic()
    with _lock:
        kept = _keys.get(who)
        if kept is not None and present - kept[0] < _LIFE:
            _keys.move_to_end(who)
            return kept[1]
    key = _unwrapped(purpose, now)
    with _lock:
        _keys[who] = (present, key)
        while len(_keys) > _KEPT:
            _keys.popitem(last=False)
    return key


def _unwrapped(purpose: str, now: datetime) -> bytes:
    context = {"tenant": current().tenant.id, "class": purpose}
    row = DataKeyRow.find(tenant_key("VAULT"), purpose)
    if row is None:
        plain, wrapped = tenant_data_keys().generate(key=settings().data_key, context=context)
        row = DataKeyRow(tenant_key("VAULT"), purpose, wrapped=wrapped, made=rfc3339(now))
        try:
            row.put(DataKeyRow.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            row = DataKeyRow.get(tenant_key("VAULT"), purpose, consistent_read=True)  # somebody was first
        else:
            return plain
    return tenant_data_keys().decrypt(row.wrapped, context=context)


def digest(value: bytes) -> str:
    """SHA-256 in hex: of request bodies and envelopes, never of personal data."""
    return hashlib.sha256(value).hexdigest()
