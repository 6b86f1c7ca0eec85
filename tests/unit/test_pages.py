"""Pages: four languages, escaping, no stranger's script; and the API pays for none of it."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError
from jinja2.environment import Environment

from chalicelib.web import i18n, pages, places
from infra import assets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sketch():
    """Renders a template written in the test, with the environment's filters and words."""

    def render(source: str, locale: str = "zh", **context: object) -> str:
        env: Environment = pages.environment().overlay(loader=DictLoader({"page": source}))
        with i18n.speaking(locale):
            return env.get_template("page").render(**context)

    return render


# --- languages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_style_guide_renders_in_every_language(locale):
    html = pages.render("styleguide.html", locale=locale, path="/x")
    assert f'<html lang="{i18n.LANGUAGE_TAGS[locale]}"' in html
    assert i18n.translator(locale)("下一步") in html
    assert ' aria-current="date"' in html, "the day that is shown says so to a screen reader"
    assert "%(" not in html
    assert "%%" not in html


def test_one_environment_speaks_in_turn_without_mixing():
    first = pages.render("login.html", locale="ja", csrf="c")
    assert "ログイン" in first
    assert "登录" in pages.render("login.html", locale="zh", csrf="c")
    assert pages.render("login.html", locale="ja", csrf="c") == first
    assert i18n.current() == "zh"


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("ko", "ja", "en", "ko"),
        (None, "ja", "en", "ja"),
        ("xx", None, "en-GB,en;q=0.8", "en"),
        (None, None, "fr, ko;q=0.7, ja;q=0.9", "ja"),
        (None, None, "zh-Hans-CN", "zh"),
        (None, None, "en;q=0", "zh"),
        (None, None, "en;q=abc, *, ;;;", "zh"),
        (None, None, None, "zh"),
        ("JA", None, None, "ja"),
    ],
)
def test_the_language_is_negotiated(query, cookie, header, expected):
    assert i18n.negotiate(query=query, cookie=cookie, accept_language=header) == expected


def test_a_language_link_keeps_the_page_and_never_leaves_the_house():
    assert pages.language_href("/s/a?day=2026-10-01&lang=ko", "en") == "/s/a?day=2026-10-01&lang=en"
    assert pages.language_href("//evil.example/x", "en").startswith("/x?")
    assert pages.language_href("https://evil.example/x?y=1", "en") == "/x?y=1&lang=en"


def test_chinese_is_set_with_full_width_marks():
    assert i18n.typeset("含塔林,当日(选填)有效!") == "含塔林\uff0c当日\uff08选填\uff09有效\uff01"
    assert i18n.typeset("%(high)s(%(at)s),最低") == "%(high)s\uff08%(at)s\uff09\uff0c最低"
    assert i18n.typeset("1,200 at 09:30 (x)") == "1,200 at 09:30 (x)"
    assert i18n.typeset("%(hour)s:%(minute)s 前") == "%(hour)s:%(minute)s 前"


def test_every_word_is_said_in_every_language():
    assert assets.problems() == []


def _house(root: Path, page: str, english: str) -> Path:
    for locale in assets.TARGETS:
        folder = root / "templates" / "i18n" / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        said = english if locale == "en" else 'msgid "余 %(n)s 位"\nmsgstr "%(n)s"\n'
        (folder / "scenic.po").write_text(said, "utf-8")
    (root / "templates" / "scenic").mkdir()
    (root / "templates" / "scenic" / "shop.html").write_text(page, "utf-8")
    return root


@pytest.mark.parametrize(
    ("page", "english", "complaint"),
    [
        ('{{ _("余 %(n)s 位", n=1) }}', "", "is not translated"),
        ('{{ _("余 %(n)s 位", n=1) }}', '#, fuzzy\nmsgid "余 %(n)s 位"\nmsgstr "%(n)s left"\n', "is fuzzy"),
        ('{{ _("余 %(n)s 位", n=1) }}', 'msgid "余 %(n)s 位"\nmsgstr "left"\n', "has the places"),
        ('{{ _("余 %(n)s 位", n=1) }}', 'msgid "余 %(n)s 位"\nmsgstr "余 %(n)s 位"\n', "still Chinese"),
        ("", 'msgid "余 %(n)s 位"\nmsgstr "%(n)s left"\n', "any more"),
        ('{{ _("余 8% 位") }}', "", "write a per cent sign as"),
        ("<p>余位</p>", "", "stands outside _()"),
        ('{{ ui.button("下一步") }}', "", "stands outside _()"),
    ],
)
def test_the_check_finds_what_is_amiss(tmp_path, page, english, complaint):
    assert any(complaint in line for line in assets.problems(_house(tmp_path, page, english)))


def test_the_check_is_content_when_all_is_said_and_an_update_keeps_it(tmp_path):
    said = 'msgid "余 %(n)s 位"\nmsgstr "%(n)s left"\n'
    house = _house(tmp_path, '{{ _("余 %(n)s 位", n=1) }}', said)
    assert assets.problems(house) == []
    assets.update(house)
    written = (house / "templates/i18n/en/LC_MESSAGES/scenic.po").read_text("utf-8")
    assert said in written
    assert assets.problems(house) == []


# --- templates ---------------------------------------------------------------------------------------------


def test_values_are_escaped_everywhere(sketch):
    evil = "<script>&'\""
    html = (
        pages.environment()
        .from_string(
            '{% import "components/ui.html" as ui %}{{ ui.tag(x) }}'
            '{{ ui.field("a", x, value=x, hint=x, error=x) }}'
            '{{ _(x) }}{{ _("余 %(left)s 位", left=x) }}{{ charts.bars(title=x, labels=[x], values=[1]) }}'
        )
        .render(x=evil)
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_a_name_that_nobody_gave_is_an_error(sketch):
    with pytest.raises(UndefinedError):
        sketch("{{ nobody }}")


def test_a_constant_is_written_in_the_language_of_each_page(sketch):
    page = '{{ 12050|money }} {{ "2025-10-01"|date("day") }}'
    assert sketch(page, "zh") == "¥120.50 10月1日"
    assert sketch(page, "en") == "CN¥120.50 1 Oct"
    assert sketch(page, "ko") == "CN¥120.50 10월 1일"


def test_trans_blocks_fill_their_places(sketch):
    page = "{% trans left=n %}余 {{ left }} 位{% endtrans %}"
    assert sketch(page, "zh", n=3) == "余 3 位"
    assert sketch(page, "en", n="<b>") == "&lt;b&gt; places left"


def test_no_page_holds_an_inline_script_or_style_or_another_host():
    for template in ("styleguide.html", "login.html"):
        html = pages.render(template, locale="zh", csrf="c", path="/x")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", html)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_every_box_has_a_label_and_every_form_posts_its_token():
    html = pages.render("login.html", locale="en", csrf="token", form_key="k")
    for box in re.findall(r'<input class="input[^>]*id="([^"]+)"', html):
        assert f'for="{box}"' in html
    assert 'name="csrf" value="token"' in html
    assert 'name="key" value="k"' in html


def test_a_page_is_light_and_quick():
    html = pages.render("styleguide.html", locale="zh", path="/x")
    sources = places.templates_folder() / "assets"
    desks = set(
        re.findall(r"\./(\w+)\.css", (sources / "console.css").read_text("utf-8"))
    )  # no visitor gets them
    left_out = {"wall", "gate", "console", *desks}
    parts = [path for path in sources.glob("*.css") if path.stem not in left_out]
    scripts = [sources / name for name in ("site.js", "countdown.js", "refresh.js")]
    assert len(html.encode()) < 60_000
    assert (
        sum(path.stat().st_size for path in (*parts, *scripts)) < 60_000
    )  # sources; a third goes when built
    pages.render("home.html", locale="ja", shops=[], path="/")
    best = min(
        _seconds(lambda: pages.render("home.html", locale="ja", shops=[], path="/")) for _ in range(20)
    )
    assert best < 0.003


def test_a_shop_s_front_says_its_name_once_in_the_browser_s_title():
    site = {"name": "A & B 酒店", "href": "/s/ab"}
    html = pages.render(
        "hotel/shop/front_empty.html", locale="zh", csrf="", form_key="", path="/s/ab", site=site
    )
    assert "<title>A &amp; B 酒店</title>" in html


def _seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_importing_the_renderer_loads_neither_jinja_nor_babel():
    code = (
        "import sys, chalicelib.web.pages;"
        "print([name for name in ('jinja2', 'babel', 'segno') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_assets_are_found_and_nothing_else_is():
    address = places.asset("site.css")
    assert re.fullmatch(r"/assets/site(-[0-9A-Z]{8})?\.css", address)
    found = places.read_asset(address.removeprefix(places.ASSET_PREFIX))
    assert found is not None
    assert found.content_type == "text/css; charset=utf-8"
    for name in ("../base.html", "", ".npmrc", "manifest.json", "a/b", "..\\x", "nothing.css"):
        assert places.read_asset(name) is None
