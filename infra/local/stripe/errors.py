"""Faults in Stripe's JSON shape. The sentences are Stripe's own where they are known."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class StripeFault(Exception):
    """An answer that is an error.

    ``keeps_state``: the transaction is committed all the same (a declined card leaves its traces).
    ``settled``: the endpoint had begun its work, so the answer belongs to the idempotency key;
    faults of validation do not, the caller may repair the request and use the key again.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps_state: bool = False,
        settled: bool = False,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.keeps_state = keeps_state
        self.settled = settled
        self.more = more or {}

    def body(self) -> Json:
        """The JSON document of the answer."""
        error: Json = {"message": self.message, "type": self.kind}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        error.update(self.more)
        return {"error": error}


def missing(param: str) -> StripeFault:
    """A required parameter is absent."""
    return StripeFault(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(*, kind: str, ident: str, param: str, in_path: bool) -> StripeFault:
    """No object of that id is visible here: 404 when the path names it, 400 when a parameter does."""
    return StripeFault(
        f"No such {kind}: '{ident}'",
        status=404 if in_path else 400,
        code="resource_missing",
        param=param,
    )


def refused(message: str, *, code: str | None = None, param: str | None = None) -> StripeFault:
    """The object's state forbids it."""
    return StripeFault(message, code=code, param=param, settled=True)


def card_declined(*, error: Json) -> StripeFault:
    """402: ``error`` is the object that also stands in ``last_payment_error``."""
    more = {key: value for key, value in error.items() if key not in ("message", "type", "code")}
    return StripeFault(
        str(error["message"]),
        status=402,
        kind=str(error["type"]),
        code=str(error["code"]),
        keeps_state=True,
        settled=True,
        more=more,
    )
