"""All tests as two runs beside each other, or whatever pytest is asked for: ``python -m tests [arguments]``.

What journeys and rules share (a running town, a built artefact) is made once, in the first run; the second
has the session's engine. Its report follows the first's.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

_FIRST = ("tests/journeys", "tests/rules")
_SECOND = ("tests/component", "tests/unit", "tests/cloud")
_NOTHING = 5  # pytest's exit code where no test was chosen


def main(arguments: list[str]) -> int:
    """Run, and say how it went: 0 where both runs did well."""
    pytest = [sys.executable, "-m", "pytest"]
    if arguments:
        return subprocess.run([*pytest, *arguments], check=False).returncode
    there = [folder for folder in _SECOND if Path(folder).is_dir()]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        with subprocess.Popen([*pytest, *there], stdout=said, stderr=subprocess.STDOUT) as second:
            first = subprocess.run([*pytest, *_FIRST], check=False).returncode
            print("\nThe second run:", flush=True)
        said.seek(0)
        sys.stdout.writelines(said)
    codes = {first, second.returncode} - {0, _NOTHING}
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
