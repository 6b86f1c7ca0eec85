"""Closed days in DynamoDB: facts of room-nights, one row each; a row of figures and a report a day."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.night_audit import (
    AuditRules,
    DayFigures,
    Finding,
    Let,
    Look,
    NoShow,
    Position,
    Report,
    RoomNight,
)
from tenants.hotel.domain.sheet import month_of, months
from tenants.hotel.store.days import DayRow
from tenants.hotel.usecases.audit_ports import Snapshot


class NightRow(Row, discriminator="hotel-night"):
    """pk ``NIGHTS#<property>#<business day>``, sk ``<night>#<stay>``: written once, with its charge."""

    body = UnicodeAttribute()


class FiguresRow(Row, discriminator="hotel-figures"):
    """pk ``FIGURES#<property>#<yyyymm>``, sk the day: its figures and what was on the books at its end."""

    body = UnicodeAttribute()
    books = UnicodeAttribute()


class ReportRow(Row, discriminator="hotel-audit"):
    """pk ``AUDITS#<property>#<yyyymm>``, sk the day: the screen of a closed day."""

    body = UnicodeAttribute()


class RulesRow(Row, discriminator="hotel-audit-rules"):
    """pk ``RULES``, sk the property: how it closes its day."""

    body = UnicodeAttribute()


class AuditStore:
    """The ``Audits`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def rules(self, property: str) -> AuditRules:
        row = RulesRow.find(tenant_key("RULES"), property, consistent=False)
        if row is None:
            return AuditRules()
        body = json.loads(row.body)
        return AuditRules(
            at=time.fromisoformat(body["at"]),
            no_show=NoShow(body["no_show"]),
            house_plans=frozenset(body["house"]),
        )

    def keep_rules(self, property: str, rules: AuditRules) -> None:
        body = {
            "at": rules.at.isoformat(),
            "no_show": str(rules.no_show),
            "house": sorted(rules.house_plans),
        }
        self._work.put(RulesRow(tenant_key("RULES"), property, body=_json(body)))
        self._work.about(property)

    def position(self, property: str) -> Position | None:
        row = DayRow.find(tenant_key("DAYS"), property)
        if row is None:
            return None
        return Position(
            open=date.fromisoformat(row.open),
            closing=date.fromisoformat(row.closing) if row.closing else None,
            began=parse_instant(row.began) if row.began else None,
        )

    def begin(self, property: str, day: date, *, at: datetime) -> None:
        row = DayRow(
            tenant_key("DAYS"),
            property,
            open=(day + timedelta(days=1)).isoformat(),
            closing=day.isoformat(),
            began=rfc3339(at),
        )
        mine = (DayRow.open == day.isoformat()) & DayRow.closing.does_not_exist()
        self._work.put(row, DayRow.pk.does_not_exist() | mine)
        self._work.about(f"{property}/{day.isoformat()}")

    def facts(self, property: str, day: date) -> Sequence[RoomNight]:
        rows = NightRow.query(tenant_key("NIGHTS", property, day.isoformat()), consistent_read=True)
        return [_fact(day, row.sk, json.loads(row.body)) for row in rows]

    def note(self, property: str, facts: Sequence[RoomNight]) -> None:
        for fact in facts:
            pk = tenant_key("NIGHTS", property, fact.day.isoformat())
            body: list[Any] = [fact.folio, fact.rooms, fact.type, fact.plan, fact.channel, str(fact.let)]
            body += [fact.amount, fact.tax, fact.levies, fact.guests, dict(fact.countries)]
            self._work.create(NightRow(pk, f"{fact.night.isoformat()}#{fact.stay}", body=_json(body)))

    def finish(self, report: Report, figures: DayFigures, snapshot: Snapshot) -> None:
        day = report.day.isoformat()
        self._work.create(
            FiguresRow(
                tenant_key("FIGURES", report.site, month_of(report.day)),
                day,
                body=_json(_figures_body(figures)),
                books=_json(snapshot.rooms),
            )
        )
        self._work.create(
            ReportRow(
                tenant_key("AUDITS", report.site, month_of(report.day)),
                day,
                body=_json(_report_body(report)),
            )
        )
        self._work.update(
            DayRow(tenant_key("DAYS"), report.site),
            [DayRow.closing.remove(), DayRow.began.remove()],
            DayRow.closing == day,
        )
        self._work.about(f"{report.site}/{day}")

    def take_over(self, figures: DayFigures, facts: Sequence[RoomNight]) -> None:
        """A day that was closed before the hotel came here: its figures and room-nights; it has no report."""
        self.note(figures.site, facts)
        pk = tenant_key("FIGURES", figures.site, month_of(figures.day))
        body = _json(_figures_body(figures))
        self._work.create(FiguresRow(pk, figures.day.isoformat(), body=body, books="[]"))
        self._work.about(f"{figures.site}/{figures.day.isoformat()}")

    def report(self, property: str, day: date) -> Report | None:
        row = ReportRow.find(tenant_key("AUDITS", property, month_of(day)), day.isoformat())
        return _report(property, row) if row is not None else None

    def reports(self, property: str, month: str) -> Sequence[Report]:
        rows = ReportRow.query(tenant_key("AUDITS", property, month), scan_index_forward=False)
        return [_report(property, row) for row in rows]

    def figures(self, property: str, first: date, last: date) -> Sequence[DayFigures]:
        return [
            _figures(property, row)
            for month in months(first, last)
            for row in FiguresRow.query(
                tenant_key("FIGURES", property, month),
                FiguresRow.sk.between(first.isoformat(), last.isoformat()),
                consistent_read=True,
            )
        ]

    def snapshots(self, property: str, days: Sequence[date]) -> Mapping[date, Snapshot]:
        keys = [(tenant_key("FIGURES", property, month_of(day)), day.isoformat()) for day in days]
        found = {}
        for row in FiguresRow.several(keys):
            day = date.fromisoformat(row.sk)
            found[day] = Snapshot(day=day, rooms=tuple(json.loads(row.books)))
        return found


def _fact(day: date, sk: str, values: Sequence[Any]) -> RoomNight:
    night, _, stay = sk.partition("#")
    folio, rooms, type, plan, channel, let, amount, tax, levies, guests, countries = values
    return RoomNight(
        day=day,
        night=date.fromisoformat(night),
        stay=stay,
        folio=folio,
        rooms=tuple(rooms),
        type=type,
        plan=plan,
        channel=channel,
        let=Let(let),
        amount=amount,
        tax=tax,
        levies=levies,
        guests=guests,
        countries=countries,
    )


def _figures_body(figures: DayFigures) -> dict[str, Any]:
    counts = [figures.rooms, figures.out_of_order, figures.paid, figures.complimentary, figures.house]
    return {
        "n": [*counts, figures.day_use, figures.guests, figures.late],
        "m": [figures.room, figures.food, figures.other],
        "c": dict(figures.channels),
        "t": dict(figures.types),
    }


def _figures(property: str, row: FiguresRow) -> DayFigures:
    body = json.loads(row.body)
    rooms, broken, paid, complimentary, house, day_use, guests, late = body["n"]
    room, food, other = (tuple(pair) for pair in body["m"])
    return DayFigures(
        site=property,
        day=date.fromisoformat(row.sk),
        rooms=rooms,
        out_of_order=broken,
        paid=paid,
        complimentary=complimentary,
        house=house,
        day_use=day_use,
        guests=guests,
        late=late,
        room=room,
        food=food,
        other=other,
        channels={key: tuple(pair) for key, pair in body["c"].items()},
        types={key: tuple(pair) for key, pair in body["t"].items()},
    )


def _report_body(report: Report) -> dict[str, Any]:
    return {
        "b": rfc3339(report.began),
        "e": rfc3339(report.ended),
        "y": report.by,
        "n": [report.rooms, report.amount, report.closed],
        "f": [[str(one.look), one.room, one.stay, one.folio, one.amount] for one in report.findings],
    }


def _report(property: str, row: ReportRow) -> Report:
    body = json.loads(row.body)
    rooms, amount, closed = body["n"]
    return Report(
        site=property,
        day=date.fromisoformat(row.sk),
        began=parse_instant(body["b"]),
        ended=parse_instant(body["e"]),
        by=body["y"],
        rooms=rooms,
        amount=amount,
        closed=closed,
        findings=tuple(
            Finding(look=Look(look), room=room, stay=stay, folio=folio, amount=fen)
            for look, room, stay, folio, fen in body["f"]
        ),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
