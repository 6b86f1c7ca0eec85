"""The doors to look at: type a code, see whether it opens; cut a network and see that it still does."""

from __future__ import annotations

import json
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from chalicelib.kernel.period import Clock
from infra.local.doors.house import House

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#e9f1ee;color:#20302c}"
    "main{max-width:60rem;margin:auto;padding:1.2rem}h1{font-size:1.3rem}"
    ".grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}"
    ".door{background:#fff;border-radius:12px;padding:1rem}.door h2{margin:0;font-size:1.15rem}"
    "input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem;"
    "border-radius:8px;border:1px solid #cddcd6}"
    "button{background:#2f6f62;color:#fff;border:0}button.quiet{background:#fff;color:#20302c;"
    "border:1px solid #cddcd6}.yes{color:#1d6b4f;font-weight:600}.no{color:#a8321f;font-weight:600}"
    "small{color:#566762}"
)
_BODY = 2_000


def serve(house: House, *, port: int, clock: Clock) -> ThreadingHTTPServer:
    """The page's server on loopback; the caller runs and stops it. ``clock``: the locks' own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, _page(house))

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _BODY)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            door = house.doors.get(form.get("door", ""))
            if door is None:
                self._answer(404, _page(house, said="没有这扇门"))
                return
            with house.lock:
                if self.path == "/network":
                    door.offline = not door.offline
                    opened, why = True, "网络已断开" if door.offline else "网络已恢复"
                else:
                    opened, why = door.try_code(form.get("code", "").strip(), now=clock())
                house.keep()
            if "json" in self.headers.get("Accept", ""):
                self._answer(200, json.dumps({"opened": opened, "why": why}), kind="application/json")
            else:
                self._answer(200, _page(house, at=door.id, opened=opened, said=why))

        def _answer(self, status: int, text: str, *, kind: str = "text/html; charset=utf-8") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _page(house: House, *, at: str = "", opened: bool = False, said: str = "") -> str:
    doors = "".join(
        f'<form class="door" method="post" action="/open"><h2>{escape(door.place)}</h2>'
        f"<small>{'电梯 · 停在 ' + escape(door.floor) + ' 层' if door.kind == 'lift' else '门锁'}"
        f" · {'离线' if door.offline else '在线'} · {door.battery}%</small>"
        f'<input type="hidden" name="door" value="{escape(door.id)}">'
        f'<label>密码<input name="code" inputmode="numeric" autocomplete="off" maxlength="12"></label>'
        "<button>开门</button>"
        f'<button class="quiet" formaction="/network">{"接回网络" if door.offline else "断开网络"}</button>'
        + (f'<p class="{"yes" if opened else "no"}">{escape(said)}</p>' if door.id == at else "")
        + "</form>"
        for door in house.doors.values()
    )
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>模拟门锁</title><style>{_STYLE}</style><main>'
        "<h1>模拟门锁与电梯</h1><p>输入入住时得到的密码。断开网络后，新密码照样能开门。</p>"
        f'<div class="grid">{doors}</div></main></html>'
    )
