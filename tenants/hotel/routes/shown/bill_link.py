"""The guest's way to their bill: a link shown as a QR code. Who has it sees amounts and no names."""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import urlencode

from chalicelib.config import settings
from chalicelib.kernel.errors import Missing
from chalicelib.persistence import vault
from chalicelib.web.http import Call
from tenants.hotel.domain.folio import Folio
from tenants.hotel.store.accounts import AccountsStore


def token_of(id: str, *, now: datetime) -> str:
    """The capability of a bill: a keyed hash of its id, stored nowhere."""
    return vault.blind(f"bill-link|{id}", now=now)


def bill_path(slug: str, id: str, *, now: datetime, **more: str) -> str:
    """The bill's page for whoever holds the link."""
    return f"/s/{slug}/bills/{id}?{urlencode({'t': token_of(id, now=now), **more})}"


def bill_url(slug: str, id: str, *, now: datetime) -> str:
    """The same with this site before it, for a QR code."""
    return settings().base_url + bill_path(slug, id, now=now)


def opened(call: Call, token: str, *, accounts: AccountsStore) -> Folio:
    """The bill of the path, if the token is its own; else there is no such page."""
    call.set_header("Cache-Control", "no-store")
    id = call.path["folio"]
    mine = hashlib.sha256(token_of(id, now=call.now).encode()).digest()
    if not hmac.compare_digest(mine, hashlib.sha256(token.encode()).digest()):
        raise Missing
    return accounts.folios.get(id)
