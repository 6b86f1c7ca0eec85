"""The stand-in's own endpoints, which Stripe does not have: ``/_standin/…``."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import checkout
from .delivery import acknowledged
from .errors import Json, StripeFault, no_such
from .params import Params
from .present import present
from .store import Record, Store, Unit

MOST_SHOWN = 200
LONGEST_LATENCY = 30_000


class Control:
    """Lets tests and load generators do what a payer, time or bad luck would do."""

    def __init__(self, store: Store, *, settle: Callable[[Unit], None]) -> None:
        self.store = store
        self._settle = settle

    def answer(self, *, method: str, path: str, params: Params) -> Json:
        """One request. Raises StripeFault, 404 for an unknown path."""
        for known, pattern, serve in _ROUTES:
            found = pattern.fullmatch(path) if known == method else None
            if found:
                return serve(self, found.groupdict().get("id", ""), params)
        raise StripeFault(f"No such control endpoint: {method} {path}", status=404)

    def _health(self, _: str, params: Params) -> Json:
        params.only()
        return {"ok": True, "paused": self.store.setting("paused") == "yes"}

    def _pause(self, _: str, params: Params) -> Json:
        params.only()
        self.store.set("paused", "yes")
        return {"paused": True}

    def _resume(self, _: str, params: Params) -> Json:
        params.only()
        self.store.set("paused", "no")
        return {"paused": False}

    def _latency(self, _: str, params: Params) -> Json:
        params.only("milliseconds")
        slow = min(max(params.integer("milliseconds") or 0, 0), LONGEST_LATENCY)
        self.store.set("latency", str(slow / 1000))
        return {"milliseconds": slow}

    def _reset(self, _: str, params: Params) -> Json:
        params.only()
        self.store.empty(keep=self._settle)
        return {"reset": True}

    def _pay(self, ident: str, params: Params) -> Json:
        params.only("delay", "decline", "asynchronous")
        delay = float(params.integer("delay") or 0)
        declined = bool(params.flag("decline"))
        asynchronous = bool(params.flag("asynchronous"))
        try:
            with self.store.unit() as unit:
                session = _session(unit, ident)
                if delay and not asynchronous:
                    unit.later("pay", after=delay, account=session.account, subject=session.id,
                               data={"declined": declined})  # fmt: skip
                else:
                    checkout.pay_by_test_card(
                        unit, session, declined=declined, asynchronous=asynchronous, after=delay
                    )
                found = present(unit, session)
            acknowledged(self.store, ident)  # what a payer does ends with the way back to the shop
            return found
        except StripeFault as fault:
            if fault.status != 402:
                raise
        # A decline is what was asked for: the answer is the session, still open.
        with self.store.unit(write=False) as unit:
            return present(unit, _session(unit, ident))

    def _lapse(self, ident: str, params: Params) -> Json:
        params.only()
        with self.store.unit() as unit:
            session = _session(unit, ident)
            if session.body["status"] == "open":
                checkout.expire(unit, session)
            return present(unit, session)

    def _authorise(self, ident: str, params: Params) -> Json:
        params.only("agreed")
        agreed = params.flag("agreed")
        with self.store.unit() as unit:
            intent = unit.anywhere(ident, kind="payment_intent")
            if intent is None:
                raise no_such(kind="payment_intent", ident=ident, param="id", in_path=True)
            checkout.authorise(unit, intent, agreed=agreed is not False)
            return present(unit, intent)

    def _deliveries(self, _: str, params: Params) -> Json:
        params.only("state", "event", "limit")
        where, values = "", []
        for key in ("state", "event"):
            wanted = params.text(key)
            if wanted:
                where += f" AND deliveries.{key} = ?"
                values.append(wanted)
        limit = max(1, min(MOST_SHOWN, params.integer("limit") or 50))
        with self.store.unit(write=False) as unit:
            # ``where`` is made of our own column names; the caller's words travel as values.
            rows = unit.sql.execute(
                "SELECT deliveries.*, json_extract(objects.body, '$.type') AS type"  # noqa: S608
                " FROM deliveries LEFT JOIN objects ON objects.id = deliveries.event"
                f" WHERE 1 = 1{where} ORDER BY deliveries.seq DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
            counts = unit.sql.execute(
                "SELECT state, COUNT(*) AS many FROM deliveries GROUP BY state"
            ).fetchall()
        shown = [{**dict(row), "id": row["seq"]} for row in rows]
        return {"data": shown, "counts": {row["state"]: row["many"] for row in counts}}

    def _redeliver(self, ident: str, params: Params) -> Json:
        params.only()
        with self.store.unit() as unit:
            changed = unit.sql.execute(
                "UPDATE deliveries SET state = 'pending', attempts = 0, next_at = ?, done_at = NULL"
                " WHERE seq = ?",
                (unit.instant, int(ident) if ident.isdigit() else -1),
            ).rowcount
            if not changed:
                raise no_such(kind="delivery", ident=ident, param="id", in_path=True)
            unit.stirred = True
        return {"id": int(ident), "state": "pending"}


def _session(unit: Unit, ident: str) -> Record:
    session = unit.anywhere(ident, kind="checkout.session")
    if session is None:
        raise no_such(kind="checkout.session", ident=ident, param="id", in_path=True)
    return session


_ROUTES: list[tuple[str, re.Pattern[str], Callable[[Control, str, Params], Json]]] = [
    (method, re.compile("/_standin/" + path.replace("{id}", "(?P<id>[A-Za-z0-9_]+)")), serve)
    for method, path, serve in (
        ("GET", "health", Control._health),
        ("POST", "sessions/{id}/pay", Control._pay),
        ("POST", "sessions/{id}/lapse", Control._lapse),
        ("POST", "payment_intents/{id}/authorize", Control._authorise),
        ("GET", "deliveries", Control._deliveries),
        ("POST", "deliveries/{id}/redeliver", Control._redeliver),
        ("POST", "pause", Control._pause),
        ("POST", "resume", Control._resume),
        ("POST", "latency", Control._latency),
        ("POST", "reset", Control._reset),
    )
]
