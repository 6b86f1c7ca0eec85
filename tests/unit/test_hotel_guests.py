"""Registration with fakes: what is missing, minors, the foreign clock, the police lane, what goes upward."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.kernel.documents import DocumentInvalid, DocumentKind
from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.schemas import contracts
from tenants.hotel.domain.events import band
from tenants.hotel.domain.guest import (
    GuardianNeeded,
    Guest,
    GuestFixed,
    GuestIncomplete,
    GuestsNeeded,
    Registered,
    origin,
    person,
)
from tenants.hotel.domain.lodging_law import FIELDS
from tenants.hotel.domain.stay import Stay, StayIs
from tenants.hotel.routes.partners.police_file import FileUnread, answers_of, as_csv, lines_of
from tenants.hotel.usecases import police, registration
from tenants.hotel.usecases.police import Answer
from tests.hotel_world import DAY, INN, MemoryWorld, adult, resident

HOUR = timedelta(hours=1)
CHILD = {"name": "示例小", "document": "resident-id", "number": resident(date(2027, 3, 1))}
VISITOR = {
    "name": "EXAMPLE ANNA",
    "document": "passport",
    "number": "XX1234567",
    "sex": "f",
    "born": date(1988, 2, 3),
    "country": "DE",
}


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


@pytest.fixture
def stay(world: MemoryWorld) -> Stay:
    """Expected today in 201, nobody registered yet."""
    given = world.assign(world.stays(world.guarantee(world.hold(nights=2)))[0], "201")
    world.now = INN.arrival(DAY)
    return given


def guests(world: MemoryWorld, stay: Stay) -> list[Guest]:
    return list(world.hotel(world.work()).guests.of_stay(stay.id))


def save(world: MemoryWorld, stay: Stay, values: dict[str, Any], **more: Any) -> Guest:
    entry = registration.Entry(values=values, **more)
    given: Guest = world.do(lambda hotel: registration.save(stay.id, entry, hotel=hotel))
    return given


def hand_over(world: MemoryWorld) -> Any:
    return world.do(lambda hotel: police.hand_over(INN.id, hotel=hotel))


def answer(world: MemoryWorld, *answers: Answer) -> tuple[int, list[str]]:
    taken, faults = police.acknowledge(INN.id, answers, unit=world.unit)
    return taken, [fault.refusal.code for fault in faults]


def test_a_resident_id_tells_sex_birth_and_origin() -> None:
    known = person({"name": "示例甲", "document": "resident-id", "number": resident(date(1990, 5, 20), 12)})
    assert (known.sex, known.born, known.country, origin(known)) == (
        "f",
        date(1990, 5, 20),
        "CN",
        ("CN", "410000"),
    )
    with pytest.raises(DocumentInvalid):
        person({"name": "示例甲", "document": "resident-id", "number": "410100199005200110"})


@pytest.mark.parametrize(
    ("kind", "number", "country"),
    [
        (DocumentKind.HK_MACAU, "H12345678", "HK"),
        (DocumentKind.HK_MACAU, "M12345678", "MO"),
        (DocumentKind.TAIWAN, "12345678", "TW"),
        (DocumentKind.RESIDENCE_PERMIT, "810000199408230021", "HK"),
        (DocumentKind.PASSPORT, "XX1234567", "FR"),
    ],
)
def test_a_document_tells_where_its_holder_comes_from(kind: DocumentKind, number: str, country: str) -> None:
    assert origin(person({"document": kind, "number": number, "country": "FR"}))[0] == country


def test_every_rule_of_law_names_its_source() -> None:
    assert all(row.source and row.valid_from for row in FIELDS)


def test_what_is_missing_makes_a_draft_and_stops_the_check_in(world: MemoryWorld, stay: Stay) -> None:
    with pytest.raises(GuestsNeeded):
        world.do(lambda hotel: registration.arrive(stay, purpose="unknown", present=None, hotel=hotel))
    draft = save(world, stay, {"name": "示例乙"})
    assert (draft.state, draft.missing) == (Registered.DRAFT, ("document", "number", "sex", "born"))
    with pytest.raises(GuestIncomplete) as refused:
        world.come(stay)
    assert refused.value.facts["fields"] == ["document", "number", "sex", "born"]
    ready = save(world, stay, adult(), number=1)
    assert (ready.state, ready.missing, ready.number) == (Registered.READY, (), 1)
    world.come(stay)
    assert "示例甲" not in f"{guests(world, stay)}"


def test_the_city_learns_how_many_came_from_where_and_nobodys_name(world: MemoryWorld, stay: Stay) -> None:
    save(world, stay, adult())
    save(world, stay, VISITOR)
    came = world.come(stay)
    world.now = INN.departure(DAY + 2 * timedelta(days=1))
    world.go(came)
    (arrived,), (gone,) = world.said_of("lodging.stay.checkedin"), world.said_of("lodging.stay.checkedout")
    assert (arrived["partySize"], arrived["originCountry"], arrived["originProvince"]) == (2, "CN", "410000")
    assert (gone["guest"], gone["nights"], gone["revenueBand"]) == (arrived["guest"], 2, "400-799")
    for said in world.said():
        contracts()[said["type"]].check(said["data"])
        assert not {"示例甲", "EXAMPLE", "XX1234567", adult()["number"]} & set(f"{said}".split("'"))


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [(0, "0"), (1, "1-199"), (199, "1-199"), (200, "200-399"), (3199, "1600-3199"), (3200, "3200+")],
)
def test_revenue_is_told_in_bands(yuan: int, expected: str) -> None:
    assert band(yuan * 100) == expected


def test_a_minors_key_is_withheld_until_guardian_and_everybodys_relation_are_known(
    world: MemoryWorld, stay: Stay
) -> None:
    save(world, stay, adult())
    assert save(world, stay, CHILD).minor
    with pytest.raises(GuardianNeeded) as refused:
        world.come(stay)
    assert refused.value.facts == {"number": 2}
    told = {**CHILD, "guardian_name": "示例丙", "guardian_phone": "13900000000"}
    save(world, stay, told, number=2)
    with pytest.raises(GuardianNeeded):
        world.come(stay)
    save(world, stay, told, number=2, relations={1: "parent"})
    assert world.come(stay).has == ("201",)
    friend = save(world, stay, {**adult(21), "name": "示例丁"})
    with pytest.raises(GuardianNeeded):  # who comes later is a relation to be asked for
        world.do(lambda hotel: registration.join(stay.id, friend.number, hotel=hotel))
    with pytest.raises(GuestFixed):
        world.do(lambda hotel: registration.remove(stay.id, 1, hotel=hotel))


def test_who_comes_later_is_registered_then(world: MemoryWorld, stay: Stay) -> None:
    world.come(stay)
    late = save(world, stay, VISITOR)
    assert (late.due, late.overdue(now=world.now + 30 * HOUR)) == (None, False)
    world.now += 5 * HOUR
    there = world.do(lambda hotel: registration.join(stay.id, late.number, hotel=hotel))
    assert there.due == world.now + 24 * HOUR


def test_a_foreign_guests_clock_runs_from_arrival(world: MemoryWorld, stay: Stay) -> None:
    save(world, stay, VISITOR)
    save(world, stay, adult())
    world.come(stay)
    visitor, local = guests(world, stay)
    assert (visitor.outside, visitor.due) == (True, world.now + 24 * HOUR)
    assert (local.outside, local.due) == (False, None)
    assert not visitor.overdue(now=world.now + 24 * HOUR)
    assert visitor.overdue(now=world.now + 25 * HOUR)


def test_the_file_for_the_terminal_is_answered_in_its_own_last_columns(
    world: MemoryWorld, stay: Stay
) -> None:
    save(world, stay, adult())
    save(world, stay, VISITOR)
    world.come(stay)
    hotel = world.hotel(world.work())
    text = as_csv(police.contents(hand_over(world), hotel=hotel))
    heads, foreign, resident_ = text.removeprefix("\ufeff").splitlines()
    assert heads.split(",")[:3] == ["登记编号", "姓名", "性别"]
    assert heads.split(",")[-3:] == ["结果", "回执编号", "退回原因"]
    assert foreign.startswith(f"{stay.id}-02,EXAMPLE ANNA,女,德国,,1988-02-03,护照,XX1234567\t,")
    assert f"居民身份证,{adult()['number']}\t," in resident_  # as text: a spreadsheet would round it
    assert f",{world.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}," in foreign
    answered = f"{heads}\n{foreign[:-2]}被退回,,照片不清\n{resident_}\n"
    assert lines_of(answered) == [(2, Answer(ref=f"{stay.id}-02", accepted=False, reason="照片不清"))]
    assert answers_of(f"{heads}\n{resident_[:-2]}已受理,R-1,\n") == [
        Answer(ref=f"{stay.id}-01", accepted=True, receipt="R-1")
    ]
    with pytest.raises(FileUnread):
        lines_of(f"{heads}\n{foreign[:-2]}不知道,,\n")


def test_registrations_go_out_as_a_batch_and_come_back_answered(world: MemoryWorld, stay: Stay) -> None:
    save(world, stay, adult())
    save(world, stay, VISITOR)
    world.come(stay)
    world.now += 2 * HOUR
    batch = hand_over(world)
    assert batch.refs == (f"{stay.id}-02", f"{stay.id}-01")  # whose clock runs goes first
    rows = police.contents(batch, hotel=world.hotel(world.work()))
    assert [row.person.name for row in rows] == ["EXAMPLE ANNA", "示例甲"]
    with pytest.raises(police.NothingReady):
        hand_over(world)
    with pytest.raises(GuestFixed):
        save(world, stay, adult(), number=1)
    answers = (
        Answer(ref=f"{stay.id}-02", accepted=True, receipt="R-77"),
        Answer(ref=f"{stay.id}-01", accepted=False, reason="照片不清"),
        Answer(ref=f"{stay.id}-09", accepted=True, receipt="R-78"),
    )
    assert answer(world, *answers) == (2, ["hotel.registration.unknown"])
    assert answer(world, answers[0]) == (1, [])
    assert answer(world, replace(answers[0], receipt="R-1")) == (0, ["hotel.registration.answered"])
    said = world.said_of("lodging.registration.reported")
    assert [(one["receipt"], one["foreign"], one["result"], one["delaySeconds"]) for one in said] == [
        ("R-77", True, "accepted", 7200),
        (batch.id.partition("_")[2], False, "rejected", 7200),
    ]
    for one in said:
        contracts()["tourism.lodging.registration.reported.v1"].check(one)
    world.go(stay)  # what the police returned is corrected even then
    back = guests(world, stay)[0]
    assert (back.state, back.reason) == (Registered.REJECTED, "照片不清")
    assert save(world, stay, adult(), number=1).state is Registered.READY
    assert len(hand_over(world).refs) == 1
    assert [one.number for one in world.hotel(world.work()).guests.reported(INN.id, DAY)] == [2]


def test_nobody_is_registered_into_a_stay_that_is_over(world: MemoryWorld, stay: Stay) -> None:
    world.go(world.come(stay))
    with pytest.raises(StayIs):
        save(world, stay, adult(31))
