"""Reading parameters one by one, refusing them in Stripe's words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .errors import Json, StripeFault, missing

MOST_METADATA = 50
LARGEST_AMOUNT = 99_999_999
_INTEGER = re.compile(r"-?\d{1,18}")


class Params:
    """One level of the parameters; knows its own path for the ``param`` of an error."""

    def __init__(self, values: Json, *, path: str = "") -> None:
        self.values = values
        self.path = path

    def name(self, key: str) -> str:
        """The full bracketed name of ``key``."""
        return f"{self.path}[{key}]" if self.path else key

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def only(self, *known: str) -> None:
        """Refuse what is not offered here, so that a slip of the pen is not silently ignored."""
        for key in self.values:
            if key not in known and key != "expand":
                raise StripeFault(
                    f"Received unknown parameter: {self.name(key)}"
                    " (unknown to Stripe, or not offered by this local stand-in)",
                    code="parameter_unknown",
                    param=self.name(key),
                )

    def text(self, key: str, *, longest: int = 5000) -> str | None:
        """A string, or None where absent or emptied."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise StripeFault("Invalid string: {}", param=self.name(key))
        if len(value) > longest:
            raise StripeFault(
                f"Invalid string: {value[:12]}...{value[-6:]}; must be at most {longest} characters",
                param=self.name(key),
            )
        return value

    def required(self, key: str) -> str:
        """A string that has to be there."""
        if self.values.get(key) == "":
            raise StripeFault(
                f"You passed an empty string for '{self.name(key)}'. We assume empty values are an"
                f" attempt to unset a parameter; however '{self.name(key)}' cannot be unset. You"
                f" should remove '{self.name(key)}' from your request or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=self.name(key),
            )
        value = self.text(key)
        if value is None:
            raise missing(self.name(key))
        return value

    def choice(self, key: str, *options: str) -> str | None:
        """One of ``options``, or None."""
        value = self.text(key)
        if value is not None and value not in options:
            raise StripeFault(
                f"Invalid {self.name(key)}: must be one of {', '.join(options)}",
                param=self.name(key),
            )
        return value

    def integer(self, key: str) -> int | None:
        """A whole number, or None."""
        value = self.text(key)
        if value is None:
            return None
        if not _INTEGER.fullmatch(value):
            raise StripeFault(
                f"Invalid integer: {value}", code="parameter_invalid_integer", param=self.name(key)
            )
        return int(value)

    def amount(self, key: str, *, least: int = 1) -> int | None:
        """A sum of money in the smallest unit."""
        value = self.integer(key)
        if value is None:
            return None
        if value < least:
            least_word = "This value must be greater than or equal to"
            raise StripeFault(
                f"{least_word} {least}.",
                code="parameter_invalid_integer",
                param=self.name(key),
            )
        if value > LARGEST_AMOUNT:
            raise StripeFault(
                "Amount must be no more than 99999999",
                code="amount_too_large",
                param=self.name(key),
            )
        return value

    def flag(self, key: str) -> bool | None:
        """``true``, ``false`` or None."""
        value = self.text(key)
        if value is None:
            return None
        if value.lower() not in ("true", "false"):
            raise StripeFault(f"Invalid boolean: {value}", param=self.name(key))
        return value.lower() == "true"

    def url(self, key: str) -> str | None:
        """An http(s) address without control characters."""
        value = self.text(key)
        if value is None:
            return None
        # The placeholder's braces are Stripe's own and not part of a proper address.
        parts = urlsplit(value.replace("{CHECKOUT_SESSION_ID}", "id"))
        printable = value.isprintable() and " " not in value
        if parts.scheme not in ("http", "https") or not parts.hostname or not printable:
            raise StripeFault("Not a valid URL", code="url_invalid", param=self.name(key))
        return value

    def nested(self, key: str) -> Params | None:
        """A hash below ``key``, or None."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise StripeFault("Invalid object", param=self.name(key))
        return Params(value, path=self.name(key))

    def sequence(self, key: str, *, most: int = 100) -> list[Params]:
        """The hashes of a list, in the order of their indices."""
        return [
            Params(item, path=f"{self.name(key)}[{index}]")
            for index, item in self._items(key, most=most)
            if isinstance(item, dict)
        ]

    def texts(self, key: str, *, most: int = 100) -> list[str]:
        """The strings of a list."""
        return [item for _, item in self._items(key, most=most) if isinstance(item, str) and item]

    def _items(self, key: str, *, most: int) -> list[tuple[str, object]]:
        value = self.values.get(key)
        if value is None or value == "":
            return []
        if not isinstance(value, dict) or not all(index.isdigit() for index in value):
            raise StripeFault("Invalid array", param=self.name(key))
        if len(value) > most:
            raise StripeFault(f"Array must have at most {most} items", param=self.name(key))
        return sorted(value.items(), key=lambda item: int(item[0]))

    def metadata(self, *, before: Json | None = None) -> dict[str, str]:
        """Metadata merged over ``before``: an empty value unsets a key, an empty hash all of them."""
        given = self.values.get("metadata")
        if given is None:
            return dict(before or {})
        if given == "":
            return {}
        if not isinstance(given, dict):
            raise StripeFault("Invalid object", param=self.name("metadata"))
        merged: dict[str, str] = dict(before or {})
        for key, value in given.items():
            if not isinstance(value, str):
                raise StripeFault("Metadata values must be strings", param=self.name("metadata"))
            if len(key) > 40 or len(value) > 500:
                raise StripeFault(
                    "Metadata keys can have up to 40 characters, and values up to 500 characters.",
                    param=self.name("metadata"),
                )
            if value == "":
                merged.pop(key, None)
            else:
                merged[key] = value
        if len(merged) > MOST_METADATA:
            raise StripeFault(f"Metadata can have up to {MOST_METADATA} keys", param=self.name("metadata"))
        return merged

    def one_of(self, *keys: str) -> None:
        """At most one of these may be given."""
        given = [key for key in keys if self.values.get(key) not in (None, "")]
        if len(given) > 1:
            raise StripeFault(
                f"You may only specify one of these parameters: {', '.join(given)}.",
                param=self.name(given[0]),
            )
