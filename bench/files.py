"""A full file and a delta file over the whole portfolio, each beside COPY of the rows that it left behind."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Iterator
from datetime import date, timedelta
from datetime import time as clock_time
from decimal import Decimal
from pathlib import Path

from bench.bare import Bare
from bench.measured import Measured
from tideover.act.intake import operations as intake
from tideover.act.intake.queries import CONTROL_SUFFIX
from tideover.core.access.types import SYSTEM
from tideover.core.clock import rules as clock
from tideover.rehearsal import cast
from tideover.rehearsal.portfolio import PLACEMENTS, write_rows

WRITTEN = (
    "portfolio_standing", "ledger_statedbalance", "portfolio_absence", "customers_contactpoint", "journal_fact",
)  # fmt: skip
MOVED_OF_TEN = 3
GONE_OF_HUNDRED = 1


def measure(placed: Path, day: date, folder: Path, bare: Bare) -> Iterator[Measured]:
    """The day's full file, of which some accounts are gone and some balances moved; then a delta of every account."""
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(placed.read_bytes()).decode("utf-8"))))
    stated = [
        row | {"bill_amt1": str(int(row["bill_amt1"]) + (100 if place % 10 < MOVED_OF_TEN else 0))}
        for place, row in enumerate(rows)
    ]
    kept = [row for place, row in enumerate(stated) if place % 100 >= GONE_OF_HUNDRED]
    changed = [row | {"bill_amt1": str(int(row["bill_amt1"]) + 7)} for row in rows]
    for kind, given, cut_off in (("full", kept, day), ("delta", changed, day + timedelta(days=1))):
        path = write_rows(folder / f"{kind}.csv.gz", given)
        total = sum(Decimal(row["bill_amt1"]) for row in given)
        path.with_name(path.name + CONTROL_SUFFIX).write_text(
            f"format: 1\nkind: {kind}\nsequence: 1\ncut_off: {cut_off}\nrows: {len(given)}\n"
            f'totals: {{TWD: "{total}"}}\n',
            encoding="utf-8",
        )
        yield _import(path, kind, cut_off, bare)


def _import(path: Path, kind: str, cut_off: date, bare: Bare) -> Measured:
    before = bare.latest_of(WRITTEN)
    started = time.perf_counter()
    report = intake.import_file(
        path=path,
        client_code=cast.CLIENT,
        kind=kind,
        mapping_id=PLACEMENTS,
        cut_off=None,
        dry_run=False,
        at=clock.instant(cut_off + timedelta(days=1), clock_time(6), cast.ZONE),
        actor=SYSTEM,
    )
    seconds = time.perf_counter() - started
    assert report.good_count == report.rows_count and not report.reckoned.reasons, report.reckoned
    bare_seconds, rows = bare.copy_in(WRITTEN, after=before)
    return Measured(f"{kind} file", seconds, bare_seconds, "COPY of the rows that it wrote, no index", rows)
