"""CAP 1.2 as it goes out, and the meaning that its schema does not check."""

from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.bureau.domain import cap, issuers
from tenants.bureau.domain.drawn import PolygonInvalid, polygon_of, text_of
from tenants.bureau.domain.second import needs_second
from tests.feed_world import NOW

FOUR = {"zh": "暴雨", "en": "Rain & wind", "ja": "豪雨", "ko": "호우"}
ID = issuers.identifier(division="410185", now=NOW)


def data(**more: Any) -> dict[str, Any]:
    return {
        "identifier": ID,
        "msgType": "Alert",
        "category": "Met",
        "event": "rainstorm",
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Likely",
        "colour": "red",
        "effective": "2026-11-22T02:30:00.000Z",
        "expires": "2026-11-22T12:00:00.000Z",
        "areas": ["410185"],
        "headline": FOUR,
        "description": FOUR,
        "instruction": FOUR,
        **more,
    }


def made(exercise: bool = False, **more: Any) -> Element:
    return cap.cap_of(
        data(**more),
        exercise=exercise,
        names={"410185": "登封市"},
        hazard={"zh": "暴雨", "en": "Torrential rain"},
        issuer={"zh": "郑州市文旅局"},
    )


def test_an_identifier_follows_the_national_profile() -> None:
    assert ID == "41018500000000_20261122103000_1"
    assert len(ID) == 31
    assert issuers.sent_of(ID) == NOW
    assert issuers.sent_of("x_20261399000000_1") is None


def test_a_warning_is_sound_and_reads_back() -> None:
    square = [[34.1, 113.1], [34.2, 113.1], [34.2, 113.2], [34.1, 113.1]]
    document = made(drawn=[{"id": "valley", "polygon": square}])
    assert cap.faults(document) == []
    read = fromstring(cap.xml(document))
    assert cap.faults(read) == []
    spaced = {"cap": cap.NAMESPACE}
    assert read.findtext("cap:sent", namespaces=spaced) == "2026-11-22T10:30:00+08:00"
    infos = read.findall("cap:info", spaced)
    assert [one.findtext("cap:language", namespaces=spaced) for one in infos] == [
        *("zh-CN", "en-US", "ja-JP", "ko-KR")
    ]
    assert infos[1].findtext("cap:headline", namespaces=spaced) == "Rain & wind"
    assert infos[0].findtext("cap:area/cap:polygon", namespaces=spaced) == (
        "34.10000,113.10000 34.20000,113.10000 34.20000,113.20000 34.10000,113.10000"
    )
    order = [child.tag.rpartition("}")[2] for child in infos[0]]
    assert order == [
        *("language", "category", "event", "urgency", "severity", "certainty", "eventCode", "effective"),
        *("expires", "senderName", "headline", "description", "instruction", "parameter", "area"),
    ], "CAP's schema is a sequence"


def test_a_drill_says_so_and_an_update_names_sender_identifier_and_moment() -> None:
    assert made(exercise=True).findtext("status") == "Exercise"
    document = made(msgType="Update", references=[ID])
    assert cap.faults(document) == []
    assert document.findtext("references") == f"41018500000000,{ID},2026-11-22T10:30:00+08:00"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"identifier": "alert-7"}, "identifier"),
        ({"identifier": "41018500000000_20261399000000_1"}, "identifier"),
        ({"msgType": "Update"}, "references"),
        ({"msgType": "Cancel", "references": ["alert 7"]}, "references/alert"),
        ({"msgType": "Fire"}, "msgType"),
        ({"severity": "Huge"}, "info[0]/severity"),
        ({"category": "Weather"}, "info[0]/category"),
        ({"expires": "2026-11-22T02:00:00.000Z"}, "info[0]/expires"),
        ({"headline": {**FOUR}, "event": ""}, "info[2]/event"),
        ({"drawn": [{"polygon": [[34.1, 113.1], [34.2, 113.1], [34.1, 113.1]]}]}, "info[0]/area/polygon"),
        (
            {"drawn": [{"polygon": [[34.1, 113.1], [34.2, 113.1], [34.2, 113.2], [34.1, 113.3]]}]},
            "info[0]/area/polygon",
        ),
    ],
)
def test_what_the_schema_lets_through_is_found(change: dict[str, Any], fault: str) -> None:
    assert fault in cap.faults(made(**change))


def test_a_moment_in_utc_is_written_with_an_offset() -> None:
    document = made()
    sent = document.find("sent")
    assert sent is not None
    sent.text = "2026-11-22T02:30:00Z"
    assert cap.faults(document) == ["sent"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "34.1,113.1 34.2,113.1 34.1,113.1",
        "34.1,113.1 34.2,113.1 34.2,113.2 34.1,113.2",
        "34.1,113.1 34.1,113.1 34.2,113.2 34.1,113.1",
        "34.1,113.1 34.2,113.2 34.3,113.3 34.1,113.1",
        "94.1,113.1 34.2,113.1 34.2,113.2 94.1,113.1",
        "nan,113.1 34.2,113.1 34.2,113.2 nan,113.1",
        "34.1 113.1 34.2,113.1 34.2,113.2",
    ],
)
def test_what_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(PolygonInvalid):
        polygon_of(text)


@given(st.lists(st.tuples(st.integers(-89, 89), st.integers(-179, 179)), min_size=3, max_size=8, unique=True))
def test_a_polygon_reads_back_as_it_was_written(points: list[tuple[int, int]]) -> None:
    text = text_of([*points, points[0]])
    with suppress(PolygonInvalid):  # points on one line enclose nothing
        assert text_of(polygon_of(text)) == text


@pytest.mark.parametrize(
    ("kind", "content", "two"),
    [
        ("alert", {"colour": "red"}, True),
        ("alert", {"colour": "orange"}, False),
        ("capacity", {"cap": 0}, True),
        ("capacity", {"permille": 0}, True),
        ("capacity", {"permille": 750}, False),
        ("capacity", {"cap": 500}, False),
        ("notice", {"mustRead": True}, False),
    ],
)
def test_rows_say_what_needs_two_people(kind: str, content: dict[str, Any], two: bool) -> None:
    assert needs_second(kind, content, now=NOW) is two
