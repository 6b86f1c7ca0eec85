"""The ledger in the bureau's own table."""

from tenants.bureau.store.aside import SettingAside
from tenants.bureau.store.filing import Filing
from tenants.bureau.store.reading import Reading
from tenants.bureau.store.telling import Telling


class LedgerStore(Filing, SettingAside, Telling, Reading):
    """The ``Ledger`` port on DynamoDB, under the bound bureau."""


__all__ = ["LedgerStore"]
