"""Choose the demo's 600 accounts from the public card file, by a rule that anyone can repeat.

    python tools/package_demo_accounts.py accounts_wide.csv.gz

``accounts_wide.csv.gz`` is UCI data set 350 with its columns in lower case (``pay_0`` is September's status,
``bill_amt1`` September's bill). Accounts are put in the order of SHA-256 of "tideover-demo:" and their number;
the first 540 that are late and owing (``pay_0`` over 0 and ``bill_amt1`` over 0) and the first 60 of the others
are taken, and written in the order of their numbers. The columns ``sex``, ``education``, ``marriage``, ``age``
(protected) and ``default_next_month`` (the outcome) are left out. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from hashlib import sha256
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/tideover/rehearsal/data/uci_card_default.csv.gz"
LATE_AND_OWING, OTHERS = 540, 60
LEFT_OUT = {"sex", "education", "marriage", "age", "default_next_month"}


def rank(row: dict[str, str]) -> str:
    """Where the rule puts an account."""
    return sha256(f"tideover-demo:{row['account_id']}".encode()).hexdigest()


def is_late_and_owing(row: dict[str, str]) -> bool:
    """Whether September's statement shows a delay and a bill."""
    return int(row["pay_0"]) > 0 and int(row["bill_amt1"]) > 0


def choose(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The demo's rows, in the order of their account numbers."""
    ranked = sorted(rows, key=rank)
    late = [row for row in ranked if is_late_and_owing(row)][:LATE_AND_OWING]
    others = [row for row in ranked if not is_late_and_owing(row)][:OTHERS]
    return sorted(late + others, key=lambda row: int(row["account_id"]))


def main() -> None:
    """Read the file named on the command line and write the package's data file."""
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    kept = [name for name in rows[0] if name not in LEFT_OUT]
    text = io.StringIO()
    writer = csv.DictWriter(text, kept, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(choose(rows))
    with TARGET.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as target:
        target.write(text.getvalue().encode())
    print(f"{TARGET}: sha256 {sha256(text.getvalue().encode()).hexdigest()}")


if __name__ == "__main__":
    main()
