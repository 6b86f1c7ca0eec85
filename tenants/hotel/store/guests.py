"""Registrations: a row a guest under the stay; an index of those still open, one of those accepted."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.guest import Batch, Guest, Registered
from tenants.hotel.domain.sheet import month_of


class GuestRow(Row, discriminator="hotel-guest"):
    """pk ``GUESTS#<stay>``, sk the number. ``sealed`` is the person."""

    state = UnicodeAttribute()
    body = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class OpenRow(Row, discriminator="hotel-registering"):
    """pk ``REGISTER#<property>``, sk the guest's ref: from arrival until the police have accepted."""


class ReportedRow(Row, discriminator="hotel-registered"):
    """pk ``REGISTERED#<property>#<yyyymm>``, sk ``<day>#<ref>``."""


class KnownRow(Row, discriminator="hotel-known"):
    """pk ``KNOWN#<keyed hash of a name or a document number>``, sk the guest's ref: nothing can be read
    from it."""


class BatchRow(Row, discriminator="hotel-batch"):
    """pk ``BATCHES#<property>#<yyyymm>``, sk the id."""

    refs = UnicodeAttribute()


class GuestStore:
    """The ``Guests`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_stay(self, stay: str) -> Sequence[Guest]:
        return [_guest(row) for row in GuestRow.query(tenant_key("GUESTS", stay), consistent_read=True)]

    def several(self, refs: Sequence[str]) -> Sequence[Guest]:
        return self._at(refs)

    def open(self, site: str) -> Sequence[Guest]:
        return self._at(row.sk for row in OpenRow.query(tenant_key("REGISTER", site), consistent_read=True))

    def reported(self, site: str, day: date) -> Sequence[Guest]:
        pk = tenant_key("REGISTERED", site, month_of(day))
        rows = ReportedRow.query(pk, ReportedRow.sk.startswith(f"{day.isoformat()}#"), consistent_read=True)
        return self._at(row.sk.partition("#")[2] for row in rows)

    def known(self, key: str, *, most: int) -> Sequence[Guest]:
        rows = KnownRow.query(tenant_key("KNOWN", key), scan_index_forward=False, limit=most)
        return self._at(row.sk for row in rows)

    def list_under(self, guest: Guest, *, keys: Sequence[str]) -> None:
        for key in keys:
            self._work.put(KnownRow(tenant_key("KNOWN", key), guest.ref))

    def keep(self, guest: Guest, *, before: Guest | None, site: str) -> None:
        row = _row(guest)
        self._work.about(guest.stay)
        if before is None:
            self._work.create(row)
        else:
            self._work.put(row, GuestRow.version == before.version)
        listed = before is not None and _listed(before)
        if _listed(guest) and not listed:
            self._work.put(OpenRow(tenant_key("REGISTER", site), guest.ref))
        elif listed and not _listed(guest):
            self._work.delete(OpenRow(tenant_key("REGISTER", site), guest.ref))
        if guest.state is Registered.ACCEPTED:
            day = business_day(self._work.now)
            pk = tenant_key("REGISTERED", site, month_of(day))
            self._work.put(ReportedRow(pk, f"{day.isoformat()}#{guest.ref}"))

    def drop(self, guest: Guest) -> None:
        self._work.about(guest.stay)
        row = GuestRow(tenant_key("GUESTS", guest.stay), f"{guest.number:02d}")
        self._work.delete(row, GuestRow.version == guest.version)

    def batch(self, site: str, id: str) -> Batch:
        month = month_of(business_day(moment_of(id))) if is_id(id, "rb") else "-"
        row = BatchRow.find(tenant_key("BATCHES", site, month), id)
        if row is None:
            raise Missing(batch=id)
        return _batch(site, row)

    def batches(self, site: str, month: str) -> Sequence[Batch]:
        rows = BatchRow.query(tenant_key("BATCHES", site, month), scan_index_forward=False)
        return [_batch(site, row) for row in rows]

    def keep_batch(self, batch: Batch) -> None:
        pk = tenant_key("BATCHES", batch.site, month_of(business_day(batch.made)))
        self._work.about(batch.id)
        self._work.create(BatchRow(pk, batch.id, refs=json.dumps(batch.refs)))

    def _at(self, refs: Iterable[str]) -> list[Guest]:
        parts = [(stay, number) for stay, _, number in (ref.partition("-") for ref in refs)]
        keys = [
            (tenant_key("GUESTS", stay), number) for stay, number in parts if is_id(stay, "st") and number
        ]
        return [_guest(row) for row in GuestRow.several(keys)]


def _listed(guest: Guest) -> bool:
    return guest.arrived is not None and guest.state is not Registered.ACCEPTED


def _row(guest: Guest) -> GuestRow:
    body: dict[str, Any] = {
        "f": [int(guest.outside), int(guest.minor), int(guest.guardian), int(guest.doubt)],
        **({"t": 1} if guest.told else {}),
        "m": guest.missing,
        "r": dict(guest.relations),
        "a": _seconds(guest.arrived),
        "d": _seconds(guest.due),
        "b": guest.batch,
        "s": _seconds(guest.submitted),
        "n": guest.receipt,
        "w": guest.reason,
    }
    return GuestRow(
        tenant_key("GUESTS", guest.stay),
        f"{guest.number:02d}",
        state=str(guest.state),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        sealed=guest.sealed,
        version=guest.version,
    )


def _guest(row: GuestRow) -> Guest:
    body = json.loads(row.body)
    outside, minor, guardian, doubt = map(bool, body["f"])
    return Guest(
        stay=row.pk.rsplit("#", 1)[1],
        number=int(row.sk),
        sealed=row.sealed,
        state=Registered(row.state),
        outside=outside,
        minor=minor,
        guardian=guardian,
        doubt=doubt,
        told=bool(body.get("t")),
        missing=tuple(body["m"]),
        relations={int(number): relation for number, relation in body["r"].items()},
        arrived=_instant(body["a"]),
        due=_instant(body["d"]),
        batch=body["b"],
        submitted=_instant(body["s"]),
        receipt=body["n"],
        reason=body["w"],
        version=int(row.version),
    )


def _batch(site: str, row: BatchRow) -> Batch:
    return Batch(id=row.sk, site=site, made=moment_of(row.sk), refs=tuple(json.loads(row.refs)))


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant is not None else None


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
