"""Warnings for everybody: CAP 1.2 documents and an Atom feed of those that hold, open to any reader.

XML is imported where it is written: a cold start writes none.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day
from chalicelib.messaging.codelists import DISTRICTS
from chalicelib.web.http import Attachment, Call, Public, page
from chalicelib.web.i18n import LOCALES, translator
from tenants.bureau.domain.directive import Directive
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint
from tenants.bureau.routes.boards import HERE, board
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.usecases import directing

_EVERYBODY = Public(kind="bureau", always=True)
_MOST = 200


@page(blueprint, "GET", "/s/{slug}/alerts.atom", use_case="bureau.alerts-feed", door=_EVERYBODY)
def alerts_feed(call: Call) -> Attachment:
    """The warnings that hold, newest first; drills are not among them."""
    from tenants.bureau.domain import atom, cap

    text = atom.feed(
        base=f"{settings().base_url}/s/{call.tenant.slug}",
        title=call.tenant.name,
        alerts=((one.id, one.issued, one.data) for one in _holding(call)),
        locale=call.locale,
        linked=cap.CONTENT_TYPE,
        now=call.now,
    )
    call.set_header("Cache-Control", "public, max-age=30")
    return Attachment(text, content_type=f"{atom.CONTENT_TYPE}; charset=utf-8")


@page(blueprint, "GET", "/s/{slug}/alerts/{alert}", use_case="bureau.alert-document", door=_EVERYBODY)
def alert_document(call: Call) -> Attachment:
    """One warning as CAP 1.2: of those that were really issued, also after its end."""
    id = call.path["alert"].removesuffix(".xml")
    one = directing.find(id=id, directives=DirectiveStore(call.work))
    if one.kind != "alert" or one.stage != "issued" or one.status != "actual":
        raise Missing
    return _document(call, one)


@page(blueprint, "GET", f"{HERE}/{{id}}/cap.xml", use_case="bureau.show-cap", door=READER)
def show_cap(call: Call) -> Attachment:
    """The same at the desk, drills too."""
    one = board(call).directive
    if one.kind != "alert" or one.stage != "issued":
        raise Missing
    return _document(call, one)


def _document(call: Call, one: Directive) -> Attachment:
    """A warning as CAP; one whose document is faulty is a bug, and crashes."""
    from tenants.bureau.domain import cap

    made = cap.cap_of(
        one.data,
        exercise=one.status == "exercise",
        names=DISTRICTS.names(day=business_day(call.now)),
        hazard=_hazard(str(one.data["event"])),
        issuer={"zh": call.tenant.name},
    )
    found = cap.faults(made)
    if found:
        raise ValueError(f"CAP: {found}")
    return Attachment(cap.xml(made), content_type=f"{cap.CONTENT_TYPE}; charset=utf-8")


def _hazard(code: str) -> dict[str, Any]:
    word = words.HAZARDS.get(code, code)
    return {locale: translator(locale)(word) for locale in LOCALES}


def _holding(call: Call) -> Iterator[Directive]:
    """This month's and the last month's: no warning lasts longer than that."""
    month = business_day(call.now)
    store = DirectiveStore(call.work)
    for each in (month, month.replace(day=1) - timedelta(days=1)):
        for one in store.issued(month=each, before="", most=_MOST):
            if one.status == "actual" and one.open_alert(call.now):
                yield one
