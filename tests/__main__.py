"""All tests as two runs beside each other, or whatever pytest is asked for: ``python -m tests [arguments]``.

The journeys are one run, so that what they share (a running town) stands once; the rest is the other, the
session's engine in it. Its report follows the first's.
"""

import subprocess
import sys
import tempfile

_FIRST = ("tests/journeys",)
_SECOND = ("tests/component", "tests/unit", "tests/rules")


def main(arguments: list[str]) -> int:
    """Run, and say how it went: 0 where both runs did well."""
    pytest = [sys.executable, "-m", "pytest"]
    if arguments:
        return subprocess.run([*pytest, *arguments], check=False).returncode
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        with subprocess.Popen([*pytest, *_SECOND], stdout=said, stderr=subprocess.STDOUT) as second:
            first = subprocess.run([*pytest, *_FIRST], check=False).returncode
            print("\nThe second run:", flush=True)
        said.seek(0)
        sys.stdout.writelines(said)
    return int(first != 0 or second.returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
