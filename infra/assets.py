"""Catalogues and page assets.

``python -m infra.assets``             build: ``.po`` → ``.mo``, ``templates/assets`` → ``build/assets``
``python -m infra.assets --extract``   bring the ``.po`` files (of these domains) up to date with the sources
``python -m infra.assets --check``     exit 1 and a list, if any word of ours is not said in every language
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes
from jinja2.ext import babel_extract

from chalicelib.web import i18n, pages

ROOT: Final = Path(__file__).resolve().parents[1]
TARGETS: Final = tuple(locale for locale in i18n.LOCALES if locale != i18n.SOURCE)
CORE: Final = "core"
KEYWORDS: Final[Mapping[str, Any]] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
TRANSLATING: Final = frozenset(KEYWORDS)
# Packages of the core with words of their own; everything else of the core shares core.po.
CORE_DOMAINS: Final = frozenset({"control", "commerce", "payments"})
# Shows sample names in Chinese on purpose.
SAMPLES: Final = frozenset({"styleguide.html"})
HAN: Final = re.compile("[\u3400-\u9fff]")
PLACE: Final = re.compile(r"%\((\w+)\)[sd]")

Key = tuple[str | None, str]


@dataclass(kw_only=True)
class Found:
    """A message in the sources: its plural, and which domains say it where."""

    plural: str | None
    places: dict[str, list[str]] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """Where to look for it."""
        return next(iter(self.places.values()))[0]


def domain_of(path: Path) -> str:
    """Whose words the file ``path`` (relative to the root) holds."""
    top, *rest = path.parts
    if path.name in SAMPLES:
        return "samples"
    if top in {"tenants", "templates"} and len(rest) > 1 and rest[0] not in {"components", "shells"}:
        return rest[0]
    if top == "chalicelib" and len(rest) > 1 and rest[0] in CORE_DOMAINS:
        return rest[0]
    return CORE


def collect(root: Path = ROOT) -> dict[Key, Found]:
    """Every message in templates and code, by (context, Chinese text)."""
    found: dict[Key, Found] = {}
    for path in _sources(root):
        method: Any = babel_extract if path.suffix != ".py" else "python"
        options = {
            "trimmed": "true",
            "trim_blocks": "true",
            "lstrip_blocks": "true",
            "silent": "false",
        }
        with path.open("rb") as stream:
            for line, message, _comments, context in extract(
                method, stream, keywords=KEYWORDS, options={**options, "encoding": "utf-8"}
            ):
                one, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
                if not one:
                    continue
                relative = path.relative_to(root)
                entry = found.setdefault((context, one), Found(plural=plural))
                entry.places.setdefault(domain_of(relative), []).append(f"{relative}:{line}")
    return found


def catalogues(root: Path, locale: str) -> dict[str, Catalog]:
    """The ``.po`` files of ``locale`` by domain, core first: where two say the same, the first is heard."""
    folder = root / "templates" / "i18n" / locale / "LC_MESSAGES"
    read: dict[str, Catalog] = {}
    for path in sorted(folder.glob("*.po"), key=lambda each: (each.stem != CORE, each.stem)):
        with path.open("rb") as stream:
            read[path.stem] = read_po(stream, locale=locale, domain=path.stem)
    return read


def problems(root: Path = ROOT) -> list[str]:
    """What keeps the catalogues from being complete, a line each; empty when all is said everywhere."""
    found = collect(root)
    lines = list(_malformed(found))
    lines += _unmarked(root)
    for locale in TARGETS:
        said: dict[Key, str] = {}
        for domain, catalog in catalogues(root, locale).items():
            for message in catalog:
                if not message.id:
                    continue
                one = message.id[0] if isinstance(message.id, list | tuple) else message.id
                key, where = (message.context, one), f"{locale}/{domain}.po"
                texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
                if key not in found:
                    lines.append(f"{where}: nobody says 「{one}」 any more")
                elif message.fuzzy:
                    lines.append(f"{where}: 「{one}」 is fuzzy")
                elif all(texts):
                    lines += _faults(where, one, message.id, [str(text) for text in texts], locale)
                    if said.setdefault(key, str(texts)) != str(texts):
                        lines.append(f"{where}: 「{one}」 is said otherwise in another domain")
        lines += [
            f"{locale}: 「{key[1]}」 is not translated ({found[key].first})"
            for key in found
            if key not in said
        ]
    return lines


def _malformed(found: Mapping[Key, Found]) -> Iterator[str]:
    for (_context, one), entry in found.items():
        for text in filter(None, (one, entry.plural)):
            if "%" in PLACE.sub("", text).replace("%%", ""):
                yield f"{entry.first}: 「{text}」: write a per cent sign as %%, a value as %(name)s"


def _faults(
    where: str, one: str, ids: str | Sequence[str], texts: Sequence[str], locale: str
) -> Iterator[str]:
    wanted = {name for text in ([ids] if isinstance(ids, str) else ids) for name in PLACE.findall(text)}
    for text in texts:
        given = set(PLACE.findall(text))
        # A single ticket may be "one ticket": a plural form need not repeat its number.
        if given != wanted and not (len(texts) > 1 and given <= wanted):
            yield f"{where}: 「{one}」 has the places {sorted(wanted)}, its translation {sorted(given)}"
        if "%" in PLACE.sub("", text).replace("%%", ""):
            yield f"{where}: 「{one}」: a stray % in its translation"
        if strange := {found[1] for found in i18n.FORMS.finditer(text)} - wanted - {""}:
            yield f"{where}: 「{one}」: its words follow {sorted(strange)}, which it is not told"
        if text == one and locale != "ja" and HAN.search(text):
            yield f"{where}: 「{one}」 is still Chinese"


def _unmarked(root: Path) -> Iterator[str]:
    """Chinese in a template that is not marked for translation would stay Chinese in every language."""
    for path in _sources(root):
        if path.suffix == ".py" or path.name in SAMPLES:
            continue
        tree = pages.environment().parse(path.read_text("utf-8"))
        marked = {
            id(constant)
            for call in tree.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
            for argument in call.args
            for constant in ([argument] if isinstance(argument, nodes.Const) else [])
        }
        texts: list[tuple[int, str]] = [
            (each.lineno, each.data) for each in tree.find_all(nodes.TemplateData)
        ]
        texts += [
            (each.lineno, each.value)
            for each in tree.find_all(nodes.Const)
            if isinstance(each.value, str) and id(each) not in marked
        ]
        for line, text in texts:
            if HAN.search(text):
                yield f"{path.relative_to(root)}:{line}: 「{' '.join(text.split())[:40]}」 stands outside _()"


def update(root: Path = ROOT, *, domains: Iterable[str] = ()) -> list[str]:
    """Bring the ``.po`` files up to date; answers the files written.

    A message keeps the file it stands in; a new one goes to core when the core says it, else to the first
    domain that does. Only the files of ``domains`` are written (all, when none is named), so several people
    may work at once.
    """
    found, chosen, written = collect(root), set(domains), []
    for locale in TARGETS:
        old = catalogues(root, locale)
        new: dict[str, Catalog] = {}
        for (context, one), entry in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
            known = [name for name, each in old.items() if each.get(one, context)]
            saying = sorted(entry.places, key=lambda name: (name not in chosen, name != CORE, name))
            home = known[0] if known else saying[0]
            message = old[home].get(one, context) if known else None
            new.setdefault(home, Catalog(locale=locale)).add(
                (one, entry.plural) if entry.plural else one,
                message.string if message else ("", "") if entry.plural else "",
                flags=message.flags if message else (),
                context=context,
            )
        for domain in sorted({*old, *new}):
            if chosen and domain not in chosen:
                continue
            path = root / "templates" / "i18n" / locale / "LC_MESSAGES" / f"{domain}.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_po(locale, new.get(domain, Catalog(locale=locale))))
            written.append(str(path.relative_to(root)))
    return written


def _po(locale: str, catalog: Catalog) -> bytes:
    # No dates and no places in the file: it changes only when a word does.
    head = f'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    out = io.BytesIO()
    write_po(out, catalog, omit_header=True, no_location=True, width=0, sort_output=True)
    return (head.encode() + out.getvalue()).rstrip() + b"\n"


def compile_all() -> list[str]:
    """Write ``songyun.mo`` of every language; answers the files written."""
    written = []
    for locale in TARGETS:
        folder = i18n.catalogue_folder(locale)
        sources = sorted(folder.glob("*.po"))
        target = folder / i18n.COMPILED
        target.write_bytes(i18n.compile_catalogue(locale=locale, sources=sources))
        written.append(str(target.relative_to(ROOT)))
    i18n.forget()
    return written


def bundle() -> str:
    """Bundle CSS and JavaScript with npm; answers what happened. Without npm the sources are served."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not here: pages use templates/assets as they are (the gate's camera needs the bundle)"
    quiet = {**os.environ, "npm_config_loglevel": "error"}
    if not (ROOT / "node_modules" / "esbuild").is_dir():
        subprocess.run([npm, "ci"], cwd=ROOT, check=True, env=quiet)
    subprocess.run([npm, "run", "build"], cwd=ROOT, check=True, env=quiet)
    if not (ROOT / "build" / "assets" / "manifest.json").is_file():
        raise SystemExit("build/assets/manifest.json was not written")
    return "build/assets is ready"


def _sources(root: Path) -> Iterator[Path]:
    yield from sorted((root / "templates").rglob("*.html"))
    yield from sorted((root / "templates").rglob("*.txt"))
    yield from filter(Path.is_file, [root / "app.py"])
    for folder in ("chalicelib", "tenants"):
        yield from sorted((root / folder).rglob("*.py"))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m infra.assets", description=__doc__)
    parser.add_argument("--extract", nargs="*", metavar="DOMAIN", help="update the .po files")
    parser.add_argument("--check", action="store_true", help="fail on anything not translated")
    chosen = parser.parse_args(arguments)
    if chosen.extract is not None:
        print("\n".join(update(domains=chosen.extract)))
        return 0
    if chosen.check:
        lines = problems()
        print("\n".join(lines) or "every word is said in every language")
        return 1 if lines else 0
    print("\n".join(compile_all()))
    print(bundle())
    return 0


if __name__ == "__main__":
    sys.exit(main())
