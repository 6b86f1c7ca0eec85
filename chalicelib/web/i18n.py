"""Languages: which one a visitor reads, and what a Chinese message says in it.

The Chinese text is the message id, so Chinese needs no catalogue. English, Japanese and Korean live in
``templates/i18n/<locale>/LC_MESSAGES/<domain>.po``, one file per domain so that modules do not collide, and
are compiled into one ``songyun.mo`` per locale by ``python -m infra.assets``. Where that file is missing or
older than a ``.po`` beside it, the ``.po`` files are read directly: an edited catalogue shows at once.

Importing this module loads neither jinja2 nor babel: the API's cold start pays for no page.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

LOCALES: Final = ("zh", "en", "ja", "ko")
SOURCE: Final = "zh"
LANGUAGE_TAGS: Final[Mapping[str, str]] = {"zh": "zh-Hans", "en": "en", "ja": "ja", "ko": "ko"}
LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "zh": "中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
}
COMPILED: Final = "songyun.mo"

FORMS = re.compile(r"\{(\w*):([^|{}]*)\|([^{}]*)\}")
_current: ContextVar[str] = ContextVar("songyun_locale", default=SOURCE)
# For typeset(): Chinese letters and marks; the same with the places values fill (masked as private letters).
_HAN: Final = "\u3000-\u303f\u3400-\u9fff\uff00-\uff60\u201c\u201d"
_FILLED: Final = _HAN + "\ue000-\uf8ff"
_PLACE = r"%\(\w+\)[sd]"
_PAIR = r"\(([^()]*)\)"
# As texts: compiling these classes costs 25 ms, which a function that renders nothing should not pay.
_NEAR = f"[{_FILLED}]"
_STOP = f"(?<=[{_FILLED}])[,;!?] ?|[,;!?] ?(?=[{_FILLED}])|(?<=[{_HAN}]): ?|: ?(?=[{_HAN}])"

_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([0-9.]+))?\s*$")


class Translate(Protocol):
    """Says a Chinese message in the reader's language; values fill its ``%(name)s`` places."""

    def __call__(self, message: str, /, **values: object) -> str: ...


def current() -> str:
    """The locale of the page being rendered; Chinese outside any page."""
    return _current.get()


@contextmanager
def speaking(locale: str) -> Iterator[str]:
    """``with speaking("ja"):`` makes ``ja`` the current locale inside the block, and only there."""
    chosen = locale if locale in LOCALES else SOURCE
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)


def negotiate(
    *, query: str | None = None, cookie: str | None = None, accept_language: str | None = None
) -> str:
    """The locale to answer in: the link's, else the remembered one, else the browser's, else Chinese."""
    for wish in (query, cookie):
        if wish and (known := _known(wish)):
            return known
    best, best_weight = SOURCE, 0.0
    for part in (accept_language or "")[:500].split(","):
        if not (match := _RANGE.match(part)):
            continue
        known = _known(match.group(1))
        weight = _weight(match.group(2))
        # Strictly greater: of two equal wishes the first written wins.
        if known and weight > best_weight:
            best, best_weight = known, weight
    return best


def _known(tag: str) -> str | None:
    primary = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return primary if primary in LOCALES else None


def _weight(text: str | None) -> float:
    if text is None:
        return 1.0
    try:
        return min(float(text), 1.0)
    except ValueError:
        return 0.0


def translator(locale: str) -> Translate:
    """The translator of ``locale``; an unknown locale reads Chinese."""
    chosen = locale if locale in LOCALES else SOURCE

    def translate(message: str, /, **values: object) -> str:
        return fill(lookup(locale=chosen, message=message) or message, values)

    return translate


def agreeing(text: str, values: Mapping[str, object]) -> str:
    """A translation whose words follow its numbers: of ``%(rooms)s {rooms:room|rooms}`` the first form where
    ``rooms`` is 1, else the second; so too where no such value is given."""
    if "{" not in text:
        return text
    return FORMS.sub(lambda found: found[2] if str(values.get(found[1])) == "1" else found[3], text)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put ``values`` into ``text``; without values only ``%%`` is resolved, so a caller may format it."""
    text = agreeing(text, values)
    if values:
        return text % values
    return text.replace("%%", "%") if "%%" in text and "%(" not in text else text


def lookup(*, locale: str, message: str) -> str | None:
    """What ``message`` says in ``locale``, or None when no catalogue knows it.

    For Chinese the answer is the message itself when another language knows it: that tells our own words from
    text that only looks like them (a caller may have passed a visitor's text), which pages must escape.
    """
    if not message:
        return None
    known = _catalogue(locale if locale != SOURCE else "en")
    said = known.gettext(message)
    # gettext hands back the very object it was given when it does not know it.
    if said is message:
        return None
    return typeset(message.rpartition("\x04")[2]) if locale == SOURCE else said


def lookup_plural(*, locale: str, one: str, many: str, count: int) -> str | None:
    """The form of ``one``/``many`` for ``count`` in ``locale``, or None when no catalogue knows it."""
    if locale == SOURCE:
        return typeset(many) if lookup(locale=SOURCE, message=one) else None
    said = _catalogue(locale).ngettext(one, many, count)
    return None if said is one or said is many else said


@lru_cache(maxsize=4096)
def typeset(text: str) -> str:
    """Our Chinese as a printer sets it: half-width ``, ; : ! ? ( )`` beside Chinese become full-width.

    Keyboards and editors mix them; a page should not. Only our own messages pass here, never people's text.
    """
    places: list[str] = []

    def mask(place: re.Match[str]) -> str:
        places.append(place.group())
        return chr(0xE000 + len(places) - 1)

    def pair(match: re.Match[str]) -> str:
        around = text_masked[max(match.start() - 1, 0) : match.end() + 1]
        return f"\uff08{match.group(1)}\uff09" if re.search(_NEAR, around) else match.group()

    text_masked = re.sub(_PLACE, mask, text)
    out = re.sub(_PAIR, pair, text_masked)
    out = re.sub(_STOP, lambda stop: chr(ord(stop.group().strip()) + 0xFEE0), out)
    return re.sub("[\ue000-\uf8ff]", lambda hole: places[ord(hole.group()) - 0xE000], out)


def forget() -> None:
    """Read the catalogues anew at the next use (an edited ``.po`` under ``make run``)."""
    _catalogue.cache_clear()


@lru_cache(maxsize=len(LOCALES))
def _catalogue(locale: str) -> gettext.NullTranslations:
    folder = catalogue_folder(locale)
    sources = sorted(folder.glob("*.po"))
    compiled = folder / COMPILED
    if compiled.is_file() and all(compiled.stat().st_mtime >= source.stat().st_mtime for source in sources):
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    if not sources:
        return gettext.NullTranslations()
    return gettext.GNUTranslations(io.BytesIO(compile_catalogue(locale=locale, sources=sources)))


def compile_catalogue(*, locale: str, sources: list[Path]) -> bytes:
    """The ``.mo`` bytes of all ``sources`` merged; of a message written twice the first one stands."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=locale, charset="utf-8")
    for source in sources:
        with source.open("rb") as stream:
            for entry in read_po(stream, locale=locale):
                if entry.id and not entry.fuzzy and not merged.get(entry.id, entry.context):
                    merged.add(entry.id, entry.string, context=entry.context)
    out = io.BytesIO()
    write_mo(out, merged)
    return out.getvalue()


def catalogue_folder(locale: str) -> Path:
    """Where the catalogues of ``locale`` live."""
    from chalicelib.web.places import templates_folder

    return templates_folder() / "i18n" / locale / "LC_MESSAGES"
