"""The hosted checkout: choose how to pay, authorise where asked, go back to the shop."""

from __future__ import annotations

import hmac
import io
import re
from dataclasses import dataclass, field
from html import escape

from . import attempts, cards, checkout, markup, methods, money, wording
from .delivery import acknowledged
from .errors import Json, StripeFault
from .params import Params
from .store import Record, Store, Unit

_PAY = re.compile(r"/c/pay/(cs_test_[A-Za-z0-9]+)")
_AUTHORISE = re.compile(r"/c/authorize/(pi_[A-Za-z0-9]+)")
_CODE = re.compile(r"/c/qr/(pi_[A-Za-z0-9]+)\.(png|svg)")
_OFFERED = (
    ("4242424242424242", "card_ok"),
    ("4000000000000002", "card_declined"),
    ("4000002500003155", "card_3ds"),
)
MOST_RECENT = 50
# form-action is left open on purpose: browsers hold redirects after a form to it, and these lead to
# the shop.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; base-uri 'none'"


@dataclass(frozen=True)
class Page:
    """One answer."""

    status: int
    body: bytes
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Pages:
    """Answers what is not the API."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def answer(self, *, method: str, path: str, query: Json, form: Json, languages: str) -> Page:
        """One request of a browser."""
        if path == "/" and method == "GET":
            return self._index(query=query, accept=languages)
        for pattern, serve in ((_PAY, self._pay), (_AUTHORISE, self._authorise)):
            found = pattern.fullmatch(path)
            if found and method in ("GET", "POST"):
                answered = Params(form) if method == "POST" else None
                return serve(found[1], query=query, form=answered, accept=languages)
        found = _CODE.fullmatch(path)
        if found and method == "GET":
            return self._code(found[1], kind=found[2], query=query)
        return _missing(query=query, accept=languages)

    def _index(self, *, query: Json, accept: str) -> Page:
        language = wording.choose(accept=accept, asked=wording.asked_for(query), locale=None)
        with self.store.unit(write=False) as unit:
            sessions = unit.find("checkout.session", account=None, limit=MOST_RECENT)
        rows = "".join(_row(session, language=language) for session in sessions)
        none = f'<p class="lead">{wording.word("none_yet", language=language)}</p>'
        table = f'<div class="wide"><table>{rows}</table></div>' if rows else none
        body = (
            f'<p class="lead">{wording.word("index_lead", language=language)}</p>'
            f'<section class="paper"><h2>{wording.word("recent", language=language)}</h2>'
            f"{table}</section>"
        )
        return _html(body, title="Stripe · local test", language=language, path="/")

    def _pay(self, ident: str, *, query: Json, form: Params | None, accept: str) -> Page:
        path = f"/c/pay/{ident}"
        fault = Params(query).text("fault", longest=40)
        try:
            with self.store.unit(write=form is not None) as unit:
                session = unit.anywhere(ident, kind="checkout.session")
                if session is None:
                    return _missing(query=query, accept=accept)
                if form is not None:
                    was_open = session.body["status"] == "open"
                    address = self._attempt(unit, session, form=form) if was_open else path
                ident_of = session.body["payment_intent"]
                intent = unit.get(ident_of, account=session.account) if ident_of else None
        except StripeFault as declined:
            if declined.status != 402:
                raise
            # With an intent the page reads the reason from it; a number that is no test card has
            # made none.
            key = "test_mode_live_card" if "decline_code" in declined.more else "incorrect_number"
            address = path if "payment_intent" in declined.more else f"{path}?fault={key}"
            return _see(address, query=query)
        if form is not None:
            return self._lead(address, session, query=query)
        language = wording.choose(
            accept=accept, asked=wording.asked_for(query), locale=session.body["locale"]
        )
        body = _checkout(session, intent=intent, fault=fault, language=language)
        title = wording.word("to_pay", language=language)
        return _html(body, title=title, language=language, path=path)

    def _lead(self, address: str, session: Record | None, *, query: Json) -> Page:
        """After a form: to one of our pages; back to the shop once it knows that it was paid."""
        if session is not None and not address.startswith("/c/"):
            acknowledged(self.store, session.id)
        return _see(address, query=query)

    def _attempt(self, unit: Unit, session: Record, *, form: Params) -> str:
        """Pay as the form says; the address to go to next. Raises 402 when declined."""
        if session.body["amount_total"] == 0:
            checkout.complete(unit, session, intent=None)
            return checkout.success_url(session)
        chosen = form.text("way", longest=40) or "card"
        if chosen in ("alipay", "wechat_pay"):
            if chosen not in session.body["payment_method_types"]:
                return f"/c/pay/{session.id}"
            method = methods.new_method(unit, kind=chosen, account=session.account)
        else:
            # A typed number wins over the choice above it: without scripts nothing else ticks its row.
            number = form.text("number", longest=40) or ("" if chosen == "card" else chosen)
            method = methods.from_number(unit, number=number, account=session.account)
        intent = checkout.pay(unit, session, method=method, email=form.text("email", longest=200))
        if intent.body["status"] == "requires_action":
            return attempts.authorise_url(unit, intent).removeprefix(unit.origin)
        return checkout.success_url(session)

    def _authorise(self, ident: str, *, query: Json, form: Params | None, accept: str) -> Page:
        with self.store.unit(write=form is not None) as unit:
            intent = _keyed(unit, ident, query=query)
            if intent is None:
                return _missing(query=query, accept=accept)
            owner = intent.private.get("session")
            session = unit.get(owner, account=intent.account) if owner else None
            if form is not None:
                agreed = form.text("answer") == "agree"
                address = _after(unit, intent, session=session, agreed=agreed)
            method = intent.body["payment_method"]
            shown = unit.get(method, account=intent.account) if method else None
        if form is not None:
            return self._lead(address, session, query=query)
        language = wording.choose(
            accept=accept,
            asked=wording.asked_for(query),
            locale=session.body["locale"] if session else None,
        )
        key = intent.private["page_key"]
        path = f"/c/authorize/{intent.id}?key={key}"
        kind = shown.body["type"] if shown else "card"
        body = _question(intent, kind=kind, language=language)
        return _html(body, title=_ask(kind, language=language), language=language, path=path)

    def _code(self, ident: str, *, kind: str, query: Json) -> Page:
        with self.store.unit(write=False) as unit:
            intent = _keyed(unit, ident, query=query)
            if intent is None:
                return _missing(query=query, accept="")
            url = attempts.authorise_url(unit, intent)
        import segno

        out = io.BytesIO()
        segno.make(url, error="m").save(out, kind=kind, scale=6, border=2)
        sort = "image/png" if kind == "png" else "image/svg+xml"
        return Page(status=200, body=out.getvalue(), kind=sort)


def _after(unit: Unit, intent: Record, *, session: Record | None, agreed: bool) -> str:
    done = checkout.authorise(unit, intent, agreed=agreed)
    if session is not None:
        return checkout.success_url(session) if done else f"/c/pay/{session.id}"
    path = f"/c/authorize/{intent.id}?key={intent.private['page_key']}"
    return attempts.way_back(intent, agreed=done) or path


def _keyed(unit: Unit, ident: str, *, query: Json) -> Record | None:
    intent = unit.anywhere(ident, kind="payment_intent")
    key = Params(query).text("key", longest=60) or ""
    if intent is None or not hmac.compare_digest(key.encode(), intent.private["page_key"].encode()):
        return None
    return intent


def _checkout(session: Record, *, intent: Record | None, fault: str | None, language: str) -> str:
    left = _summary(session, language=language)
    if session.body["status"] == "open":
        right = _form(session, intent=intent, fault=fault, language=language)
    else:
        right = _closed(session, language=language)
    return f'<div class="pair"><section>{left}</section><section class="paper">{right}</section></div>'


def _summary(session: Record, *, language: str) -> str:
    body = session.body
    items = "".join(
        f"<li><span>{escape(item['description'] or '')}<small>"
        f"{escape(money.written(item['price']['unit_amount'], item['currency']))} "
        f"× {item['quantity']}</small></span>"
        f"<b>{escape(money.written(item['amount_total'], item['currency']))}</b></li>"
        for item in session.private["line_items"]
    )
    total = money.written(body["amount_total"], body["currency"])
    return (
        f"<h1>{wording.word('to_pay', language=language)}</h1>"
        f'<div class="sum">{escape(total)}</div><ul class="items">{items}</ul>'
    )


def _form(session: Record, *, intent: Record | None, fault: str | None, language: str) -> str:
    def say(key: str) -> str:
        return wording.word(key, language=language)

    error = intent.body["last_payment_error"] if intent is not None else None
    if fault in cards.FAULTS:
        error = cards.card_error(fault)
    notice = markup.alarm(wording.fault(error, language=language)) if error else ""
    back = checkout.cancel_url(session)
    cancel = markup.link(back, say("cancel"), css="cancel") if back else ""
    opening = f'{notice}<form method="post">'
    if session.body["amount_total"] == 0:
        return f'{opening}<button type="submit">{say("confirm_free")}</button></form>{cancel}'
    kinds = session.body["payment_method_types"]
    groups = ""
    if "card" in kinds:
        rows = "".join(
            markup.way(value=number, title=say(key), hint=_grouped(number), chosen=place == 0)
            for place, (number, key) in enumerate(_OFFERED)
        )
        typed = (
            '<input type="text" name="number" inputmode="numeric" autocomplete="off"'
            f' maxlength="30" aria-label="{say("number")}" placeholder="4000 0000 0000 9995">'
        )
        rows += markup.way(value="card", title=say("card_other"), hint="", chosen=False, more=typed)
        groups += f"<fieldset><legend>{say('card')}</legend>{rows}</fieldset>"
    wallets = [kind for kind in kinds if kind != "card"]
    if wallets:
        rows = "".join(
            markup.way(
                value=kind,
                title=say(kind),
                hint=say(f"{kind}_hint"),
                chosen="card" not in kinds and place == 0,
            )
            for place, kind in enumerate(wallets)
        )
        groups += f"<fieldset><legend>{say('wallet')}</legend>{rows}</fieldset>"
    email = escape(session.private.get("email") or "")
    total = money.written(session.body["amount_total"], session.body["currency"])
    return (
        f"<h2>{say('how')}</h2>{opening}{groups}"
        f'<label class="field">{say("email")}<input type="email" name="email" maxlength="200"'
        f' autocomplete="email" value="{email}"></label>'
        f'<button type="submit">{say("pay")} {escape(total)}</button></form>{cancel}'
    )


def _closed(session: Record, *, language: str) -> str:
    def say(key: str) -> str:
        return wording.word(key, language=language)

    if session.body["status"] == "complete":
        back = checkout.success_url(session)
        return f"<h2>{say('complete')}</h2>" + markup.link(back, say("back_to_shop"), css="go")
    away = checkout.cancel_url(session)
    link = markup.link(away, say("back_to_shop"), css="go") if away else ""
    return f'<h2>{say("expired")}</h2><p class="lead">{say("expired_hint")}</p>{link}'


def _question(intent: Record, *, kind: str, language: str) -> str:
    def say(key: str) -> str:
        return wording.word(key, language=language)

    body = intent.body
    total = escape(money.written(body["amount"], body["currency"]))
    head = f'<h1>{_ask(kind, language=language)}</h1><div class="sum">{total}</div>'
    if body["status"] != "requires_action":
        return f'<section class="paper alone">{head}<p class="lead">{say("settled")}</p></section>'
    code = ""
    if kind == "wechat_pay":
        picture = body["next_action"]["wechat_pay_display_qr_code"]["image_data_url"]
        code = f'<img class="code" alt="" src="{escape(picture)}"><p class="lead">{say("wechat_hint")}</p>'
    return (
        f'<section class="paper alone">{head}{code}<form method="post">'
        f'<button type="submit" name="answer" value="agree">{say("agree")}</button>'
        f'<button class="quiet" type="submit" name="answer" value="refuse">{say("refuse")}</button>'
        "</form></section>"
    )


def _ask(kind: str, *, language: str) -> str:
    key = {"card": "three_d", "alipay": "alipay_ask", "wechat_pay": "wechat_ask"}[kind]
    return wording.word(key, language=language)


def _row(session: Record, *, language: str) -> str:
    body = session.body
    first = session.private["line_items"][0]["description"] or session.id
    status = body["status"] if body["status"] == "open" else f"status_{body['status']}"
    words = wording.word(status, language=language)
    if body["status"] == "complete":
        words += " · " + wording.word(body["payment_status"], language=language)
    return (
        f'<tr><td><a href="/c/pay/{session.id}">{escape(first)}</a></td>'
        f"<td>{escape(session.account)}</td><td>{words}</td>"
        f'<td class="money">{escape(money.written(body["amount_total"], body["currency"]))}</td></tr>'
    )


def _grouped(number: str) -> str:
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _html(body: str, *, title: str, language: str, path: str, status: int = 200) -> Page:
    text = markup.frame(body, title=title, language=language, path=path)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Language",
    }
    return Page(status=status, body=text.encode(), headers=headers)


def _missing(*, query: Json, accept: str) -> Page:
    language = wording.choose(accept=accept, asked=wording.asked_for(query), locale=None)
    words = wording.word("not_found", language=language)
    body = f'<section class="paper alone"><h2>{words}</h2></section>'
    return _html(body, title=words, language=language, path="/", status=404)


def _see(address: str, *, query: Json) -> Page:
    """After a form: go there and read, in the language asked for as long as the page is ours."""
    language = wording.asked_for(query)
    if language in wording.LANGUAGES and address.startswith("/c/"):
        address += f"{'&' if '?' in address else '?'}lang={language}"
    return Page(status=303, body=b"", headers={"Location": address})
