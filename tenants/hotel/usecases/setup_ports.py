"""The set-up of a hotel, as the use cases of its rooms and of its money read and keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import pools

if TYPE_CHECKING:
    from tenants.hotel.domain.extra import Extra
    from tenants.hotel.domain.plan import RatePlan
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.rooms import Pool, Room, RoomType


@dataclass(frozen=True, kw_only=True)
class House:
    """The set-up of a tenant: its properties, types, plans and extras. Read as one, kept for seconds."""

    properties: Mapping[str, Property]
    types: Mapping[str, RoomType]
    plans: Mapping[str, RatePlan]
    extras: Mapping[str, Extra] = field(default_factory=dict)

    def pools(self, *, over: bool) -> dict[str, tuple[Pool, ...]]:
        """The pools to try for each resource, in order; with or without the types' allowance."""
        limited = {extra.resource: extra.pools for extra in self.extras.values() if extra.limited}
        return pools(self.types.values(), over=over) | limited

    @property
    def first_pools(self) -> dict[str, int]:
        """How many places the first pool of each limited extra has."""
        return {id: extra.pools[0].capacity for id, extra in self.extras.items() if extra.limited}


class Setup(Protocol):
    """The set-up. Reading is cached; writing joins the work."""

    def house(self, *, fresh: bool = False) -> House: ...

    def rooms(self, property: str) -> Sequence[Room]:
        """Every room of a property, by number."""

    def room(self, property: str, number: str) -> Room:
        """One room, or ``Missing``."""

    def keep_property(self, property: Property) -> None: ...

    def keep_type(self, kind: RoomType) -> None:
        """Join the work: replace the type; its version is checked and counted on."""

    def keep_plan(self, plan: RatePlan) -> None: ...

    def keep_extra(self, extra: Extra) -> None:
        """Join the work: replace the extra; its version is checked and counted on."""

    def keep_room(self, room: Room) -> None: ...
