"""The questions that are put to the lake: one text each, in the part of SQL that DuckDB and Athena share."""

import hashlib
import re
from functools import cache
from pathlib import Path

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.lake import SETS, SetName

FOLDER = Path(__file__).parents[2] / "queries"


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question: its text, the sets it reads, and how often it names the period's two days."""

    name: str
    about: str
    text: str
    sets: tuple[SetName, ...]
    spans: int

    @property
    def version(self) -> str:
        """What a sealed report says it was made with."""
        return f"{self.name}@{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"


@cache
def queries() -> dict[str, Query]:
    """Every question by name."""
    return {path.stem: _query(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.sql"))}


def _query(name: str, text: str) -> Query:
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    about = " ".join(line.removeprefix("--").strip() for line in text.splitlines() if line.startswith("--"))
    names = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", plain))
    return Query(
        name=name,
        about=about,
        text=plain.strip(),
        sets=tuple(of.name for of in SETS if of.name in names),
        spans=plain.count("?") // 2,
    )
