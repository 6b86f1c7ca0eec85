"""An installation's tenants, by its operator: ``python -m infra.register --stage prod --kind bureau …``.

Run with the operator's own AWS credentials, which may write the control table; the functions may not.
The answer holds the owner's first password and the API key: they are shown once and kept nowhere.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from datetime import UTC, datetime


def main() -> int:
    """Register one tenant with its owner and an API key."""
    parser = argparse.ArgumentParser(prog="python -m infra.register")
    for name in ("stage", "kind", "slug", "name", "district", "email"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--entitlement", action="append", default=[], help="e.g. scenic.tickets")
    arguments = parser.parse_args()
    os.environ["SONGYUN_STAGE"] = arguments.stage
    from chalicelib.control import usecases as control  # here: the stage is read at import
    from chalicelib.control.store import ControlStore
    from chalicelib.kernel.errors import Refusal

    now, registry, password = datetime.now(UTC), ControlStore(), secrets.token_urlsafe(15)
    try:
        tenant = control.create_tenant(
            kind=arguments.kind,
            slug=arguments.slug,
            name=arguments.name,
            district=arguments.district,
            entitlements=tuple(arguments.entitlement),
            now=now,
            registry=registry,
        )
        control.add_member(
            tenant=tenant,
            email=arguments.email,
            password=password,
            label=arguments.name,
            roles=("owner",),
            now=now,
            registry=registry,
        )
        key, _ = control.issue_key(
            tenant=tenant.id, label="first", roles=("owner",), actor="operator", now=now, registry=registry
        )
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.detail}", file=sys.stderr)
        return 1
    print(json.dumps({"tenant": tenant.id, "login": arguments.email, "password": password, "api_key": key}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
