"""A plain connection to the embedded engine.

Events must have the shape Lambda gives them: numbers for times, base64 text for bytes. The SDK
would parse both into Python objects, so the JSON is taken as it is.
"""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "application/x-amz-json-1.0"),
    "streams": ("DynamoDBStreams_20120810", "application/x-amz-json-1.0"),
    "sqs": ("AmazonSQS", "application/x-amz-json-1.0"),
}


class EngineGone(Exception):
    """The engine does not answer: it is being restarted."""


class Refusal(Exception):
    """The engine answered with an error."""

    def __init__(self, *, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Engine:
    """One kept-alive connection per thread to the engine at ``endpoint``."""

    def __init__(self, *, endpoint: str, region: str) -> None:
        address = urlsplit(endpoint)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self.region = region
        self._local = threading.local()

    def call(self, service: str, action: str, /, **request: Any) -> dict[str, Any]:
        """Call an AWS action.

        Raises:
            EngineGone: no answer.
            Refusal: the answer is an error.
        """
        prefix, kind = _TARGETS[service]
        headers = {
            "X-Amz-Target": f"{prefix}.{action}",
            "Content-Type": kind,
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential=songyun/20000101/{self.region}/{service}/aws4_request"
            ),
        }
        return self._post("/", request, headers)

    def control(self, command: str, /, **request: Any) -> dict[str, Any]:
        """Send one of the engine's own requests."""
        return self._post(f"/_songyun/{command}", request, {})

    def alive(self) -> bool:
        """Whether the engine answers."""
        try:
            self.control("health")
        except (EngineGone, Refusal):
            return False
        return True

    def _post(self, path: str, request: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=40)
            self._local.connection = connection
        try:
            connection.request("POST", path, body=json.dumps(request), headers=headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._local.connection = None
            raise EngineGone(str(error)) from error
        answer: dict[str, Any] = json.loads(body) if body else {}
        if response.status >= 400:
            code = str(answer.get("__type", response.status)).rpartition("#")[2]
            raise Refusal(code=code, message=str(answer.get("message", "")))
        return answer
