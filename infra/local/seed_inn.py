"""The demo inn as it is set up: its house, rooms, plans, extras and prices. Invented, all of it."""

from datetime import date, time, timedelta
from typing import Any

from tenants.hotel.domain.extra import Extra, Kind, Per, Rental
from tenants.hotel.domain.metering import Metering
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.request import Film, Guide
from tenants.hotel.domain.rooms import Hourly, Room, RoomType
from tenants.hotel.usecases import rates

INN = "songyun-inn"
DAYS = 180
_PRICES = {"twin": 32_800, "king": 36_800, "family": 46_800, "suite": 68_800, "courtyard": 168_000}
_WEEKEND = 6_000


def inn() -> Property:
    return Property(
        id=INN,
        names={
            "zh": "嵩阳酒店（演示）",
            "en": "Songyang Hotel (demo)",
            "ja": "嵩陽ホテル（デモ）",
            "ko": "쑹양 호텔(데모)",
        },
        district="410185",
        stars=4,
        taxes=(
            Tax(
                code="vat",
                names={"zh": "增值税", "en": "VAT", "ja": "増値税", "ko": "부가가치세"},
                permille=60,
            ),
        ),
        address={
            "zh": "登封市示例路 8 号（演示地址）",
            "en": "8 Example Road, Dengfeng (demo)",
            "ja": "登封市示例路8号（デモ）",
            "ko": "덩펑시 예시로 8호 (데모)",
        },
        phone="+8637100000000",
        about={
            "zh": "嵩山脚下的小酒店，推窗见山。",
            "en": "A small hotel at the foot of Mount Song.",
            "ja": "嵩山のふもとの小さなホテル。",
            "ko": "쑹산 기슭의 작은 호텔.",
        },
        place=(34.4600, 113.0500),
    )


def guide() -> Guide:
    """What the rooms show; the films are in the house's own player, so none has an address."""
    return Guide(
        network="songyun-inn",
        phone="8",
        breakfast="07:00–09:30",
        notes={
            "zh": "热水全天供应；22:00 后请小声。停车在院内，向前台登记车牌。",
            "en": "Hot water all day; quiet after 22:00. Park in the yard and tell the desk your plate.",
            "ja": "お湯は終日使えます。22:00 以降はお静かに。駐車は敷地内です。",
            "ko": "온수는 종일 나옵니다. 22:00 이후에는 조용히 해 주세요. 주차는 마당입니다.",
        },
        films=(
            Film(
                titles={
                    "zh": "嵩山四季",
                    "en": "Four seasons of Mount Song",
                    "ja": "嵩山の四季",
                    "ko": "쑹산의 사계",
                },
                minutes=12,
            ),
            Film(
                titles={
                    "zh": "汝瓷的颜色",
                    "en": "The colour of Ru ware",
                    "ja": "汝窯の色",
                    "ko": "여요의 빛깔",
                },
                minutes=26,
            ),
        ),
    )


def extras() -> list[tuple[Extra, int]]:
    """(extra, how many there are; 0: as many as are asked for)."""
    breakfast = ("早餐", "Breakfast", "朝食", "조식")
    parking = ("停车位", "Parking place", "駐車場", "주차 자리")
    hall = ("嵩阳厅", "Songyang hall", "嵩陽ホール", "쑹양 홀")
    car = ("七座车（自驾）", "Seven-seater", "7人乗り", "7인승")
    driven = ("接送车（带司机）", "Car with driver", "運転手付き", "기사 포함 차량")
    tools = ("projector", "microphone", "whiteboard", "tea")
    own = Rental(kilometres=200, over=150, deposit=100_000, seats=7)
    with_driver = Rental(kilometres=150, over=300, seats=5, driver=True)
    return [
        (_extra("breakfast", breakfast, Kind.MEAL, Per.NIGHT, 3_800), 0),
        (_extra("parking", parking, Kind.PARKING, Per.NIGHT, 2_000, most=3), 6),
        (
            _extra(
                "hall",
                hall,
                Kind.MEETING,
                Per.HOUR,
                20_000,
                most=1,
                alone=True,
                seats=40,
                equipment=tools,
                metering=Metering(booked=False),
            ),
            1,
        ),
        (_extra("car", car, Kind.CAR, Per.DAY, 36_000, most=2, alone=True, rental=own), 2),
        (_extra("driven", driven, Kind.CAR, Per.DAY, 68_000, most=1, alone=True, rental=with_driver), 1),
    ]


def _extra(id: str, names: tuple[str, str, str, str], kind: Kind, per: Per, price: int, **more: Any) -> Extra:
    """price: fen. more: the fields of ``Extra`` that this one has beside."""
    return Extra(id=id, site=INN, names=_in_four(names), kind=kind, per=per, price=price, **more)


def _in_four(names: tuple[str, str, str, str]) -> dict[str, str]:
    return dict(zip(("zh", "en", "ja", "ko"), names, strict=True))


def types() -> list[tuple[RoomType, list[Room], int]]:
    """(type, its rooms, its overbooking allowance)."""
    by_hour = Hourly(rooms=2, opens=time(9), closes=time(18), hours=4, price=12_800)
    return [
        (
            _kind("twin", ("双床房", "Twin room", "ツイン", "트윈룸"), {"single": 2}, hourly=by_hour),
            _rooms("twin", 2, 8),
            1,
        ),
        (_kind("king", ("大床房", "King room", "キング", "킹룸"), {"king": 1}), _rooms("king", 3, 8), 0),
        (
            _kind(
                "family", ("亲子房", "Family room", "ファミリー", "패밀리룸"), {"queen": 1, "bunk": 1}, most=4
            ),
            _rooms("family", 4, 3),
            0,
        ),
        (
            _kind(
                "suite",
                ("山景套房", "Mountain suite", "山景スイート", "마운틴 스위트"),
                {"king": 1, "sofa": 1},
                most=3,
            ),
            _rooms("suite", 5, 2),
            0,
        ),
        (
            _kind("yard", ("院落客房", "Courtyard room", "中庭の部屋", "안뜰 객실"), {"kang": 1}, most=3),
            _rooms("yard", 6, 3),
            0,
        ),
    ]


def _kind(
    id: str,
    names: tuple[str, str, str, str],
    beds: dict[str, int],
    *,
    most: int = 2,
    hourly: Hourly | None = None,
) -> RoomType:
    return RoomType(
        id=id,
        site=INN,
        names=_in_four(names),
        beds=beds,
        included=2,
        most=most,
        area=28,
        amenities=("wifi", "air-conditioning", "tv", "kettle", "shower", "hair-dryer"),
        hourly=hourly,
    )


def _rooms(type: str, floor: int, count: int) -> list[Room]:
    return [
        Room(number=f"{floor}{number:02d}", site=INN, type=type, floor=str(floor))
        for number in range(1, count + 1)
    ]


def plans() -> list[RatePlan]:
    return [
        RatePlan(
            id="standard",
            names={"zh": "标准价", "en": "Standard", "ja": "スタンダード", "ko": "스탠더드"},
            fees=(Fee(hours=20), Fee(hours=0, nights=1)),
            secured=Secured.GUARANTEE,
            extra_adult=8_000,
        ),
        RatePlan(
            id="breakfast",
            names={"zh": "含早", "en": "With breakfast", "ja": "朝食付き", "ko": "조식 포함"},
            derived=Derived(plan="standard", add=5_600),
            meal=Meal.BREAKFAST,
            fees=(Fee(hours=20), Fee(hours=0, nights=1)),
            secured=Secured.GUARANTEE,
            extra_adult=10_800,
        ),
        RatePlan(
            id="saver",
            names={"zh": "预付不可退", "en": "Saver, no refund", "ja": "返金不可", "ko": "환불 불가"},
            derived=Derived(plan="standard", permille=880),
        ),
        RatePlan(
            id="deposit",
            names={"zh": "订金价", "en": "With deposit", "ja": "デポジット", "ko": "예약금"},
            derived=Derived(plan="standard", permille=950),
            fees=(Fee(hours=72), Fee(hours=24, permille=300)),
            secured=Secured.DEPOSIT,
            deposit=300,
        ),
    ]


def prices(today: date) -> list[rates.Row]:
    last = today + timedelta(days=DAYS)
    prices = {**_PRICES, "yard": 42_800}
    weekend = frozenset({5, 6})
    return [
        row
        for type, price in prices.items()
        for row in (
            rates.Row(type=type, plan="standard", first=today, last=last, price=price),
            rates.Row(
                type=type, plan="standard", first=today, last=last, weekdays=weekend, price=price + _WEEKEND
            ),
        )
    ] + [rates.Row(type="courtyard", first=today, last=last, weekdays=weekend, rule={"min_through": 2})]
