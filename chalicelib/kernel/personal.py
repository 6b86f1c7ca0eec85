"""Personal[T]: a value that prints as a closed box until somebody opens it with a reason."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from chalicelib.kernel.errors import N_

T = TypeVar("T")
_CLOSED = "█"


class Personal(Generic[T]):
    """Personal data of one natural person (PIPL art. 4). ``reveal`` is the only opening.

    ``repr``, ``str``, formatting, iteration, comparison by order, pickling and JSON never show the value.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self, *, reason: str) -> T:
        """The value. ``reason`` is a short code such as ``gate.check``; it is required on purpose."""
        if not reason:
            raise ValueError("opening personal data needs a reason")
        return self._value

    def map(self, function: Callable[[T], Any]) -> "Personal[Any]":
        """The same box around a changed value."""
        return Personal(function(self._value))

    def __repr__(self) -> str:
        return _CLOSED

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return _CLOSED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and bool(self._value == other._value)

    def __hash__(self) -> int:
        return hash(("personal", self._value))

    def __reduce__(self) -> Any:
        raise TypeError("personal data is not pickled")


class Erased(str):
    """What stands where personal data was destroyed: itself in place of every field. A page says it in its
    reader's language (``say`` is the pages' translator, set by whoever renders)."""

    __slots__ = ()
    say: ClassVar[Callable[[str], str]] = str

    def __getitem__(self, field: Any) -> Any:
        return self if isinstance(field, str) else super().__getitem__(field)

    def get(self, _field: str, _default: object = None) -> "Erased":
        """A record's field, as every other."""
        return self

    def __html__(self) -> str:
        return type(self).say(str(self))


ERASED = Erased(N_("个人信息已删除"))


def masked_name(name: str) -> str:
    """张三丰 → 张**; Mary Smith → M***."""
    if isinstance(name, Erased):
        return name
    name = name.strip()
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def masked_document(number: str) -> str:
    """The first four and last four characters; what lies between is starred."""
    if isinstance(number, Erased):
        return number
    if len(number) <= 8:
        return number[:1] + "*" * (len(number) - 2) + number[-1:]
    return number[:4] + "*" * (len(number) - 8) + number[-4:]
