"""Rows: pynamodb models whose partition key can only be built for the bound tenant."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Self

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib.config import settings
from chalicelib.tenancy.context import current
from chalicelib.tenancy.credentials import own_dynamodb, tenant_dynamodb

LANES = 8
"""Partitions over which a tenant's stream of rows is spread; read side by side where they are listed."""

AT_ONCE = 100
"""Rows that DynamoDB reads in one batch."""


def tenant_key(*parts: str) -> str:
    """``T#<tenant>#PART#…``: the only way to a partition key. Parts come in the field's own order."""
    return "#".join(("T", current().tenant.id, *parts))


class _Kind(DiscriminatorAttribute):
    """The kind of a row. Modules are loaded when they are first needed, so a class may come while another
    thread looks through those that are there: it looks through a copy."""

    def get_registered_subclasses(self, cls: Any) -> list[Any]:
        return [kind for kind in list(self._class_map) if issubclass(kind, cls)]


class Row(Model):
    """A row of the app table. Subclasses name their kind: ``class OrderRow(Row, discriminator=…)``."""

    class Meta:
        table_name = "app"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = _Kind()
    ttl = NumberAttribute(null=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        return _connection(cls.Meta.table_name)

    @classmethod
    def find(cls, pk: str, sk: str, *, consistent: bool = True) -> Self | None:
        """The row at this key, or nothing."""
        try:
            return cls.get(pk, sk, consistent_read=consistent)
        except DoesNotExist:
            return None

    @classmethod
    def several(cls, keys: Iterable[tuple[str, str]], *, consistent: bool = True) -> Iterator[Self]:
        """The rows that are there among ``keys``, in no order; one call for a hundred of them.

        (pynamodb's own ``batch_get`` looks for the model's table name, which is not the physical one.)
        """
        table = cls._get_connection()
        wanted = [{"pk": pk, "sk": sk} for pk, sk in keys]
        for start in range(0, len(wanted), AT_ONCE):
            pending: Any = wanted[start : start + AT_ONCE]
            while pending:
                answer = table.batch_get_item(pending, consistent_read=consistent)
                for item in answer["Responses"].get(table.table_name, []):
                    yield cls.from_raw_data(item)
                left = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", [])
                pending = [{"pk": key["pk"]["S"], "sk": key["sk"]["S"]} for key in left]

    def put(self, condition: Condition | None = None) -> None:
        """Write the whole row (1 write unit per started kB)."""
        self.save(condition=condition)


class ControlRow(Row):
    """A row of the control table: the directory, read and written with the function's own role."""

    class Meta:
        table_name = "control"


def connection() -> Connection:
    """The app table's low-level connection, signing for the bound tenant (for transactions)."""
    return _connection("app").connection


def _physical(name: str) -> str:
    return {
        "app": settings().app_table,
        "control": settings().control_table,
        "ledger": settings().ledger_table,
    }[name]


@cache
def _connection(name: str) -> TableConnection:
    table = _physical(name)
    meta = MetaTable(
        {
            "TableName": table,
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            "GlobalSecondaryIndexes": [],
            "LocalSecondaryIndexes": [],
        }
    )
    made = TableConnection(table, meta_table=meta, region=settings().region)
    client: Any = own_dynamodb() if name == "control" else tenant_dynamodb()
    made.connection._client = client
    return made


def forget_connections() -> None:
    """Connect anew at next use (tests that start another engine)."""
    _connection.cache_clear()
