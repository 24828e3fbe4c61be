"""Small nights for the tests of assignment: accounts, what was proposed, and who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet as parquet

from tideover.decide.assignment import operations
from tideover.decide.assignment.types import Assigned, Rung, Share

CLIENT = 7
DAY = date(2026, 10, 5)
ENDS_AT = datetime(2026, 10, 5, 16, tzinfo=UTC)
STAGES = ("intake-and-filing", "first-contact", "continued-follow-up", "pre-final-review", "final-notice")
LADDER = [
    Rung("card", stage, place, None if place == 0 else "final" if stage == "final-notice" else "early",
         "team-leader" if stage == "pre-final-review" else "collector")
    for place, stage in enumerate(STAGES)
]  # fmt: skip

ARROW: dict[str, pyarrow.DataType] = {
    "BIGINT": pyarrow.int64(),
    "BIGINT[]": pyarrow.list_(pyarrow.int64()),
    "BOOLEAN": pyarrow.bool_(),
    "DATE": pyarrow.date32(),
    "DECIMAL(18,4)": pyarrow.decimal128(18, 4),
    "TIMESTAMPTZ": pyarrow.timestamp("us", "UTC"),
    "VARCHAR": pyarrow.string(),
    "VARCHAR[]": pyarrow.list_(pyarrow.string()),
}
ACCOUNT: dict[str, tuple[str, Any]] = {
    "account_id": ("BIGINT", None),
    "case_id": ("BIGINT", None),
    "customer_id": ("BIGINT", 1),
    "collector_id": ("BIGINT", None),
    "language": ("VARCHAR", "zh-Hans"),
    "product": ("VARCHAR", "card"),
    "stage": ("VARCHAR", "first-contact"),
    "stage_late": ("BOOLEAN", False),
    "stage_deadline_date": ("DATE", None),
    "stage_age_days": ("BIGINT", 0),
    "last_attempt_days_ago": ("BIGINT", None),
    "dpd": ("BIGINT", 3),
    "owed_amount": ("DECIMAL(18,4)", 100),
    "currency": ("VARCHAR", "CNY"),
    "call_back_at": ("TIMESTAMPTZ", None),
    "promise_broken": ("BOOLEAN", False),
    "promise_due_date": ("DATE", None),
    "collector_complained_of": ("BOOLEAN", False),
}
PROPOSAL: dict[str, tuple[str, Any]] = {
    "account_id": ("BIGINT", None),
    "strategy_id": ("VARCHAR", "strategies.card"),
    "strategy_version": ("VARCHAR", "v1"),
    "step": ("VARCHAR", "call"),
    "action": ("VARCHAR", "contact"),
    "channel": ("VARCHAR", "call"),
    "skill": ("VARCHAR", None),
}
STRUCK: dict[str, tuple[str, Any]] = {"account_id": ("BIGINT", None), "clause": ("VARCHAR", "holds")}
COLLECTOR: dict[str, tuple[str, Any]] = {
    "user_id": ("BIGINT", None),
    "team_id": ("BIGINT", 1),
    "client_ids": ("BIGINT[]", [CLIENT]),
    "is_present": ("BOOLEAN", True),
    "languages": ("VARCHAR[]", ["zh-Hans"]),
    "skills": ("VARCHAR[]", ["early"]),
    "work_items_left": ("BIGINT", 100),
    "cases_left": ("BIGINT", 100),
    "takes_new_cases": ("BOOLEAN", True),
}


@dataclass
class Night:
    """A night in a folder: rows say only what matters, the rest has defaults."""

    folder: Path
    accounts: list[dict[str, Any]] = field(default_factory=list)
    collectors: list[dict[str, Any]] = field(default_factory=list)
    struck: Sequence[int] = ()

    def account(self, account_id: int, case_id: int, proposal: dict[str, Any] | None = None, **facts: Any) -> None:
        """An account of a case, with what the strategy proposed for it."""
        self.accounts.append({"account_id": account_id, "case_id": case_id, **facts, "proposal": proposal or {}})

    def collector(self, user_id: int, **facts: Any) -> None:
        """Somebody who is there that day."""
        self.collectors.append({"user_id": user_id, **facts})

    def assign(self, output: str = "assigned.parquet") -> Assigned:
        """Write the inputs and assign."""
        paths = {
            "account_day": self._write("account_day", ACCOUNT, self.accounts),
            "proposals": self._write(
                "proposals",
                PROPOSAL,
                [{"account_id": each["account_id"], **each["proposal"]} for each in self.accounts],
            ),
            "struck": self._write("struck", STRUCK, [{"account_id": each} for each in self.struck]),
            "collector_day": self._write("collector_day", COLLECTOR, self.collectors),
        }
        collector_day = paths.pop("collector_day")
        share = Share(client_id=CLIENT, ends_at=ENDS_AT, ladder=LADDER, **paths)
        return operations.assign(shares=[share], collector_day=collector_day, day=DAY, output=self.folder / output)

    def work(self) -> dict[int, dict[str, Any]]:
        """Assign, and read each case's work."""
        return {row["case_id"]: row for row in parquet.read_table(self.assign().path).to_pylist()}

    def _write(self, name: str, columns: dict[str, tuple[str, Any]], rows: list[dict[str, Any]]) -> Path:
        path, first = self.folder / f"{name}.parquet", next(iter(columns))
        rows = sorted(rows, key=lambda row: row[first])
        made = {
            column: pyarrow.array([row.get(column, default) for row in rows], ARROW[kind])
            for column, (kind, default) in columns.items()
        }
        parquet.write_table(pyarrow.table(made), path)
        return path
