"""The registration desk 住宿登记: who is not through with the police, until when; files out, answers in."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web import multipart
from chalicelib.web.http import (
    Asked,
    Attachment,
    Blank,
    Call,
    Confirmed,
    Html,
    Page,
    Redirect,
    page,
)
from tenants.hotel.domain.guest import Batch, Registered
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused, witnessed
from tenants.hotel.routes.models.guests import AnswerAsked
from tenants.hotel.routes.partners.police_file import FileUnread, as_csv, lines_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.guest import guest_row
from tenants.hotel.routes.words import in_words
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import police
from tenants.hotel.usecases.police import Answer, Fault, Row

_HERE = "/hotel/registrations"
_FILE = 200_000

LISTS = {
    "open": N_("全部待办"),
    "overdue": N_("已超时"),
    "todo": N_("待报送"),
    "submitted": N_("待回执"),
    "rejected": N_("被退回"),
    "accepted": N_("已受理"),
}
DONE = {"taken": N_("回执已登记。"), "handed": N_("已生成报送文件,请下载后在公安终端报送。")}
_TODO = {Registered.DRAFT, Registered.READY, Registered.REJECTED}


class ListQuery(Asked):
    list: Literal["open", "overdue", "todo", "submitted", "rejected", "accepted"] = "open"
    day: Annotated[date | None, Blank] = None
    text: Annotated[str, Field(max_length=60)] = ""
    done: Annotated[str, Field(max_length=20)] = ""


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=20)] = ""


class AnswersForm(Asked):
    """The terminal's file."""

    file: dict[str, Any] | None = None


class AnswerForm(AnswerAsked):
    """One answer by hand; ``batch``: where to go on."""

    batch: Annotated[str, Field(pattern=r"^rb_[0-9a-z]{26}$")]


@page(BLUEPRINT, "GET", _HERE, use_case="hotel.show-registrations", door=DESK, query=ListQuery)
def show(call: Call) -> Page:
    """Deadlines that run first."""
    hotel, query = HotelStore(call.work), call.query
    where = property_of(hotel.setup)
    day = query.day or business_day(call.now)
    every = list(police.desk(property=where.id, accepted_on=None, hotel=hotel))
    accepted = list(police.desk(property=where.id, accepted_on=day, hotel=hotel))
    lists = {
        "open": every,
        "overdue": [row for row in every if row.guest.overdue(now=call.now)],
        "todo": [row for row in every if row.guest.state in _TODO],
        "submitted": [row for row in every if row.guest.state is Registered.SUBMITTED],
        "rejected": [row for row in every if row.guest.state is Registered.REJECTED],
        "accepted": accepted,
    }
    month = month_of(business_day(call.now))
    return desk_page(
        call,
        "hotel/desk/registrations.html",
        place="registrations",
        flash=flash_of(call, query.done, DONE),
        list=query.list,
        text=query.text,
        day=day.isoformat(),
        lists=[
            {
                "key": key,
                "label": call.translate(words),
                "count": len(lists[key]),
                "href": f"{_HERE}?list={key}",
            }
            for key, words in LISTS.items()
        ],
        rows=[_row(row, call) for row in lists[query.list] if _fits(row, query.text)],
        ready=sum(1 for row in every if row.guest.state is Registered.READY),
        batches=[_batch(one) for one in hotel.guests.batches(where.id, month)],
        now=call.now,
    )


@page(BLUEPRINT, "POST", _HERE + "/batches", use_case="hotel.hand-over-page", door=DESK, body=Confirmed)
def hand_over(call: Call, _: Confirmed) -> Page:
    """Everybody who is ready, as one file."""
    hotel = HotelStore(call.work)
    batch = police.hand_over(property_of(hotel.setup).id, hotel=hotel)
    return Redirect(f"{_HERE}/batches/{batch.id}?done=handed")


@page(
    BLUEPRINT,
    "GET",
    _HERE + "/batches/{batch}",
    use_case="hotel.show-batch",
    door=DESK,
    query=DoneQuery,
)
def show_batch(call: Call) -> Page:
    """Who was in a file, and what the terminal said of each."""
    return _batch_page(call, flash=flash_of(call, call.query.done, DONE))


@page(BLUEPRINT, "GET", _HERE + "/batches/{batch}/file", use_case="hotel.download-batch", door=DESK)
def download(call: Call) -> Page:
    """The file for the terminal, nothing hidden; that it was opened is kept."""
    hotel = HotelStore(call.work)
    batch = hotel.guests.batch(property_of(hotel.setup).id, call.path["batch"])
    rows = police.contents(batch, hotel=hotel)
    witnessed(call, batch.id)
    name = f"{call.translate(N_('住宿登记'))}-{batch.id[-6:]}.csv"
    return Attachment(as_csv(rows), content_type="text/csv; charset=utf-8", name=name)


@page(
    BLUEPRINT,
    "POST",
    _HERE + "/answers",
    use_case="hotel.import-acknowledgements-page",
    door=DESK,
    body=AnswersForm,
    limit=_FILE,
)
def import_answers(call: Call, _: AnswersForm) -> Page:
    """The terminal's answers: each line is taken or said to be wrong; sent again the file changes nothing."""
    site = property_of(HotelStore(call.work).setup).id
    try:
        lines = lines_of(_read(call))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _taken_page(call, 0, (), told=told))
    count, faults = police.acknowledge(site, [answer for _, answer in lines], unit=new_unit(call.now))
    return _taken_page(call, count, [(lines[one.row - 1][0], one) for one in faults])


@page(BLUEPRINT, "POST", _HERE + "/answer", use_case="hotel.acknowledge-one-page", door=DESK, body=AnswerForm)
def answer(call: Call, asked: AnswerForm) -> Page:
    """One answer, typed."""
    site = property_of(HotelStore(call.work).setup).id
    typed: Answer = asked.answer()
    _, faults = police.acknowledge(site, [typed], unit=new_unit(call.now))
    if faults:
        raise faults[0].refusal
    return Redirect(f"{_HERE}/batches/{asked.batch}?done=taken")


def _batch_page(call: Call, *, flash: list[dict[str, str]]) -> Html:
    hotel = HotelStore(call.work)
    batch = hotel.guests.batch(property_of(hotel.setup).id, call.path["batch"])
    rows = [_row(row, call) for row in police.contents(batch, hotel=hotel)]
    return desk_page(
        call,
        "hotel/desk/batch.html",
        place="registrations",
        flash=flash,
        batch=_batch(batch),
        rows=rows,
        waiting=sum(1 for row in rows if row["submitted"]),
    )


def _taken_page(
    call: Call, count: int, faults: Sequence[tuple[int, Fault]], *, told: dict[str, str] | None = None
) -> Html:
    return desk_page(
        call,
        "hotel/desk/answers.html",
        place="registrations",
        flash=[told] if told is not None else [],
        taken=count,
        faults=[{"row": line, "detail": in_words(one.refusal, locale=call.locale)} for line, one in faults],
        failed=told is not None,
    )


def _row(row: Row, call: Call) -> dict[str, Any]:
    guest = row.guest
    return {
        **guest_row(guest, row.person, stay=row.stay, call=call),
        "room": row.stay.room or "—",
        "stay": f"/hotel/stays/{row.stay.id}",
        "came": guest.arrived.isoformat() if guest.arrived is not None else "",
        "submitted": guest.state is Registered.SUBMITTED,
    }


def _fits(row: Row, text: str) -> bool:
    wanted = text.strip().casefold()
    return not wanted or wanted in row.person.name.casefold() or wanted in (row.stay.room or "")


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "name": batch.id[-6:].upper(),
        "href": f"{_HERE}/batches/{batch.id}",
        "made": batch.made.isoformat(),
        "count": len(batch.refs),
    }


def _read(call: Call) -> str:
    """The file's text: spreadsheets here save in GB 18030 as often as in UTF-8. Raises ``FileUnread``."""
    raw = multipart.file_of(call.raw, call.header("content-type"), "file") or b""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\x00" not in text:
            return text
    raise FileUnread(line=1)
