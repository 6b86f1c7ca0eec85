"""A queue's messages to one handler, as Lambda's poller does it."""

from __future__ import annotations

import logging
import threading
from typing import Any

from infra.local.pumps.context import context
from infra.local.pumps.sources import QueueSource
from infra.local.pumps.wire import Engine, EngineGone, Refusal

#: Seconds a receive waits for messages; also the longest a quiet pump takes to stop.
_WAIT = 1

_log = logging.getLogger("songyun.pumps")


class QueuePump:
    """Receives batches, calls the handler, deletes what it did not name as failed."""

    def __init__(self, *, source: QueueSource, engine: Engine, stop: threading.Event) -> None:
        self._source = source
        self._engine = engine
        self._stop = stop
        self._url = ""
        self._arn = ""

    def run(self) -> None:
        """Pump until told to stop; an engine that is away is waited for."""
        while not self._stop.is_set():
            try:
                self.once(wait=_WAIT)
            except EngineGone:
                self._url = ""
                self._stop.wait(0.3)
            except Refusal as refusal:
                self._url = ""
                if "QueueDoesNotExist" not in refusal.code:
                    _log.warning("%s: %s", self._source.name, refusal)
                self._stop.wait(0.5)

    def once(self, *, wait: int) -> bool:
        """Take one batch; False when there was none."""
        if not self._url:
            name = self._source.queue
            self._url = self._engine.call("sqs", "GetQueueUrl", QueueName=name)["QueueUrl"]
            self._arn = f"arn:aws:sqs:{self._engine.region}:000000000000:{name}"
        answer = self._engine.call(
            "sqs",
            "ReceiveMessage",
            QueueUrl=self._url,
            MaxNumberOfMessages=self._source.batch,
            WaitTimeSeconds=wait,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages:
            self._process(messages)
        return bool(messages)

    def _process(self, messages: list[dict[str, Any]]) -> None:
        records = [self._record(message) for message in messages]
        failed: set[str] = set()
        try:
            answer = self._source.handler({"Records": records}, context(self._source.name))
        except Exception as error:
            _log.warning("%s: %s: %s", self._source.name, type(error).__name__, error)
            failed = {message["MessageId"] for message in messages}
        else:
            if isinstance(answer, dict):
                failures = answer.get("batchItemFailures") or ()
                failed = {failure["itemIdentifier"] for failure in failures}
        entries = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
            for index, message in enumerate(messages)
            if message["MessageId"] not in failed
        ]
        if entries:
            self._engine.call("sqs", "DeleteMessageBatch", QueueUrl=self._url, Entries=entries)
        for message in messages:
            if message["MessageId"] in failed:
                self._soon_again(message)

    def _soon_again(self, message: dict[str, Any]) -> None:
        """Show a failed message again before its minute is over; nobody here likes to wait.

        The redrive policy still counts every receive.
        """
        received = int(message.get("Attributes", {}).get("ApproximateReceiveCount", "1"))
        self._engine.call(
            "sqs",
            "ChangeMessageVisibility",
            QueueUrl=self._url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=received,
        )

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message.get("MD5OfBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._engine.region,
        }
