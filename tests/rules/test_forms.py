"""A box of a form is one short line of its template."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_BY_HAND = re.compile(r"\b(?:value|error)=[\w.\[\]\"~ ]+\|default\(|\berror=\w*errors\b|\berrors\[")


def test_what_was_typed_and_what_is_wrong_come_from_the_form() -> None:
    """``ui.field(…, of=form)``: see templates/README.md."""
    pages = {page.relative_to(TEMPLATES).as_posix(): page.read_text() for page in TEMPLATES.rglob("*.html")}
    assert [name for name, text in pages.items() if _BY_HAND.search(text)] == []
    assert sum(text.count("of=form") for text in pages.values()) > 100
