"""The cockpit: today, the next thirty days on the books against a week ago, the last thirty as curves."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import Period
from chalicelib.web.http import Call, Page, page
from tenants.hotel.domain.figures import on_the_books, rates, totals
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.domain.night_audit import DayFigures
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.stay import StayState
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import CLEAN, channel_name
from tenants.hotel.store import HotelStore

AHEAD = BACK = 30
_WEEK = timedelta(days=7)


@page(BLUEPRINT, "GET", "/hotel/cockpit", use_case="hotel.show-cockpit", door=DESK)
def show_cockpit(call: Call) -> Page:
    """Everything an owner looks at with the first tea."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    today = hotel.accounts.book.today(where.id)
    past = list(hotel.accounts.audits.figures(where.id, today - timedelta(days=BACK), today))
    forecast = _forecast(today, where, hotel)
    return desk_page(
        call,
        "hotel/desk/cockpit.html",
        place="cockpit",
        house=text(where.names, call.locale),
        day=today.isoformat(),
        today_=_today(today, where, hotel),
        forecast=forecast,
        labels=[row["label"] for row in forecast],
        books=[row["rooms"] for row in forecast],
        before=[row["before"] for row in forecast],
        compared=any(row["before"] is not None for row in forecast),
        picked=sum(row["pick_up"] or 0 for row in forecast),
        past=curves(past),
        channels=_mix(past, call),
        rooms_to_clean=_load(where, hotel, call),
        closed=len(past),
    )


@page(BLUEPRINT, "GET", "/hotel/cockpit.csv", use_case="hotel.export-cockpit", door=DESK)
def export(call: Call) -> Page:
    """The coming days on the books as a file."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    today = hotel.accounts.book.today(where.id)
    say = call.translate
    heads = (N_("日期"), N_("客房总数"), N_("已订"), N_("一周前同期"), N_("新增"), N_("预计出租率"))
    return csv_file(
        say(N_("预订进度")),
        [say(head) for head in heads],
        [
            [
                *(row["day"], row["all"], row["rooms"], "" if row["before"] is None else row["before"]),
                *("" if row["pick_up"] is None else row["pick_up"], f"{row['share'] * 100:.1f}%"),
            ]
            for row in _forecast(today, where, hotel)
        ],
        day=today,
    )


def _today(today: date, where: Property, hotel: HotelStore) -> dict[str, int]:
    booked = [
        stay
        for stay in hotel.stays.arriving(where.id, today, today + timedelta(days=1))
        if stay.state is not StayState.CANCELLED
    ]
    here = hotel.stays.in_house(where.id)
    folios = [one for one in hotel.accounts.folios.open() if one.site == where.id]
    return {
        "arriving": sum(1 for stay in booked if stay.state is StayState.EXPECTED),
        "arrived": sum(1 for stay in booked if stay.state is StayState.IN_HOUSE),
        "leaving": sum(1 for stay in here if stay.depart <= today),
        "left": len(hotel.stays.departed(where.id, today)),
        "in_house": sum(max(1, len(stay.has)) for stay in here),
        "owed": sum(max(0, one.balance) for one in folios),
        "drawers": len(hotel.accounts.shifts.all_open(site=where.id)),
    }


def _forecast(today: date, where: Property, hotel: HotelStore) -> list[dict[str, Any]]:
    """Each of the next days: rooms sold now, and at the close of the same weekday a week ago."""
    kinds = [kind for kind in hotel.setup.house().types.values() if kind.site == where.id]
    last = today + timedelta(days=AHEAD - 1)
    nights = hotel.calendar.nights(where.id, today, last, fresh=False)
    rooms = sum(kind.capacity for kind in kinds if not kind.house)
    sold = on_the_books(today, AHEAD, nights, kinds)
    week = hotel.accounts.audits.snapshots(where.id, [today - _WEEK]).get(today - _WEEK)
    made = []
    for step, count in enumerate(sold):
        place = step + _WEEK.days - 1  # that snapshot begins with the day after it
        before = week.rooms[place] if week is not None and place < len(week.rooms) else None
        day = today + timedelta(days=step)
        made.append(
            {
                "day": day.isoformat(),
                "label": f"{day.month}/{day.day}",
                "rooms": count,
                "all": rooms,
                "share": count / rooms if rooms else 0.0,
                "before": before,
                "pick_up": count - before if before is not None else None,
            }
        )
    return made


def curves(days: Sequence[DayFigures]) -> dict[str, Any] | None:
    """Occupancy and prices day by day, from the first day that was closed to the last."""
    if not days:
        return None
    known = {day.day: rates(day) for day in days}
    span = tuple(Period(days[0].day, days[-1].day + timedelta(days=1)))
    each = [known.get(day) for day in span]
    whole = rates(totals(days))
    return {
        "labels": [f"{day.month}/{day.day}" for day in span],
        # A day that was not closed is a gap: its neighbours are no neighbours of each other.
        "occupancy": [float(one.occupancy * 100) if one else None for one in each],
        "adr": [float(one.average_price) if one else None for one in each],
        "revpar": [float(one.revpar) if one else None for one in each],
        "whole": {
            "occupancy": float(whole.occupancy),
            "adr": int(whole.average_price * 100),
            "revpar": int(whole.revpar * 100),
            "room": totals(days).room[0],
        },
    }


def _mix(days: Sequence[DayFigures], call: Call) -> list[tuple[str, int]]:
    if not days:
        return []
    sums = totals(days).channels
    rows = [(channel_name(name, call), count) for name, (count, _) in sums.items()]
    return sorted(rows, key=lambda row: -row[1])


def _load(where: Property, hotel: HotelStore, call: Call) -> list[tuple[str, int]]:
    board = hotel.board.all(where.id)
    states = [
        board[room.number].state if room.number in board else Cleanliness.CLEAN
        for room in hotel.setup.rooms(where.id)
    ]
    return [(call.translate(words), states.count(state)) for state, (words, _) in CLEAN.items()]
