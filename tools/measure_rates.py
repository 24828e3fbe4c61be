"""Measure, in public data, how late accounts move and how attempts wear off: what the rehearsal's loans follow.

    python tools/measure_rates.py months_long.csv.gz contacts.csv.gz

``months_long.csv.gz`` is UCI data set 350 as a row an account and month (``account_id``, ``statement_month``,
``status_code``); ``contacts.csv.gz`` is UCI data set 222 with ``campaign`` (contacts made) and ``y`` (the result).
Codes 1 and 2 are merged before months are compared, since the source uses code 1 in the last month only. The same
input gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

TARGET = Path(__file__).parent.parent / "src/tideover/rehearsal/data/measured_rates.yaml"

MOVES = """
WITH state AS (
    SELECT account_id, statement_month,
        CASE WHEN status_code <= 0 THEN 0 WHEN status_code <= 2 THEN 1 ELSE least(status_code - 1, 4) END AS unpaid
    FROM read_csv(?)
), pair AS (
    SELECT unpaid, lead(unpaid) OVER (PARTITION BY account_id ORDER BY statement_month) AS next_unpaid FROM state
)
SELECT unpaid, next_unpaid, count(*), count(*) / sum(count(*)) OVER (PARTITION BY unpaid)
FROM pair WHERE next_unpaid IS NOT NULL GROUP BY unpaid, next_unpaid ORDER BY unpaid, next_unpaid
"""

DECAY = """
WITH tally AS (
    SELECT campaign AS attempt, count(*) AS customers, count(*) FILTER (WHERE y = 'yes') AS won
    FROM read_csv(?) GROUP BY campaign
), hazard AS (
    SELECT attempt, won / sum(customers) OVER (ORDER BY attempt DESC) AS share,
        sum(customers) OVER (ORDER BY attempt DESC) AS reached
    FROM tally
)
SELECT attempt, share / first(share) OVER (ORDER BY attempt), reached::BIGINT FROM hazard
WHERE attempt <= 8 ORDER BY attempt
"""

HEAD = """\
# Made by tools/measure_rates.py from public data; do not edit.
# moves: by how many instalments are unpaid (4: four or more), the share that has so many unpaid a month later.
# decay: how much of the first attempt's chance the n-th attempt still has.
sources:
  moves: "UCI data set 350, Default of Credit Card Clients (I-C. Yeh, 2009), doi 10.24432/C55S3H, CC BY 4.0"
  decay: >-
    UCI data set 222, Bank Marketing (Moro, Rita, Cortez), doi 10.24432/C5K306, CC BY 4.0. A sales campaign: it shows
    how attempts wear off, not how many customers pay.
"""


def main(months: str, contacts: str) -> None:
    """Write the measured shares."""
    connection = duckdb.connect()
    lines = ["moves:"]
    of = None
    for unpaid, next_unpaid, count, share in connection.execute(MOVES, [months]).fetchall():
        if unpaid != of:
            lines.append(f"  {unpaid}:")
            of = unpaid
        lines.append(f'    {next_unpaid}: "{share:.4f}"  # {count}')
    lines.append("decay:")
    for attempt, share, reached in connection.execute(DECAY, [contacts]).fetchall():
        lines.append(f'  {attempt}: "{share:.2f}"  # of {reached} reached')
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
