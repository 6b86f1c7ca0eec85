"""DynamoDB's client: it stands where pynamodb expects botocore's. Cost per order is what this product
competes on, and an order makes six calls."""

import base64
import secrets
from typing import Any

import orjson

from chalicelib.telemetry import count_call
from chalicelib.tenancy.client import Client

_CONFLICTS = 5
_CAPACITY = {"ReturnConsumedCapacity": "TOTAL"}


class DynamoDB(Client):
    """The JSON 1.0 protocol with bytes in it. Attribute values are DynamoDB's own: ``{"S": "…"}``."""

    service = "dynamodb"
    content_type = "application/x-amz-json-1.0"
    target = "DynamoDB_20120810"
    _request_signer = None  # pynamodb's question whether credentials were found: here they are found per call

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        """GetItem."""
        return self._make_api_call("GetItem", _CAPACITY | arguments)

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:
        """BatchGetItem."""
        return self._make_api_call("BatchGetItem", _CAPACITY | arguments)

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
        """What pynamodb calls."""
        if operation == "TransactWriteItems" and "ClientRequestToken" not in arguments:
            # Sent again after a lost answer it must be the same transaction, or it would refuse itself.
            arguments = {**arguments, "ClientRequestToken": secrets.token_hex(16)}
        answer = self.call(operation, arguments)
        count_call(operation, answer.get("ConsumedCapacity"))
        return answer

    def written(self, operation: str, arguments: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        """See ``Client``; bytes as base64: the one type of ours that JSON lacks."""
        headers = {"content-type": self.content_type, "x-amz-target": f"{self.target}.{operation}"}
        return headers, orjson.dumps(arguments, default=_encoded)

    def read(self, content: bytes) -> dict[str, Any]:
        """See ``Client``; bytes out of base64."""
        found: dict[str, Any] = orjson.loads(content or b"{}")
        return _with_bytes(found) if b'"B' in content else found

    def passes(self, status: int, code: str, attempt: int) -> bool:
        """See ``Client``. A single write that meets a transaction on its item is refused, not queued."""
        if code == "TransactionConflictException":
            return attempt <= _CONFLICTS
        return super().passes(status, code, attempt)


def _encoded(value: Any) -> str:
    return base64.b64encode(value).decode()


def _with_bytes(value: Any) -> Any:
    """The same with every attribute value of bytes, or of a set of them, out of base64."""
    if isinstance(value, list):
        return [_with_bytes(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        if isinstance(value.get("B"), str):
            return {"B": base64.b64decode(value["B"])}
        if isinstance(value.get("BS"), list):
            return {"BS": [base64.b64decode(one) for one in value["BS"]]}
    return {name: _with_bytes(one) for name, one in value.items()}
