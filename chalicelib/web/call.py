"""The call: what a handler is given of one request, and nothing more."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib import telemetry
from chalicelib.persistence.directory import Credential
from chalicelib.persistence.unit_of_work import Command, UnitOfWork
from chalicelib.tenancy.context import NoTenant, Tenant, TenantContext, move_to
from chalicelib.web import i18n
from chalicelib.web.answers import cookie
from chalicelib.web.doors import SESSION, Shown, recognised, shop_of
from chalicelib.web.incoming import Incoming


class Call:
    """One request behind its door.

    now: the moment of the request. path: decoded path parameters. query: the validated query model.
    form: the raw fields of a form, for showing them again. errors: what was wrong with them, as
    ``[{"at": "/visitors/0/name", "detail": …}]``.
    """

    __slots__ = (
        "_caller",
        "_context",
        "_credential",
        "_form_key",
        "_incoming",
        "_looked",
        "_then",
        "_work",
        "alone",
        "branched",
        "command",
        "cookies",
        "errors",
        "form",
        "headers",
        "locale",
        "now",
        "path",
        "query",
        "raw",
        "request_id",
        "use_case",
        "wished",
    )

    def __init__(
        self, *, incoming: Incoming, caller: Shown, use_case: str, locale: str, now: datetime
    ) -> None:
        self._incoming, self._caller = incoming, caller
        self._context: TenantContext | None = None
        self._credential: Credential | None = None
        self._work: UnitOfWork | None = None
        self._form_key = ""
        self._looked = False
        self._then: list[Callable[[], Any]] = []
        self.use_case, self.locale, self.now = use_case, locale, now
        self.request_id = incoming.id
        self.path: dict[str, str] = {}
        self.query: Any = None
        self.form: dict[str, Any] = {}
        self.errors: list[dict[str, str]] = []
        self.raw = b""
        self.command: Command | None = None
        self.alone = self.wished = self.branched = False
        self.headers: dict[str, str] = {}
        self.cookies: list[str] = []

    @property
    def wrong(self) -> dict[str, str]:
        """``errors`` by the names of the form's boxes: ``{"visitors.0.name": …}``."""
        return {fault["at"].removeprefix("/").replace("/", "."): fault["detail"] for fault in self.errors}

    def enter(self, context: TenantContext | None, credential: Credential | None) -> None:
        """Called by the door only."""
        self._context, self._credential = context, credential

    def work_at(self, branch: str) -> None:
        """Act at this one of the tenant's places; forms of the page that is shown will too."""
        self._context = move_to(branch)

    @property
    def context(self) -> TenantContext:
        """Who acts for which tenant; behind an ``Open`` door this raises ``NoTenant``."""
        if self._context is None:
            raise NoTenant
        return self._context

    @property
    def tenant(self) -> Tenant:
        """The tenant of the context."""
        return self.context.tenant

    @property
    def has_tenant(self) -> bool:
        """Whether a door has bound a tenant."""
        return self._context is not None

    @property
    def credential(self) -> Credential | None:
        """The member who is logged in, on open pages too; ``None`` for visitors."""
        if self._context is None and not self._looked:
            self._looked = True
            self._credential = recognised(self._caller, now=self.now)
        return self._credential

    @property
    def visitor(self) -> str:
        """The visitor's pseudonym (a hash of their cookie)."""
        return self._caller.visitor_id

    @property
    def session(self) -> str:
        """The session secret that the browser shows; only log-out needs it."""
        return self._caller.session

    @property
    def csrf(self) -> str:
        """The value of the hidden form field ``csrf``: it proves the form ours, and says at which place."""
        branch = self._context.branch if self._context is not None else ""
        return f"{self._caller.csrf}~{branch}" if branch else self._caller.csrf

    @property
    def form_key(self) -> str:
        """The value of the hidden form field ``key``: one intention, however often it is sent."""
        if not self._form_key:
            self._form_key = secrets.token_urlsafe(16)
        return self._form_key

    @property
    def address(self) -> str:
        """The network address of the caller."""
        return self._incoming.address

    @property
    def host(self) -> str:
        """The host the visitor asked, with its port if it is not the usual one."""
        return self._incoming.host

    @property
    def shop(self) -> str | None:
        """The slug of the shop whose own host was asked, if it was a shop's."""
        return shop_of(self._incoming)

    @property
    def url(self) -> str:
        """Path and query of this request."""
        return self._incoming.url

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self._incoming.method

    @property
    def routes(self) -> Callable[[], list[Any]]:
        """Asks the application for every route of its own (for its document)."""
        return self._incoming.routes

    def header(self, name: str) -> str:
        """A request header by name, or the empty text."""
        return self._incoming.header(name.lower())

    @property
    def translate(self) -> Callable[..., str]:
        """The translator of the reader's language."""
        return i18n.translator(self.locale)

    @property
    def work(self) -> UnitOfWork:
        """The unit of work of this call; committed once, with the answer, after the handler returned."""
        if self._work is None:
            if self._context is None:
                raise NoTenant  # a webhook binds its tenant itself and commits its own unit of work
            self._work = UnitOfWork(action=self.use_case, now=self.now, command=self.command)
        return self._work

    @property
    def changed(self) -> bool:
        """Whether the unit of work has anything to commit."""
        return self._work is not None and not self._work.empty

    def begin(self) -> None:
        """Forget what an attempt collected: the handler runs (again)."""
        self._work = None
        self._then = []
        self.headers, self.cookies = {}, []

    def commit(self, answer: Any) -> None:
        """One transaction: state, outbox, audit, and the command with ``answer``; then what follows it."""
        if self._work is not None and not self._work.empty:
            self._work.commit(answer)
        for step in self._then:
            try:
                step()
            except Exception:  # committed is committed: a duty on a schedule repeats this step
                telemetry.alarm("call.afterwards", use_case=self.use_case, request=self.request_id)

    def then(self, step: Callable[[], Any]) -> None:
        """Do ``step`` once the unit of work is committed; it must also be repeated by a schedule."""
        self._then.append(step)

    def idempotent_by_itself(self) -> None:
        """Say, first thing in a handler, that its own row is the idempotency record (a hold by order id).

        No stored command is then looked up when it refuses, so a sold-out answer costs no read.
        """
        self.alone = True

    def set_header(self, name: str, value: str) -> None:
        """Add a header to the answer (``Cache-Control`` replaces the default)."""
        if not (name + value).isprintable():
            raise ValueError("a header holds printable text only")
        self.headers[name] = value

    def open_session(self, secret: str, *, seconds: int) -> None:
        """Hand the browser a session."""
        self.cookies.append(cookie(SESSION, secret, seconds=seconds))

    def close_session(self) -> None:
        """Take the session back from the browser."""
        self.cookies.append(cookie(SESSION, "", seconds=0))
