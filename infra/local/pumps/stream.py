"""A table's changes, in order, to one handler."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from infra.local.pumps.checkpoints import Checkpoints, write_whole
from infra.local.pumps.context import context
from infra.local.pumps.sources import StreamSource
from infra.local.pumps.wire import Engine, EngineGone, Refusal

_SHARD = "shardId-00000000000000000000-00000000"
#: Seconds between two looks at a quiet stream.
_QUIET = 0.06
#: Crashes of the handler after which one record is put aside.
_ATTEMPTS = 5
#: Seconds a record waits that the handler itself wants again: as long as a stream keeps it on AWS.
_KEPT = 24 * 3600
#: Seconds between two attempts at most.
_LONGEST_WAIT = 5.0

_log = logging.getLogger("songyun.pumps")


class _Failed(NamedTuple):
    """The first record that is not done; ``named``: the handler said so, it did not crash."""

    at: int
    named: bool


class StreamPump:
    """Reads a stream, calls the handler, remembers how far it came, and trims what is done."""

    def __init__(
        self,
        *,
        source: StreamSource,
        engine: Engine,
        checkpoints: Checkpoints,
        data_dir: Path,
        stop: threading.Event,
    ) -> None:
        self._source = source
        self._engine = engine
        self._checkpoints = checkpoints
        self._dead = data_dir / "relay-dead"
        self._stop = stop
        self._arn = ""
        self._iterator: str | None = None
        self._attempts: dict[str, int] = {}

    def run(self) -> None:
        """Pump until told to stop; an engine that is away is waited for."""
        while not self._stop.is_set():
            try:
                worked = self.once()
            except EngineGone:
                self._iterator = None
                self._stop.wait(0.3)
            except Refusal as refusal:
                self._iterator = None
                if refusal.code not in ("ResourceNotFoundException", "ExpiredIteratorException"):
                    _log.warning("%s: %s", self._source.name, refusal)
                self._stop.wait(0.3)
            else:
                if not worked:
                    self._stop.wait(_QUIET)

    def once(self) -> bool:
        """Take one batch; False when there was nothing."""
        if self._iterator is None:
            self._iterator = self._open()
        answer = self._engine.call(
            "streams", "GetRecords", ShardIterator=self._iterator, Limit=self._source.batch
        )
        records = [self._as_event(record) for record in answer["Records"]]
        if records and not self._process(records):
            return True  # stopped in the middle: read again from the checkpoint
        self._iterator = answer.get("NextShardIterator")
        return bool(records)

    def _as_event(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record as Lambda shows it."""
        event = {**record, "eventSourceARN": self._arn}
        identity = event.get("userIdentity")
        if identity:  # the API and Lambda spell it differently
            event["userIdentity"] = {
                "type": identity["Type"],
                "principalId": identity["PrincipalId"],
            }
        return event

    def _open(self) -> str:
        table = self._engine.call("dynamodb", "DescribeTable", TableName=self._source.table)
        self._arn = table["Table"]["LatestStreamArn"]
        passed = self._checkpoints.passed(self._source.name)
        request = {"StreamArn": self._arn, "ShardId": _SHARD}
        if passed is not None:
            try:
                answer = self._engine.call(
                    "streams",
                    "GetShardIterator",
                    **request,
                    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                    SequenceNumber=passed,
                )
                return str(answer["ShardIterator"])
            except Refusal as refusal:
                # What was done is trimmed: everything left comes after it.
                if refusal.code != "TrimmedDataAccessException":
                    raise
        answer = self._engine.call("streams", "GetShardIterator", **request, ShardIteratorType="TRIM_HORIZON")
        return str(answer["ShardIterator"])

    def _process(self, records: list[dict[str, Any]]) -> bool:
        """Hand over ``records``, halving on failure; False when stopped before the end."""
        todo = [records]
        while todo:
            part = todo.pop(0)
            failed = self._call(part)
            if failed is None:
                self._done(part[-1])
                continue
            if self._stop.is_set():
                self._iterator = None
                return False
            if failed.at:  # the handler named the first that failed: what is before it is done
                self._done(part[failed.at - 1])
                todo.insert(0, part[failed.at :])
            elif len(part) > 1:
                half = len(part) // 2
                todo[:0] = [part[:half], part[half:]]
            elif self._put_aside(part[0], named=failed.named):
                self._done(part[0])
            else:
                todo.insert(0, part)
        return True

    def _call(self, records: list[dict[str, Any]]) -> _Failed | None:
        """None when all are done, else the first that is not."""
        try:
            answer = self._source.handler({"Records": records}, context(self._source.name))
        except Exception as error:
            _log.warning("%s: %s: %s", self._source.name, type(error).__name__, error)
            return _Failed(0, named=False)
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        if not failures:
            return None
        names = {failure["itemIdentifier"] for failure in failures}
        for index, record in enumerate(records):
            if record["dynamodb"]["SequenceNumber"] in names:
                return _Failed(index, named=True)
        return _Failed(0, named=False)

    def _put_aside(self, record: dict[str, Any], *, named: bool) -> bool:
        """Count a failure of ``record``; True once it is put aside for good.

        One that the handler wants again is not given up: what it needs (the bus) is away.
        """
        while not self._engine.alive():  # not the record's fault
            if self._stop.wait(0.3):
                return False
        sequence = record["dynamodb"]["SequenceNumber"]
        attempts = self._attempts.get(sequence, 0) + 1
        self._attempts[sequence] = attempts
        age = time.time() - float(record["dynamodb"].get("ApproximateCreationDateTime", 0))
        if age < _KEPT if named else attempts < _ATTEMPTS:
            self._stop.wait(min(_LONGEST_WAIT, 0.2 * 2 ** min(attempts, 10)))
            return False
        del self._attempts[sequence]
        path = self._dead / f"{self._source.name}-{sequence}.json"
        write_whole(path=path, content=record)
        _log.error("%s: a record failed %d times: %s", self._source.name, attempts, path)
        return True

    def _done(self, record: dict[str, Any]) -> None:
        self._checkpoints.pass_(self._source.name, record["dynamodb"]["SequenceNumber"])


class Trimmer:
    """Forgets the records every consumer of a table has passed."""

    def __init__(
        self,
        *,
        engine: Engine,
        checkpoints: Checkpoints,
        consumers: dict[str, list[str]],
        stop: threading.Event,
    ) -> None:
        self._engine = engine
        self._checkpoints = checkpoints
        self._consumers = consumers  # by table; a table nobody follows is trimmed whole
        self._stop = stop

    def run(self) -> None:
        """Trim now and then until told to stop."""
        while not self._stop.wait(0.25):
            self.once()

    def once(self) -> None:
        """Trim every table to the slowest of its consumers."""
        for table, consumers in self._consumers.items():
            passed = [self._checkpoints.passed(consumer) for consumer in consumers]
            if None in passed:
                continue
            everything = "9" * 30
            sequence = min([name for name in passed if name is not None], default=everything)
            try:
                self._engine.control("trim", table=table, sequence=sequence)
            except (EngineGone, Refusal):
                return
