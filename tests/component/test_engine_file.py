"""The engine's data file: an older one is brought up, and what it holds is found in order."""

import sqlite3
from pathlib import Path
from typing import Any

from infra.local.engine.store import FILE_NAME, SCHEMA_VERSION
from infra.local.fixture import Stack

APP = "songyun-local-app"
_BEFORE = {
    "items": "tid INTEGER NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, "
    "PRIMARY KEY (tid, pk, sk)",
    "stream": "tid INTEGER NOT NULL, position INTEGER NOT NULL, record TEXT NOT NULL, "
    "PRIMARY KEY (tid, position)",
    "messages": "queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (queue, id)",
}


def make_older(path: Path) -> None:
    """The file as version 1 had it."""
    with sqlite3.connect(path) as db:
        for name, columns in _BEFORE.items():
            db.execute(f"ALTER TABLE {name} RENAME TO newer")
            db.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
            db.execute(f"INSERT INTO {name} SELECT * FROM newer")
            db.execute("DROP TABLE newer")
        db.execute("PRAGMA user_version=1")
    db.close()


def found(stack: Stack) -> list[Any]:
    answer = stack.client("dynamodb").query(
        TableName=APP,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "T#x#ORDER"}},
    )
    return [(item["sk"]["S"], item["body"]["S"][:3]) for item in answer["Items"]]


def test_an_older_file_is_brought_up_once_and_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with Stack(data_dir=tmp_path, consumers=()) as stack:
        db = stack.client("dynamodb")
        for number in (3, 1, 2):  # found in order of their keys, however they came
            body = f"{number:03d}" + "长" * 700  # a row over a kilobyte
            item = {"pk": {"S": "T#x#ORDER"}, "sk": {"S": f"or_{number}"}, "body": {"S": body}}
            db.put_item(TableName=APP, Item=item)
        queue = stack.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
        stack.client("sqs").send_message(QueueUrl=queue, MessageBody="still here")
    make_older(path)
    with Stack(data_dir=tmp_path, consumers=()) as stack:
        assert found(stack) == [("or_1", "001"), ("or_2", "002"), ("or_3", "003")]
        arn = stack.client("dynamodb").describe_table(TableName=APP)["Table"]["LatestStreamArn"]
        streams = stack.client("dynamodbstreams")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
        assert [record["dynamodb"]["Keys"]["sk"]["S"] for record in records] == ["or_3", "or_1", "or_2"]
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'before%'").fetchone() == (0,)
    db.close()
