"""A tenant's API key is changed by the operator: both hold until the old one is ended."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.control import usecases
from chalicelib.control.store import ControlStore
from chalicelib.kernel.errors import Missing
from chalicelib.persistence import directory
from infra import keys
from infra.local.fixture import Stack

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def operator(*words: str) -> list[dict[str, Any]]:
    """The command, as typed."""
    return keys.act(keys._asked(["--stage", "dev", "--slug", "rolling", *words]), now=NOW)


def holds(secret: str) -> frozenset[str]:
    """What the key opens; nothing once it is ended."""
    directory.forget_directory()
    found = directory.by_secret(secret, now=NOW)
    return found.roles if found is not None else frozenset()


def test_a_key_is_changed_without_a_gap(engine: Stack) -> None:
    usecases.create_tenant(
        kind="scenic", slug="rolling", name="换钥", district="410100", now=NOW, registry=ControlStore()
    )
    (old,) = operator("issue", "--label", "gate-1", "--role", "gate")
    (new,) = operator("issue", "--label", "gate-1b", "--role", "gate")
    assert holds(old["api_key"]) == holds(new["api_key"]) == {"gate"}
    assert {one["label"] for one in operator("list")} == {"gate-1", "gate-1b"}
    assert "sk_" not in str(operator("list"))
    assert operator("revoke", old["id"]) == [{"id": old["id"], "revoked": True}]
    assert (holds(old["api_key"]), holds(new["api_key"])) == (frozenset(), {"gate"})
    with pytest.raises(Missing):
        operator("revoke", old["id"])
    with pytest.raises(Missing):
        keys.act(keys._asked(["--stage", "dev", "--slug", "nobody", "list"]), now=NOW)
