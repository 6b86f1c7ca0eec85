"""The other services of every function: STS for a tenant's keys, KMS for its data keys, the bus."""

import base64
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlencode

from chalicelib.tenancy.client import Client
from chalicelib.tenancy.signing import Keys


class Tokens(Client):
    """STS: the query protocol; answers are XML, of which the leaves by name are all that is needed."""

    service = "sts"
    content_type = "application/x-www-form-urlencoded; charset=utf-8"

    def assume_role(self, *, role: str, name: str, seconds: int, tags: Mapping[str, str]) -> Keys:
        """AssumeRole with session tags: keys that live for ``seconds``."""
        asked: dict[str, Any] = {"RoleArn": role, "RoleSessionName": name, "DurationSeconds": seconds}
        for position, (tag, value) in enumerate(tags.items(), 1):
            asked |= {f"Tags.member.{position}.Key": tag, f"Tags.member.{position}.Value": value}
        found = self.call("AssumeRole", asked)
        return Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def written(self, operation: str, arguments: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        """See ``Client``."""
        form = urlencode({"Action": operation, "Version": "2011-06-15", **arguments})
        return {"content-type": self.content_type}, form.encode()

    def read(self, content: bytes) -> dict[str, Any]:
        """See ``Client``."""
        leaves = re.findall(r"<(\w+)>([^<>]*)</\1>", content.decode())
        found = {name: unescape(text.strip()) for name, text in leaves}
        return {**found, "__type": found["Code"]} if "Code" in found else found


class DataKeys(Client):
    """KMS: data keys, and the way back from their wrapping. ``context``: without the same, nothing opens."""

    service = "kms"
    target = "TrentService"

    def generate(self, *, key: str, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """A fresh 256-bit data key under ``key``: plain, and wrapped."""
        asked = {"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": dict(context)}
        found = self.call("GenerateDataKey", asked)
        return base64.b64decode(found["Plaintext"]), base64.b64decode(found["CiphertextBlob"])

    def decrypt(self, wrapped: bytes, *, context: Mapping[str, str]) -> bytes:
        """What ``generate`` wrapped, with the same context."""
        asked = {"CiphertextBlob": base64.b64encode(wrapped).decode(), "EncryptionContext": dict(context)}
        return base64.b64decode(self.call("Decrypt", asked)["Plaintext"])


class Bus(Client):
    """EventBridge: entries as PutEvents takes them."""

    service = "events"
    target = "AWSEvents"

    def put(self, entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """PutEvents: ``FailedEntryCount``, and a verdict per entry."""
        return self.call("PutEvents", {"Entries": list(entries)})
