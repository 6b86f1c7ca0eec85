"""A DynamoDB client of the few calls that rows need, signed for whoever is bound when it sends.

It stands where pynamodb expects botocore's client. Through botocore a small call costs about two
milliseconds of CPU here, ten times what the call itself needs, and an order makes six: cost per order is
what this product competes on, so this one path is ours (see infra/decisions.md). It speaks the JSON 1.0
protocol over kept connections, one a thread; signing is Signature Version 4, compared with botocore's by a
test; retries are those of botocore's standard mode, and errors are botocore's own classes.
"""

import base64
import hashlib
import hmac
import json
import random
import secrets
import socket
import ssl
import threading
import time
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.hooks import HierarchicalEmitter

from chalicelib.telemetry import count_call

_ATTEMPTS, _CONFLICTS = 4, 5
_CONNECT, _READ = 3.0, 10.0
_LINE = 65_536
_TYPE, _VERSION = "application/x-amz-json-1.0", "DynamoDB_20120810"
_THROTTLED = {
    *("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"),
    *("InternalServerError", "ServiceUnavailable"),
}
_CAPACITY = {"ReturnConsumedCapacity": "TOTAL"}


class _Line:
    """A kept connection; closed when its thread ends or when anything went wrong on it."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.answer: BinaryIO = wire.makefile("rb")

    def close(self) -> None:
        self.answer.close()
        self.wire.close()

    __del__ = close


class DynamoDB:
    """One client for all threads. ``credentials`` are asked each time a request is signed.

    ``meta.events`` emits ``before-send.dynamodb.<Operation>`` and ``after-call.dynamodb.<Operation>`` as
    botocore does; a handler may answer in the network's place.
    """

    _request_signer = None  # pynamodb's question whether credentials were found: here they are found per call

    def __init__(self, *, endpoint: str, region: str, credentials: Credentials) -> None:
        self.endpoint = endpoint
        self._url = urlsplit(endpoint)
        self._region, self._credentials = region, credentials
        self._local = threading.local()
        self.meta = SimpleNamespace(events=HierarchicalEmitter())

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        """GetItem."""
        return self._make_api_call("GetItem", _CAPACITY | arguments)

    def query(self, **arguments: Any) -> dict[str, Any]:
        """Query, one page."""
        return self._make_api_call("Query", _CAPACITY | arguments)

    def update_item(self, **arguments: Any) -> dict[str, Any]:
        """UpdateItem."""
        return self._make_api_call("UpdateItem", _CAPACITY | arguments)

    def transact_write_items(self, **arguments: Any) -> dict[str, Any]:
        """TransactWriteItems."""
        return self._make_api_call("TransactWriteItems", _CAPACITY | arguments)

    def _make_api_call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call ``operation``; raises ``ClientError`` as botocore would, or a connection error."""
        if operation == "TransactWriteItems" and "ClientRequestToken" not in arguments:
            # Sent again after a lost answer it must be the same transaction, or it would refuse itself.
            arguments = {**arguments, "ClientRequestToken": secrets.token_hex(16)}
        body = json.dumps(arguments, default=_encoded, separators=(",", ":")).encode()
        attempt = 0
        while True:
            attempt += 1
            try:
                status, headers, answer = self._send(operation, body)
            except OSError as error:
                if attempt >= _ATTEMPTS:
                    raise _unreachable(error, self.endpoint) from error
                continue
            if status < 300:
                count_call(operation, answer.get("ConsumedCapacity"))
                self.meta.events.emit(
                    f"after-call.dynamodb.{operation}", parsed=answer, model=SimpleNamespace(name=operation)
                )
                return answer
            code = str(answer.get("__type", status)).rpartition("#")[2]
            if not _again(status, code, attempt):
                raise _refused(operation, code, status, headers, answer)
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret

    def _send(self, operation: str, body: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
        headers = self._signed(operation, body)
        request = SimpleNamespace(method="POST", url=self.endpoint, headers=headers, body=body)
        _, heard = self.meta.events.emit_until_response(f"before-send.dynamodb.{operation}", request=request)
        if heard is not None:
            return heard.status_code, dict(heard.headers), _decoded(heard.content)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", ""])
        status, answered, content = self._exchange(head.encode("latin-1") + body)
        return status, answered, _decoded(content)

    def _exchange(self, message: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send and read one answer; whatever goes wrong, the connection is not used again."""
        line: _Line = self._local.__dict__.pop("line", None) or self._open()
        answer = line.answer
        try:
            line.wire.sendall(message)
            first = answer.readline(_LINE)
            if not first.startswith(b"HTTP/1."):
                raise ConnectionResetError("closed before an answer")
            headers: dict[str, str] = {}
            while (head := answer.readline(_LINE)) not in (b"\r\n", b"\n", b""):
                name, _, value = head.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            length = int(headers.get("content-length", "0"))
            content = answer.read(length)
            if len(content) < length:
                raise ConnectionResetError("cut short")
        except BaseException:
            line.close()
            raise
        if headers.get("connection", "").lower() == "close":
            line.close()
        else:
            self._local.line = line
        return int(first.split(b" ", 2)[1]), headers, content

    def _open(self) -> _Line:
        secure = self._url.scheme == "https"
        address = (self._url.hostname or "", self._url.port or (443 if secure else 80))
        wire = socket.create_connection(address, timeout=_CONNECT)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            wire = _trust().wrap_socket(wire, server_hostname=self._url.hostname)
        wire.settimeout(_READ)
        return _Line(wire)

    def _signed(self, operation: str, body: bytes) -> dict[str, str]:
        """The headers of a signed request; no tenant bound raises here, before any network use."""
        return signed(
            host=self._url.netloc,
            target=f"{_VERSION}.{operation}",
            body=body,
            region=self._region,
            credentials=self._credentials.get_frozen_credentials(),
            stamp=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        )


def signed(
    *, host: str, target: str, body: bytes, region: str, credentials: ReadOnlyCredentials, stamp: str
) -> dict[str, str]:
    """Headers with an AWS Signature Version 4 for a POST of ``body`` to ``/`` at ``stamp`` (UTC)."""
    signing = {"content-type": _TYPE, "host": host, "x-amz-date": stamp}
    if credentials.token:
        signing["x-amz-security-token"] = credentials.token
    signing["x-amz-target"] = target
    names = ";".join(signing)  # in alphabetical order, as the canonical form wants them
    lines = "".join(f"{name}:{value}\n" for name, value in signing.items())
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/dynamodb/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    key = _signing_key(credentials.secret_key, stamp[:8], region)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    sender = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}"
    headers = {name.title(): value for name, value in signing.items()}
    return {**headers, "Authorization": f"{sender}, SignedHeaders={names}, Signature={signature}"}


@lru_cache(maxsize=4096)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _again(status: int, code: str, attempt: int) -> bool:
    """Whether an error passes. A single write that meets a transaction on its item is refused, not queued."""
    if code == "TransactionConflictException":
        return attempt <= _CONFLICTS
    return attempt < _ATTEMPTS and (status >= 500 or code in _THROTTLED)


def _refused(
    operation: str, code: str, status: int, headers: dict[str, str], answer: dict[str, Any]
) -> ClientError:
    about: Any = {
        **{name: value for name, value in answer.items() if name != "__type"},
        "Error": {"Code": code, "Message": answer.get("message") or answer.get("Message", "")},
        "ResponseMetadata": {
            "RequestId": headers.get("x-amzn-requestid", ""),
            "HTTPStatusCode": status,
            "HTTPHeaders": headers,
        },
    }
    return ClientError(about, operation)


def _unreachable(error: OSError, endpoint: str) -> Exception:
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(endpoint_url=endpoint, error=error)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return EndpointConnectionError(endpoint_url=endpoint, error=error)
    return ConnectionClosedError(endpoint_url=endpoint, error=error)


def _encoded(value: Any) -> str:
    """Bytes as base64: the one type of ours that JSON lacks."""
    return base64.b64encode(value).decode()


def _decoded(content: bytes) -> dict[str, Any]:
    hook = _bytes if b'"B' in content else None
    found: dict[str, Any] = json.loads(content or b"{}", object_hook=hook)
    return found


def _bytes(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value of bytes, or a set of them, out of base64."""
    if len(value) == 1:
        if isinstance(value.get("B"), str):
            return {"B": base64.b64decode(value["B"])}
        if isinstance(value.get("BS"), list):
            return {"BS": [base64.b64decode(one) for one in value["BS"]]}
    return value


@cache
def _trust() -> ssl.SSLContext:
    """The platform's authorities; host names are checked."""
    return ssl.create_default_context()
