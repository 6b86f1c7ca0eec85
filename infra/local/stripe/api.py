"""The API's door: key, account, idempotency, then the endpoint, in one transaction."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from . import forms, routing
from .calls import API_VERSION, Call
from .errors import Json, StripeFault
from .params import Params
from .present import expand
from .store import Store, Unit, new_id

_SECRET_KEY = re.compile(r"sk_test_[A-Za-z0-9_]{1,200}")
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9_]{1,60}")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
LONGEST_IDEMPOTENCY_KEY = 255


@dataclass(frozen=True)
class Answer:
    """``body`` is the JSON text."""

    status: int
    body: str
    headers: dict[str, str]


class Api:
    """Answers /v1 requests."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._under_way: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    def answer(self, *, method: str, path: str, query: str, form: str, headers: Mapping[str, str]) -> Answer:
        """One request. ``headers`` by lower-case name."""
        request_id = new_id("req_", length=14)
        common = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        try:
            _authenticate(headers.get("authorization", ""))
            account = _account(headers.get("stripe-account", ""))
            version = headers.get("stripe-version", "")
            endpoint, ident = routing.match(method=method, path=path)
            text = "&".join(part for part in (query, form) if part)
            call = Call(
                method=method,
                path=path,
                params=Params(forms.decode(text)),
                account=account,
                version=version if _VERSION.fullmatch(version) else API_VERSION,
                ident=ident,
            )
            key = headers.get("idempotency-key", "") if method == "POST" else ""
            if account:
                common["Stripe-Account"] = account
            if key:
                common["Idempotency-Key"] = key
                answer = self._once(call, endpoint, key=key, request_id=request_id)
            else:
                answer = self._run(call, endpoint, request_id=request_id)
        except StripeFault as fault:
            answer = _fault(fault)
        return Answer(answer.status, answer.body, {**common, **answer.headers})

    def _once(self, call: Call, endpoint: routing.Endpoint, *, key: str, request_id: str) -> Answer:
        if len(key) > LONGEST_IDEMPOTENCY_KEY:
            raise StripeFault(
                f"Idempotency keys can be up to {LONGEST_IDEMPOTENCY_KEY} characters long.",
                kind="idempotency_error",
            )
        holder = (call.account, key)
        with self._guard:
            if holder in self._under_way:
                raise StripeFault(
                    "There is currently another in-progress request using this Idempotent Key (that"
                    " probably means you submitted twice, and the other request is still going"
                    f" through): {key}. Please try again later.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._under_way.add(holder)
        try:
            return self._run(call, endpoint, request_id=request_id, key=key)
        finally:
            with self._guard:
                self._under_way.discard(holder)

    def _run(
        self, call: Call, endpoint: routing.Endpoint, *, request_id: str, key: str | None = None
    ) -> Answer:
        self._be_slow()
        try:
            with self.store.unit(
                request_id=request_id, idempotency_key=key, write=call.method != "GET"
            ) as unit:
                replay = _replay(unit, call, key=key) if key else None
                if replay is not None:
                    return replay
                try:
                    body = endpoint(call, unit)
                    paths = call.params.texts("expand")
                    if paths:
                        body = expand(unit, body, paths=paths, account=call.account)
                    answer = Answer(200, _text(body), {})
                    if key:
                        _remember(unit, call, key=key, answer=answer, request_id=request_id)
                    return answer
                except StripeFault as fault:
                    if key and fault.keeps_state:
                        answer = _fault(fault)
                        _remember(unit, call, key=key, answer=answer, request_id=request_id)
                    raise
        except StripeFault as fault:
            answer = _fault(fault)
            if key and fault.settled and not fault.keeps_state:
                # What the endpoint wrote was undone; that it refused is remembered all the same.
                with self.store.unit() as unit:
                    _remember(unit, call, key=key, answer=answer, request_id=request_id)
            return answer

    def _be_slow(self) -> None:
        """A switch of the control endpoints: Stripe is not always quick."""
        delay = float(self.store.setting("latency", default="0"))
        if delay:
            time.sleep(delay)


def _authenticate(header: str) -> None:
    kind, _, value = header.partition(" ")
    key = value.strip()
    if kind.lower() == "basic":
        key = _from_basic(key)
    elif kind.lower() != "bearer":
        key = ""
    if not key:
        raise StripeFault(
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See"
            " https://stripe.com/docs/api#authentication for details, or we can help at"
            " https://support.stripe.com/.",
            status=401,
        )
    if not _SECRET_KEY.fullmatch(key):
        shown = f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}" if len(key) > 12 else "****"
        raise StripeFault(f"Invalid API Key provided: {shown}", status=401)


def _from_basic(value: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _account(header: str) -> str:
    if header and not _ACCOUNT.fullmatch(header):
        raise StripeFault(
            f"The provided key does not have access to account '{header[:60]}' (or that account"
            " does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return header


def _replay(unit: Unit, call: Call, *, key: str) -> Answer | None:
    row = unit.sql.execute(
        "SELECT * FROM idempotency WHERE account = ? AND key = ?", (call.account, key)
    ).fetchone()
    if row is None:
        return None
    if row["path"] != call.path:
        raise StripeFault(
            "Keys for idempotent requests can only be used for the same endpoint they were first"
            f" used for ('{call.path}' vs '{row['path']}'). Try using a key other than '{key}' if"
            " you meant to execute a different request.",
            kind="idempotency_error",
        )
    if row["digest"] != _digest(call):
        raise StripeFault(
            "Keys for idempotent requests can only be used with the same parameters they were first"
            f" used with. Try using a key other than '{key}' if you meant to execute a different"
            " request.",
            kind="idempotency_error",
        )
    return Answer(
        row["status"],
        row["body"],
        {"Idempotent-Replayed": "true", "Original-Request": row["request_id"]},
    )


def _remember(unit: Unit, call: Call, *, key: str, answer: Answer, request_id: str) -> None:
    unit.sql.execute(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            call.account, key, call.path, _digest(call), answer.status, answer.body, request_id,
            unit.now,
        ),
    )  # fmt: skip


def _digest(call: Call) -> str:
    canonical = json.dumps(call.params.values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fault(fault: StripeFault) -> Answer:
    return Answer(fault.status, _text(fault.body()), {})


def _text(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)
