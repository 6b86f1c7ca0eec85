"""Caps and the code book in memory: the same conditions as the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.commerce.stock.domain import Pick, count_of, holder, word
from tenants.hotel.domain.cap import CapSheet, Piece
from tenants.hotel.domain.codes import Codes
from tests.fakes import take


class FakeCaps:
    """The ``Caps`` port."""

    def __init__(self, memory: Any, work: Any) -> None:
        self._memory, self._work = memory, work

    def read(self, site: str, type: str, month: str) -> CapSheet:
        new = CapSheet(site=site, type=type, month=month)
        found: CapSheet = self._memory.caps.get((site, month, type), new)
        return found

    def between(self, site: str, months: Sequence[str]) -> list[CapSheet]:
        return [one for key, one in sorted(self._memory.caps.items()) if key[0] == site and key[1] in months]

    def keep(
        self, sheet: CapSheet, *, holder: str, taken: Sequence[Pick], given: Mapping[Piece, int]
    ) -> None:
        take(taken, holder, buckets=self._memory.buckets, work=self._work)
        for piece, count in given.items():
            self._returns(piece, count)
        kept, key = self._memory.caps, (sheet.site, sheet.month, sheet.type)
        self._work.join(
            lambda: (kept[key].version if key in kept else 0) == sheet.version - 1,
            lambda: kept.update({key: sheet}),
        )

    def _returns(self, piece: Piece, count: int) -> None:
        buckets, place, name = self._memory.buckets, _place(piece), holder(piece.holder)

        def change() -> None:
            bucket = buckets[place]
            others = {other: value for other, value in bucket.holds.items() if other != name}
            if piece.hold.count > count:
                others[name] = word(count=piece.hold.count - count, until=None)
            buckets[place] = replace(bucket, left=bucket.left + count, holds=others)

        self._work.join(lambda: count_of(buckets[place].holds.get(name, 0)) == piece.hold.count, change)


class FakeCodes:
    """The ``CodeBook`` port."""

    def __init__(self, memory: Any, work: Any) -> None:
        self._memory, self._work = memory, work

    def read(self, site: str) -> Codes:
        found: Codes = self._memory.codes.get(site, Codes(site=site))
        return found

    def keep(self, codes: Codes) -> None:
        kept = self._memory.codes
        self._work.join(
            lambda: (kept[codes.site].version if codes.site in kept else 0) == codes.version - 1,
            lambda: kept.update({codes.site: codes}),
        )


def _place(piece: Piece) -> tuple[str, str, int]:
    return piece.hold.resource, piece.hold.slot, piece.hold.bucket
