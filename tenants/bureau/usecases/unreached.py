"""Unreached: enterprises whose own systems do not take what the city sends them. They hear no warning."""

from collections.abc import Sequence
from typing import Literal

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.authority import within
from tenants.bureau.domain.figures import STANDING, Gauge
from tenants.bureau.domain.wall import Known
from tenants.bureau.usecases.ports import Ledger, Senders

OVER = "over"
_STEM = "feed:"


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """One address of an enterprise. domain: under which it stands, no more of it is told. failing: it is
    tried on; silent, gone: it is switched off. since: the first failure, empty where it is not known.
    waiting: how many wait, as of ``told``.
    """

    known: Known
    domain: str
    state: Literal["failing", "silent", "gone"]
    since: str
    waiting: int
    told: str


def see_unreached(
    *, ledger: Ledger, senders: Senders, kind: str = "", district: str = "", name: str = ""
) -> Sequence[Unreached]:
    """The addresses that take nothing now, those that failed first before others: one read of a partition."""
    known = {one.id: one for one in senders()}
    found = [
        _unreached(known[day.sender], gauge)
        for day in ledger.days(STANDING)
        if day.sender in known
        for stem, gauge in day.gauges.items()
        if stem.startswith(_STEM) and gauge.value["delivery"] != OVER
    ]
    wanted = [
        one
        for one in found
        if kind in {"", one.known.kind}
        and name.casefold() in one.known.name.casefold()
        and (not district or within(one.known.district, district))
    ]
    return sorted(wanted, key=lambda one: (one.since or one.told, one.known.name, one.domain))


def _unreached(known: Known, gauge: Gauge) -> Unreached:
    said = gauge.value
    return Unreached(
        known=known,
        domain=said["domain"],
        state=said["delivery"],
        since=said.get("failingSince", ""),
        waiting=int(said["waiting"]),
        told=gauge.at,
    )
