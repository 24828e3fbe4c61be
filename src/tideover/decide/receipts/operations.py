"""Filing a day's decision, and deciding it again to see whether it comes out the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tideover.core import store
from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import types as assignment_types
from tideover.decide.receipts import deciding
from tideover.decide.receipts.models import DecisionDay
from tideover.decide.receipts.queries import find_day, get_day, policies_of
from tideover.decide.receipts.types import AssignedMeanwhile, DecisionDayRead, Part, Proposed, Replay
from tideover.know.cases import operations as cases


def assign(*, proposed: Sequence[Proposed], collector_day: Path, day: date, output: Path) -> assignment_types.Assigned:
    """Decide who does which case's work, over all clients whose collectors are the same; write it to ``output``."""
    return deciding.assign(proposed=proposed, collector_day=collector_day, day=day, output=output)


def file(
    *, proposed: Sequence[Proposed], collector_day: str, assigned: Path, day: date, at: datetime, actor: Actor
) -> list[DecisionDayRead]:
    """Make the day of all the clients visible: receipts, the collectors' lists, new owners and the facts, at once.

    ``collector_day`` is the digest of the collectors that they were assigned to. The decisions are put together and
    kept in the store first; then one short transaction. A day is filed once: another call returns what was filed.
    Raises AssignedMeanwhile where some of the clients, and not all, were filed by another assigning.
    """
    client_ids = [each.part.client_id for each in proposed]
    if filed := [found for each in client_ids if (found := find_day(each, day)) is not None]:
        if len(filed) == len(client_ids):
            return filed
        raise AssignedMeanwhile(day=day)
    decided = [_put_together(each, assigned, day) for each in proposed]
    with transaction.atomic():
        for each, (digest, rows, summary) in zip(proposed, decided, strict=True):
            others = [_member(other, each) for other in proposed if other is not each]
            _file_one(each, others, collector_day, assigned, (digest, rows, summary), day, at, actor)
    return [get_day(each, day) for each in client_ids]


def _put_together(proposed: Proposed, assigned: Path, day: date) -> tuple[str, int, dict[str, Any]]:
    """The client's decision in the store: its digest, how many rows, and what they come to."""
    with store.aside() as folder:
        output = folder / "decision_day.parquet"
        rows = deciding.put_together(
            account_day=proposed.part.account_day,
            proposals=proposed.proposals,
            struck=proposed.struck,
            assigned=assigned,
            output=output,
        )
        summary = deciding.summarise(output)
        kept = store.keep(output, store.folder_of(proposed.part.client_id, day))
    return kept.digest, rows, summary


def _member(other: Proposed, of: Proposed) -> dict[str, Any]:
    """Another client of the assigning, as the receipt keeps it."""
    versions = other.part.policies.versions
    return {
        "client_id": other.part.client_id,
        "ends_at": other.part.ends_at.isoformat(),
        "account_day": other.part.account_day.stem,
        "proposals": other.proposals.stem,
        "struck": other.struck.stem,
        "policies": None if versions == of.part.policies.versions else versions,
    }


def _file_one(
    proposed: Proposed,
    others: list[dict[str, Any]],
    collector_day: str,
    assigned: Path,
    decided: tuple[str, int, dict[str, Any]],
    day: date,
    at: datetime,
    actor: Actor,
) -> None:
    part, (digest, rows, summary) = proposed.part, decided
    counts = assignment.file_work(assigned=assigned, client_id=part.client_id, day=day, at=at)
    given, params = assignment.new_owners(client_id=part.client_id, day=day)
    owners = cases.assign_collectors(given=given, params=params, at=at, actor=actor)
    versions = part.policies.versions
    body = {
        "client_id": part.client_id,
        "day": day,
        "account_day": part.account_day.stem,
        "collector_day": collector_day,
        "decision_day": digest,
        "rows": rows,
        "counts": {**counts, **owners},
        "policies": versions,
    }
    if others:
        body["pool"] = [{name: value for name, value in each.items() if name != "policies"} for each in others]
    fact_id = journal.append(
        chain=journal.INSTALLATION, kind="day-filed", room="receipts", at=at, actor=actor, body=body
    )
    DecisionDay.objects.create(
        client_id=part.client_id,
        day=day,
        account_day_digest=part.account_day.stem,
        collector_day_digest=collector_day,
        decision_day_digest=digest,
        policy_versions=versions,
        ends_at=part.ends_at,
        pool=others,
        rows=rows,
        summary={**summary, **counts},
        filed_at=at,
        fact_id=fact_id,
    )


def replay(*, client_id: int, day: date) -> Replay:
    """Decide the day again from its stored inputs and the stored policy versions, and compare every row.

    It works in a folder of its own that is given the inputs and nothing else: the client's accounts, those of the
    clients that were assigned with it, and the collectors. The stored decision is fetched only when the new one
    stands. Writes nothing. Raises DayNotFiled, PolicyVersionUnknown, or what the store raises when an input is
    missing or is no longer what its digest says.
    """
    filed = get_day(client_id, day)
    kept_in = store.folder_of(client_id, day)
    with store.aside() as folder:
        account_day, collector_day = folder / "account_day.parquet", folder / "collector_day.parquet"
        shutil.copyfile(store.get(filed.account_day_digest, kept_in), account_day)
        shutil.copyfile(store.get(filed.collector_day_digest, kept_in), collector_day)
        parts = [Part(client_id, filed.ends_at, account_day, policies_of(filed.policy_versions))]
        for each in filed.pool:
            theirs = folder / f"account_day-{each.client_id}.parquet"
            shutil.copyfile(store.get(each.account_day_digest, store.folder_of(each.client_id, day)), theirs)
            versions = filed.policy_versions if each.policy_versions is None else each.policy_versions
            parts.append(Part(each.client_id, each.ends_at, theirs, policies_of(versions)))
        parts.sort(key=lambda part: part.client_id)
        again = deciding.decide(client_id=client_id, day=day, parts=parts, collector_day=collector_day, folder=folder)
        count, differences = deciding.compare(store.get(filed.decision_day_digest, kept_in), again)
    return Replay(client_id, day, count == 0, filed.rows, count, tuple(differences))
