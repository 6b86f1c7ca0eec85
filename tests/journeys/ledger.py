"""The bureau's ledger as a journey reads it when no page would do: in this process, as the bureau."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.kernel.ids import TenantId
from chalicelib.tenancy.context import Tenant, bind, duty
from tenants.bureau.store import LedgerStore
from tests.journeys.town import Town


@contextmanager
def ledger_of(town: Town) -> Iterator[LedgerStore]:
    """Within ``inside``: the ledger of the town's bureau."""
    bureau = Tenant(
        id=TenantId(town.bureau.id), kind="bureau", slug=town.bureau.slug, name="b", district="410100"
    )
    with bind(duty(bureau, "journeys")):
        yield LedgerStore()
