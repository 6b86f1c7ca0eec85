"""The demo inn as it is set up: its house, rooms, plans, extras and prices. Invented, all of it."""

from datetime import date, time, timedelta

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
        names={"zh": "嵩云居(演示)", "en": "Songyun Inn (demo)", "ja": "嵩雲居(デモ)", "ko": "쑹윈거(데모)"},
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
            "zh": "登封市示例路 8 号(演示地址)",
            "en": "8 Example Road, Dengfeng (demo)",
            "ja": "登封市示例路8号(デモ)",
            "ko": "덩펑시 예시로 8호 (데모)",
        },
        phone="+8637100000000",
        about={
            "zh": "嵩山脚下的小酒店,推窗见山。",
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
            "zh": "热水全天供应;22:00 后请小声。停车在院内,向前台登记车牌。",
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
    return [
        (
            Extra(
                id="breakfast",
                site=INN,
                names={"zh": "早餐", "en": "Breakfast", "ja": "朝食", "ko": "조식"},
                kind=Kind.MEAL,
                per=Per.NIGHT,
                price=3_800,
            ),
            0,
        ),
        (
            Extra(
                id="parking",
                site=INN,
                names={"zh": "停车位", "en": "Parking place", "ja": "駐車場", "ko": "주차 자리"},
                kind=Kind.PARKING,
                per=Per.NIGHT,
                price=2_000,
                most=3,
            ),
            6,
        ),
        (
            Extra(
                id="hall",
                site=INN,
                names={"zh": "嵩阳厅", "en": "Songyang hall", "ja": "嵩陽ホール", "ko": "쑹양 홀"},
                kind=Kind.MEETING,
                per=Per.HOUR,
                price=20_000,
                most=1,
                alone=True,
                seats=40,
                equipment=("projector", "microphone", "whiteboard", "tea"),
                metering=Metering(booked=False),
            ),
            1,
        ),
        (
            Extra(
                id="car",
                site=INN,
                names={"zh": "七座车(自驾)", "en": "Seven-seater", "ja": "7人乗り", "ko": "7인승"},
                kind=Kind.CAR,
                per=Per.DAY,
                price=36_000,
                most=2,
                alone=True,
                rental=Rental(kilometres=200, over=150, deposit=100_000, seats=7),
            ),
            2,
        ),
        (
            Extra(
                id="driven",
                site=INN,
                names={
                    "zh": "接送车(带司机)",
                    "en": "Car with driver",
                    "ja": "運転手付き",
                    "ko": "기사 포함 차량",
                },
                kind=Kind.CAR,
                per=Per.DAY,
                price=68_000,
                most=1,
                alone=True,
                rental=Rental(kilometres=150, over=300, seats=5, driver=True),
            ),
            1,
        ),
    ]


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
        names=dict(zip(("zh", "en", "ja", "ko"), names, strict=True)),
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
