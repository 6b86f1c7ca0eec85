"""Guests' requests: under their stay; what is open also in the house's own partition."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.request import Film, Guide, Request, RequestKind, RequestState
from tenants.hotel.store import memory

_FRESH = 30.0
_KEPT = timedelta(days=60)


class RequestRow(Row, discriminator="hotel-request"):
    """pk ``REQUESTS#<stay>``, sk the request's id."""

    site = UnicodeAttribute()
    room = UnicodeAttribute()
    what = UnicodeAttribute()
    state = UnicodeAttribute()
    made = UnicodeAttribute()
    note = BinaryAttribute(null=True, legacy_encoding=False)
    at = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    moved = UnicodeAttribute(null=True)
    version = NumberAttribute()


class OpenRow(Row, discriminator="hotel-request-open"):
    """pk ``ASKED#<property>``, sk ``<request>#<stay>``: gone when it is over."""


class OverRow(Row, discriminator="hotel-request-over"):
    """pk ``ASKED#<property>#<day>`` on which it was over, sk ``<request>#<stay>``; for two months."""


class GuideRow(Row, discriminator="hotel-guide"):
    """pk ``GUIDE``, sk the property."""

    body = UnicodeAttribute()


class RequestStore:
    """The ``Requests`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def open(self, property: str) -> Sequence[Request]:
        return _several(OpenRow.query(tenant_key("ASKED", property), consistent_read=True))

    def over(self, property: str, day: date) -> Sequence[Request]:
        return _several(OverRow.query(tenant_key("ASKED", property, day.isoformat()), consistent_read=True))

    def of_stay(self, stay: str) -> Sequence[Request]:
        rows = RequestRow.query(tenant_key("REQUESTS", stay), consistent_read=True)
        return [_request(row) for row in rows]

    def keep(self, request: Request, *, before: Request | None) -> None:
        row = RequestRow(
            tenant_key("REQUESTS", request.stay),
            request.id,
            site=request.site,
            room=request.room,
            what=str(request.kind),
            state=str(request.state),
            made=rfc3339(request.made),
            note=request.note or None,
            at=rfc3339(request.at) if request.at else None,
            by=request.by or None,
            moved=rfc3339(request.moved) if request.moved else None,
            version=request.version,
        )
        waiting = OpenRow(tenant_key("ASKED", request.site), f"{request.id}#{request.stay}")
        self._work.about(request.id)
        if before is None:
            self._work.create(row)
            self._work.put(waiting)
            return
        self._work.put(row, RequestRow.version == before.version)
        if not request.open:
            self._work.delete(waiting)
            moved = request.moved or self._work.now
            pk = tenant_key("ASKED", request.site, business_day(moved).isoformat())
            self._work.put(OverRow(pk, waiting.sk, ttl=int((moved + _KEPT).timestamp())))

    def guide(self, property: str) -> Guide:
        return memory.kept("guide", property, seconds=_FRESH, read=lambda: _read_guide(property))

    def keep_guide(self, property: str, guide: Guide) -> None:
        body = {
            "network": [guide.network, guide.password],
            "phone": guide.phone,
            "breakfast": guide.breakfast,
            "notes": dict(guide.notes),
            "films": [[dict(film.titles), film.minutes, film.path] for film in guide.films],
        }
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self._work.put(GuideRow(tenant_key("GUIDE"), property, body=text))
        self._work.about(property)
        memory.drop("guide", property)


def _several(rows: Iterable[Row]) -> list[Request]:
    """The requests that these rows point to, the first one first."""
    keys = [(tenant_key("REQUESTS", stay), id) for id, _, stay in (row.sk.partition("#") for row in rows)]
    found = [_request(row) for row in RequestRow.several(keys)]
    return sorted(found, key=lambda one: one.id)


def _read_guide(property: str) -> Guide:
    row = GuideRow.find(tenant_key("GUIDE"), property)
    if row is None:
        return Guide()
    body = json.loads(row.body)
    return Guide(
        network=body["network"][0],
        password=body["network"][1],
        phone=body["phone"],
        breakfast=body["breakfast"],
        notes=body["notes"],
        films=tuple(
            Film(titles=titles, minutes=minutes, path=path) for titles, minutes, path in body["films"]
        ),
    )


def _request(row: RequestRow) -> Request:
    return Request(
        id=row.sk,
        site=row.site,
        stay=row.pk.rpartition("#")[2],
        room=row.room,
        kind=RequestKind(row.what),
        made=parse_instant(row.made),
        note=bytes(row.note or b""),
        at=parse_instant(row.at) if row.at else None,
        state=RequestState(row.state),
        by=row.by or "",
        moved=parse_instant(row.moved) if row.moved else None,
        version=int(row.version),
    )
