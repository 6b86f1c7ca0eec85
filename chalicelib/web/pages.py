"""Pages: one lazily built Jinja environment and what templates may use in it.

Importing this module loads neither jinja2 nor babel; the first :func:`render` does. The locale of a page is
a context variable, not a template variable, so component macros are compiled and imported once for all
languages. Therefore a component file never translates at its top level (only inside macros), and filters
that depend on the language are marked ``pass_context``: Jinja would otherwise fold ``{{ 12000|money }}``
into a constant of the first language.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from markupsafe import Markup, escape

from chalicelib.config import settings
from chalicelib.kernel.personal import Erased
from chalicelib.web import charts, formats, i18n, places
from chalicelib.web.filled import EMPTY
from chalicelib.web.qr import qr

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context


class Unit(Markup):
    """A unit whose number stands elsewhere, as for many; ``one`` as for a single thing."""

    one: str

    def __new__(cls, many: str, *, one: str) -> Unit:
        made = super().__new__(cls, many)
        made.one = one
        return made


def _erased(text: str) -> str:
    """What was destroyed, in the language of the page that is being rendered."""
    return escape(i18n.translator(i18n.current())(text))


Erased.say = staticmethod(_erased)


def render(template: str, *, locale: str, **context: Any) -> str:
    """The page ``template`` in ``locale`` as HTML; a name that nobody gave raises UndefinedError."""
    with i18n.speaking(locale) as spoken:
        return (
            environment()
            .get_template(template)
            .render(locale=spoken, lang=i18n.LANGUAGE_TAGS[spoken], **context)
        )


def language_href(path: str, locale: str) -> str:
    """``path`` asking for ``locale``: other parameters stay, an earlier ``lang`` goes. Never another host."""
    return f"{_without_language(path)}lang={locale}"


@lru_cache(maxsize=8)
def _without_language(path: str) -> str:
    split = urlsplit(path)  # once for the four languages of a page
    kept = [(name, value) for name, value in parse_qsl(split.query) if name != "lang"]
    return f"/{split.path.lstrip('/')}?{urlencode(kept)}{'&' if kept else ''}"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment: compiled templates stay in memory for the life of the process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(places.templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        # A checkout shows an edited template at once; a deployed one cannot change.
        auto_reload=settings().stage == "local",
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_words())
    env.globals.update(
        asset=places.asset,
        language_href=language_href,
        languages=tuple(i18n.LANGUAGE_NAMES.items()),
        language_tags=i18n.LANGUAGE_TAGS,
        charts=charts,
        qr=qr,
        moment=formats.moment,
        form=EMPTY,  # of a page whose route gave none: nothing was typed, nothing is wrong
    )
    env.filters.update(_filters())
    return env


def fingerprint(text: str) -> str:
    """A few letters that differ where ``text`` does."""
    return f"{zlib.crc32(str(text).encode()):x}"


_NOTHING = Markup('<span role="img" aria-label="{}">—</span>')
_TAG = Markup('<span class="tag tag--{}">{}</span>')
_CELLS: Mapping[str, Callable[[Any, str], Any]] = {
    "text": lambda value, _locale: value,
    "number": lambda value, _locale: formats.number(value),
    "percent": lambda value, _locale: formats.percent(value),
    "money": lambda value, locale: formats.money(value, locale=locale, cents=True),
    "date": lambda value, locale: formats.day(value, locale=locale, style="short"),
    "datetime": lambda value, locale: formats.instant(value, locale=locale),
    "time": lambda value, _locale: formats.clock(value),
}


def _words() -> dict[str, Callable[..., str]]:
    """gettext for templates. Text that no catalogue knows is escaped: it may be a visitor's, not ours."""
    from jinja2 import pass_context

    def say(said: str | None, source: str, values: Mapping[str, object]) -> str:
        if said is None and not values:
            return escape(source)
        text = source if said is None else said
        if not values and (unit := i18n.FORMS.fullmatch(text)):
            return Unit(unit[3], one=unit[2])
        text = i18n.agreeing(text, values)
        if values or "%(" in text:
            return Markup(text) % {name: escape(value) for name, value in values.items()}  # noqa: S704 - ours
        return Markup(i18n.fill(text, {}))  # noqa: S704 - a catalogue knows it, so the words are ours

    @pass_context
    def translate(_context: Context, message: str, /, **values: object) -> str:
        return say(i18n.lookup(locale=i18n.current(), message=message), message, values)

    @pass_context
    def translate_plural(_context: Context, one: str, many: str, num: int, /, **values: object) -> str:
        said = i18n.lookup_plural(locale=i18n.current(), one=one, many=many, count=num)
        return say(said, many, {"num": num, **values})

    @pass_context
    def translate_sense(_context: Context, sense: str, message: str, /, **values: object) -> str:
        said = i18n.lookup(locale=i18n.current(), message=f"{sense}\x04{message}")
        return say(said, message, values)

    return {
        "_": translate,
        "gettext": translate,
        "ngettext": translate_plural,
        "pgettext": translate_sense,
    }


def _number(value: float | None, places: int = 0) -> str:
    return formats.number(value, places=places)


def _percent(value: float | None, places: int = 0) -> str:
    return formats.percent(value, places=places)


def _filters() -> dict[str, Callable[..., str]]:
    from jinja2 import pass_context

    @pass_context
    def money(_context: Context, value: formats.type_money, cents: bool | None = None) -> str:
        return formats.money(value, locale=i18n.current(), cents=cents)

    @pass_context
    def day(_context: Context, value: Any, style: str = "full") -> str:
        return formats.day(value, locale=i18n.current(), style=style)

    @pass_context
    def instant(_context: Context, value: Any, style: str = "short") -> str:
        return formats.instant(value, locale=i18n.current(), style=style)

    @pass_context
    def compact(_context: Context, value: float | None) -> str:
        return formats.compact(value, locale=i18n.current())

    @pass_context
    def listed(_context: Context, value: Iterable[str]) -> str:
        return formats.listed(value, locale=i18n.current())

    @pass_context
    def cell(_context: Context, value: Any, kind: str = "text") -> Any:
        # Here rather than in the macro: a list of 50 rows has hundreds of cells.
        if value is None:
            return _NOTHING.format(i18n.translator(i18n.current())("暂无数据"))
        if kind == "tag":
            return _TAG.format(value["tone"], value["text"])
        return _CELLS[kind](value, i18n.current())

    return {
        "money": money,
        "date": day,
        "datetime": instant,
        "time": formats.clock,
        "number": _number,
        "percent": _percent,
        "compact": compact,
        "listed": listed,
        "fingerprint": fingerprint,
        "cell": cell,
    }
