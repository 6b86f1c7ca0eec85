"""What the documents name is there: files, folders, routes, verbs; a newcomer is never sent nowhere.

``infra/decisions.md`` tells what was and may name what is gone, ``infra/operations/china.md`` pages of AWS.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.rules.sources import ROOT, name

_FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*(?:\.(?:py|md|html|css|js|mjs|sh|typ|toml)|/))`")
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
_ROUTE = re.compile(r"`(?:GET|POST|PUT|PATCH|DELETE) (/[^`\s?]*)")
_VERB = re.compile(r"^make ([a-z]+)|`make ([a-z]+)", re.MULTILINE)
_MADE = {"build/", "relay-dead/"}
"""Folders that come with a build or a run, and are in no commit."""

_ELSEWHERE = {"node_modules", ".venv", ".git", ".local", "build"}


def _kept() -> Iterator[Path]:
    """Every file below the root that is neither installed nor built."""
    for entry in ROOT.iterdir():
        if entry.name not in _ELSEWHERE:
            yield from [entry] if entry.is_file() else (path for path in entry.rglob("*") if path.is_file())


DOCUMENTS = sorted(path for path in _kept() if path.suffix == ".md")


@cache
def _tails() -> frozenset[str]:
    """Every file and folder by each of its tails: a module's document says ``routes/frame.py``."""
    found: set[str] = set()
    for parts in (name(path).split("/") for path in _kept()):
        for first in range(len(parts)):
            found.add("/".join(parts[first:]))
            found.update("/".join(parts[first:last]) + "/" for last in range(first + 1, len(parts)))
    return frozenset(found)


@cache
def _routes() -> frozenset[str]:
    """Every path that is served, with a star for each parameter."""
    from app import app  # declares all routes

    return frozenset(_shape(path) for path in app.routes)


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}(\.ics)?", "*", path.rstrip("/"))


def _is_a_route(path: str) -> bool:
    """Whole, by its end (``/pdf`` of a place that was named before), or as the beginning of several."""
    shape, known = _shape(path), _routes()
    return any(one == shape or one.endswith(shape) or one.startswith(f"{shape}/") for one in known)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_document_names_what_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    missing = [link for link in _LINK.findall(text) if not (document.parent / link).exists()]
    if document.name not in {"decisions.md", "china.md"}:
        missing += [file for file in _FILE.findall(text) if file not in _tails() | _MADE]
        missing += [route for route in _ROUTE.findall(text) if not _is_a_route(route)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_verb_that_a_document_calls_is_in_the_makefile(document: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    called = {first or second for first, second in _VERB.findall(document.read_text("utf-8"))}
    assert called <= known
