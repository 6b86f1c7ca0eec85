"""DuckDB asks the lake's files. The text of a query is the one that Athena gets; only the tables' names mean
files here. Memory is bounded: what does not fit goes to a scratch folder.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from chalicelib.kernel.period import Period
from tenants.bureau.domain.lake import SETS, LakeSet
from tenants.bureau.store.lake.files import LakeStore
from tenants.bureau.store.lake.queries import Query

MEMORY = "512MB"
_ROWS = 10_000
_TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER", "boolean": "BOOLEAN", "date": "DATE"}


def ask(query: Query, *, period: Period, memory: str = MEMORY) -> Iterator[tuple[Any, ...]]:
    """The rows of a query for the days of a period, in the order it asks for."""
    with _asked(query, period=period, memory=memory) as connection:
        while rows := connection.fetchmany(_ROWS):
            yield from rows


def answer(query: Query, *, period: Period, most: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of a query's columns and its first rows."""
    with _asked(query, period=period, memory=MEMORY) as connection:
        return [column[0] for column in connection.description], connection.fetchmany(most)


@contextmanager
def _asked(query: Query, *, period: Period, memory: str) -> Iterator[Any]:
    lake = LakeStore()
    with tempfile.TemporaryDirectory(prefix="songyun-duck-") as scratch, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit='{memory}'")
        connection.execute("SET threads=2")
        connection.execute("SET preserve_insertion_order=false")
        connection.execute(f"SET temp_directory='{scratch}'")
        # Nothing is fetched at run time, and the files named below are all there is to read.
        connection.execute("SET autoinstall_known_extensions=false")
        # Presto's words; the text of the queries stays one.
        connection.execute("CREATE MACRO json_extract_scalar(value, way) AS json_extract_string(value, way)")
        connection.execute("CREATE MACRO json_format(value) AS CAST(value AS VARCHAR)")
        for of in SETS:
            if of.name in query.sets:
                _view(connection, of, lake.paths(of.name, period))
        connection.execute(query.text, [period.start, period.end] * query.spans)
        yield connection


def _view(connection: Any, of: LakeSet, paths: Sequence[str]) -> None:
    if not paths:
        columns = ", ".join(f'CAST(NULL AS {_TYPES[one.type]}) AS "{one.name}"' for one in of.columns)
        connection.execute(f"CREATE VIEW {of.name} AS SELECT {columns} WHERE false")
        return
    listed = ", ".join(f"'{Path(path).as_posix()}'" for path in paths)
    connection.execute(
        f"CREATE VIEW {of.name} AS SELECT * FROM read_parquet([{listed}], hive_partitioning=false)"  # noqa: S608
    )
