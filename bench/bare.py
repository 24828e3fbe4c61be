"""The bare counterparts: the same rows, the same file, the same number of commits, and nothing of ours."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from tideover.core.sql import duck


class Bare:
    """Measures what PostgreSQL and DuckDB need alone. Rows are copied out before the clock starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.owner = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)

    def rows_of(self, tables: Sequence[str]) -> dict[str, int]:
        """How many rows each table has now."""
        counts = {}
        for table in tables:
            row = self.owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            counts[table] = 0 if row is None else row[0]
        return counts

    def latest_of(self, tables: Sequence[str]) -> dict[str, int]:
        """The latest row of each table now."""
        latest = {}
        for table in tables:
            row = self.owner.execute(
                sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))
            ).fetchone()
            latest[table] = 0 if row is None else row[0]
        return latest

    def copy_in(self, tables: Sequence[str], after: Mapping[str, int] | None = None) -> tuple[float, int]:
        """COPY the rows that the tables hold into tables of the same columns without an index; one transaction.

        With ``after``, only the rows that came since.
        """
        rows = 0
        for table in tables:
            path = self.folder / f"{table}.copy"
            since = sql.SQL("WHERE id > {}").format(sql.Literal(after[table])) if after else sql.SQL("")
            text = sql.SQL("COPY (SELECT * FROM {} {}) TO STDOUT (FORMAT binary)").format(sql.Identifier(table), since)
            with path.open("wb") as file, self.owner.cursor() as cursor:
                with cursor.copy(text) as copy:
                    for piece in copy:
                        file.write(piece)
                rows += cursor.rowcount
        started = time.perf_counter()
        with self.owner.transaction(), self.owner.cursor() as cursor:
            for table in tables:
                bare = sql.Identifier(f"bare_{table}")
                cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(bare, sql.Identifier(table)))
                with (
                    (self.folder / f"{table}.copy").open("rb") as file,
                    cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(bare)) as copy,
                ):
                    while piece := file.read(1 << 20):
                        copy.write(piece)
        seconds = time.perf_counter() - started
        for table in tables:
            self.owner.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(f"bare_{table}")))
            (self.folder / f"{table}.copy").unlink()
        return seconds, rows

    def scan_and_write(self, parquet: Path) -> float:
        """DuckDB's own scan and write of a Parquet file."""
        started = time.perf_counter()
        with duck.connect() as night:
            duck.write_parquet(
                night, f"SELECT * FROM read_parquet({duck.literal(parquet)})", self.folder / "bare.parquet"
            )
        return time.perf_counter() - started

    def insert_and_commit(self, times: int) -> float:
        """One row into a table of a permit's columns, and a commit, so many times, as the application's role."""
        self.owner.execute("CREATE TABLE bare_permit (LIKE gate_permit)")
        self.owner.execute("ALTER TABLE bare_permit ALTER COLUMN id DROP NOT NULL")
        columns = [
            row[0]
            for row in self.owner.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'bare_permit' AND is_nullable = 'NO' ORDER BY ordinal_position"
            )
        ]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        sample = self.owner.execute(sql.SQL("SELECT {} FROM gate_permit LIMIT 1").format(names)).fetchone()
        assert sample is not None
        values = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
        text = sql.SQL("INSERT INTO bare_permit ({}) VALUES ({})").format(names, values)
        with psycopg.connect(os.environ["DATABASE_URL"]) as application:
            started = time.perf_counter()
            for _ in range(times):
                application.execute(text, sample)
                application.commit()
            seconds = time.perf_counter() - started
        self.owner.execute("DROP TABLE bare_permit")
        return seconds
