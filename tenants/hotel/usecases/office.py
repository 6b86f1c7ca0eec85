"""Lost property and shift notes."""

from collections.abc import Sequence

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.office import Find, FindState, Note, keep_until
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.search import chosen


@dataclass(frozen=True, kw_only=True)
class FoundThing:
    """What was found, where, by whom, and where it lies now."""

    what: str
    place: str
    kept_at: str
    finder: str


@dataclass(frozen=True, kw_only=True)
class NoteShown:
    """A note with its text opened."""

    note: Note
    text: str


def keep(thing: FoundThing, *, property: str | None, hotel: Hotel) -> Find:
    """Write down what was found: its owner has three months."""
    where = chosen(hotel.setup.house(), property)
    find = Find(
        id=new_id("lp", now=hotel.now),
        site=where.id,
        found=hotel.now,
        place=thing.place,
        what=thing.what,
        kept_at=thing.kept_at,
        finder=thing.finder,
        until=keep_until(where.today(hotel.now)),
    )
    hotel.office.keep_find(find, before=None)
    return find


def close(
    id: str, state: FindState, *, owner: dict[str, str], note: str, property: str | None, hotel: Hotel
) -> Find:
    """It went to its owner (who is sealed), to the police, or was disposed of. Raises as ``Find.ended``."""
    where = chosen(hotel.setup.house(), property)
    before = hotel.office.find(where.id, id)
    sealed = hotel.vault.seal(owner) if owner else b""
    after = before.ended(state, owner=sealed, note=note, now=hotel.now, today=where.today(hotel.now))
    hotel.office.keep_find(after, before=before)
    return after


def finds(*, property: str | None, text: str = "", hotel: Hotel) -> Sequence[Find]:
    """What is being kept, the oldest first; ``text``: part of what, or where."""
    where = chosen(hotel.setup.house(), property)
    wanted = text.strip().casefold()
    kept = hotel.office.finds(where.id)
    return [one for one in kept if wanted in f"{one.what} {one.place} {one.kept_at}".casefold()]


def write(text: str, *, wanted: bool, by: str, property: str | None, hotel: Hotel) -> Note:
    """A note for the next shift."""
    where = chosen(hotel.setup.house(), property)
    note = Note(
        id=new_id("nt", now=hotel.now),
        site=where.id,
        written=hotel.now,
        by=by,
        text=hotel.vault.seal({"text": text}),
        wanted=wanted,
    )
    hotel.office.keep_note(note, before=None)
    return note


def take_over(id: str, *, by: str, property: str | None, hotel: Hotel) -> Note:
    """The next shift has read it. Raises ``NoteGone``."""
    where = chosen(hotel.setup.house(), property)
    before = hotel.office.note(where.id, id)
    after = before.confirmed(by, now=hotel.now)
    hotel.office.keep_note(after, before=before)
    return after


def notes(*, property: str | None, hotel: Hotel) -> Sequence[NoteShown]:
    """What nobody has taken over yet, then the latest others; the newest first."""
    where = chosen(hotel.setup.house(), property)
    found = hotel.office.notes(where.id)
    return [NoteShown(note=note, text=hotel.vault.shown(note.text)["text"]) for note in found]
