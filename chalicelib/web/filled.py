"""A form as it is shown: what stands in its boxes and what is wrong with them, by the boxes' names.

A page's route gives its template one of these, and the macros of ``templates/components/forms.html`` take it
as ``of``: the name of a box, its value, its error and what hangs on them then come from one place.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

_NOTHING: Mapping[str, Any] = {}


class Filled:
    """``typed``: what was typed, or what stands in the boxes at first, nested as a body is:
    ``{"contact": {"name": …}, "fees": [{"hours": …}]}``. ``errors``: by full name, ``{"contact.name": …}``.
    """

    __slots__ = ("_prefix", "errors", "typed")

    def __init__(
        self,
        typed: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
        *,
        prefix: str = "",
    ) -> None:
        self.typed = typed or _NOTHING
        self.errors = errors or _NOTHING
        self._prefix = prefix

    def at(self, name: str) -> "Filled":
        """The part of this form whose boxes are called ``name.…``: a row, a person, a text by language."""
        return Filled(self.typed, self.errors, prefix=f"{self._prefix}{name}.")

    def rows(self, name: str) -> list["Filled"]:
        """Each row of the list ``name``."""
        rows = self.value(name, ())
        return [
            self.at(f"{name}.{index}") for index in range(len(rows) if isinstance(rows, list | tuple) else 0)
        ]

    def value(self, name: str, otherwise: Any = None) -> Any:
        """What stands under ``name``, whatever its shape; ``otherwise`` where nothing does."""
        held: Any = self.typed
        for part in f"{self._prefix}{name}".split("."):
            if isinstance(held, Mapping) and part in held:
                held = held[part]
            elif isinstance(held, Sequence) and not isinstance(held, str) and _place(part) < len(held):
                held = held[int(part)]
            else:
                return otherwise
        return held

    def has(self, name: str, value: object) -> bool:
        """Whether the tick box ``name`` of ``value`` is ticked: alone or as one of several."""
        held = self.value(name, ())
        several = isinstance(held, Collection) and not isinstance(held, str)
        return str(value) in (map(str, held) if several else (str(held),))

    def error(self, name: str) -> str | None:
        """What is wrong with the box ``name``."""
        return self.errors.get(f"{self._prefix}{name}")

    def wrong(self, *names: str) -> bool:
        """Whether something is wrong with one of these boxes."""
        return any(f"{self._prefix}{name}" in self.errors for name in names)

    def box(self, name: str, otherwise: Any, error: str | None) -> tuple[str, Any, str | None]:
        """For the macros: full name, value and error of a box. A box shows a text, never a list or a mapping
        that somebody sent under its name; ``error`` of the page itself comes first."""
        held = self.value(name, otherwise)
        shown = otherwise if isinstance(held, Mapping | list | tuple) else held
        return f"{self._prefix}{name}", shown, error or self.error(name)


def _place(part: str) -> int:
    """A list's place by its name; what is none is beyond every list."""
    return int(part) if part.isascii() and part.isdigit() and len(part) < 5 else 1 << 30


EMPTY = Filled()
"""Nothing stands in it."""
