"""The look of the hosted pages: one frame, one stylesheet, no scripts, no outside files."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from .wording import NAMES, word

_STYLE = """
:root{--ground:#e9f1ee;--paper:#fff;--ink:#20302c;--soft:#566762;--line:#cddcd6;--jade:#2f6f62;
--jade-ink:#fff;--tint:#f2f8f5;--alarm:#a8321f;--alarm-ground:#fbeeeb;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ground:#14201d;--paper:#1c2a27;--ink:#e4efeb;
--soft:#a3b7b0;--line:#35463f;--jade:#7fc4b3;--jade-ink:#10201c;--tint:#22332f;--alarm:#f0a294;
--alarm-ground:#3a2320}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,
"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.banner{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.15rem 1.2rem;
padding:.7rem 1.25rem;border-bottom:1px solid var(--line);font-size:.9rem}
.banner b{font-weight:600}.banner span{color:var(--soft)}
.banner a{color:var(--soft);white-space:nowrap}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.05rem;font-weight:500;color:var(--soft);margin:0}
h2{font-size:1.05rem;font-weight:600;margin:0 0 .9rem}
.sum{font-size:2.4rem;line-height:1.2;font-weight:600;margin:.1rem 0 1.1rem;
font-variant-numeric:tabular-nums}
.items{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.items li{display:flex;justify-content:space-between;gap:1rem;padding:.6rem 0;
border-bottom:1px solid var(--line)}
.items small{display:block;color:var(--soft)}
.items b,td.money{font-weight:500;font-variant-numeric:tabular-nums;white-space:nowrap;
text-align:right}
.paper{background:var(--paper);border-radius:14px;padding:1.4rem 1.25rem;margin-top:1.6rem}
fieldset{border:0;margin:0 0 1.2rem;padding:0;min-width:0}
legend{font-size:.85rem;color:var(--soft);padding:0;margin-bottom:.4rem}
.way{display:flex;align-items:flex-start;gap:.75rem;padding:.7rem .8rem;border:1px solid
var(--line);border-radius:10px;margin-bottom:.5rem;cursor:pointer}
.way:has(:checked){border-color:var(--jade);background:var(--tint)}
.way input[type=radio]{accent-color:var(--jade);width:1.15rem;height:1.15rem;margin:.2rem 0 0;
flex:none}
.way span{display:block}.way small{display:block;color:var(--soft);
font-variant-numeric:tabular-nums}
.way .text{flex:1;min-width:0}
label.field{display:block;font-size:.85rem;color:var(--soft);margin:0 0 1.2rem}
input[type=text],input[type=email]{display:block;width:100%;margin-top:.3rem;padding:.65rem .75rem;
font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--line);
border-radius:8px}
button,a.go{display:block;width:100%;padding:.85rem 1rem;font:inherit;font-weight:600;
text-align:center;text-decoration:none;color:var(--jade-ink);background:var(--jade);border:0;
border-radius:10px;cursor:pointer}
button.quiet{margin-top:.7rem;color:var(--ink);background:transparent;border:1px solid var(--line);
font-weight:500}
:is(button,a,input):focus-visible{outline:3px solid var(--jade);outline-offset:2px}
.cancel{display:block;text-align:center;margin-top:1.1rem;color:var(--soft)}
.alarm{background:var(--alarm-ground);color:var(--alarm);border-radius:10px;padding:.75rem .9rem;
margin:0 0 1.1rem}
.code{display:block;width:13rem;max-width:100%;height:auto;margin:0 auto 1rem;background:#fff;
border-radius:8px}
.lead{margin:0 0 1.2rem;color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
td{padding:.55rem .6rem .55rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td a{color:var(--jade)}
@media(min-width:56rem){main{padding-top:3.5rem}.pair{display:grid;grid-template-columns:1fr 1fr;
gap:4rem;align-items:start}.paper{margin-top:0;padding:1.8rem}}
.alone{max-width:30rem;margin-left:auto;margin-right:auto}
"""


def frame(body: str, *, title: str, language: str, path: str) -> str:
    """A whole page around ``body``, marked as a test in Chinese and the page's language."""
    mark = "&" if "?" in path else "?"
    others = " · ".join(
        f'<a href="{escape(f"{path}{mark}lang={other}")}" lang="{other}">{name}</a>'
        for other, name in NAMES.items()
        if other != language
    )
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else language}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>"
        '<div class="banner"><b>本地测试收银台 · local test checkout</b>'
        f"<span>{word('no_money', language=language)} · "
        f"{others}"
        f"</span></div><main>{body}</main></body></html>"
    )


def way(*, value: str, title: str, hint: str, chosen: bool, more: str = "") -> str:
    """One choice of how to pay."""
    mark = " checked" if chosen else ""
    small = f"<small>{escape(hint)}</small>" if hint else ""
    return (
        f'<label class="way"><input type="radio" name="way" value="{escape(value)}"{mark}>'
        f'<span class="text"><span>{escape(title)}</span>{small}{more}</span></label>'
    )


def alarm(text: str) -> str:
    """Why it did not work."""
    return f'<p class="alarm" role="alert">{escape(text)}</p>'


def link(href: str, text: str, *, css: str) -> str:
    """A link to an address from a request, quoted where a browser would not be sure of it."""
    return f'<a class="{css}" href="{escape(quote(href, safe=":/?&=#%+,;@!$~*()[]-._"))}">' + (
        f"{escape(text)}</a>"
    )
