"""A client of one AWS service, signed for whoever is bound when it sends.

Retries are those of botocore's standard mode and errors are botocore's own classes; of botocore itself only
those are imported: its session and clients cost a cold start a third of its time, and each small call about
two milliseconds of CPU (see infra/decisions.md).
"""

import socket
import time
from collections.abc import Callable
from typing import Any, ClassVar

import orjson
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from chalicelib.tenancy.backoff import back_off
from chalicelib.tenancy.signing import Keys, signed
from chalicelib.tenancy.wire import Reply, Wire

_ATTEMPTS = 4
_THROTTLED = {
    *("ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded"),
    *("InternalServerError", "ServiceUnavailable"),
}

Before = Callable[[str, dict[str, str], bytes], Reply | None]
"""Told the operation, the signed headers and the body of what is about to be sent; may answer instead."""

After = Callable[[str, dict[str, Any]], None]
"""Told the operation and its answer, once it succeeded."""


class Client:
    """One client for all threads. ``keys`` are asked each time a request is signed.

    The service speaks JSON: ``target`` and the operation name the call, ``content_type`` the version.
    ``before`` and ``after`` are told of each call (tests).
    """

    service: ClassVar[str]
    content_type: ClassVar[str] = "application/x-amz-json-1.1"
    target: ClassVar[str] = ""

    def __init__(self, *, endpoint: str, region: str, keys: Callable[[], Keys]) -> None:
        self.endpoint, self.wire = endpoint, Wire(endpoint)
        self.before: list[Before] = []
        self.after: list[After] = []
        self._region, self._keys = region, keys

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call ``operation``; raises ``ClientError`` as botocore would, or a connection error."""
        headers, body = self.written(operation, arguments)
        attempt = 0
        while True:
            attempt += 1
            try:
                reply = self._send(operation, headers, body)
            except OSError as error:
                if attempt >= _ATTEMPTS:
                    raise _unreachable(error, self.endpoint) from error
                continue
            if reply.status < 300:
                answer = self.read(reply.content)
                for hear in self.after:
                    hear(operation, answer)
                return answer
            answer = self._fault(reply.content)
            code = str(answer.get("__type", reply.status)).rpartition("#")[2]
            if not self.passes(reply.status, code, attempt):
                raise _refused(operation, code, reply, answer)
            back_off(attempt)

    def written(self, operation: str, arguments: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        """The call as headers (names in lower case) and a body."""
        headers = {"content-type": self.content_type, "x-amz-target": f"{self.target}.{operation}"}
        return headers, orjson.dumps(arguments)

    def read(self, content: bytes) -> dict[str, Any]:
        """An answer, or an error with its code under ``__type``."""
        found: dict[str, Any] = orjson.loads(content or b"{}")
        return found

    def passes(self, status: int, code: str, attempt: int) -> bool:
        """Whether an error passes, so that the call is worth sending again."""
        return attempt < _ATTEMPTS and (status >= 500 or code in _THROTTLED)

    def _fault(self, content: bytes) -> dict[str, Any]:
        try:
            return self.read(content)
        except ValueError:
            return {}  # whatever stands between here and there may answer in a language of its own

    def _send(self, operation: str, headers: dict[str, str], body: bytes) -> Reply:
        full = signed(
            service=self.service,
            host=self.wire.host,
            headers=headers,
            body=body,
            region=self._region,
            keys=self._keys(),  # no tenant bound raises here, before any network use
            stamp=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        )
        for tell in self.before:
            if (reply := tell(operation, full, body)) is not None:
                return reply
        return self.wire.post(full, body)


def _refused(operation: str, code: str, reply: Reply, answer: dict[str, Any]) -> ClientError:
    about: Any = {
        **{name: value for name, value in answer.items() if name != "__type"},
        "Error": {"Code": code, "Message": answer.get("message") or answer.get("Message", "")},
        "ResponseMetadata": {
            "RequestId": reply.headers.get("x-amzn-requestid", ""),
            "HTTPStatusCode": reply.status,
            "HTTPHeaders": reply.headers,
        },
    }
    return ClientError(about, operation)


def _unreachable(error: OSError, endpoint: str) -> Exception:
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(endpoint_url=endpoint, error=error)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return EndpointConnectionError(endpoint_url=endpoint, error=error)
    return ConnectionClosedError(endpoint_url=endpoint, error=error)
