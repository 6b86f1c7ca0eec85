"""No secret in the tree: ``python -m infra.secret_scan`` looks through every file that git keeps.

The detectors are those of detect-secrets that know the form of a provider's key or of a private key.
Those that guess by entropy or by a variable's name are left out: here they only find hashes and tests.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import get_plugins, transient_settings

ROOT = Path(__file__).resolve().parents[1]

_DETECTORS = (
    *("AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "DiscordBotTokenDetector"),
    *("GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "MailchimpDetector"),
    *("NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector"),
    *("SlackDetector", "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector"),
    *("TwilioKeyDetector",),
)
#: Locks hold nothing but names, versions and hashes, tens of thousands of lines of them.
_LOCKS = frozenset({"requirements.txt", "requirements-dev.txt", "requirements-lake.txt", "package-lock.json"})
#: Invented ones that a test must show: (file, kind) → why.
_INVENTED = {
    ("tests/unit/test_outward.py", "Basic Auth Credentials"): "an address with a password in it is refused",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A line that looks like a secret; the secret itself is not repeated."""

    path: Path
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind}"


def tracked(root: Path = ROOT) -> list[Path]:
    """Every file that git keeps of ``root``, locks left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name and name not in _LOCKS]
    return [root / name for name in names if (root / name).is_file()]


def scan(paths: Iterable[Path]) -> list[Found]:
    """What looks like a secret in ``paths``, in order."""
    settings = {"plugins_used": [{"name": name} for name in _DETECTORS]}
    found: list[Found] = []
    with transient_settings(settings):
        forms = [form for plugin in get_plugins() for form in plugin.denylist]
        for path in sorted(paths):
            # Line by line every detector looks at every line: first ask whether it is worth it.
            text = path.read_bytes().decode("utf-8", "replace")
            if any(form.search(text) for form in forms):
                found += _looked_through(path)
    return found


def _looked_through(path: Path) -> Iterator[Found]:
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    for secret in scan_file(str(path)):
        if (place, secret.type) not in _INVENTED:
            yield Found(path=path, line=secret.line_number, kind=secret.type)


def main() -> int:
    """Scan the tree; 1 when something was found."""
    paths = tracked()
    found = scan(paths)
    for one in found:
        print(f"{one.path.relative_to(ROOT)}:{one.line}: {one.kind}", file=sys.stderr)
    print(f"  {len(paths)} files, {len(found)} secrets")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
