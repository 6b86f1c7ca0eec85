"""The code book: what a system outside calls our types and plans.

Their codes are theirs (upper case, dots, up to eight characters for a type); ours are short names. A code
that was never heard becomes the short name nearest to it, and joins what has that name already.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import field, replace

from chalicelib.kernel.late import dataclass

LONGEST = 8
"""A room type's code in OTA messages (2015A): one to eight characters."""

_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Codes:
    """A property's page: our ids by their codes."""

    site: str
    types: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    version: int = 0

    def type(self, code: str, known: Collection[str]) -> str | None:
        """Our type of their code; our own short names are understood too."""
        return self.types.get(code) or (code if code in known else None)

    def plan(self, code: str, known: Collection[str]) -> str | None:
        """Our plan of their code; our own short names are understood too."""
        return self.plans.get(code) or (code if code in known else None)

    def type_code(self, id: str) -> str:
        """Their code of a type: as they said it, else ours where it is short enough, else nothing."""
        said = next((code for code, ours in self.types.items() if ours == id), "")
        return said or (id if len(id) <= LONGEST else "")

    def plan_code(self, id: str) -> str:
        """Their code of a plan, else ours."""
        return next((code for code, ours in self.plans.items() if ours == id), id)

    def with_type(self, code: str) -> "Codes":
        """The page with this type on it."""
        if code in self.types:
            return self
        return replace(self, types={**self.types, code: named(code, self.types.values())})

    def with_plan(self, code: str) -> "Codes":
        """The page with this plan on it."""
        if code in self.plans:
            return self
        return replace(self, plans={**self.plans, code: named(code, self.plans.values())})


def named(code: str, taken: Collection[str]) -> str:
    """A short name for a code: nearest to it, or told apart by a hash where that is another code's."""
    made = _OTHER.sub("-", code.lower()).strip("-")[:32].strip("-")
    if made and made not in taken:
        return made
    mark = hashlib.sha256(code.encode()).hexdigest()[:6]
    return f"{made}-{mark}" if made else f"x-{mark}"
