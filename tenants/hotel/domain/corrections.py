"""Corrections of a folio: contra, move, part, refund. Each answers an entry that stays where it is."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.kernel.money import Money
from tenants.hotel.domain.charges import shared
from tenants.hotel.domain.folio import BY_HAND, Entry, Link, Means, Sort, living
from tenants.hotel.domain.folio_refusals import (
    AlreadyCorrected,
    EntryMissing,
    NotCorrectable,
    PartsDiffer,
    TooMuchBack,
)


def contra(entries: Sequence[Entry], number: int, *, text: str) -> Entry:
    """The entry that takes another one back.

    Raises ``EntryMissing``, ``AlreadyCorrected``, ``NotCorrectable``.
    """
    wrong = _found(entries, number)
    if wrong.means is not None and wrong.means not in BY_HAND:
        raise NotCorrectable(number=number)
    return _against(entries, wrong, text=text)


def moved(entries: Sequence[Entry], number: int, *, text: str) -> tuple[Entry, Entry]:
    """An entry leaves for another folio: the contra here, and the entry as it arrives there."""
    gone = _found(entries, number)
    if gone.means is Means.LEDGER:
        raise NotCorrectable(number=number)
    back = _against(entries, gone, text=text)
    return back, replace(_fresh(gone), link=Link.MOVED, of=gone.key)


def parted(
    entries: Sequence[Entry], number: int, amounts: Sequence[int], *, text: str
) -> tuple[Entry, tuple[Entry, ...]]:
    """An entry becomes several that add up to it, taxes included: the contra, and the parts. Each part of a
    payment goes back the way it came, as the whole would have.

    amounts: fen of each part, of the entry's sign. Raises ``PartsDiffer`` where they are another sum.
    """
    whole = _found(entries, number)
    if whole.means is Means.LEDGER:
        raise NotCorrectable(number=number)
    sign = 1 if whole.amount >= 0 else -1
    if len(amounts) < 2 or sum(amounts) != whole.amount or any(amount * sign <= 0 for amount in amounts):
        raise PartsDiffer(amount=Money(whole.amount), sum=Money(sum(amounts)))
    back = _against(entries, whole, text=text)
    taxes = shared(whole.taxes, amounts)
    parts = tuple(
        replace(_fresh(whole), amount=amount, taxes=part, link=Link.PART, of=whole.key)
        for amount, part in zip(amounts, taxes, strict=True)
    )
    return back, parts


def evenly(amount: int, parts: int) -> list[int]:
    """An amount in so many equal parts, the odd fen first."""
    sign = 1 if amount >= 0 else -1
    return [sign * part.amount for part in Money(abs(amount)).split([1] * parts)]


def refundable(entries: Sequence[Entry], number: int) -> tuple[Entry, int]:
    """A payment or deposit of this folio, and how much of it has not gone back. Raises ``EntryMissing``."""
    taken = _found(entries, number)
    if taken.sort is Sort.CHARGE or taken.amount >= 0 or taken.means is Means.LEDGER:
        raise NotCorrectable(number=number)
    back = sum(entry.amount for entry in _answers(entries, taken) if entry.sort is taken.sort)
    return taken, -taken.amount - back


def refund(entries: Sequence[Entry], number: int, amount: int, *, text: str) -> Entry:
    """Money goes back the way it came, at most what is left of it. Raises ``TooMuchBack``."""
    taken, left = refundable(entries, number)
    if not 0 < amount <= left:
        raise TooMuchBack(left=Money(left))
    return replace(_fresh(taken), amount=amount, text=text, link=Link.REFUND, of=taken.key)


def applied(entries: Sequence[Entry], number: int, amount: int, *, text: str) -> tuple[Entry, Entry]:
    """A deposit pays for something: so much of it leaves the deposits and is a payment. No money moves."""
    taken, left = refundable(entries, number)
    if taken.sort is not Sort.DEPOSIT:
        raise NotCorrectable(number=number)
    if not 0 < amount <= left:
        raise TooMuchBack(left=Money(left))
    out = replace(_fresh(taken), amount=amount, text=text, link=Link.APPLIED, of=taken.key)
    return out, replace(out, sort=Sort.PAYMENT, amount=-amount)


def _answers(entries: Sequence[Entry], taken: Entry) -> list[Entry]:
    """What gave this money back or used it."""
    return [
        entry
        for entry in living(entries)
        if entry.link in {Link.REFUND, Link.APPLIED} and entry.of == taken.key
    ]


def _found(entries: Sequence[Entry], number: int) -> Entry:
    found = next((entry for entry in entries if entry.number == number), None)
    if found is None:
        raise EntryMissing(number=number)
    return found


def _against(entries: Sequence[Entry], wrong: Entry, *, text: str) -> Entry:
    standing = {entry.key for entry in living(entries)}
    if wrong.key not in standing or wrong.link is Link.APPLIED or _answers(entries, wrong):
        raise AlreadyCorrected(number=wrong.number)
    taxes = tuple(replace(part, amount=-part.amount) for part in wrong.taxes)
    return replace(
        _fresh(wrong), amount=-wrong.amount, taxes=taxes, text=text, link=Link.CONTRA, of=wrong.key
    )


def _fresh(entry: Entry) -> Entry:
    return replace(entry, folio="", number=0, link=None, of="")
