"""DuckDB as the night uses it: in memory, in UTC, over Parquet files, with bytes that repeat."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

_CHUNK = 1 << 20
_DATABASES = itertools.count()
_CSV_IN = (
    "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', allow_quoted_nulls = false"
)


@contextmanager
def connect(*, small: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database of its own, in memory; instants are UTC whatever the machine's zone is.

    It lies beside others in the process's one engine: to start an engine for each takes some fifteen times as long.
    ``small``: for a handful of rows, with one thread and the first plan: to share or plan better costs more.
    """
    connection, name = _engine(os.getpid(), small).cursor(), f"night_{next(_DATABASES)}"
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH ':memory:' AS {name}")
        connection.execute(f"USE {name}")
        if small:
            connection.execute("PRAGMA disable_optimizer")
        yield connection
    finally:
        connection.execute("USE memory")
        connection.execute(f"DETACH DATABASE IF EXISTS {name}")
        connection.close()


@cache
def _engine(process: int, small: bool) -> duckdb.DuckDBPyConnection:
    """An engine of this process: its threads do not live on in one that is forked off."""
    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    if small:
        settings["threads"] = "1"
    return duckdb.connect(":memory:", config=settings)


def literal(text: str | Path) -> str:
    """A text as an SQL literal, for the few places that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def view_parquet(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Make a Parquet file readable under the name."""
    connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({literal(path)})')


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    select: str,
    path: Path,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Write what ``select`` gives, and say how many rows. It must be ordered by a key, or bytes do not repeat."""
    written = connection.execute(
        f"COPY ({select}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)",
        dict(params or {}),
    ).fetchone()
    return 0 if written is None else int(written[0])


def csv_relation(path: Path, columns: Mapping[str, str]) -> str:
    """The rows of a CSV file that PostgreSQL's COPY wrote, typed; empty is null, quoted empty is empty."""
    listed = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    return f"read_csv({literal(path)}, {_CSV_IN}, columns = {{{listed}}})"


def csv_chunks(
    connection: duckdb.DuckDBPyConnection, select: str, params: Mapping[str, Any] | None = None
) -> Iterator[bytes]:
    """What ``select`` gives as CSV for PostgreSQL's COPY, a piece at a time."""
    with tempfile.TemporaryDirectory(prefix="tideover-") as folder:
        path = Path(folder) / "rows.csv"
        connection.execute(
            f"COPY ({select}) TO {literal(path)} (FORMAT csv, HEADER false, NULLSTR '')", dict(params or {})
        )
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
