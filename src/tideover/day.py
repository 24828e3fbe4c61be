"""The day, in order: the first page to read.

A client's day runs these steps. Each is idempotent for its day, works on sets, and is done in one transaction with
the note that it is done; a run that is killed is taken up where it stood, and two runs at once become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tideover.act.arrangements import operations as arrangements
from tideover.core import store
from tideover.core.access.types import Actor
from tideover.core.clock import rules as clock
from tideover.core.jobs import steps
from tideover.core.jobs.steps import Step, StepResult
from tideover.core.journal import operations as journal
from tideover.core.problem import Problem
from tideover.decide.assignment import operations as assignment
from tideover.decide.gate import operations as gate
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts.types import Policies
from tideover.decide.snapshot import operations as snapshot
from tideover.decide.snapshot import queries as snapshot_queries
from tideover.decide.strategy import operations as strategy
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients_operations
from tideover.know.clients import queries as clients
from tideover.know.clients.types import ClientRead

SEQUENCE = "day"

Progress = Callable[[StepResult], None]


class DayNotNext(Problem):
    """Only the open day or the one after it can be run."""

    code = "day.not-next"


class DayNotBegun(Problem):
    """The day has not begun at the client."""

    code = "day.not-begun"


@dataclass(frozen=True)
class DaySummary:
    """What a day came to: its steps, and how many accounts by stage, step and reason."""

    client_id: int
    day: date
    steps: tuple[StepResult, ...]
    summary: dict[str, Any]

    @property
    def was_done(self) -> bool:
        """Whether nothing was left to do."""
        return all(step.was_done for step in self.steps)


def run_day(*, client_id: int, day: date, at: datetime, actor: Actor, progress: Progress | None = None) -> DaySummary:
    """Decide a client's day and file it; what is done already stays. Raises DayNotNext, DayNotBegun."""
    client = clients.get_client_by_id(client_id)
    _refuse_other_days(client, day, at)
    run = _Day(client, day, at, actor)
    done = steps.run(
        sequence=SEQUENCE,
        key=run.key,
        steps=(
            Step("judge-promises", run.judge_promises),  # were yesterday's promises kept?
            Step("refresh-cases", run.refresh_cases),  # open, move along the ladder, close
            Step("snapshot", run.take_snapshot),  # all that the decision may look at
            Step("propose", run.propose),  # one named step for every account
            Step("strike-out", run.strike_out),  # what cannot be lawful today
            Step("assign", run.assign),  # who does it, in what order
            Step("file", run.file),  # the receipt, the lists, the new owners
            Step("seal", run.seal),  # one digest over all chains of the journal
        ),
        progress=progress,
    )
    filed = receipts_queries.get_day(client_id, day)
    return DaySummary(client_id, day, tuple(done), dict(filed.summary))


def next_day(client_id: int, at: datetime) -> date | None:
    """The day that is due for the client: the one after the open day once it has begun, before the first today.

    None while it has not begun.
    """
    client = clients.get_client_by_id(client_id)
    open_day = receipts_queries.get_open_day(client_id)
    day = client.local_date(at) if open_day is None else open_day + timedelta(days=1)
    return day if _has_begun(client, day, at) else None


def _refuse_other_days(client: ClientRead, day: date, at: datetime) -> None:
    open_day = receipts_queries.get_open_day(client.id)
    if open_day is not None and day not in (open_day, open_day + timedelta(days=1)):
        raise DayNotNext(day=day, open_day=open_day, next_day=open_day + timedelta(days=1), client=client.code)
    if open_day != day and not _has_begun(client, day, at):
        begins_at = clock.instant(day, client.day_begins, client.zone).astimezone(clock.zone_of(client.zone))
        raise DayNotBegun(day=day, client=client.code, begins_at=begins_at)


def _has_begun(client: ClientRead, day: date, at: datetime) -> bool:
    return at >= clock.instant(day, client.day_begins, client.zone)


class _Day:
    """One run of a client's day. Steps hand on files by their digest, so that a later process can go on."""

    def __init__(self, client: ClientRead, day: date, at: datetime, actor: Actor) -> None:
        self.client, self.day, self.at, self.actor = client, day, at, actor
        self.key = f"{client.id}:{day.isoformat()}"
        self.folder = store.folder_of(client.id, day)
        self.ends_at = clock.end_of_day(day, client.zone)

    def judge_promises(self) -> dict[str, Any]:
        clients_operations.take_turn(client_id=self.client.id)
        return arrangements.judge_promises(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)

    def refresh_cases(self) -> dict[str, Any]:
        clients_operations.take_turn(client_id=self.client.id)
        return cases.refresh(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)

    def take_snapshot(self) -> dict[str, Any]:
        taken = snapshot.take(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)
        return {"accounts": taken.account_day.rows, "collectors": taken.collector_day.rows}

    def propose(self) -> dict[str, Any]:
        policies = receipts_queries.current_policies()
        with self._writing("proposals") as out:
            proposed = strategy.propose(
                day=self.day,
                client_id=self.client.id,
                account_day=snapshot_queries.get_taken(self.client.id, self.day).account_day.path,
                strategies=policies.of("strategies"),
                out=out.path,
            )
            out.keep()
        counts = {"accounts": proposed.accounts_count, "no_strategy": proposed.uncovered_count}
        return {"file": out.digest, "policies": policies.versions, **counts}

    def strike_out(self) -> dict[str, Any]:
        with self._writing("struck") as out:
            counts = gate.strike_out(
                day=self.day,
                account_day=snapshot_queries.get_taken(self.client.id, self.day).account_day.path,
                proposals=self._made_by("propose"),
                output=out.path,
                rules=self._policies().of("jurisdictions", "coverage"),
            )
            out.keep()
        return {"file": out.digest, **counts}

    def assign(self) -> dict[str, Any]:
        taken = snapshot_queries.get_taken(self.client.id, self.day)
        with self._writing("assigned") as out:
            assigned = assignment.assign(
                account_day=taken.account_day.path,
                proposals=self._made_by("propose"),
                struck=self._made_by("strike-out"),
                collector_day=taken.collector_day.path,
                ladder=receipts_queries.rungs(self._policies()),
                day=self.day,
                ends_at=self.ends_at,
                output=out.path,
            )
            out.keep()
        counts = {"items": assigned.items_count, "covered": assigned.covered_count}
        counts |= {"not_reached": assigned.not_reached_count, "uncovered": assigned.uncovered_count}
        counts |= {"new_owners": assigned.new_owners_count}
        return {"file": out.digest, **counts}

    def file(self) -> dict[str, Any]:
        clients_operations.take_turn(client_id=self.client.id)
        filed = receipts.file(
            client_id=self.client.id,
            day=self.day,
            ends_at=self.ends_at,
            taken=snapshot_queries.get_taken(self.client.id, self.day),
            proposals=self._made_by("propose"),
            struck=self._made_by("strike-out"),
            assigned=self._made_by("assign"),
            policies=self._policies(),
            at=self.at,
            actor=self.actor,
        )
        return {"file": filed.decision_day_digest, "accounts": filed.rows}

    def seal(self) -> dict[str, Any]:
        root = journal.make_daily_root(day=self.day, at=self.at)
        filed = receipts_queries.get_day(self.client.id, self.day)
        kept = (filed.account_day_digest, filed.collector_day_digest, filed.decision_day_digest)
        return {"root": root, "swept": store.sweep(self.folder, kept) + store.sweep_aside()}

    def _policies(self) -> Policies:
        """Those that proposed: a day that is taken up later goes on under the policies with which it began."""
        return receipts_queries.policies_of(steps.list_done(SEQUENCE, self.key)["propose"]["policies"])

    def _made_by(self, step: str) -> Path:
        return store.get(steps.list_done(SEQUENCE, self.key)[step]["file"], self.folder)

    @contextmanager
    def _writing(self, name: str) -> Iterator[_Output]:
        with store.aside() as folder:
            yield _Output(folder / f"{name}.parquet", self.folder)


class _Output:
    """A file that a step writes aside and then keeps."""

    def __init__(self, path: Path, folder: str) -> None:
        self.path, self._folder, self.digest = path, folder, ""

    def keep(self) -> None:
        self.digest = store.keep(self.path, self._folder).digest
