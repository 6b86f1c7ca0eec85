"""Names in other languages on the real engine: a tenant's in the directory, an area's in its row."""

from dataclasses import replace

import pytest

from chalicelib.control.store import ControlAuditRow, ControlStore
from chalicelib.control.usecases import name_tenant
from chalicelib.kernel.errors import Clash
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.scenic.store.catalogue import AreaStore, area_row
from tests.scenic_world import NOW, area, context, tenant

pytestmark = pytest.mark.component


def test_a_tenant_is_called_by_the_names_its_owner_gave(engine: Stack) -> None:
    ours = tenant("a")
    names = {"en": " Songlu ", "ja": "", "ko": "쑹루", "zh": "改名", "fr": "Montagne"}
    name_tenant(tenant=ours.id, names=names, actor="member:o", now=NOW, registry=ControlStore())
    assert directory.all_names() == {ours.id: {"en": "Songlu", "ko": "쑹루"}}
    shown = [directory.called(ours, locale) for locale in ("zh", "en", "ja", "ko")]
    assert shown == ["嵩麓", "Songlu", "Songlu", "쑹루"]  # the registered name is not theirs to change
    assert directory.called(tenant("b"), "en") == "嵩麓"
    (audit,) = ControlAuditRow.query(f"NAMED#{ours.id}")
    assert (audit.action, audit.actor) == ("tenant.name", "member:o")


def test_a_page_in_chinese_asks_for_no_names_and_one_in_english_once(
    engine: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(directory, "_names", lambda tenant: asked.append(tenant) or {})
    for locale in ("zh", "zh", "en", "ja"):
        directory.called(tenant("a"), locale)
    assert asked == [tenant("a").id]


def test_two_people_naming_one_area_at_once_lose_nothing(engine: Stack) -> None:
    with bind(context()):
        first = UnitOfWork(action="seed", now=NOW)
        first.put(area_row(area()))
        first.commit()
        works = [UnitOfWork(action=f"name-{number}", now=NOW) for number in (1, 2)]
        stores = [AreaStore(work) for work in works]
        for number, store in enumerate(stores):
            found = store.get("main")
            store.keep(replace(found, names={"zh": f"景区{number}"}))
        works[0].commit()
        with pytest.raises(Clash):
            works[1].commit()
        assert AreaStore(works[0]).get("main").names == {"zh": "景区0"}
