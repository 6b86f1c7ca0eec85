"""Dataclasses whose methods are compiled when the first instance is made.

``dataclasses`` writes and compiles some six functions per class at import: about a millisecond each, for
classes of which a function that starts cold uses a part. This decorator is ``dataclasses.dataclass`` in every
other respect; what it makes is the library's, made later. The figure is in ``infra/decisions.md``.
"""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, **options: Any) -> Any:
        """Like ``dataclasses.dataclass``; a class that is inherited from is completed when it is."""
        return _pending(cls, {}) if cls is not None else lambda given: _pending(given, options)


_COMPLETING = threading.RLock()
_LEFT_OUT = frozenset({"__dict__", "__weakref__", "__init__", "__init_subclass__"})


def _pending(cls: type, options: dict[str, Any]) -> type:
    if "__init__" in cls.__dict__ or "__init_subclass__" in cls.__dict__:
        return dataclasses.dataclass(**options)(cls)
    own = dict(cls.__dict__)

    def complete() -> None:
        with _COMPLETING:
            if cls.__dict__.get("__init__") is first:
                _complete(cls, own, options)

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        complete()
        self.__init__(*args, **kwargs)

    @classmethod  # type: ignore[misc]
    def inherited(heir: type, /, **kwargs: Any) -> None:
        complete()
        super(cls, heir).__init_subclass__(**kwargs)  # type: ignore[arg-type]

    cls.__init__ = first  # type: ignore[misc]
    cls.__init_subclass__ = inherited  # type: ignore[assignment]
    return cls


def _complete(cls: type, own: dict[str, Any], options: dict[str, Any]) -> None:
    """Take over what the library makes of a twin. ``__init__`` is the last: until then every thread that
    makes an instance waits at the lock, and none meets a class without one."""
    twin = type(cls)(cls.__name__, cls.__bases__, {k: v for k, v in own.items() if k not in _LEFT_OUT})
    made = dict(dataclasses.dataclass(**options)(twin).__dict__)
    for method in made.values():
        for cell in getattr(method, "__closure__", None) or ():
            # A frozen class's methods know their class: it is this one, not the twin.
            if cell.cell_contents is twin:
                cell.cell_contents = cls
    init = made.pop("__init__")
    for name in own.keys() - made.keys() - _LEFT_OUT:
        delattr(cls, name)
    for name, value in made.items():
        if name not in _LEFT_OUT and own.get(name, dataclasses.MISSING) is not value:
            setattr(cls, name, value)
    cls.__init__ = init  # type: ignore[misc]
