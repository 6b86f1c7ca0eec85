"""Dataclasses completed at their first instance are the library's in every respect."""

import dataclasses
import threading
from dataclasses import FrozenInstanceError, field, replace
from typing import Generic, TypeVar

import pytest

from chalicelib.kernel.late import dataclass

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Early:
    """The library's own."""

    name: str
    parts: list[int] = field(default_factory=list)
    secret: str = field(default="s", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a name")


def _late() -> type[Early]:
    """A new class each time, of the same words."""

    @dataclass(frozen=True, kw_only=True)
    class Early:  # the name is in what repr says
        """The library's own."""

        name: str
        parts: list[int] = field(default_factory=list)
        secret: str = field(default="s", repr=False, compare=False)

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("a name")

    return Early  # type: ignore[return-value]


def test_an_instance_is_what_the_library_would_make() -> None:
    late = _late()
    one, other = late(name="a"), late(name="a", secret="t")
    assert one == other
    assert hash(late(name="a", parts=()))
    assert repr(one).rpartition(".")[2] == repr(Early(name="a"))
    assert replace(one, parts=[1]).parts == [1]
    assert one.parts == []
    assert dataclasses.asdict(one) == dataclasses.asdict(Early(name="a"))
    assert [each.name for each in dataclasses.fields(late)] == [
        each.name for each in dataclasses.fields(Early)
    ]
    assert late.secret == "s"
    assert not hasattr(late, "parts")
    with pytest.raises(FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.name
    with pytest.raises(ValueError, match="a name"):
        late(name="")


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "nobody": 1}])
def test_wrong_arguments_are_refused_at_the_first_instance_as_at_any(wrong: dict[str, str]) -> None:
    late = _late()
    for _ in range(2):
        with pytest.raises(TypeError):
            late(**wrong)
    with pytest.raises(TypeError):
        late("by position")  # type: ignore[misc]


def test_whoever_inherits_finds_the_fields_whatever_made_the_heir() -> None:
    @dataclass(frozen=True)
    class Base:
        one: int = 1

    @dataclass(frozen=True)
    class Late(Base):
        two: int = 2

    @dataclasses.dataclass(frozen=True)
    class Now(Late):
        three: int = 3

    assert (Late(), Now(5)) == (Late(one=1, two=2), Now(one=5, two=2, three=3))
    assert Base() != Late()


def test_a_class_with_parameters_an_order_or_an_init_of_its_own() -> None:
    @dataclass(frozen=True)
    class Page(Generic[T]):
        items: tuple[T, ...]

    @dataclass(frozen=True, order=True)
    class Size:
        wide: int

    @dataclass(frozen=True, init=False)
    class Own:
        value: int

        def __init__(self) -> None:
            object.__setattr__(self, "value", 7)

    assert Page[int](items=(1,)).items == (1,)
    assert sorted([Size(2), Size(1)]) == [Size(1), Size(2)]
    assert Own().value == 7


def test_many_first_instances_at_once_are_all_whole() -> None:
    for _ in range(50):
        late, made = _late(), []
        start = threading.Barrier(8)

        def make(
            late: type[Early] = late, made: list[Early] = made, start: threading.Barrier = start
        ) -> None:
            start.wait()
            made.append(late(name="a"))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert made == [late(name="a")] * 8
