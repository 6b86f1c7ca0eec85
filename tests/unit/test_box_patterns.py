"""Patterns of boxes: a browser reads them with the flag ``v`` and passes over one that it cannot read."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_PATTERN = re.compile(r'"pattern": "((?:[^"\\]|\\.)*)"')


def test_a_hyphen_in_a_box_s_pattern_is_escaped_or_between_two_letters() -> None:
    found = {
        (page.name, pattern.replace("\\\\", "\\"))
        for page in TEMPLATES.rglob("*.html")
        for pattern in _PATTERN.findall(page.read_text())
    }
    assert found
    assert [one for one in found if re.search(r"(?<!\\)-\]|\[-", one[1])] == []
