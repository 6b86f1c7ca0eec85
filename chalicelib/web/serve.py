"""Serving one route: through its door, into its handler, out as one response."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache
from typing import Any, get_origin

from pydantic import ValidationError

from chalicelib import telemetry
from chalicelib.kernel.errors import (
    Clash,
    Invalid,
    Malformed,
    Refusal,
    Unauthenticated,
    Unsupported,
)
from chalicelib.persistence.unit_of_work import AlreadyDone, Command
from chalicelib.persistence.unit_of_work import replay as raise_stored_answer
from chalicelib.tenancy.backoff import back_off
from chalicelib.tenancy.context import bind
from chalicelib.tenancy.limits import require_entitlement
from chalicelib.web import body as bodies
from chalicelib.web import i18n, multipart, reply
from chalicelib.web.call import Call
from chalicelib.web.doors import BRANCH, LANGUAGE, VISITOR, Member, Public, Shown, enter, shown
from chalicelib.web.faults import faults
from chalicelib.web.forgery import require_form, require_same_origin
from chalicelib.web.incoming import Incoming
from chalicelib.web.moment import clock
from chalicelib.web.problem import foreseen
from chalicelib.web.refusals import KeyMissing, VisitorMissing
from chalicelib.web.registry import Route

_KEY = re.compile(r"^[A-Za-z0-9_.:-]{1,80}$")
_BRANCH = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_ATTEMPTS = 4


class View:
    """What Chalice holds for a route: called with the incoming request, it answers a proxy response."""

    def __init__(self, route: Route, handler: Callable[..., Any]) -> None:
        self.route = replace(route, handler=handler)
        self.__name__, self.__module__, self.__doc__ = (
            handler.__name__,
            handler.__module__,
            handler.__doc__,
        )
        self._meets_visitors = route.style == "page" or isinstance(route.door, Public)
        fields = route.query.model_fields if route.query is not None else {}
        self._query_names = frozenset(fields)
        self._lists = frozenset(
            name
            for name, field in fields.items()
            if get_origin(field.annotation) in {list, tuple, set, frozenset}
        )

    @property
    def routes(self) -> tuple[Route, ...]:
        """The one route; an address that several kinds share has more (``by_kind``)."""
        return (self.route,)

    def __call__(self, incoming: Incoming) -> dict[str, Any]:
        """Answer. Nothing but a response comes out of here: a bug becomes a problem and an alarm."""
        route, now = self.route, clock()
        with telemetry.use_case(route.use_case, request=incoming.id) as line:
            caller = shown(incoming)
            call = Call(
                incoming=incoming,
                caller=caller,
                use_case=route.use_case,
                locale=negotiated_locale(incoming),
                now=now,
            )
            caught: Exception | None = None
            try:
                answer = self._answer(call, incoming, caller, line)
            except Exception as error:  # this is where every route ends
                caught = error
            if caught is not None:  # outside the block: an alarm must print no message with values
                refusal = foreseen(caught, use_case=route.use_case, request=incoming.id)
                line["outcome"] = refusal.code
                answer = self._refused(call, refusal, line)
            if caller.fresh and not caller.key and self._meets_visitors:
                reply.remember(answer, VISITOR, caller.visitor)
            if call.wished:
                reply.remember(answer, LANGUAGE, call.locale)
            if call.branched:
                reply.remember(answer, BRANCH, call.context.branch)
            return answer

    def _answer(self, call: Call, incoming: Incoming, caller: Shown, line: dict[str, Any]) -> dict[str, Any]:
        route = self.route
        query = incoming.query
        self._speak(call, query)
        call.path = incoming.parameters()
        context, credential = enter(
            route.door,
            incoming,
            caller,
            call.path,
            sells=route.entitlement is not None,
            now=call.now,
        )
        call.enter(context, credential)
        if context is not None:
            line["tenant"], line["door"] = context.tenant.id, context.door
        with bind(context) if context is not None else nullcontext():
            if route.style == "page" and isinstance(route.door, Member):
                self._go_to_branch(call, incoming, query)
            if route.entitlement is not None:
                require_entitlement(route.entitlement)
            self._read_query(call, query)
            asked = self._read_body(call, incoming, caller) if route.changes else None
            if call.errors and route.invalid is not None:
                line["outcome"] = Invalid.code
                return reply.shown_again(call, route.invalid(call))
            return self._perform(call, asked, line)

    def _perform(self, call: Call, asked: Any, line: dict[str, Any]) -> dict[str, Any]:
        """Run the handler and commit; again after a clash, never after it was done before."""
        for attempt in range(1, _ATTEMPTS + 1):
            call.begin()
            try:
                try:
                    route = self.route
                    given = route.handler(call, asked) if route.body is not None else route.handler(call)
                    stored, answer = reply.made(route, call, given)
                    if self._did_nothing(call, answer):
                        line["outcome"] = "refused"
                        return answer
                    call.commit(stored)
                except Clash:
                    if attempt == _ATTEMPTS:
                        raise
                    back_off(attempt, base=0.015)
                    continue
            except Refusal:
                # The state may have moved on because this very command was done before.
                if call.command is None or call.alone or not call.has_tenant:
                    raise
                try:
                    raise_stored_answer(call.command, now=call.now)
                except AlreadyDone as done:
                    return self._replayed(call, done, line)
                raise
            except AlreadyDone as done:
                return self._replayed(call, done, line)
            line["outcome"] = "done"
            return answer
        raise Clash

    def _did_nothing(self, call: Call, answer: dict[str, Any]) -> bool:
        """Whether a page words a refusal itself, so that nothing of what was collected may be written.

        It may have been this very form that did it before: then what was answered is said again.
        """
        refused = int(answer["statusCode"]) >= 400
        shown = self.route.style == "page" and self.route.changes and answer["statusCode"] < 300
        if (refused or (shown and not call.changed)) and call.command is not None and call.has_tenant:
            raise_stored_answer(call.command, now=call.now)
        if refused:
            call.begin()
        return refused

    def _replayed(self, call: Call, done: AlreadyDone, line: dict[str, Any]) -> dict[str, Any]:
        line["outcome"] = "replayed"
        call.begin()
        return reply.again(self.route, call, done.answer)

    def _speak(self, call: Call, query: dict[str, list[str]]) -> None:
        """A link may ask for a language; on pages it is remembered."""
        wish = query.pop(LANGUAGE, None)
        if wish:
            call.locale = i18n.negotiate(query=wish[0], cookie=None, accept_language=call.locale)
            call.wished = self.route.style == "page"

    def _go_to_branch(self, call: Call, incoming: Incoming, query: dict[str, list[str]]) -> None:
        """Which of the tenant's places a page is about: the link's, which is remembered, else the last."""
        wish = query.pop(BRANCH, None)
        branch = wish[0] if wish else incoming.cookies().get(BRANCH, "")
        if _BRANCH.match(branch):
            call.work_at(branch)
            call.branched = bool(wish)

    def _read_query(self, call: Call, given: dict[str, list[str]]) -> None:
        if self.route.query is None:
            return
        if self.route.style == "page":  # links come with other people's parameters
            given = {name: values for name, values in given.items() if name in self._query_names}
        values = {
            name: found if name in self._lists or len(found) != 1 else found[0]
            for name, found in given.items()
        }
        try:
            call.query = self.route.query.model_validate(values)
        except ValidationError as error:
            raise Invalid(errors=faults(error, locale=call.locale)) from None

    def _read_body(self, call: Call, incoming: Incoming, caller: Shown) -> Any:
        """The validated body; sets the command. Forgery is refused before anything is read from it."""
        route = self.route
        call.raw = incoming.body(limit=route.limit)
        if route.keyless:
            return None
        if route.style == "page":
            return self._read_form(call, incoming, caller)
        if not caller.key:
            require_same_origin(incoming, csrf=caller.csrf)
        value = None
        if call.raw or route.body is not None:
            if bodies.kind_of(incoming.header("content-type") or "application/json") != "json":
                raise Unsupported
            value = bodies.from_json(call.raw)
        key = incoming.header("idempotency-key")
        if (route.api or key) and not _KEY.match(key):
            raise KeyMissing
        if route.api and isinstance(route.door, Public) and caller.fresh:
            raise VisitorMissing  # a retry without the cookie would be another visitor's command
        if key:
            call.command = Command(key=key, digest=bodies.digest(route.method, incoming.path, value))
        return self._validated(call, value)

    def _read_form(self, call: Call, incoming: Incoming, caller: Shown) -> Any:
        form = _fields(call.raw, incoming.header("content-type"))
        csrf, _, branch = str(form.pop("csrf", "")).partition("~")
        require_form(incoming, given=csrf, csrf=caller.csrf)
        if call.has_tenant and _BRANCH.match(branch):
            call.work_at(branch)  # a form acts where its page was, whatever the browser shows elsewhere
        key = form.pop("key", "")
        if key:
            if not isinstance(key, str) or not _KEY.match(key):
                raise Malformed
            call.command = Command(key=key, digest=bodies.digest(self.route.method, incoming.path, form))
        call.form = form
        return self._validated(call, form)

    def _validated(self, call: Call, value: Any) -> Any:
        if self.route.body is None:
            return None
        try:
            return self.route.body.model_validate(value)
        except ValidationError as error:
            call.errors = faults(error, locale=call.locale)
        if self.route.invalid is None:
            raise Invalid(errors=call.errors)
        return None

    def _refused(self, call: Call, refusal: Refusal, line: dict[str, Any]) -> dict[str, Any]:
        call.begin()
        if self.route.style == "page" and isinstance(refusal, Unauthenticated):
            return reply.to_login(call)
        caught: Exception | None = None
        try:
            answer = reply.problem_of(self.route.style, call, refusal)
            if isinstance(refusal, Unauthenticated) and getattr(self.route.door, "basic", False):
                answer["headers"]["WWW-Authenticate"] = 'Basic realm="songyun", charset="UTF-8"'
            return answer
        except Exception as error:  # the page of the problem is itself broken
            caught = error
        line["outcome"] = foreseen(caught, use_case=self.route.use_case, request=call.request_id).code
        return reply.problem_of("api", call, refusal)


def _fields(raw: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a form, with files or without."""
    if content_type.lower().startswith(multipart.KIND):
        return multipart.from_multipart(raw, content_type)
    if raw and bodies.kind_of(content_type) != "form":
        raise Unsupported
    return bodies.from_form(raw)


def negotiated_locale(incoming: Incoming) -> str:
    """The reader's language by cookie and header; a link's ``lang`` comes when the query is read."""
    return _negotiated(incoming.cookies().get(LANGUAGE), incoming.header("accept-language"))


@lru_cache(maxsize=1024)
def _negotiated(cookie: str | None, accept_language: str) -> str:
    return i18n.negotiate(query=None, cookie=cookie, accept_language=accept_language)
