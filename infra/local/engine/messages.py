"""Queue messages and KMS keys on disk.

ministack changes a queue's list of messages in many places, so it is not wrapped but compared:
after every request the ids of a queue that changed are held against those already written. Queues
and keys themselves come from the template at every start; what they held is given back then.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import persistence
from ministack.services import kms, sqs

from infra.local.engine.journal import Journal

# ministack has no types.
_kms: Any = kms
_sqs: Any = sqs


class QueueRecorder:
    """Appends messages that came or went, and the KMS state, to the journal."""

    def __init__(self, *, journal: Journal) -> None:
        self._journal = journal
        # name -> (the list last seen, its length then, ids written)
        self._written: dict[str, tuple[list[dict[str, Any]], int, set[str]]] = {}
        self._unclaimed: dict[str, list[dict[str, Any]]] = {}
        self._keys = ""

    def sync(self) -> None:
        """Append messages that came or went since the last call; called after every request."""
        for queue in _sqs._queues.all_values():
            messages = queue["messages"]
            name = queue["name"]
            seen = self._written.get(name)
            # ministack either appends to the list or puts a new one in its place.
            if seen is not None and seen[0] is messages and seen[1] == len(messages):
                continue
            known = seen[2] if seen is not None else set()
            live = {message["id"]: message for message in messages}
            for identity in known - live.keys():
                self._journal.append("delete_message", name, identity)
            for identity in live.keys() - known:
                self._journal.append("send", name, identity, live[identity])
            self._written[name] = (messages, len(messages), set(live))

    def restored(self, *, queue: str, message: dict[str, Any]) -> None:
        """Keep a message read from the data file until its queue exists again.

        It was in flight or waiting when the engine stopped: either way it is visible now.
        """
        self._unclaimed.setdefault(queue, []).append({**message, "receipt_handle": None})

    def made(self, queue: dict[str, Any]) -> None:
        """Give a queue that was just made the messages it had before the restart."""
        waiting = self._unclaimed.pop(queue["name"], [])
        waiting.sort(key=lambda message: float(message.get("sent_at") or 0))
        # Their ids are written already; a list that never matches makes the next sync compare.
        self._written[queue["name"]] = ([], -1, {message["id"] for message in waiting})
        queue["messages"].extend(waiting)

    def backlog(self) -> dict[str, int]:
        """Messages sent and not deleted, by queue; dead letters wait for a person, not for us."""
        return {
            queue["name"]: len(queue["messages"])
            for queue in _sqs._queues.all_values()
            if not queue["name"].endswith("-dead")
        }

    def empty(self) -> None:
        """Empty every queue (for tests)."""
        for queue in _sqs._queues.all_values():
            queue["messages"] = []
        self.sync()

    def sync_keys(self) -> None:
        """Write the KMS state when it changed: keys, aliases, grants."""
        body = json.dumps(_kms.get_state(), default=persistence._json_default, sort_keys=True)
        if self._keys != body:
            self._keys = body
            self._journal.append("state", "kms", body)

    def restore_keys(self, *, body: str) -> None:
        """Put the KMS state read from the data file in place."""
        self._keys = body
        _kms.load_persisted_state(json.loads(body, object_hook=persistence._json_object_hook))


def key_described(description: str) -> dict[str, Any] | None:
    """The enabled key with this description: how a template finds its key again."""
    for record in _kms._keys.all_values():
        if record.get("Description") == description and record.get("KeyState") == "Enabled":
            return dict(record)
    return None
