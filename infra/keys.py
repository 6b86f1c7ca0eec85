"""A tenant's API keys, by the operator: ``python -m infra.keys --stage prod --slug … list|issue|revoke``.

Run with the operator's own AWS credentials, which may write the control table. A new key is shown once and
kept nowhere; both hold until the old one is revoked, so whatever uses it changes over without a gap.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def main() -> int:
    """List, issue or revoke; one JSON object a line."""
    asked = _asked(sys.argv[1:])
    os.environ["SONGYUN_STAGE"] = asked.stage
    from chalicelib.kernel.errors import Refusal  # here: the stage is read at import

    try:
        for line in act(asked, now=datetime.now(UTC)):
            print(json.dumps(line, ensure_ascii=False))
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.detail}", file=sys.stderr)
        return 1
    return 0


def act(asked: argparse.Namespace, *, now: datetime) -> list[dict[str, Any]]:
    """What was asked for, done. Raises ``Missing`` for a tenant or key that is not there."""
    from chalicelib.control import usecases as control
    from chalicelib.control.store import ControlStore
    from chalicelib.kernel.errors import Missing
    from chalicelib.persistence import directory

    registry, tenant = ControlStore(), directory.by_slug(asked.slug)
    if tenant is None:
        raise Missing(tenant=asked.slug)
    if asked.verb == "issue":
        secret, key = control.issue_key(
            tenant=tenant.id,
            label=asked.label,
            roles=asked.role,
            actor="operator",
            now=now,
            registry=registry,
        )
        return [{"id": key.id, "api_key": secret}]
    if asked.verb == "revoke":
        control.revoke_key(tenant=tenant.id, key=asked.id, actor="operator", now=now, registry=registry)
        return [{"id": asked.id, "revoked": True}]
    return [
        {"id": key.id, "label": key.label, "roles": sorted(key.roles), "issued": key.issued}
        for key in registry.keys(tenant=tenant.id)
    ]


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.keys")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--slug", required=True, help="the tenant's address")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="which keys there are")
    issue = verbs.add_parser("issue", help="a new one, shown once")
    issue.add_argument("--label", required=True, help="what it is for, e.g. gate-2")
    issue.add_argument("--role", action="append", required=True, help="e.g. gate; several may be given")
    verbs.add_parser("revoke", help="end one").add_argument("id")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
