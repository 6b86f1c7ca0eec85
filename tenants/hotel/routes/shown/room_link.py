"""The guest's way to the page of their room: a link that only the stay's own guests are given."""

from datetime import datetime
from urllib.parse import urlencode

from chalicelib.persistence import vault
from chalicelib.web.http import Call


def token_of(stay: str, *, now: datetime) -> str:
    """The capability of a stay's room page: a keyed hash of its id, stored nowhere."""
    return vault.blind(f"stay-link|{stay}", now=now)


def room_path(call: Call, stay: str, step: str = "", **more: str) -> str:
    """The room's page of a stay (or a step of it) for whoever holds its link."""
    query = urlencode({"t": token_of(stay, now=call.now), **more})
    return f"/s/{call.tenant.slug}/stays/{stay}{step}?{query}"
