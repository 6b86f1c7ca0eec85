"""The lake for Athena: the words that make Glue's tables of the same files, and a view for each type.

Generated from the sets and the contracts, so they follow both. The views run here on DuckDB, which tests do;
the tables are Hive's words and have only been read, not run.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.kernel.events import UP
from chalicelib.messaging.schemas import Contract
from tenants.bureau.domain.lake import SETS, LakeSet

_CASTS = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
FIRST_DAY = "2026-01-01"


def tables(*, database: str, place: str, contracts: Iterable[Contract], districts: Iterable[str]) -> str:
    """Everything: the database, a table for each set, a view for each type. ``place``: ``s3://…/lake``."""
    told = sorted((one for one in contracts if one.lane == UP), key=lambda one: one.type)
    parts = [f"CREATE DATABASE IF NOT EXISTS `{database}`"]
    listed = {"type": [one.type for one in told], "district": [*districts]}
    parts += [_table(of, database=database, place=place, listed=listed) for of in SETS]
    parts += [f"CREATE OR REPLACE VIEW {view_name(one.type)} AS\n{view(one)}" for one in told]
    return ";\n\n".join(parts) + ";\n"


def view_name(type: str) -> str:
    """``tourism.scenic.entry.counted.v1`` → ``scenic_entry_counted_v1``."""
    return type.removeprefix("tourism.").replace(".", "_")


def view(contract: Contract) -> str:
    """One type's events with their content as columns: those that count."""
    columns = [
        "id, sender, kind, district, date, hour, time, received, late",
        *(_column(name, field) for name, field in contract.schema["properties"].items()),
    ]
    return (
        f"SELECT {(',' + chr(10) + '       ').join(columns)}\n"
        f"FROM events\nWHERE type = '{contract.type}' AND status = 'actual' AND replaced_by IS NULL"
    )


def _column(name: str, field: Mapping[str, Any]) -> str:
    way = f"'$.data.{name}'"
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    kind = str(field.get("type", "string"))
    if kind in {"object", "array"}:
        return f'json_format(json_extract(body, {way})) AS "data_{word}"'
    text = f"json_extract_scalar(body, {way})"
    typed = f"CAST({text} AS {_CASTS[kind]})" if kind in _CASTS else text
    return f'{typed} AS "data_{word}"'


def _table(of: LakeSet, *, database: str, place: str, listed: Mapping[str, Iterable[str]]) -> str:
    inside = [one for one in of.columns if one.name not in of.partitions]
    by = [one for name in of.partitions for one in of.columns if one.name == name]
    columns = ",\n".join(f"  `{one.name}` {one.type} COMMENT '{one.about}'" for one in inside)
    partitions = ", ".join(f"`{one.name}` {one.type}" for one in by)
    way = "/".join(f"{name}=${{{name}}}" for name in of.partitions)
    properties = {
        "projection.enabled": "true",
        **_projection(of, listed=listed),
        "storage.location.template": f"{place}/{of.name}/{way}",
    }
    told = ",\n".join(f"  '{name}' = '{value}'" for name, value in properties.items())
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{of.name}` (\n{columns}\n)\n"
        f"PARTITIONED BY ({partitions})\nSTORED AS PARQUET\nLOCATION '{place}/{of.name}/'\n"
        f"TBLPROPERTIES (\n{told}\n)"
    )


def _projection(of: LakeSet, *, listed: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Partitions are computed from their values: no crawler, and none to be registered hour by hour."""
    known = {
        "date": {"type": "date", "format": "yyyy-MM-dd", "range": f"{FIRST_DAY},NOW+1DAYS"},
        **{name: {"type": "enum", "values": ",".join(values)} for name, values in listed.items()},
    }
    return {
        f"projection.{name}.{word}": value for name in of.partitions for word, value in known[name].items()
    }
