"""The registry: what may pass the bus, and what is said about what may not."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from chalicelib.kernel.events import UP
from chalicelib.messaging import schemas
from chalicelib.messaging.manifest import close_digest, day_manifest, id_weight, sum_text
from chalicelib.messaging.schemas import BrokenContract, personal_fields, problems, read_contracts
from tests.feed_world import HOTEL, NOW, SHAOLIN, SONGYANG, entry, later, payment, said, ticket


def codes(envelope: Any, tenant: Any = SHAOLIN) -> list[str]:
    return [problem.code for problem in problems(envelope, tenant=tenant, now=NOW)]


def test_what_is_right_has_no_problem() -> None:
    for envelope in (ticket(), entry(1), payment(), payment(by=HOTEL)):
        tenant = HOTEL if envelope["tenantkind"] == "hotel" else SHAOLIN
        assert codes(envelope, tenant) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"piiclass": "p2"}, "feed.personal"),
        ({"piiclass": "p1"}, "feed.personal"),
        ({"piiclass": None}, "feed.personal"),
        ({"guestName": "x"}, "feed.schema"),
        ({"id": "a#b"}, "feed.schema"),
        ({"id": "a\n"}, "feed.schema"),
        ({"time": "2026-11-22"}, "feed.schema"),
        ({"time": "2026-13-45T00:00:00Z"}, "feed.schema"),
        ({"corrects": "x y"}, "feed.schema"),
        ({"tenantid": SONGYANG.id}, "feed.sender.forged"),
        ({"tenantkind": "hotel"}, "feed.sender.forged"),
        ({"source": "/tenants/songyang/scenic"}, "feed.sender.forged"),
        ({"type": "tourism.scenic.dragon.seen.v1"}, "feed.type.unknown"),
        ({"type": "tourism.scenic.entry.counted.v2"}, "feed.version.ahead"),
        ({"type": "tourism.scenic.entry.counted.v3"}, "feed.type.unknown"),
        ({"time": "2026-11-22T02:41:00Z"}, "feed.time.future"),
        ({"data": {}}, "feed.schema"),
    ],
)
def test_each_fault_has_its_code(change: dict[str, Any], code: str) -> None:
    assert codes({**entry(1), **change}) == [code]


def test_a_fault_says_where() -> None:
    document = entry(1)
    document["data"]["admitted"] = -1
    (problem,) = problems(document, tenant=SHAOLIN, now=NOW)
    assert (problem.at, problem.code) == ("data.admitted", "feed.schema")
    del document["data"]["admitted"]
    (problem,) = problems(document, tenant=SHAOLIN, now=NOW)
    assert problem.at == "data.admitted"


@pytest.mark.parametrize("junk", [None, [], "text", 7, {"a": 1}, {"piiclass": "p0"}])
def test_junk_is_answered_not_crashed_on(junk: Any) -> None:
    assert len(codes(junk)) == 1


def test_a_stranger_is_unknown() -> None:
    assert codes(entry(1), tenant=None) == ["feed.sender.unknown"]


def test_a_kind_says_only_what_it_declared() -> None:
    assert codes(entry(1, by=HOTEL), tenant=HOTEL) == ["feed.sender.forged"]


def test_an_event_does_not_correct_itself() -> None:
    document = entry(1)
    assert codes({**document, "corrects": document["id"]}) == ["feed.schema"]


def test_personal_fields_are_found_by_name() -> None:
    names = ("guestName", "phone", "ID_number", "openid", "passportNo")
    fields: dict[str, Any] = {name: {"type": "string"} for name in (*names, "gate", "named")}
    schema = {"type": "object", "additionalProperties": False, "properties": fields}
    assert [at.removeprefix("data.") for at in personal_fields(schema)] == list(names)
    assert list(personal_fields({"type": "object", "properties": {"x": {"type": "object"}}}))


@pytest.mark.parametrize("name", sorted(schemas.contracts()))
def test_no_contract_of_the_tree_names_a_person(name: str) -> None:
    assert list(personal_fields(schemas.contracts()[name].schema)) == []


@pytest.mark.parametrize("name", sorted(schemas.contracts()))
def test_every_contract_of_the_tree_compiles(name: str) -> None:
    contract = schemas.contracts()[name]
    assert callable(contract.check)
    assert contract.lane in {"tourism.up", "tourism.down", "tourism.inside", "tourism.out"}


def test_a_contract_that_lacks_something_is_broken(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(json.dumps({"tourism.a.b.v1": {"lane": UP}}))
    with pytest.raises(BrokenContract):
        read_contracts([(tmp_path / "events.json", "scenic")])


class TestKinds:
    ENTRY: ClassVar[dict[str, Any]] = {
        "piiclass": "p0",
        "lane": UP,
        "due_minutes": None,
        "summary": "x",
        "schema": {"type": "object", "additionalProperties": False, "properties": {}},
    }

    def read(self, folder: Path, **files: Any) -> dict[str, schemas.Contract]:
        given = []
        for owner, document in files.items():
            path = folder / f"{owner}.json"
            path.write_text(json.dumps(document))
            given.append((path, "" if owner == "core" else owner))
        return read_contracts(given)

    def test_another_kind_joins_a_contract_that_stands_elsewhere(self, tmp_path: Path) -> None:
        name = "tourism.lodging.bed.made.v1"
        found = self.read(tmp_path, agency={name: {"kinds": ["agency"]}}, hotel={name: self.ENTRY})
        assert [kind for kind in ("agency", "hotel", "scenic") if found[name].sayable_by(kind)] == [
            "agency",
            "hotel",
        ]

    def test_a_core_contract_may_be_some_kinds_only(self, tmp_path: Path) -> None:
        name = "tourism.a.b.v1"
        found = self.read(tmp_path, core={name: {**self.ENTRY, "kinds": ["scenic"]}})
        assert found[name].sayable_by("scenic")
        assert not found[name].sayable_by("hotel")
        assert self.read(tmp_path, core={name: self.ENTRY}, hotel={name: {"kinds": ["hotel"]}})[
            name
        ].sayable_by("scenic"), "what all may say stays everybody's"

    def test_joining_nothing_is_broken(self, tmp_path: Path) -> None:
        with pytest.raises(BrokenContract):
            self.read(tmp_path, hotel={"tourism.a.b.v1": {"kinds": ["hotel"]}})

    def test_the_first_twenty_five_can_be_said(self) -> None:
        first = {f"U{n:02d}" for n in range(1, 28)} - {"U02", "U15"}
        said = {contract.catalogue for contract in schemas.contracts().values()}
        assert first <= said
        assert {"D01", "D02", "D07", "D09"} <= said

    def test_a_homestay_says_of_a_stay_what_a_hotel_says(self) -> None:
        contract = schemas.contracts()["tourism.lodging.stay.checkedin.v1"]
        assert contract.kinds == {"hotel", "homestay"}
        assert schemas.contracts()["tourism.lodging.nightaudit.closed.v1"].kinds == {"hotel"}


class TestTheManifest:
    def test_order_and_duplicates_do_not_matter(self) -> None:
        events = [ticket(1), ticket(2), entry(1)]
        once = day_manifest(events)
        assert day_manifest([*reversed(events), *events]) == once
        assert once["tourism.scenic.ticket.issued.v1"]["count"] == 2
        weights = sum(id_weight(one["id"]) for one in events[:2])
        assert once["tourism.scenic.ticket.issued.v1"]["digest"] == sum_text(weights)

    def test_only_what_goes_up_is_named(self) -> None:
        close = said("tourism.scenic.day.closed.v1", {"day": "2026-11-21", "sent": {}, "previous": ""})
        down = said("tourism.report.return.requested.v1", {}, at=later())
        assert day_manifest([close, down]) == {}

    def test_a_close_is_known_by_its_content(self) -> None:
        assert close_digest({"a": 1, "b": 2}) == close_digest({"b": 2, "a": 1})
        assert close_digest({"a": 1}) != close_digest({"a": 2})
