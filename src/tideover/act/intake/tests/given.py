"""Small files for the tests of intake, written as a lender would send them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tideover.act.intake import operations as intake
from tideover.act.intake.types import ImportReport
from tideover.core.access.types import SYSTEM

AT = datetime(2026, 10, 1, 1, tzinfo=UTC)
CUT_OFF = date(2026, 9, 30)
ROW = {
    "account_id": "1",
    "limit_bal": "20000",
    "pay_0": "2",
    "bill_amt1": "3913",
    "pay_amt1": "0",
    "pay_amt2": "689",
    "pay_amt3": "0",
    "pay_amt4": "0",
    "pay_amt5": "0",
    "pay_amt6": "0",
}
PEOPLE = {
    "customer_number": "C1",
    "full_name": "王芳",
    "language": "zh-Hans",
    "country": "CN",
    "region": "CN-SH",
    "zone": "Asia/Shanghai",
    "phone_1": "15400000192",
    "phone_2": "",
}
PAYMENT = {
    "reference": "P1",
    "account_id": "1",
    "value_date": "2026-10-05",
    "amount": "100.00",
    "currency": "TWD",
}


def written(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV text; the first gives the header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(folder: Path, content: str | bytes | Sequence[Mapping[str, str]], name: str = "file.csv") -> Path:
    """A file in the folder; packed when its name ends in ``.gz``."""
    if not isinstance(content, str | bytes):
        content = written(content)
    data = content.encode("utf-8") if isinstance(content, str) else content
    path = folder / name
    path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return path


def import_placement(path: Path, **changed: Any) -> ImportReport:
    """Import a placement file of the card mapping for the test's client."""
    arguments = {
        "path": path,
        "client_code": "harbour-bank",
        "kind": "placement",
        "mapping_id": "uci_card_default",
        "cut_off": CUT_OFF,
        "dry_run": False,
        "at": AT,
        "actor": SYSTEM,
    }
    return intake.import_file(**{**arguments, **changed})


def import_payments(path: Path, **changed: Any) -> ImportReport:
    """Import a payments file for the test's client."""
    later = {"kind": "payments", "mapping_id": "payments_csv", "cut_off": date(2026, 10, 5)}
    return import_placement(path, **{**later, "at": datetime(2026, 10, 6, tzinfo=UTC), **changed})


def codes(report: ImportReport) -> dict[int, list[str]]:
    """What is wrong, by record."""
    return {row.record: [f"{each.field} {each.code}".strip() for each in row.problems] for row in report.refused}
