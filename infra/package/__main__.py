"""Build what AWS gets, into ``build/``: ``python -m infra.package --stage prod``."""

from __future__ import annotations

import argparse
import sys

from infra.package.build import build
from infra.package.staging import PackagingFailure


def main() -> int:
    """Build, check, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m infra.package")
    parser.add_argument("--stage", required=True, choices=("dev", "prod"))
    arguments = parser.parse_args()
    try:
        made = build(stage=arguments.stage)
    except PackagingFailure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    print(made.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
