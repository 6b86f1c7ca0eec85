"""A believable day of the demo hotel: two nights that are over and audited, guests in the house, work to do.

What is over is played at its own hours, in their order, by the same use cases that a desk calls: the bureau
reads last night's occupancy as it would any hotel's. Played once: a house whose day was ever closed has one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.payments.desk import taken
from infra.local.people import resident_id
from tenants.hotel import inbox
from tenants.hotel.domain.cleaning import Step, TaskKind
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.store import new_unit
from tenants.hotel.usecases import (
    basket,
    billing,
    desk,
    folios,
    groups,
    housekeeping,
    night_audit,
    office,
    placing,
    police,
    registration,
    takings,
    walk_in,
)
from tenants.hotel.usecases.folios import folio_id

DAY = timedelta(days=1)
_MAID = "示例保洁"
_PHONE = "13900000010"


@dataclass(frozen=True, kw_only=True)
class Party:
    """Guests who came: when (days before tonight), for how long, to which room; the first of them named."""

    name: str
    type: str
    plan: str
    room: str
    ago: int
    nights: int
    guests: tuple[Mapping[str, Any], ...]
    relations: Mapping[int, str] | None = None
    """Of the last guest, a minor, to the others by number."""


def play_days(place: Property, *, now: datetime) -> None:
    """The two days before tonight, each closed: arrivals, charges, departures, registration, the audits."""
    with new_unit(now)("seed.look") as hotel:
        if hotel.accounts.audits.position(place.id) is not None:
            return
    tonight = place.night_of(now)
    stays: dict[str, Stay] = {}
    for ago in (2, 1):
        day = tonight - ago * DAY
        for party in (one for one in _PARTIES if one.ago == ago):
            stays[party.name] = _comes(party, day, now=place.instant(day, time(15, 10)))
        evening = place.instant(day, time(20, 30))
        _spend(stays, ago, now=evening)
        _reported(place.id, now=evening)
        inbox.close_days(place.instant(day + DAY, time(0, 12)))
        night_audit.run_due(place.id, unit=new_unit(place.instant(day + DAY, time(2, 5))))
        if ago == 2:
            _goes(stays["示例孙先生"].id, place, now=place.instant(day + DAY, time(10, 30)))


def play_today(place: Property, *, now: datetime) -> None:
    """What waits for whoever comes to work: cleaning, a group, a find, a note, guests written down before."""
    unit, tonight = new_unit(now), place.night_of(now)
    housekeeping.plan_day(place.id, unit=unit)
    with unit("seed.look") as hotel:
        if hotel.groups.open(place.id):
            return
        tasks = hotel.tasks.of_day(place.id, tonight)
        expected = [
            stay
            for stay in hotel.stays.arriving(place.id, tonight, tonight + DAY)
            if stay.state is StayState.EXPECTED
        ]
    staying = sorted(room for room, task in tasks.items() if task.kind is TaskKind.STAYOVER)
    if staying:
        with unit("seed.cleaning") as hotel:
            housekeeping.assign(staying, _MAID, property=place.id, hotel=hotel)
        with unit("seed.cleaning") as hotel:
            housekeeping.step(staying[0], Step.START, property=place.id, hotel=hotel)
    with unit("seed.cleaning") as hotel:
        note = "加一张婴儿床"
        housekeeping.ask("403", property=place.id, note=note, hotel=hotel)
    for stay in expected[:2]:
        with unit("seed.room") as hotel:
            placing.assign(stay.id, placing.Wish(room=None), hotel=hotel, best=True)
    if expected:
        with unit("seed.guests") as hotel:
            registration.save_all(expected[0], [_entry(_grown("示例周女士", 40))], hotel=hotel)
    with unit("seed.group") as hotel:
        groups.hold_group(_group(tonight), hotel=hotel)
    with unit("seed.find") as hotel:
        thing = office.FoundThing(what="黑色雨伞", place="大堂", kept_at="前台柜 2", finder=_MAID)
        office.keep(thing, property=place.id, hotel=hotel)
    with unit("seed.note") as hotel:
        text = "208 空调检修，请勿安排；旅行社今天来电确认名单。"
        office.write(text, wanted=True, by="前台", property=place.id, hotel=hotel)


def _group(tonight: date) -> groups.Asked:
    return groups.Asked(
        name="示例旅行社研学团",
        contact={"name": "示例领队", "phone": _PHONE},
        arrive=tonight + 5 * DAY,
        depart=tonight + 7 * DAY,
        rooms={"twin": 3, "king": 2},
        plan="breakfast",
        release=tonight + 3 * DAY,
        rates={"twin": 29_800, "king": 32_800},
    )


def _comes(party: Party, day: date, *, now: datetime) -> Stay:
    asked = walk_in.WalkIn(
        booking=basket.Booking(
            arrive=day,
            depart=day + party.nights * DAY,
            rooms=(
                basket.Rooms(
                    type=party.type,
                    plan=party.plan,
                    count=1,
                    adults=min(2, len(party.guests)),
                    children=max(0, len(party.guests) - 2),
                ),
            ),
            contact={"name": party.name, "phone": _PHONE},
            channel="desk",
        ),
        guests=tuple(
            _entry(values, relations=party.relations if party.relations and number == last else None)
            for last in (len(party.guests) - 1,)
            for number, values in enumerate(party.guests)
        ),
        room=party.room,
        purpose="leisure",
    )
    mark = Mark(command=f"seed-party-{party.room}-{day}", digest="seed")
    return walk_in.walk_in(
        asked,
        mark=mark,
        receipt=lambda order, amount: taken(order=order, amount=amount, now=now),
        unit=new_unit(now),
    )


def _entry(values: Mapping[str, Any], *, relations: Mapping[int, str] | None = None) -> registration.Entry:
    return registration.Entry(values=values, relations=relations or {})


def _spend(stays: Mapping[str, Stay], ago: int, *, now: datetime) -> None:
    unit = new_unit(now)
    for name, code, amount in _CHARGES[ago]:
        with unit("seed.charge") as hotel:
            folios.charge(folio_id(stays[name].id), code=code, amount=amount, accounts=hotel.accounts)
    for name, amount in _DEPOSITS[ago]:
        with unit("seed.deposit") as hotel:
            taking = takings.Taking(means=Means.SCAN, amount=amount, deposit=True, text="押金")
            takings.take(folio_id(stays[name].id), taking, accounts=hotel.accounts)


def _reported(site: str, *, now: datetime) -> None:
    """The day's registrations were carried to the police terminal, and all were accepted."""
    with new_unit(now)("seed.registrations") as hotel:
        batch = police.hand_over(site, hotel=hotel)
    answers = [police.Answer(ref=ref, accepted=True, receipt=f"DEMO-{ref[-6:]}") for ref in batch.refs]
    police.acknowledge(site, answers, unit=new_unit(now))


def _goes(stay: str, place: Property, *, now: datetime) -> None:
    """Paid, and gone."""
    unit = new_unit(now)
    with unit("seed.pay") as hotel:
        for folio in billing.due(hotel.stays.get(stay), today=place.today(now), hotel=hotel):
            if folio.balance > 0:
                taking = takings.Taking(means=Means.SCAN, amount=folio.balance)
                takings.take(folio.id, taking, accounts=hotel.accounts)
    with unit("seed.leave") as hotel:
        desk.check_out(stay, hotel=hotel)


def _grown(name: str, serial: int, *, year: int = 1986) -> dict[str, Any]:
    number = resident_id(born=date(year, 5, 20), serial=600 + serial)
    return {"name": name, "document": "resident-id", "number": number}


def _abroad(name: str, number: str) -> dict[str, Any]:
    return {
        "name": name,
        "document": "passport",
        "number": number,
        "sex": "m",
        "born": date(1979, 3, 14),
        "country": "DE",
    }


def _child(name: str, born: date) -> dict[str, Any]:
    return {
        "name": name,
        "document": "resident-id",
        "number": resident_id(born=born, serial=733),
        "guardian_name": "示例吴女士",
        "guardian_phone": _PHONE,
    }


_PARTIES: Sequence[Party] = (
    Party(name="示例孙先生", type="twin", plan="standard", room="201", ago=2, nights=1,
          guests=(_grown("示例孙先生", 1),)),
    Party(name="示例冯先生", type="twin", plan="standard", room="202", ago=2, nights=1,
          guests=(_grown("示例冯先生", 3),)),
    Party(name="示例陈女士", type="king", plan="breakfast", room="301", ago=2, nights=2,
          guests=(_grown("示例陈女士", 4), _grown("示例卫先生", 5))),
    Party(name="示例吴女士", type="family", plan="standard", room="401", ago=1, nights=1,
          guests=(_grown("示例吴女士", 6), _grown("示例郑先生", 7), _child("示例小郑", date(2017, 6, 1))),
          relations={1: "parent", 2: "parent"}),
    Party(name="Example, Hans", type="suite", plan="deposit", room="501", ago=1, nights=3,
          guests=(_abroad("Example, Hans", "C0000TEST"),)),
    Party(name="示例韩先生", type="twin", plan="standard", room="203", ago=1, nights=2,
          guests=(_grown("示例韩先生", 8), _grown("示例杨先生", 9))),
    Party(name="示例朱女士", type="twin", plan="breakfast", room="205", ago=1, nights=1,
          guests=(_grown("示例朱女士", 10), _grown("示例秦女士", 11))),
    Party(name="示例尤先生", type="king", plan="standard", room="303", ago=1, nights=2,
          guests=(_grown("示例尤先生", 12),)),
    Party(name="示例许女士", type="king", plan="saver", room="304", ago=1, nights=1,
          guests=(_grown("示例许女士", 13), _grown("示例何先生", 14))),
    Party(name="示例吕先生", type="yard", plan="standard", room="601", ago=1, nights=1,
          guests=(_grown("示例吕先生", 15), _grown("示例施女士", 16))),
)  # fmt: skip
"""示例冯先生 should have left and has not: the audit says so, the desk must act."""

_CHARGES: Mapping[int, Sequence[tuple[str, str, int]]] = {
    2: (("示例陈女士", "minibar", 2_800), ("示例孙先生", "breakfast", 4_800)),
    1: (("Example, Hans", "laundry", 6_500), ("示例吴女士", "meals", 18_600)),
}
_DEPOSITS: Mapping[int, Sequence[tuple[str, int]]] = {
    2: (("示例陈女士", 30_000),),
    1: (("示例韩先生", 20_000),),
}
