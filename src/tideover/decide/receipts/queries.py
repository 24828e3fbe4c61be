"""Public reads of receipts: which day is open, what was decided for an account, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow.parquet as parquet

from tideover.core import store
from tideover.core.policy import queries as policy
from tideover.decide.receipts import explaining
from tideover.decide.receipts.deciding import KINDS
from tideover.decide.receipts.models import DecisionDay
from tideover.decide.receipts.types import (
    CaseNotDecided,
    DayNotFiled,
    DecisionDayRead,
    Explanation,
    Policies,
    PoolMember,
)


def current_policies() -> Policies:
    """The policies in force, as a day that is decided now would use them."""
    return Policies({kind: policy.load(kind) for kind in KINDS})


def policies_of(versions: Mapping[str, Mapping[str, str]]) -> Policies:
    """The policies in these versions; raises PolicyVersionUnknown where one is no longer kept."""
    return Policies(
        {
            kind: [policy.get_version(kind, policy_id, version) for policy_id, version in by_id.items()]
            for kind, by_id in versions.items()
        }
    )


def get_open_day(client_id: int) -> date | None:
    """The client's open day: the latest that was filed; None before the first."""
    return DecisionDay.objects.filter(client_id=client_id).order_by("-day").values_list("day", flat=True).first()


def list_days(client_id: int) -> list[DecisionDayRead]:
    """The client's filed days, newest first."""
    return [_read(row) for row in DecisionDay.objects.filter(client_id=client_id).order_by("-day")]


def find_day(client_id: int, day: date) -> DecisionDayRead | None:
    """The receipt of the client's day, if it was filed."""
    row = DecisionDay.objects.filter(client_id=client_id, day=day).first()
    return None if row is None else _read(row)


def get_day(client_id: int, day: date) -> DecisionDayRead:
    """The receipt of the client's day; raises DayNotFiled."""
    found = find_day(client_id, day)
    if found is None:
        raise DayNotFiled(client=str(client_id), day=day)
    return found


def get_step(account_id: int, day: date) -> str | None:
    """The step to which the account came on the day; None when it was in no filed day."""
    for filed in DecisionDay.objects.filter(day=day).order_by("client_id"):
        rows = _rows(_read(filed), filed.decision_day_digest, "account_id", account_id)
        if rows:
            return str(rows[0]["step"])
    return None


def explain(case_id: int, day: date, language: str) -> Explanation:
    """Why the case is, or is not, worked on the day: in words, from the day's receipt alone.

    Raises DayNotFiled, CaseNotDecided, or what the store raises.
    """
    filed_days = DecisionDay.objects.filter(day=day).order_by("client_id")
    for filed in map(_read, filed_days):
        decided = _rows(filed, filed.decision_day_digest, "case_id", case_id)
        if decided:
            facts = _rows(filed, filed.account_day_digest, "case_id", case_id)
            return explaining.explain(filed, case_id, decided, facts, language)
    if not filed_days:
        raise DayNotFiled(client="–", day=day)
    raise CaseNotDecided(case=str(case_id), day=day)


def _rows(filed: DecisionDayRead, digest: str, key: str, value: int) -> list[dict[str, Any]]:
    path = store.get(digest, store.folder_of(filed.client_id, filed.day))
    found: list[dict[str, Any]] = parquet.read_table(path, filters=[(key, "=", value)]).to_pylist()
    return sorted(found, key=lambda row: row["account_id"])


def _read(row: DecisionDay) -> DecisionDayRead:
    versions: Mapping[str, Mapping[str, str]] = row.policy_versions
    return DecisionDayRead(
        client_id=row.client_id,
        day=row.day,
        account_day_digest=row.account_day_digest,
        collector_day_digest=row.collector_day_digest,
        decision_day_digest=row.decision_day_digest,
        policy_versions=versions,
        ends_at=row.ends_at,
        rows=row.rows,
        summary=row.summary,
        filed_at=row.filed_at,
        pool=tuple(
            PoolMember(
                client_id=each["client_id"],
                ends_at=datetime.fromisoformat(each["ends_at"]),
                account_day_digest=each["account_day"],
                proposals_digest=each["proposals"],
                struck_digest=each["struck"],
                policy_versions=each["policies"],
            )
            for each in row.pool
        ),
    )
