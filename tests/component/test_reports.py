"""Reports on the engine: sealed, read, downloaded, verified, amended, sent; each by who may."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.files import files
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.domain.report.definitions import REPORTS
from tenants.bureau.manifest import MODULE
from tenants.bureau.routes import duties
from tests.feed_world import (
    BUREAU,
    NOW,
    SHAOLIN,
    acting_for,
    entry,
    flow,
    forget,
    later,
    payment,
    settle,
    take,
    ticket,
)

CHIEF, READER, DISTRICT, ABOVE, PROVINCE, GOVERNMENT = ("sk_" + letter * 43 for letter in "krdupg")
ROLES = {
    CHIEF: {"bureau.read", "bureau.command", "bureau.approve"},
    READER: {"bureau.read"},
    DISTRICT: {"bureau.read@410185"},
    ABOVE: {"bureau.pull"},
    PROVINCE: {"bureau.pull", "bureau.recipient@province"},
    GOVERNMENT: {"bureau.pull", "bureau.recipient@government"},
}
ID = "R03_2026-11-22_410100_1"


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    forget()
    settle()
    for secret, roles in ROLES.items():
        row = CredentialRow(f"CREDENTIAL#{fingerprint(secret)}", "-")
        row.tenant, row.actor, row.label, row.means = BUREAU.id, f"mb_{secret[3]}", "王科长", "key"
        row.roles = roles
        row.put()
    set_clock(lambda: later(days=1))
    take(ticket(2), entry(40, refused={"used": 2}), flow(930), payment())
    with Client(app) as client:
        yield client.http
    set_clock(None)


def get(http: Any, path: str, *, key: str = READER) -> Any:
    return http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})


def post(http: Any, path: str, body: Any, *, key: str = READER, once: str = "") -> Any:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": once
        or f"key-{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:20]}-{path[-6:]}",
    }
    return http.post(path, headers=headers, body=json.dumps(body))


def seal(http: Any, *, once: str = "", **asked: Any) -> Any:
    body = {"code": "R03", "day": "2026-11-22", "scope": "410100", **asked}
    return post(http, "/api/v1/bureau/reports", body, once=once)


def test_a_brief_is_sealed_read_and_handed_out_in_every_form(http: Any) -> None:
    made = seal(http)
    assert (made.status_code, made.json_body["outcome"]) == (201, "sealed"), made.body
    sha = made.json_body["seal"]["sha256"]
    sealed = get(http, f"/api/v1/bureau/reports/{ID}/file?form=json")
    assert hashlib.sha256(sealed.body).hexdigest() == sha
    read = get(http, f"/api/v1/bureau/reports/{ID}").json_body
    assert read["body"] == json.loads(sealed.body)
    pdf = get(http, f"/bureau/reports/{ID}/file?form=pdf").body
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "每日简报" in text
    assert sha in text
    book = load_workbook(io.BytesIO(get(http, f"/bureau/reports/{ID}/file?form=xlsx").body))
    assert book["景区"].cell(2, 1).value == SHAOLIN.name
    assert book["景区"].cell(2, 2).value == 40
    assert book["景区"].cell(2, 4).value == 160
    table = get(http, f"/bureau/reports/{ID}/file?form=csv").body.decode("utf-8-sig")
    assert "areas,景区," in table
    for form, body in (("json", sealed.body), ("pdf", pdf), ("csv", table.encode("utf-8-sig"))):
        found = http.get(f"/api/v1/reports/zhengzhou/verify?sha={hashlib.sha256(body).hexdigest()}").json_body
        assert (found["genuine"], found["form"], found["current"]) == (True, form, True)


@pytest.mark.parametrize("lang", ["zh", "en", "ja", "ko"])
def test_the_pages_show_themselves_in_every_language(http: Any, lang: str) -> None:
    assert get(http, f"/bureau/reports?lang={lang}").status_code == 200
    for code in ("R03", "R04", "R05", "R06", "R07", "R08", "R12"):
        assert seal(http, code=code).status_code == 201
    take(entry(7, at=later(hours=-1)), now=later(days=1))
    assert seal(http, once="again-please").json_body["outcome"] == "amended"
    listed = get(http, f"/api/v1/bureau/reports?year=2026&all=true&lang={lang}").json_body["reports"]
    assert len(listed) == 8
    for one in listed:
        shown = get(http, f"/bureau/reports/{one['id']}?lang={lang}")
        assert shown.status_code == 200, shown.body
        assert len(shown.body) < 150_000
    for path in (
        f"/bureau/reports/{ID}/behind?sheet=areas&row={SHAOLIN.id}&column=admitted",
        f"/bureau/reports/{ID}/behind?sheet=totals&row=&column=complete",
        "/bureau/reports?code=R08&month=11",
        "/reports/zhengzhou/verify?sha=" + "0" * 64,
        "/reports/zhengzhou/verify?sha=" + listed[0]["sha256"],
    ):
        assert get(http, f"{path}&lang={lang}").status_code == 200, path


def test_a_figure_leads_to_its_events(http: Any) -> None:
    seal(http)
    page = get(http, f"/bureau/reports/{ID}").body.decode()
    behind = f"/bureau/reports/{ID}/behind?sheet=areas&amp;row={SHAOLIN.id}&amp;column=admitted"
    assert behind in page
    traced = get(http, behind.replace("&amp;", "&")).body.decode()
    events = f"/bureau/events?sender={SHAOLIN.id}&amp;day=2026-11-22&amp;type=tourism.scenic.entry.counted.v1"
    assert events in traced
    assert "与封存时一致" in traced
    assert get(http, f"/bureau/reports/{ID}/behind?sheet=areas&row=x&column=admitted").status_code == 404


def test_a_late_event_amends_and_both_versions_stay(http: Any) -> None:
    first = seal(http).json_body["seal"]
    assert seal(http, once="the-same-facts").json_body["outcome"] == "unchanged"
    take(entry(7, at=later(hours=-1)), now=later(days=1))
    made = seal(http, once="with-a-late-one").json_body
    assert (made["outcome"], made["seal"]["supersedes"]) == ("amended", first["sha256"])
    changed = get(http, f"/api/v1/bureau/reports/{made['seal']['id']}").json_body["changes"]
    assert any((one["before"], one["after"]) == (40, 47) for one in changed)
    assert "这一版已被更正" in get(http, f"/bureau/reports/{ID}").body.decode()
    found = http.get(f"/api/v1/reports/zhengzhou/verify?sha={first['sha256']}").json_body
    assert (found["genuine"], found["current"]) == (True, False)
    assert len(get(http, "/api/v1/bureau/reports").json_body["reports"]) == 1, "the version that stands"


def test_a_tampered_file_is_neither_served_nor_genuine(http: Any) -> None:
    sha = seal(http).json_body["seal"]["sha256"]
    with acting_for(BUREAU):
        body = files().get(f"sealed/{sha}.json")
        assert body is not None
        forged = body.replace(b"40", b"41", 1)
        files().put(f"sealed/{sha}.json", forged)
    answer = get(http, f"/bureau/reports/{ID}/file?form=json")
    assert answer.status_code == 500
    assert get(http, f"/api/v1/bureau/reports/{ID}").json_body["code"] == "bureau.report.tampered"
    digest = hashlib.sha256(forged).hexdigest()
    assert http.get(f"/api/v1/reports/zhengzhou/verify?sha={digest}").json_body["genuine"] is False


def test_an_uploaded_file_is_verified_without_a_script(http: Any) -> None:
    seal(http)
    sealed = get(http, f"/api/v1/bureau/reports/{ID}/file?form=json").body
    page = http.get("/reports/zhengzhou/verify")
    cookie = page.headers["Set-Cookie"]
    cookie = (cookie if isinstance(cookie, str) else cookie[0]).partition(";")[0]
    csrf = page.body.decode().partition('name="csrf" value="')[2].partition('"')[0]

    def upload(content: bytes) -> str:
        parts = [
            b'--xx\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + csrf.encode(),
            b'--xx\r\nContent-Disposition: form-data; name="file"; filename="r.json"\r\n'
            b"Content-Type: application/json\r\n\r\n" + content,
            b"--xx--\r\n",
        ]
        headers = {
            "Content-Type": "multipart/form-data; boundary=xx",
            "Cookie": cookie,
            "Accept-Language": "zh",
        }
        answer = http.post("/reports/zhengzhou/verify", headers=headers, body=b"\r\n".join(parts))
        assert answer.status_code == 200, answer.body
        return str(answer.body.decode())

    assert "是原件" in upload(sealed)
    assert "不是封存的原件" in upload(sealed + b" ")


def test_who_may_do_what(http: Any) -> None:
    assert seal(http).status_code == 201
    assert get(http, f"/bureau/reports/{ID}", key=DISTRICT).status_code == 403, "the city's is the city's"
    for path in (f"{ID}/file?form=pdf", f"{ID}/file?form=json"):
        assert get(http, f"/bureau/reports/{path}", key=DISTRICT).status_code in {403, 404}, path
    for verb in ("publish", "send"):
        refused = form(http, f"/bureau/reports/{ID}/{verb}", {"to": "province"}, key=DISTRICT)
        assert refused.status_code == 403, verb
    own = post(
        http,
        "/api/v1/bureau/reports",
        {"code": "R03", "day": "2026-11-22"},
        key=DISTRICT,
        once="district-own",
    )
    assert own.json_body["seal"]["scope"] == "410185"
    body = {"code": "R03", "day": "2026-11-22", "scope": "410100"}
    assert post(http, "/api/v1/bureau/reports", body, key=DISTRICT).status_code == 403
    listed = get(http, "/api/v1/bureau/reports", key=DISTRICT).json_body["reports"]
    assert [one["scope"] for one in listed] == ["410185"]
    same = seal(http, scope="410185", once="by-the-city").json_body
    assert same["outcome"] == "unchanged", "who looks does not change what is seen"
    for path in ("/bureau/reports", "/api/v1/bureau/reports", "/api/v1/bureau/dispatches"):
        assert get(http, path, key=ABOVE if "dispatches" not in path else READER).status_code == 403
    assert seal(http, day="2026-12-24").status_code == 404, "nothing is known of days to come"


def form(http: Any, path: str, fields: dict[str, str], *, key: str) -> Any:
    """Press a button of the page above ``path``."""
    headers = {"Authorization": f"Bearer {key}", "Cookie": "v=" + "w" * 40}
    page = http.get(path.rpartition("/")[0], headers=headers)
    csrf = page.body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return http.post(path, headers=headers, body=urlencode({"csrf": csrf, **fields}).encode())


def test_a_report_is_sent_pulled_and_confirmed_by_its_hash(http: Any) -> None:
    sha = seal(http).json_body["seal"]["sha256"]
    assert form(http, f"/bureau/reports/{ID}/send", {"to": "province"}, key=READER).status_code == 403
    for _ in range(2):
        sent = form(http, f"/bureau/reports/{ID}/send", {"to": "province"}, key=CHIEF)
        assert sent.status_code == 303, sent.body
    (one,) = get(http, "/api/v1/bureau/dispatches", key=ABOVE).json_body["dispatches"]
    assert (one["sha256"], one["to"], one["received"]) == (sha, "province", None)
    held = get(http, one["content"], key=ABOVE).body
    wrong = post(http, f"/api/v1/bureau/dispatches/{one['id']}/receipt", {"sha256": "0" * 64}, key=ABOVE)
    assert (wrong.status_code, wrong.json_body["code"]) == (422, "bureau.dispatch.receipt")
    body = {"sha256": hashlib.sha256(held).hexdigest()}
    assert post(http, f"/api/v1/bureau/dispatches/{one['id']}/receipt", body, key=ABOVE).status_code == 200
    assert "对方已确认" in get(http, f"/bureau/reports/{ID}", key=CHIEF).body.decode()


def test_a_recipients_key_pulls_what_was_sent_to_it_and_nothing_else(http: Any) -> None:
    seal(http)
    form(http, f"/bureau/reports/{ID}/send", {"to": "province"}, key=CHIEF)
    feed = "/api/v1/bureau/dispatches"
    (one,) = get(http, feed, key=PROVINCE).json_body["dispatches"]
    assert get(http, feed, key=GOVERNMENT).json_body["dispatches"] == []
    assert get(http, one["content"], key=PROVINCE).status_code == 200
    assert get(http, one["content"], key=GOVERNMENT).status_code == 404
    receipt = f"{feed}/{one['id']}/receipt"
    assert post(http, receipt, {"sha256": one["sha256"]}, key=GOVERNMENT).status_code == 404
    form(http, f"/bureau/reports/{ID}/send", {"to": "government"}, key=CHIEF)
    (other,) = get(http, feed, key=GOVERNMENT).json_body["dispatches"]
    assert other["to"] == "government"
    assert len(get(http, feed, key=ABOVE).json_body["dispatches"]) == 2, "a key that names nobody pulls all"


def test_what_is_published_names_nobody(http: Any) -> None:
    seal(http)
    assert http.get(f"/reports/zhengzhou/{ID}").status_code == 404
    assert form(http, f"/bureau/reports/{ID}/publish", {}, key=READER).status_code == 403
    assert form(http, f"/bureau/reports/{ID}/publish", {}, key=CHIEF).status_code == 303
    page = http.get(f"/reports/zhengzhou/{ID}").body.decode()
    assert "每日简报" in page
    assert SHAOLIN.name not in page


def test_the_schedule_seals_what_is_due_with_its_files_and_nothing_twice(http: Any) -> None:
    (reports,) = (one for one in MODULE.schedules if one.name == "reports")
    assert reports.needs == "seal"
    monday = NOW.replace(day=23, hour=0, minute=40)
    with acting_for(BUREAU), pytest.MonkeyPatch.context() as patched:
        patched.setattr(duties, "joined_on", lambda _: NOW.date() - timedelta(days=1))
        assert duties.make_reports(monday) == 5, "two briefs, three bulletins"
        assert duties.make_reports(monday + timedelta(minutes=15)) == 0
    found = get(http, "/api/v1/bureau/reports").json_body["reports"]
    assert {one["report"] for one in found} == {"R03", "R05", "R06", "R07"}
    assert all(sorted(one["files"]) == ["csv", "pdf", "xlsx"] for one in found)
    assert len({one.code for one in REPORTS}) == 7
