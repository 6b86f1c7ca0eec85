"""The ledger in the bureau's own table."""

from tenants.bureau.store.filing import Filing
from tenants.bureau.store.reading import Reading


class LedgerStore(Filing, Reading):
    """The ``Ledger`` port on DynamoDB, under the bound bureau."""


__all__ = ["LedgerStore"]
