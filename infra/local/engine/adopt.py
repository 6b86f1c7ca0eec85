"""Applying the template again finds what the data folder already holds.

CloudFormation's own records live in memory, so the launcher creates the stack anew at every start.
Creating a table would empty it, creating a key would lose what was sealed with the old one: the
creators of these resource types are wrapped so that they take over what is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, eventbridge, sqs
from ministack.services.cloudformation import provisioners

from infra.local.engine.messages import QueueRecorder, key_described
from infra.local.engine.recorder import Recorder

_ddb: Any = dynamodb
_events: Any = eventbridge
_sqs: Any = sqs
_cfn: Any = provisioners

_Created = tuple[str, dict[str, Any]]
_Creator = Callable[[str, dict[str, Any], str], _Created]


def install(*, recorder: Recorder, queues: QueueRecorder) -> None:
    """Wrap the creators of tables, queues, keys and aliases."""
    _wrap("AWS::DynamoDB::Table", lambda create: _table_creator(create, recorder=recorder))
    _wrap("AWS::SQS::Queue", lambda create: _queue_creator(create, queues=queues))
    _wrap("AWS::KMS::Key", lambda create: _key_creator(create, queues=queues))
    _wrap("AWS::KMS::Alias", lambda create: _then(create, queues.sync_keys))
    # ministack would keep every event in memory for ever; the outbox and the ledger are the
    # durable copies here, so the archive is accepted and left empty.
    _cfn._RESOURCE_HANDLERS["AWS::Events::Archive"] = {
        "create": lambda _logical_id, properties, _stack: (properties["ArchiveName"], {}),
        "update": lambda physical_id, *_: (physical_id, {}),
        "delete": lambda *_: None,
    }
    recent: deque[dict[str, Any]] = deque(maxlen=100)
    _events._events_log_list = lambda: recent


def _wrap(resource: str, wrapper: Callable[[_Creator], _Creator]) -> None:
    handlers = _cfn._RESOURCE_HANDLERS[resource]
    handlers["create"] = wrapper(handlers["create"])


def _then(create: _Creator, after: Callable[[], None]) -> _Creator:
    def creator(logical_id: str, properties: dict[str, Any], stack: str) -> _Created:
        made = create(logical_id, properties, stack)
        after()
        return made

    return creator


def _table_creator(create: _Creator, *, recorder: Recorder) -> _Creator:
    def creator(logical_id: str, properties: dict[str, Any], stack: str) -> _Created:
        name = str(properties.get("TableName", ""))
        record = _ddb._tables.get(name)
        if record is None:
            made = create(logical_id, properties, stack)
        else:
            if record["KeySchema"] != properties["KeySchema"]:
                raise ValueError(f"the table {name} is there with other keys")
            _match_stream(record, properties)
            made = (name, {"Arn": record["TableArn"], "StreamArn": record.get("LatestStreamArn")})
        # ministack's provisioner passes over the TTL setting.
        ttl = properties.get("TimeToLiveSpecification")
        if ttl:
            _ddb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl})
        recorder.sync_definitions()
        return made

    return creator


def _match_stream(record: dict[str, Any], properties: dict[str, Any]) -> None:
    wanted = (properties.get("StreamSpecification") or {}).get("StreamViewType")
    present = (record.get("StreamSpecification") or {}).get("StreamViewType")
    if wanted == present:
        return
    if present:
        _ddb._update_table(
            {"TableName": record["TableName"], "StreamSpecification": {"StreamEnabled": False}}
        )
    if wanted:
        specification = {"StreamEnabled": True, "StreamViewType": wanted}
        _ddb._update_table({"TableName": record["TableName"], "StreamSpecification": specification})


def _queue_creator(create: _Creator, *, queues: QueueRecorder) -> _Creator:
    def creator(logical_id: str, properties: dict[str, Any], stack: str) -> _Created:
        url, attributes = create(logical_id, properties, stack)
        queues.made(_sqs._queues[url])
        return url, attributes

    return creator


def _key_creator(create: _Creator, *, queues: QueueRecorder) -> _Creator:
    def creator(logical_id: str, properties: dict[str, Any], stack: str) -> _Created:
        # The description names the key; the template gives each key its own.
        found = key_described(str(properties.get("Description", "")))
        if found is not None:
            return found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]}
        made = create(logical_id, properties, stack)
        queues.sync_keys()
        return made

    return creator
