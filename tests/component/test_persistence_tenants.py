"""Whose key signed: every call to a tenant's rows carries that tenant's credentials, or is not sent."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidTag
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PynamoDBException

from chalicelib.commerce.stock import Slot
from chalicelib.commerce.stock.domain import word
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.period import business_day
from chalicelib.kernel.personal import ERASED
from chalicelib.persistence import vault
from chalicelib.persistence.directory import TenantRow
from chalicelib.persistence.journal import audited
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy import credentials
from chalicelib.tenancy.context import NoTenant, Tenant, TenantContext, bind, current
from chalicelib.tenancy.credentials import own_dynamodb, tenant_dynamodb
from infra.local.fixture import Stack
from tests.scenic_world import NOW, context, tenant

SLOT = Slot(resource="main", slot="am", capacity=60)


class ThingRow(Row, discriminator="test-thing"):
    left = NumberAttribute()


class Heard:
    """What was sent: the operation and the access key that signed it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __call__(self, operation: str, headers: dict[str, str], _body: bytes) -> None:
        self.calls.append((operation, signer(headers)))

    @property
    def keys(self) -> set[str]:
        return {key for _, key in self.calls}


def signer(headers: dict[str, str]) -> str:
    """The access key that signed a request."""
    found = re.search(r"Credential=([^/]+)/", headers["authorization"])
    assert found is not None
    return found[1]


@pytest.fixture
def heard(engine: Stack) -> Iterator[Heard]:
    listening = Heard()
    clients = (tenant_dynamodb(), own_dynamodb())
    for client in clients:
        client.before.append(listening)
    yield listening
    for client in clients:
        client.before.remove(listening)


def key_of(letter: str) -> str:
    """The access key that was vended to this tenant."""
    return credentials._vended(context(letter)).access_key


def put() -> None:
    ThingRow(tenant_key("THING"), "-", left=3).put()


def get() -> None:
    ThingRow.find(tenant_key("THING"), "-")


def query() -> None:
    list(ThingRow.query(tenant_key("THING")))


def update() -> None:
    ThingRow(tenant_key("THING"), "-").update([ThingRow.left.set(2)])


def delete() -> None:
    ThingRow(tenant_key("THING"), "-").delete()


def batch_get() -> None:
    BucketStore().read(SLOT, range(3), exact=True)


def transact() -> None:
    work = UnitOfWork(action="test.act", now=NOW)
    work.put(ThingRow(tenant_key("THING"), "-", left=1))
    work.commit()


def claim_several() -> None:
    value = word(count=1, until=None)
    BucketStore().claim_all([(SLOT, 0, value), (SLOT, 1, value)], name="0" * 16)


CALLS = {
    "PutItem": put,
    "GetItem": get,
    "Query": query,
    "UpdateItem": update,
    "DeleteItem": delete,
    "BatchGetItem": batch_get,
    "TransactWriteItems": transact,
}


@pytest.mark.parametrize("operation", [*CALLS, "several"])
def test_a_call_is_signed_with_the_bound_tenants_key(heard: Heard, operation: str) -> None:
    call = CALLS.get(operation, claim_several)
    for letter in "ab":
        with bind(context(letter)):
            call()
    kind = operation if operation in CALLS else "TransactWriteItems"
    assert [name for name, _ in heard.calls] == [kind] * 2
    assert [key for _, key in heard.calls] == [key_of("a"), key_of("b")]
    assert key_of("a") != key_of("b")


@pytest.mark.parametrize("call", [*CALLS.values(), claim_several])
def test_without_a_tenant_nothing_is_sent(heard: Heard, call: Callable[[], None]) -> None:
    with pytest.raises(NoTenant):
        call()
    with pytest.raises((NoTenant, PynamoDBException)) as told:
        ThingRow("T#anything#THING", "-", left=1).put()  # a key made elsewhere does not help
    assert isinstance(told.value, NoTenant) or isinstance(told.value.__cause__, NoTenant)
    assert heard.calls == []


def test_threads_do_not_inherit_a_tenant(heard: Heard) -> None:
    with bind(context()), ThreadPoolExecutor(1) as pool:
        with pytest.raises(NoTenant):
            pool.submit(get).result()
        with pytest.raises(NoTenant):
            pool.submit(current).result()
    assert heard.calls == []


def test_twenty_threads_of_two_tenants_never_sign_for_each_other(heard: Heard) -> None:
    seen: dict[str, set[str]] = {"a": set(), "b": set()}
    lock = threading.Lock()

    def listen(_operation: str, headers: dict[str, str], _body: bytes) -> None:
        with lock:
            seen[current().tenant.id[-1]].add(signer(headers))

    tenant_dynamodb().before.append(listen)
    try:

        def act(number: int) -> None:
            with bind(context("ab"[number % 2])):
                for call in (put, get, query, transact, batch_get):
                    call()

        with ThreadPoolExecutor(20) as pool:
            list(pool.map(act, range(40)))
    finally:
        tenant_dynamodb().before.remove(listen)
    assert seen == {"a": {key_of("a")}, "b": {key_of("b")}}


def test_a_binding_ends_with_its_block_and_nests() -> None:
    with bind(context("a")):
        with bind(context("b")):
            assert current().tenant.id == tenant("b").id
        assert current().tenant.id == tenant("a").id
        with pytest.raises(ZeroDivisionError), bind(context("b")):
            raise ZeroDivisionError
        assert tenant_key("X").startswith(f"T#{tenant('a').id}#")
    with pytest.raises(NoTenant):
        current()


def test_the_directory_is_read_with_the_functions_own_key(heard: Heard) -> None:
    with bind(context()):
        TenantRow.find("TENANT#x", "-")
        get()
    (directory, mine) = [key for _, key in heard.calls]
    assert mine == key_of("a")
    assert directory not in {key_of("a"), key_of("b")}


@pytest.mark.parametrize("id", ["tn_1", "tn_" + "a" * 25 + "*", "", "tn_" + "a" * 26 + "#x"])
def test_what_is_no_tenants_id_becomes_no_session_tag(heard: Heard, id: str) -> None:
    odd = Tenant(id=TenantId(id), kind="scenic", slug="x", name="x", district="410100")
    with bind(TenantContext(tenant=odd, actor="x", door="member")), pytest.raises(Forbidden):
        get()
    assert heard.calls == []


def test_tenants_do_not_see_each_others_rows(heard: Heard) -> None:
    with bind(context("a")):
        put()
        BucketStore().claim(SLOT, 0, name="0" * 16, word=word(count=2, until=None))
    with bind(context("b")):
        assert ThingRow.find(tenant_key("THING"), "-") is None
        assert list(ThingRow.query(tenant_key("THING"))) == []
        assert BucketStore().read(SLOT, [0], exact=True)[0].left == SLOT.size(0)
    with bind(context("a")):
        assert BucketStore().read(SLOT, [0], exact=True)[0].left == SLOT.size(0) - 2


def test_what_is_sealed_says_nothing_and_opens_again(engine: Stack) -> None:
    value = {"name": "张三", "number": "11010519491231002X"}
    with bind(context()):
        sealed = vault.seal(value, now=NOW)
        assert "张三".encode() not in sealed
        assert b"11010519491231002X" not in sealed
        assert sealed != vault.seal(value, now=NOW)
        vault.forget_keys()
        assert vault.unseal(sealed, now=NOW) == value


def test_a_seal_opens_for_its_own_tenant_and_purpose_only(engine: Stack) -> None:
    with bind(context("a")):
        sealed = vault.seal("x", now=NOW)
        with pytest.raises(vault.PersonalDataGone):
            vault.unseal(sealed, purpose="ticket", now=NOW)
        with pytest.raises(InvalidTag):
            vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), now=NOW)
    with bind(context("b")):
        vault.seal("y", now=NOW)
        with pytest.raises(InvalidTag):
            vault.unseal(sealed, now=NOW)


def test_a_wrapped_key_carried_to_another_tenant_does_not_open(engine: Stack) -> None:
    with bind(context("a")):
        vault.seal("x", now=NOW)
        row = vault.DataKeyRow.find(tenant_key("VAULT"), f"visitor#{NOW.year}")
        assert row is not None
    vault.forget_keys()
    with bind(context("b")):
        stolen = vault.DataKeyRow(tenant_key("VAULT"), row.sk, wrapped=row.wrapped, made=row.made)
        stolen.put()
        with pytest.raises(Exception, match="InvalidCiphertext"):
            vault.seal("y", now=NOW)


def test_a_blind_finds_the_same_value_of_the_same_tenant(engine: Stack) -> None:
    with bind(context("a")):
        mine = vault.blind("11010519491231002X", now=NOW)
        vault.forget_keys()
        assert vault.blind("11010519491231002X", now=NOW) == mine
        assert vault.blind("110105194912310021", now=NOW) != mine
        assert vault.blind("11010519491231002X", purpose="buyer", now=NOW) != mine
    with bind(context("b")):
        assert vault.blind("11010519491231002X", now=NOW) != mine


def test_what_was_shredded_is_gone(engine: Stack) -> None:
    with bind(context("a")):
        visitor, ticket = vault.seal("v", now=NOW), vault.seal("t", purpose="ticket", now=NOW)
        vault.shred(purpose="visitor")
        with pytest.raises(vault.PersonalDataGone):
            vault.unseal(visitor, now=NOW)
        assert vault.unseal(ticket, purpose="ticket", now=NOW) == "t"


def test_a_year_s_personal_data_go_when_their_time_is_over_and_nothing_else(engine: Stack) -> None:
    years = [NOW.replace(year=NOW.year + ahead) for ahead in range(7)]
    with bind(context("y")):
        guests = [vault.seal("guest", now=at) for at in years]
        device = vault.seal("seed", lasting=True, now=NOW)
        mark = vault.blind("13800000000", now=NOW)
        assert vault.let_go(now=years[5]) == []
        assert vault.let_go(now=years[6]) == [f"visitor#{NOW.year}"]
        assert vault.let_go(now=years[6]) == []
        with pytest.raises(vault.PersonalDataGone):
            vault.unseal(guests[0], now=years[6])
        assert vault.shown(guests[0], now=years[6]) == ERASED
        assert [vault.unseal(one, now=years[6]) for one in guests[1:]] == ["guest"] * 6
        assert vault.unseal(device, now=years[6]) == "seed"
        assert vault.blind("13800000000", now=years[6]) == mark
        told = [row for row in audited(day=business_day(years[6])) if row.action == "vault.let-go"]
        assert [row.subject for row in told] == [f"visitor#{NOW.year}"]


def test_twenty_threads_make_one_key(engine: Stack) -> None:
    def seal(_: int) -> bytes:
        with bind(context()):
            return vault.seal("x", now=NOW)

    with ThreadPoolExecutor(20) as pool:
        sealed = list(pool.map(seal, range(20)))
    vault.forget_keys()
    with bind(context()):
        assert {vault.unseal(one, now=NOW) for one in sealed} == {"x"}
