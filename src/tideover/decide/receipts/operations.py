"""Filing a day's decision, and deciding it again to see whether it comes out the same."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from tideover.core import store
from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.decide.assignment import operations as assignment
from tideover.decide.receipts import deciding
from tideover.decide.receipts.models import DecisionDay
from tideover.decide.receipts.queries import find_day, get_day, policies_of
from tideover.decide.receipts.types import DecisionDayRead, Policies, Replay
from tideover.decide.snapshot import types as snapshot_types
from tideover.know.cases import operations as cases


def put_together(*, account_day: Path, proposals: Path, struck: Path, assigned: Path, output: Path) -> int:
    """Write the decision about every account to ``output``; raises DecisionIncomplete."""
    return deciding.put_together(
        account_day=account_day, proposals=proposals, struck=struck, assigned=assigned, output=output
    )


def file(
    *,
    client_id: int,
    day: date,
    ends_at: datetime,
    taken: snapshot_types.Taken,
    proposals: Path,
    struck: Path,
    assigned: Path,
    policies: Policies,
    at: datetime,
    actor: Actor,
) -> DecisionDayRead:
    """Make the day's decision visible: its receipt, the collectors' lists, new owners and the facts, at once.

    The decision is put together and kept in the store first; then one short transaction. A day is filed once:
    another call returns what was filed.
    """
    if (filed := find_day(client_id, day)) is not None:
        return filed
    with store.aside() as folder:
        output = folder / "decision_day.parquet"
        rows = deciding.put_together(
            account_day=taken.account_day.path, proposals=proposals, struck=struck, assigned=assigned, output=output
        )
        summary = deciding.summarise(output)
        kept = store.keep(output, store.folder_of(client_id, day))
    with transaction.atomic():
        counts = assignment.file_work(assigned=assigned, client_id=client_id, day=day, at=at)
        given, params = assignment.new_owners(client_id=client_id, day=day)
        owners = cases.assign_collectors(given=given, params=params, at=at, actor=actor)
        body = {
            "client_id": client_id,
            "day": day,
            "account_day": taken.account_day.digest,
            "collector_day": taken.collector_day.digest,
            "decision_day": kept.digest,
            "rows": rows,
            "counts": {**counts, **owners},
            "policies": policies.versions,
        }
        fact_id = journal.append(
            chain=journal.INSTALLATION, kind="day-filed", room="receipts", at=at, actor=actor, body=body
        )
        DecisionDay.objects.create(
            client_id=client_id,
            day=day,
            account_day_digest=taken.account_day.digest,
            collector_day_digest=taken.collector_day.digest,
            decision_day_digest=kept.digest,
            policy_versions=policies.versions,
            ends_at=ends_at,
            rows=rows,
            summary={**summary, **counts},
            filed_at=at,
            fact_id=fact_id,
        )
    return get_day(client_id, day)


def replay(*, client_id: int, day: date) -> Replay:
    """Decide the day again from its stored inputs and the stored policy versions, and compare every row.

    It works in a folder of its own that is given the two inputs and nothing else; the stored decision is fetched
    only when the new one stands. Writes nothing. Raises DayNotFiled, PolicyVersionUnknown, or what the store raises
    when an input is missing or is no longer what its digest says.
    """
    filed = get_day(client_id, day)
    kept_in = store.folder_of(client_id, day)
    policies = policies_of(filed.policy_versions)
    with store.aside() as folder:
        account_day, collector_day = folder / "account_day.parquet", folder / "collector_day.parquet"
        shutil.copyfile(store.get(filed.account_day_digest, kept_in), account_day)
        shutil.copyfile(store.get(filed.collector_day_digest, kept_in), collector_day)
        again = deciding.decide(
            client_id=client_id,
            day=day,
            ends_at=filed.ends_at,
            account_day=account_day,
            collector_day=collector_day,
            policies=policies,
            folder=folder,
        ).decision_day
        count, differences = deciding.compare(store.get(filed.decision_day_digest, kept_in), again)
    return Replay(client_id, day, count == 0, filed.rows, count, tuple(differences))
