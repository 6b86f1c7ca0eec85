"""Prices as a file and from one: the same form both ways, every fault shown by its line before it counts."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web import multipart
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.property import text
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, place
from tenants.hotel.routes.registered import BLUEPRINT, RATES, SELLS, TARIFF
from tenants.hotel.routes.setup.price_words import proposal_shown
from tenants.hotel.routes.setup.prices import month_of
from tenants.hotel.routes.words import in_words
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import repricing, sheet_import
from tenants.hotel.usecases.price_calendar import as_rows, calendar
from tenants.hotel.usecases.setup_ports import House
from tenants.hotel.usecases.sheet_import import COLUMNS, HEADS, FileWrong, Parsed

_PATH = "/hotel/prices/import"
MOST = 120_000
"""Bytes of a file that a page takes: it comes back inside the page that shows what it would do."""
_SHOWN = 100


class FileTooLong(FileWrong):
    code = "hotel.import.too-long"
    status = 413
    detail = N_("文件太大:网页上一次最多 %(most)s KB。")
    remedy = N_("请分成几个文件,或让系统对接人用接口导入。")


class MonthQuery(Asked):
    month: Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")] = ""


class FileForm(Asked):
    """A file, or its text as it was shown; ``seen``: the changes that were shown."""

    file: dict[str, Any] | None = None
    csv: Annotated[str, Field(max_length=MOST)] = ""
    seen: Annotated[str, Field(max_length=32)] = ""


@page(BLUEPRINT, "GET", "/hotel/prices.csv", use_case="hotel.export-prices", door=TARIFF, query=MonthQuery)
def export_prices(call: Call) -> Page:
    """A month from today on, in the form in which files are brought in."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    where = place(house)
    rows: list[dict[str, str]] = []
    if where is not None:
        first, last = month_of(call.query.month, where, call)
        first = max(first, where.night_of(call.now))
        types = [kind.id for kind in house.types.values() if kind.site == where.id and kind.on]
        if first <= last:
            rows = [row for each in calendar(types, first, last, hotel=hotel) for row in as_rows(each)]
    called = {id: name for name, id in _names(house).items()} if call.locale == "zh" else {}
    return csv_file(
        call.translate(N_("房价")),
        _heads(call),
        [
            [called.get(row.get(name, ""), row.get(name, "")) for name in COLUMNS[:2]]
            + [row.get(name, "") for name in COLUMNS[2:]]
            for row in rows
        ],
        day=date.fromisoformat(f"{call.query.month}-01") if call.query.month else call.now.date(),
    )


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-import-prices", door=RATES)
def show_import(call: Call) -> Page:
    """Where a file is chosen, and what one looks like."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="hotel.import-prices",
    door=RATES,
    body=FileForm,
    entitlement=SELLS,
    limit=600_000,
)
def import_prices(call: Call, asked: FileForm) -> Page:
    """First what it would change and what is wrong with it, line by line; sent again with its seal, it is
    written as a whole."""
    hotel = HotelStore(call.work)
    try:
        written = asked.csv or _read(call)
        parsed = sheet_import.parse(written, names=_names(hotel.setup.house()))
        proposal = repricing.review(parsed.rows, hotel=hotel)
        faults = _faults(parsed, proposal.refused)
        if asked.seen and not faults and not proposal.empty:
            repricing.carry_out(proposal, seen=asked.seen, hotel=hotel, unit=new_unit(call.now))
            call.work.witness("ari")
            first = min(row.first for row in parsed.rows)
            return Redirect(f"/hotel/prices?month={first:%Y-%m}&done=imported")
        moved = None
    except repricing.PricesMoved as refusal:
        moved = refused_in_words(refusal, locale=call.locale)
    except Refusal as refusal:
        told = refused_in_words(refusal, locale=call.locale)
        error = sentences(told["detail"], told["remedy"], locale=call.locale)
        return _form(call, error=error).with_status(refusal.status)
    house = hotel.setup.house()
    return desk_page(
        call,
        "hotel/setup/price_change_preview.html",
        place="prices",
        action=_PATH,
        fields=[("csv", written)],
        file=True,
        moved=moved,
        faults=[
            {"line": line, "detail": in_words(refusal, locale=call.locale)}
            for line, refusal in faults[:_SHOWN]
        ],
        fault_count=len(faults),
        **proposal_shown(proposal, house=house, say=call.translate, locale=call.locale),
    )


def _read(call: Call) -> str:
    """The file's text; spreadsheets here save in GB 18030 as often as in UTF-8. Raises ``FileWrong``."""
    raw = multipart.file_of(call.raw, call.header("content-type"), "file") or b""
    if not raw:
        raise FileWrong(columns=",".join(_heads(call)), most=sheet_import.MOST_LINES)
    if len(raw) > MOST:
        raise FileTooLong(most=MOST // 1000)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) <= MOST and "\x00" not in text:
            return text
    raise FileWrong(columns=",".join(_heads(call)), most=sheet_import.MOST_LINES)


def _heads(call: Call) -> list[str]:
    """How a file is headed for this reader; a file with either heads is read."""
    return [HEADS[column] if call.locale == "zh" else column for column in COLUMNS]


def _names(house: House) -> dict[str, str]:
    """Short names by the Chinese name of a type or a plan, where nothing else is called so."""
    each = [(kind.names.get("zh", ""), kind.id) for kind in house.types.values()]
    each += [(plan.names.get("zh", ""), plan.id) for plan in house.plans.values()]
    said = [word for both in each for word in set(both)]
    return {name: id for name, id in each if name and said.count(name) == 1}


def _faults(parsed: Parsed, refused: tuple[tuple[int, Refusal], ...]) -> list[tuple[int, Refusal]]:
    wrong = [(parsed.lines[number], refusal) for number, refusal in refused]
    return sorted([*parsed.faults, *wrong], key=lambda fault: fault[0])


def _form(call: Call, *, error: str = "") -> Html:
    house = HotelStore(call.work).setup.house()
    types = [kind for kind in house.types.values() if kind.on]
    plans = [plan for plan in house.plans.values() if plan.derived is None]
    return desk_page(
        call,
        "hotel/setup/price_import.html",
        place="prices",
        action=_PATH,
        error=error,
        columns=_heads(call),
        types=[f"{kind.id} ({text(kind.names, call.locale)})" for kind in types],
        plans=[f"{plan.id} ({text(plan.names, call.locale)})" for plan in plans],
        most=MOST // 1000,
    )
