"""The vault: personal data sealed with keys of the tenant's own, looked up by a keyed hash.

AES-256-GCM under a data key that KMS wrapped with the encryption context ``{tenant, class}``. A class of
data that the law lets go has a key for every year: when its time is over the year's key is destroyed, and
with it everything sealed under it, wherever it lies (crypto-shredding; backups and archives included).
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.kernel.personal import ERASED
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from chalicelib.tenancy.credentials import tenant_data_keys

_KEPT, _LIFE = 1000, 3600.0
_NONCE = 12
_EPOCH = 2000


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """How long a class of data is kept: ``years`` after what it was for has ended, and that is at most
    ``ahead`` years after it was sealed."""

    years: int
    ahead: int
    source: str


KEEPING: Mapping[str, Keeping] = {
    # Two years ahead: a hotel sells up to 500 nights ahead, which may fall into the year after next.
    "visitor": Keeping(years=3, ahead=2, source="电子商务法 第三十一条；个人信息保护法 第十九条、第四十七条"),
}
"""By data class; a class that is not here is kept until it is shredded by hand."""


class PersonalDataGone(Refusal):
    code = "core.personal.gone"
    status = 410
    detail = N_("保存期已满,这里的个人信息已经销毁。")
    remedy = N_("金额、日期等记录仍可查询。")


class DataKeyRow(Row, discriminator="data-key"):
    """A tenant's wrapped data key: sk ``<class>``, or ``<class>#<year>``. Only KMS can unwrap it, and only
    with the same context."""

    wrapped = BinaryAttribute(legacy_encoding=False)
    made = UnicodeAttribute()


_lock = threading.Lock()
_keys: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()


def seal(value: Any, *, purpose: str = "visitor", lasting: bool = False, now: datetime) -> bytes:
    """Seal a JSON value: a byte that names the key (0: the class's own, else the year since 2000), a nonce,
    the cipher text. ``purpose`` is its data class, ``lasting``: of a class that is let go, but not this.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    epoch = 0 if lasting or purpose not in KEEPING else business_day(now).year - _EPOCH
    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    name = _named(purpose, epoch)
    cipher = AESGCM(_key(name, now)).encrypt(nonce, plain, _context(name).encode())
    return bytes([epoch]) + nonce + cipher


def unseal(sealed: bytes, *, purpose: str = "visitor", now: datetime) -> Any:
    """The value again. Raises ``PersonalDataGone`` when its key was destroyed, ``InvalidTag`` for the seal of
    another tenant or class."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    name, nonce, cipher = _named(purpose, sealed[0]), sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    plain = AESGCM(_key(name, now, make=False)).decrypt(nonce, cipher, _context(name).encode())
    return json.loads(plain)


def shown(sealed: bytes, *, purpose: str = "visitor", now: datetime) -> Any:
    """The value again to be shown among others: ``ERASED`` when its key was destroyed, so that one row of a
    list that is gone does not take the others with it."""
    try:
        return unseal(sealed, purpose=purpose, now=now)
    except PersonalDataGone:
        return ERASED


def blind(value: str, *, purpose: str = "visitor", now: datetime, bits: int = 128) -> str:
    """A keyed hash for look-ups and pseudonyms: the same value of the same tenant, the same text.

    HMAC-SHA-256 under a key derived from the class's own data key, the same in every year; an unkeyed hash of
    an ID number is reversed in seconds (about 1.2e11 possible values).
    """
    key = hmac.digest(_key(purpose, now), b"blind-index", "sha256")
    return hmac.digest(key, value.encode(), "sha256")[: bits // 8].hex()


def let_go(*, now: datetime) -> list[str]:
    """Destroy the tenant's keys whose time is over, with an audit row; their names. A query where none is."""
    year = business_day(now).year
    over = [row for row in DataKeyRow.query(tenant_key("VAULT")) if _over(row.sk, year)]
    if over:
        work = UnitOfWork(action="vault.let-go", now=now)
        work.about(" ".join(row.sk for row in over))
        for row in over:
            work.delete(DataKeyRow(row.pk, row.sk))
        work.commit()
        forget_keys()
    return [row.sk for row in over]


def shred(*, purpose: str) -> None:
    """Destroy all of the tenant's data keys of this class: what they sealed is gone for good."""
    for row in DataKeyRow.query(tenant_key("VAULT")):
        if row.sk.partition("#")[0] == purpose:
            row.delete()
    forget_keys()


def forget_keys() -> None:
    """Drop unwrapped keys from memory."""
    with _lock:
        _keys.clear()


def _over(name: str, year: int) -> bool:
    purpose, _, sealed = name.partition("#")
    kept = KEEPING.get(purpose)
    return kept is not None and sealed != "" and int(sealed) + kept.ahead + kept.years < year


def _named(purpose: str, epoch: int) -> str:
    return f"{purpose}#{_EPOCH + epoch}" if epoch else purpose


def _context(name: str) -> str:
    return f"{current().tenant.id}/{name}"


def _key(name: str, now: datetime, *, make: bool = True) -> bytes:
    who = (current().tenant.id, name)
    present = time.monotonic()
    with _lock:
        kept = _keys.get(who)
        if kept is not None and present - kept[0] < _LIFE:
            _keys.move_to_end(who)
            return kept[1]
    key = _unwrapped(name, now, make=make)
    with _lock:
        _keys[who] = (present, key)
        while len(_keys) > _KEPT:
            _keys.popitem(last=False)
    return key


def _unwrapped(name: str, now: datetime, *, make: bool) -> bytes:
    context = {"tenant": current().tenant.id, "class": name}
    row = DataKeyRow.find(tenant_key("VAULT"), name)
    if row is None:
        if not make:
            raise PersonalDataGone
        plain, wrapped = tenant_data_keys().generate(key=settings().data_key, context=context)
        row = DataKeyRow(tenant_key("VAULT"), name, wrapped=wrapped, made=rfc3339(now))
        try:
            row.put(DataKeyRow.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            row = DataKeyRow.get(tenant_key("VAULT"), name, consistent_read=True)  # somebody was first
        else:
            return plain
    return tenant_data_keys().decrypt(row.wrapped, context=context)


def digest(value: bytes) -> str:
    """SHA-256 in hex: of request bodies and envelopes, never of personal data."""
    return hashlib.sha256(value).hexdigest()
