"""The daily file back to a client (催记回传): contacts, promises, missing documents, as its layout says."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection, transaction

from tideover.act.intake import back_rows
from tideover.act.intake.back_schema import FIELDS, FILE_BACK, FileBack
from tideover.act.intake.types import BackDateAhead, BackFile, BackValueUnknown, KindWrong
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.policy import queries as policy_queries
from tideover.core.sql import duck
from tideover.core.sql import files as sql_files
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead
from tideover.know.filing import queries as filing_queries

_BATCH = 20_000


def write_back(*, client_code: str, mapping_id: str, day: date, at: datetime, actor: Actor) -> BackFile:
    """Write what happened on a client's day as the client reads it; the same day gives the same bytes.

    Amounts are exact, cells that a spreadsheet would run are made harmless, and a code for which the layout has no
    word refuses the file. That data left the house is told to the journal, without the data.
    Raises UnknownClient, PolicyUnknown, AccessRefused, KindWrong, BackDateAhead, BackValueUnknown.
    """
    require(actor, Role.INTEGRATOR)
    client = clients_queries.get_client(client_code)
    require_client(actor, client.id)
    mapping_id = mapping_id if mapping_id.startswith("mappings.") else f"mappings.{mapping_id}"
    policy = policy_queries.get("mapping", mapping_id)
    if policy.data.kind != FILE_BACK:
        raise KindWrong(mapping=mapping_id, kind=FILE_BACK, reads=policy.data.kind)
    if day > client.local_date(at):
        raise BackDateAhead(day=day, today=client.local_date(at))
    back: FileBack = policy.data
    with transaction.atomic():
        content, count = _write(back, client, day, mapping_id)
        found = BackFile(
            name=f"{mapping_id.removeprefix('mappings.')}-{client.code}-{day:%Y%m%d}.csv",
            content=content,
            rows_count=count,
            digest=hashlib.sha256(content).hexdigest(),
        )
        journal.append(
            chain=journal.INSTALLATION,
            kind="file-sent-back",
            room="intake",
            at=at,
            actor=actor,
            body={
                "client_id": client.id,
                "day": day,
                "rows": back.rows,
                "mapping": mapping_id,
                "mapping_version": policy.version,
                "rows_count": count,
                "file_digest": found.digest,
            },
        )
    return found


def _write(back: FileBack, client: ClientRead, day: date, mapping_id: str) -> tuple[bytes, int]:
    params: dict[str, Any] = {
        "client_id": client.id,
        "day": day,
        "zone": client.zone,
        "from_at": client.end_of_day(day - timedelta(days=1)),
        "until_at": client.end_of_day(day),
    }
    if back.rows == "missing-documents":
        params["items"] = filing_queries.items_asked()
    with tempfile.TemporaryDirectory(prefix="tideover-") as folder, duck.connect() as writing:
        path = Path(folder) / "rows.csv"
        _copy_out(f"back_{back.rows.replace('-', '_')}", params, path)
        writing.execute(f"CREATE TABLE rows AS SELECT * FROM {duck.csv_relation(path, FIELDS[back.rows])}")
        unknown = back_rows.unknown(back, "rows")
        first = writing.execute(unknown).fetchone() if unknown else None
        if first is not None:
            raise BackValueUnknown(mapping=mapping_id, heading=first[0], value=first[1])
        return _written(back, writing)


def _copy_out(name: str, params: Mapping[str, Any], path: Path) -> None:
    text = sql_files.load(__package__, name).text
    with (
        connection.cursor() as cursor,
        path.open("wb") as file,
        cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT csv)", params) as copy,
    ):
        for chunk in copy:
            file.write(chunk)


def _written(back: FileBack, writing: duckdb.DuckDBPyConnection) -> tuple[bytes, int]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=back.file.separator, lineterminator="\r\n")
    writer.writerow(column.heading for column in back.columns)
    count = 0
    for rows in _batches(writing, back_rows.select(back, "rows")):
        writer.writerows(rows)
        count += len(rows)
    encoding = "utf-8-sig" if back.file.encoding == "utf-8" else back.file.encoding
    return text.getvalue().encode(encoding), count


def _batches(writing: duckdb.DuckDBPyConnection, select: str) -> Iterator[list[tuple[str, ...]]]:
    found = writing.execute(select)
    while rows := found.fetchmany(_BATCH):
        yield rows
