"""One transaction over several folios: what each was, what it becomes, and the entries between."""

from collections.abc import Iterable, Sequence
from dataclasses import field

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.folio import Entry, Folio, Stamp, State
from tenants.hotel.usecases.accounts import Posting


@dataclass
class Draft:
    """Folios as read, changed step by step; each is written once, however many steps it took."""

    stamp: Stamp
    _before: dict[str, Folio | None] = field(default_factory=dict)
    _after: dict[str, Folio] = field(default_factory=dict)
    _entries: dict[str, list[Entry]] = field(default_factory=dict)

    def know(self, *folios: Folio) -> None:
        """Folios as they are now."""
        for folio in folios:
            self._before.setdefault(folio.id, folio)
            self._after.setdefault(folio.id, folio)

    def open(self, folio: Folio) -> None:
        """A new folio."""
        self._before[folio.id], self._after[folio.id] = None, folio

    def now(self, id: str) -> Folio | None:
        """A folio as it will be."""
        return self._after.get(id)

    def post(self, id: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Entries of a folio; a settled one is opened again for them. Raises ``FolioOver`` once closed."""
        if not entries:
            return ()
        folio = self._after[id]
        if folio.state is State.SETTLED:
            folio = folio.reopened()
        self._after[id], made = folio.posted(entries, self.stamp)
        self._entries.setdefault(id, []).extend(made)
        return made

    def change(self, folio: Folio) -> None:
        """A folio as it will be, without an entry."""
        self._after[folio.id] = folio

    @property
    def postings(self) -> list[Posting]:
        """What has changed."""
        return [
            Posting(before=before, after=self._after[id], entries=tuple(self._entries.get(id, ())))
            for id, before in self._before.items()
            if before != self._after[id]
        ]

    def keep(self) -> "Draft":
        """The same folios once this has been committed."""
        after = Draft(stamp=self.stamp)
        after.know(*self._after.values())
        return after


def by_id(folios: Iterable[Folio]) -> dict[str, Folio]:
    """Folios by their ids."""
    return {folio.id: folio for folio in folios}
