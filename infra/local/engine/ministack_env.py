"""The settings ministack reads while it is imported: import this module before any of its own."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any

VERSION = "1.5.33"

#: The region every local resource lives in.
REGION = "cn-north-1"
#: The account number ministack gives callers without one.
ACCOUNT = "000000000000"

_SETTINGS = {
    "BIND_HOST": "127.0.0.1",
    "MINISTACK_HOST": "127.0.0.1",
    "MINISTACK_REGION": REGION,
    "MINISTACK_ACCOUNT_ID": ACCOUNT,
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "AUTH": "false",
    "LOG_LEVEL": "ERROR",
    # What the template uses and nothing else: no Lambda (the pumps call the handlers), no Docker.
    "SERVICES": "dynamodb,dynamodbstreams,sqs,events,kms,iam,sts,cloudformation,s3,ssm,ses,sns",
}

_ABSENT: Any = object()


def prepare() -> None:
    """Set the environment and silence what would start by itself at import."""
    os.environ.update(_SETTINGS)
    logging.disable(logging.WARNING)
    thread_class: Any = threading.Thread
    start = thread_class.start

    def start_unless_reaper(thread: threading.Thread) -> None:
        # ministack's own expiry sweep walks every item from a second thread and writes no stream
        # record; ours follows an ordered list on the event loop (recorder.sweep_expired).
        if thread.name != "dynamodb-ttl-reaper":
            start(thread)

    thread_class.start = start_unless_reaper
    # Its Athena asks whether DuckDB is there, and our lake has it installed: a slow start, and a noisy end,
    # for a service that we leave out.
    held = sys.modules.get("duckdb", _ABSENT)
    sys.modules["duckdb"] = None  # type: ignore[assignment]  # the import system's own word for "not there"
    try:
        from ministack import app  # noqa: F401
        from ministack.services import (
            athena,  # noqa: F401
            dynamodb,  # noqa: F401
        )
    finally:
        thread_class.start = start
        if held is _ABSENT:
            del sys.modules["duckdb"]
        else:
            sys.modules["duckdb"] = held


prepare()
