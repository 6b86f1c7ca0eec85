"""Delivering events: signed, tried again with growing pauses, never lost over a restart."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from .present import present
from .store import Store, Unit

# Stripe tries for three days; at local scale 1, 2, 4 … seconds, at most a minute apart.
MOST_ATTEMPTS = 12
LONGEST_PAUSE = 60.0
PATIENCE = 10.0
WORKERS = 4
_LOOK_AGAIN = 0.005


@dataclass(frozen=True)
class Parcel:
    """One attempt to make."""

    seq: int
    url: str
    secret: str
    payload: str
    attempts: int


def signature(*, payload: str, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header."""
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class Courier:
    """Takes due deliveries from the store and posts them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._on_the_road: set[int] = set()
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="courier")

    def send_due(self) -> float | None:
        """Hand out what is due; the seconds until the next one, or None when nothing waits."""
        if self.store.setting("paused") == "yes":
            return None
        with self.store.unit(write=False) as unit:
            free = WORKERS * 4 - len(self._on_the_road)
            parcels = [
                parcel
                for row in _pending(unit, limit=max(free, 0) + len(self._on_the_road))
                if row["seq"] not in self._on_the_road
                and row["next_at"] <= unit.instant
                and (parcel := _parcel(unit, row["seq"])) is not None
            ]
            wait = _next_wait(unit, busy=self._on_the_road | {parcel.seq for parcel in parcels})
        for parcel in parcels:
            self._on_the_road.add(parcel.seq)
            self._pool.submit(self._deliver, parcel)
        return wait

    def stop(self) -> None:
        """Stop handing out; what is on the road is tried again after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, parcel: Parcel) -> None:
        try:
            status, error = _post(parcel)
            tried = parcel.attempts + 1
            if status is not None and 200 <= status < 300:
                state = "delivered"
            else:
                state = "failed" if tried >= MOST_ATTEMPTS else "pending"
            pause = min(2.0 ** (tried - 1), LONGEST_PAUSE)
            with self.store.unit() as unit:
                unit.sql.execute(
                    "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, last_status = ?,"
                    " last_error = ?, done_at = ? WHERE seq = ?",
                    (
                        state,
                        tried,
                        unit.instant + pause,
                        status,
                        error,
                        None if state == "pending" else unit.instant,
                        parcel.seq,
                    ),
                )
        finally:
            self._on_the_road.discard(parcel.seq)
            self.store.wake()


def acknowledged(store: Store, session: str) -> None:
    """Wait until the shop has answered that this session is complete, as Stripe keeps the payer.

    docs.stripe.com/checkout/fulfillment: Checkout leads to ``success_url`` when the webhook has acknowledged
    the event, ten seconds after the payment where it does not. Here an endpoint that fails ends the wait.
    """
    deadline = time.monotonic() + PATIENCE
    while store.setting("paused") != "yes" and time.monotonic() < deadline:
        with store.unit(write=False) as unit:
            waiting = unit.sql.execute(
                "SELECT 1 FROM deliveries JOIN objects ON objects.id = deliveries.event"
                " WHERE state = 'pending' AND attempts = 0"
                " AND json_extract(body, '$.type') = 'checkout.session.completed'"
                " AND json_extract(body, '$.data.object.id') = ?",
                (session,),
            ).fetchone()
        if waiting is None:
            return
        time.sleep(_LOOK_AGAIN)


_connections = threading.local()


def _post(parcel: Parcel) -> tuple[int | None, str | None]:
    """One attempt: (status or None, what went wrong). A redirect is a failure, as at Stripe."""
    parts = urlsplit(parcel.url)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (local stand-in)",
        "Stripe-Signature": signature(payload=parcel.payload, secret=parcel.secret, at=int(time.time())),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # A kept connection saves the receiver a thread per event; a stale one is tried afresh once.
    for fresh in (False, True):
        connection = _connection(parts.hostname or "", parts.port, parts.scheme, fresh=fresh)
        reused = connection.sock is not None
        try:
            connection.request("POST", target, body=parcel.payload.encode(), headers=headers)
            response = connection.getresponse()
            response.read()
            if response.will_close:
                connection.close()
            ok = 200 <= response.status < 300
            return response.status, None if ok else f"answered {response.status}"
        except (OSError, http.client.HTTPException) as reason:
            connection.close()
            if not reused or isinstance(reason, TimeoutError):
                return None, f"{type(reason).__name__}: {reason}"[:300]
    return None, "no answer"


def _connection(host: str, port: int | None, scheme: str, *, fresh: bool) -> http.client.HTTPConnection:
    kept: dict[tuple[str, str, int | None], http.client.HTTPConnection]
    kept = _connections.__dict__.setdefault("kept", {})
    key = (scheme, host, port)
    if fresh or key not in kept:
        maker = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        kept[key] = maker(host, port, timeout=PATIENCE)
    return kept[key]


def _pending(unit: Unit, *, limit: int) -> list[dict[str, float]]:
    rows = unit.sql.execute(
        "SELECT seq, next_at FROM deliveries WHERE state = 'pending' ORDER BY next_at, seq LIMIT ?",
        (limit,),
    ).fetchall()
    return [dict(row) for row in rows]


def _parcel(unit: Unit, seq: float) -> Parcel | None:
    row = unit.sql.execute("SELECT * FROM deliveries WHERE seq = ?", (seq,)).fetchone()
    endpoint = unit.anywhere(row["endpoint"], kind="webhook_endpoint")
    event = unit.get(row["event"], account=row["account"], kind="event")
    if endpoint is None or event is None:
        return None
    payload = json.dumps(present(unit, event), ensure_ascii=False, indent=2)
    return Parcel(
        seq=row["seq"],
        url=endpoint.body["url"],
        secret=endpoint.private["secret"],
        payload=payload,
        attempts=row["attempts"],
    )


def _next_wait(unit: Unit, *, busy: set[int]) -> float | None:
    marks = ", ".join("?" * len(busy))
    row = unit.sql.execute(
        "SELECT MIN(next_at) FROM deliveries"  # noqa: S608  (only question marks are put in)
        f" WHERE state = 'pending' AND seq NOT IN ({marks})",
        tuple(busy),
    ).fetchone()
    return None if row[0] is None else max(0.05, row[0] - unit.instant)
