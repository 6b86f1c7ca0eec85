"""Demo tenants: invented people and places, with identifiers that are valid in form and issued to nobody.

Resident IDs begin with 410100, a prefecture's code: real ones carry a county's. Seeding is idempotent: what
was made is remembered in the data folder (secrets exist nowhere else) and returned again.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chalicelib.commerce.orders.domain import Tier
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.documents import DocumentKind, document
from chalicelib.kernel.period import business_day, local
from chalicelib.payments.desk import taken
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import Tenant, bind, duty
from infra.local.people import resident_id
from infra.local.seed_hotel import seed_doors, seed_hotel
from infra.local.seed_returns import ask_for_last_month, seed_last_month
from tenants.scenic.domain.area import Area, Capacity, Session, Timetable
from tenants.scenic.domain.product import Concession, Product, Visitor
from tenants.scenic.store import ScenicShop
from tenants.scenic.store.catalogue import area_row, forget_catalogue, product_row
from tenants.scenic.usecases import sale

BUREAU, SCENIC, HOTEL = "zhengzhou", "songlu-demo", "songyang-demo"
_OFFICER = ("bureau.read", "bureau.command")
_LEADER = ("bureau.read", "bureau.command", "bureau.approve", "bureau.delegate")
_DISTRICT = ("bureau.read@410185", "bureau.command@410185")
_SALES = {"scenic": ("scenic.tickets", "shop"), "hotel": ("hotel.rooms", "shop")}
_SONGLU = {"en": "Songlu Scenic Area (demo)", "ja": "嵩麓景勝地（デモ）", "ko": "쑹루 관광지(데모)"}
_SONGYANG = {"en": "Songyang Hotel (demo)", "ja": "嵩陽ホテル（デモ）", "ko": "쑹양 호텔(데모)"}
_PASSWORD_WORDS = ("celadon", "bamboo", "heron", "cedar", "lotus", "jade", "plum", "crane")


def seed(*, base_url: str, now: datetime) -> dict[str, Any]:
    """Make the demo tenants when there are none; what a newcomer needs to know of them."""
    kept = Path(os.environ.get("DATA_DIR", ".local/data")) / "demo.json"
    if kept.exists() and directory.by_slug(SCENIC) is not None:
        return _described(json.loads(kept.read_text("utf-8")), base_url=base_url)
    made = _made(now)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")
    return _described(made, base_url=base_url)


def _made(now: datetime) -> dict[str, Any]:
    bureau = _tenant(
        kind="bureau", slug=BUREAU, name="郑州市文化广电和旅游局（演示）", district="410100", now=now
    )
    scenic = _tenant(kind="scenic", slug=SCENIC, name="嵩麓风景区（演示）", district="410185", now=now)
    hotel = _tenant(kind="hotel", slug=HOTEL, name="嵩阳酒店（演示）", district="410185", now=now)
    _names(scenic, _SONGLU, now)
    _names(hotel, _SONGYANG, now)
    made: dict[str, Any] = {
        "tenants": [_keyed(tenant, ("owner",), now=now) for tenant in (scenic, hotel, bureau)],
        "logins": [
            _member(scenic, "owner@songlu.example", "景区负责人", ("owner",), now=now),
            _member(scenic, "desk@songlu.example", "售票员", ("desk",), now=now),
            _member(scenic, "gate@songlu.example", "检票员", ("gate",), now=now),
            _member(hotel, "owner@songyang.example", "酒店负责人", ("owner",), now=now),
            _member(hotel, "desk@songyang.example", "前台", ("desk",), now=now),
            _member(hotel, "house@songyang.example", "房务", ("house",), now=now),
            _member(bureau, "officer@bureau.example", "值班员", _OFFICER, now=now),
            _member(bureau, "leader@bureau.example", "带班领导", _LEADER, now=now),
            _member(bureau, "dengfeng@bureau.example", "登封市值班员", _DISTRICT, now=now),
        ],
    }
    with bind(duty(scenic, "seed")):
        _catalogue(now)
        _first_sales(now)
    with bind(duty(hotel, "seed")):
        seed_hotel(now=now)
        made["doors"] = {
            "devices": seed_doors(now=now),
            "key": _keyed(hotel, ("device",), now=now)["api_key"],
        }
        seed_last_month(now=now)
    with bind(duty(bureau, "seed")):
        ask_for_last_month(hotel=hotel, now=now)
    return made


def _described(made: dict[str, Any], *, base_url: str) -> dict[str, Any]:
    shop = f"{base_url}/s/{SCENIC}"
    bureau = next(tenant for tenant in made["tenants"] if tenant["kind"] == "bureau")
    people = [
        {"name": name, "number": resident_id(born=date(1985 + number, 5, 20), serial=300 + number)}
        for number, name in enumerate(("示例庚", "示例辛", "示例壬", "示例癸"))
    ]
    return {
        "base_url": base_url,
        "tenants": made["tenants"],
        "bureau": {"id": bureau["id"], "slug": bureau["slug"], "api_key": bureau["api_key"]},
        "logins": made["logins"],
        "visitors": people,
        **({"doors": made["doors"]} if "doors" in made else {}),
        "addresses": {
            "Ticket shop": shop,
            "Hotel shop": f"{base_url}/s/{HOTEL}",
            "Hotel desk": f"{base_url}/hotel/today",
            "Console": f"{base_url}/console",
            "Gate": f"{base_url}/gate",
            "Bureau's wall": f"{base_url}/bureau/wall",
            "API description": f"{base_url}/openapi.json",
        },
        "try": [
            f"Open {shop} on a phone-sized window and buy a ticket for the session that runs now.",
            "Invented visitors (one ticket a day each): "
            + ", ".join(f"{one['name']} {one['number']}" for one in people),
            "Pay on the local checkout with the card 4242 4242 4242 4242.",
            f"Log in as the gate, open {base_url}/gate and type or scan the ticket's code; then once more.",
            f"Log in as the officer and watch {base_url}/bureau/wall: the figure has moved.",
            f"A hotel's day: open {base_url}/s/{HOTEL}, book some nights; log in as the hotel's desk "
            f"({base_url}/hotel/today): who comes, who is here, who should have left yesterday.",
            "A door: as the hotel's desk open a guest who is in the house, then the key; type its code at "
            "the simulated doors. The same page leads to what the guest sees in the room.",
            f"Last night is closed: {base_url}/hotel/audit as the hotel's owner, {base_url}/bureau/lodging "
            "as the officer.",
        ],
    }


def _tenant(*, kind: str, slug: str, name: str, district: str, now: datetime) -> Tenant:
    found = directory.by_slug(slug)
    if found is not None:
        return found
    tenant = control.create_tenant(
        kind=kind,
        slug=slug,
        name=name,
        district=district,
        entitlements=_SALES.get(kind, ()),
        now=now,
        registry=ControlStore(),
    )
    directory.forget_directory()
    return tenant


def _names(tenant: Tenant, names: dict[str, str], now: datetime) -> None:
    control.name_tenant(tenant=tenant.id, names=names, actor="system:seed", now=now, registry=ControlStore())


def _keyed(tenant: Tenant, roles: tuple[str, ...], *, now: datetime) -> dict[str, Any]:
    key, _ = control.issue_key(
        tenant=tenant.id, label="demo", roles=roles, actor="system:seed", now=now, registry=ControlStore()
    )
    return {
        "kind": tenant.kind,
        "slug": tenant.slug,
        "id": tenant.id,
        "name": tenant.name,
        "district": tenant.district,
        "api_key": key,
    }


def _member(tenant: Tenant, email: str, who: str, roles: tuple[str, ...], *, now: datetime) -> dict[str, str]:
    words = "-".join(secrets.choice(_PASSWORD_WORDS) for _ in range(3))
    password = f"{words}-{secrets.randbelow(900) + 100}"
    try:
        control.add_member(
            tenant=tenant,
            email=email,
            password=password,
            label=who,
            roles=roles,
            now=now,
            registry=ControlStore(),
        )
    except control.EmailTaken:
        return {"who": who, "login": email, "password": "", "note": "made before; its password was not kept"}
    return {"who": who, "login": email, "password": password, "tenant": tenant.slug}


@contextmanager
def _work(action: str, now: datetime) -> Iterator[UnitOfWork]:
    work = UnitOfWork(action=action, now=now)
    yield work
    if not work.empty:
        work.commit()


def _catalogue(now: datetime) -> None:
    with _work("seed.catalogue", now) as work:
        work.put(area_row(_area(business_day(now))))
        work.put(product_row(_product()))
    forget_catalogue()


def _area(today: date) -> Area:
    sessions = (
        Session(start=time(0, 0), end=time(8, 0), capacity=300),
        Session(start=time(8, 0), end=time(12, 0), capacity=1500),
        Session(start=time(12, 0), end=time(17, 0), capacity=1500),
        Session(start=time(17, 0), end=time(23, 59), capacity=700),
    )
    return Area(
        id="songlu",
        names={"zh": "嵩麓景区", "en": "Songlu Scenic Area", "ja": "嵩麓景勝地", "ko": "쑹루 관광지"},
        capacity=Capacity(
            instant=2000, day=4000, approval="示例批复〔2025〕1号", approved_on=date(2025, 3, 1)
        ),
        timetables=(Timetable(valid_from=today - timedelta(days=1), sessions=sessions),),
        gates={"south": "南门", "east": "东门"},
        gate_names={
            "south": {"en": "South Gate", "ja": "南門", "ko": "남문"},
            "east": {"en": "East Gate", "ja": "東門", "ko": "동문"},
        },
        notice={
            "zh": "山路湿滑，请穿防滑鞋。",
            "en": "Paths may be slippery: wear shoes with grip.",
            "ja": "山道は滑りやすいため、滑りにくい靴でお越しください。",
            "ko": "산길이 미끄러우니 미끄럼 방지 신발을 착용하세요.",
        },
        place=(34.5071, 112.9353),
    )


def _product() -> Product:
    """One product with the concession classes of the province; legal bases in ``basis``."""
    return Product(
        id="entry",
        area="songlu",
        titles={"zh": "嵩麓景区门票", "en": "Songlu entry ticket", "ja": "嵩麓入場券", "ko": "쑹루 입장권"},
        about={
            "zh": "含入园与步道；不含索道。请在所选时段内检票。",
            "en": "Entry and footpaths; cable car not included. Enter within the session you choose.",
            "ja": "入場と遊歩道を含みます(ロープウェイは別料金)。選んだ時間帯に入場してください。",
            "ko": "입장과 산책로 포함, 케이블카 별도. 선택한 시간대에 입장하세요.",
        },
        classes=(
            Concession(
                code="adult",
                titles={"zh": "成人票", "en": "Adult", "ja": "大人", "ko": "성인"},
                price=8000,
            ),
            Concession(
                code="youth",
                titles={
                    "zh": "青少年票（6–18岁）",
                    "en": "Youth (6–18)",
                    "ja": "青少年（6~18歳）",
                    "ko": "청소년(6~18세)",
                },
                price=4000,
                age_from=6,
                age_to=18,
                basis="发改价格〔2012〕283号（示例引用，待核）",
            ),
            Concession(
                code="student",
                titles={"zh": "学生票", "en": "Student", "ja": "学生", "ko": "학생"},
                price=4000,
                proof={
                    "zh": "请出示学生证",
                    "en": "Show your student card",
                    "ja": "学生証をご提示ください",
                    "ko": "학생증을 제시하세요",
                },
                basis="发改价格〔2012〕283号（示例引用，待核）",
            ),
            Concession(
                code="senior",
                titles={
                    "zh": "老年票（60岁以上）",
                    "en": "Senior (60+)",
                    "ja": "シニア(60歳以上)",
                    "ko": "경로(60세 이상)",
                },
                price=0,
                age_from=60,
                basis="河南省老年人权益保障条例 第四十九条",
            ),
        ),
        policy=(
            Tier(hours=24, permille=1000),
            Tier(hours=2, permille=800),
            Tier(hours=0, permille=500),
        ),
    )


def _first_sales(now: datetime) -> None:
    """A few paid orders for the session that runs, so that no first page is empty."""
    names = ("示例甲", "示例乙", "示例丙", "示例丁")
    day, session = _running(now)
    for number, name in enumerate(names):
        number_ = resident_id(born=date(1990, 1, 1 + number), serial=100 + number)
        visitor = Visitor(name=name, document=document(DocumentKind.RESIDENT, number_), concession="adult")
        with _work("seed.order", now) as work:
            shop = ScenicShop(work)
            order = sale.hold(
                sale.Booking(
                    product="entry",
                    day=day,
                    start=session,
                    visitors=(visitor,),
                    channel="desk",
                    locale="zh",
                ),
                mark=Mark(command=f"seed-{number}", digest="seed"),
                shop=shop,
            )
            if order.receipt is None:
                receipt = taken(order=order.id, amount=order.total, now=now)
                sale.pay_at_desk(order, receipt=receipt, shop=shop)


def _running(now: datetime) -> tuple[date, time]:
    """The session that is on now; in the day's last minute, when none is, the first of tomorrow."""
    today = business_day(now)
    for session in _area(today).sessions(today):
        if now < local(today, session.end):
            return today, session.start
    tomorrow = today + timedelta(days=1)
    return tomorrow, _area(today).sessions(tomorrow)[0].start
