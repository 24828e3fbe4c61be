"""The day, in order: the first page to read.

A client's day runs these steps. Each is idempotent for its day, works on sets, and is done in one transaction with
the note that it is done; a run that is killed is taken up where it stood, and two runs at once become one.

A client's own steps end with striking out. Who does the work is decided for the *pool*: the clients whose teams are
the same, at once, when each of them is struck out, filed or stopped. A client that is let go on later the same day
is assigned by itself, in the room that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from tideover.decide.gate import operations as gate
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts.types import Part, Policies, Proposed
from tideover.decide.snapshot import operations as snapshot
from tideover.decide.snapshot import queries as snapshot_queries
from tideover.decide.strategy import operations as strategy
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients_operations
from tideover.know.clients import queries as clients
from tideover.know.clients.types import ClientRead
from tideover.know.staff import queries as staff

SEQUENCE = "day"
OWN_STEPS = ("judge-promises", "refresh-cases", "snapshot", "propose", "strike-out")
POOL_STEPS = ("assign", "file", "seal")
STEPS_COUNT = len(OWN_STEPS) + len(POOL_STEPS)

Progress = Callable[[StepResult], None]


class DayNotNext(Problem):
    """Only the open day or the one after it can be run."""

    code = "day.not-next"


class DayNotBegun(Problem):
    """The day has not begun at the client."""

    code = "day.not-begun"


@dataclass(frozen=True)
class DaySummary:
    """What a day came to: its steps, and how many accounts by stage, step and reason.

    Until the day is filed there is no summary: ``is_stopped`` says that the client's collection is stopped, and
    ``waits_for`` names the clients of the same teams that are not struck out yet.
    """

    client_id: int
    day: date
    steps: tuple[StepResult, ...]
    summary: dict[str, Any]
    is_filed: bool = True
    is_stopped: bool = False
    waits_for: tuple[str, ...] = ()

    @property
    def was_done(self) -> bool:
        """Whether nothing was left to do."""
        return self.is_filed and all(step.was_done for step in self.steps)


def run_day(*, client_id: int, day: date, at: datetime, actor: Actor, progress: Progress | None = None) -> DaySummary:
    """Decide a client's day; assign and file what is ready in its pool. What is done already stays.

    A client that is stopped is left as it is, however long; its colleagues' clients do not wait for it. Raises
    DayNotNext, DayNotBegun.
    """
    client = clients.get_client_by_id(client_id)
    is_stopped = receipts_queries.find_day(client_id, day) is None and clients.is_stopped(client_id)
    done: list[StepResult] = []
    if not is_stopped:
        _refuse_other_days(client, day, at)
        run = _ClientDay(client, day, at, actor)
        acts = (
            run.judge_promises,  # were yesterday's promises kept?
            run.refresh_cases,  # open, move along the ladder, close
            run.take_snapshot,  # all that the decision may look at
            run.propose,  # one named step for every account
            run.strike_out,  # what cannot be lawful today
        )
        named = [Step(name, act) for name, act in zip(OWN_STEPS, acts, strict=True)]
        done += steps.run(sequence=SEQUENCE, key=run.key, steps=named, progress=progress, of=STEPS_COUNT)
    passed, waits_for = _assign_pool(client, day, at, actor, progress)
    filed = receipts_queries.find_day(client_id, day)
    summary = {} if filed is None else dict(filed.summary)
    return DaySummary(
        client_id, day, (*done, *passed), summary, filed is not None, is_stopped and filed is None, tuple(waits_for)
    )


def next_day(client_id: int, at: datetime) -> date | None:
    """The day that is due for the client: the one after the open day once it has begun, before the first today.

    None while it has not begun.
    """
    client = clients.get_client_by_id(client_id)
    open_day = receipts_queries.get_open_day(client_id)
    day = client.local_date(at) if open_day is None else open_day + timedelta(days=1)
    return day if _has_begun(client, day, at) else None


def find_waiting(client_id: int, at: datetime) -> tuple[date, list[str]] | None:
    """The due day that a client has done all of its own steps of, and the codes of the clients that it waits for."""
    day = next_day(client_id, at)
    if day is None or OWN_STEPS[-1] not in steps.list_done(SEQUENCE, _key([client_id], day)):
        return None
    _, waits_for = _standing(clients.list_clients(staff.get_pool(client_id).client_ids), day)
    return (day, waits_for) if waits_for else None


def is_sealed(client_id: int, day: date) -> bool:
    """Whether the last step of a filed day was done; a run that was killed before it is taken up again."""
    filed = receipts_queries.get_day(client_id, day)
    ids = sorted([client_id, *(each.client_id for each in filed.pool)])
    return POOL_STEPS[-1] in steps.list_done(SEQUENCE, _key(ids, day))


def _refuse_other_days(client: ClientRead, day: date, at: datetime) -> None:
    open_day = receipts_queries.get_open_day(client.id)
    if open_day is not None and day not in (open_day, open_day + timedelta(days=1)):
        raise DayNotNext(day=day, open_day=open_day, next_day=open_day + timedelta(days=1), client=client.code)
    if open_day != day and not _has_begun(client, day, at):
        begins_at = clock.instant(day, client.day_begins, client.zone).astimezone(clock.zone_of(client.zone))
        raise DayNotBegun(day=day, client=client.code, begins_at=begins_at)


def _has_begun(client: ClientRead, day: date, at: datetime) -> bool:
    return at >= clock.instant(day, client.day_begins, client.zone)


def _key(client_ids: Sequence[int], day: date) -> str:
    """One client's day, or that of several that are assigned together."""
    return f"{'+'.join(str(each) for each in client_ids)}:{day.isoformat()}"


def _assign_pool(
    client: ClientRead, day: date, at: datetime, actor: Actor, progress: Progress | None
) -> tuple[list[StepResult], list[str]]:
    """Assign and file the clients of the pool that are struck out, once no other is expected; else say for whom."""
    pool = staff.get_pool(client.id)
    with steps.turn(f"pool:{min(pool.client_ids)}:{day.isoformat()}"):
        filed = receipts_queries.find_day(client.id, day)
        if filed is not None:
            ready = [client, *clients.list_clients(each.client_id for each in filed.pool)]
        else:
            ready, waits_for = _standing(clients.list_clients(pool.client_ids), day)
            if waits_for or not ready:
                return [], waits_for
        run = _PoolDay(sorted(ready, key=lambda each: each.id), day, at, actor)
        acts = (
            run.assign,  # who does it, in what order
            run.file,  # the receipts, the lists, the new owners
            run.seal,  # one digest over all chains of the journal
        )
        named = [Step(name, act) for name, act in zip(POOL_STEPS, acts, strict=True)]
        first = len(OWN_STEPS) + 1
        return steps.run(sequence=SEQUENCE, key=run.key, steps=named, progress=progress, position=first), []


def _standing(pool: Sequence[ClientRead], day: date) -> tuple[list[ClientRead], list[str]]:
    """The clients that can be assigned, and the codes of those that are still expected.

    Nobody waits for a client that is filed or stopped, or of which no day was ever begun.
    """
    ready, waits_for = [], []
    for client in pool:
        open_day = receipts_queries.get_open_day(client.id)
        if (open_day is not None and open_day >= day) or clients.is_stopped(client.id):
            continue
        key = _key([client.id], day)
        if OWN_STEPS[-1] in steps.list_done(SEQUENCE, key):
            ready.append(client)
        elif open_day is not None or steps.has_begun(SEQUENCE, key):
            waits_for.append(client.code)
    return ready, waits_for


class _ClientDay:
    """One run of a client's own steps. Steps hand on files by their digest, so that a later process can go on."""

    def __init__(self, client: ClientRead, day: date, at: datetime, actor: Actor) -> None:
        self.client, self.day, self.at, self.actor = client, day, at, actor
        self.key = _key([client.id], day)
        self.folder = store.folder_of(client.id, day)

    def judge_promises(self) -> dict[str, Any]:
        clients_operations.take_turn(client_id=self.client.id)
        return arrangements.judge_promises(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)

    def refresh_cases(self) -> dict[str, Any]:
        clients_operations.take_turn(client_id=self.client.id)
        return cases.refresh(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)

    def take_snapshot(self) -> dict[str, Any]:
        taken = snapshot.take(client_id=self.client.id, day=self.day, at=self.at, actor=self.actor)
        return {"accounts": taken.account_day.rows}

    def propose(self) -> dict[str, Any]:
        policies = receipts_queries.current_policies()
        with _writing("proposals", self.folder) as out:
            proposed = strategy.propose(
                day=self.day,
                client_id=self.client.id,
                account_day=self.account_day,
                strategies=policies.of("strategies"),
                out=out.path,
            )
            out.keep()
        counts = {"accounts": proposed.accounts_count, "no_strategy": proposed.uncovered_count}
        return {"file": out.digest, "policies": policies.versions, **counts}

    def strike_out(self) -> dict[str, Any]:
        with _writing("struck", self.folder) as out:
            counts = gate.strike_out(
                day=self.day,
                account_day=self.account_day,
                proposals=self._made_by("propose"),
                output=out.path,
                rules=self._policies().of("jurisdictions", "coverage"),
            )
            out.keep()
        return {"file": out.digest, **counts}

    def proposed(self) -> Proposed:
        """What the client's own steps came to: for assigning."""
        ends_at = clock.end_of_day(self.day, self.client.zone)
        part = Part(self.client.id, ends_at, self.account_day, self._policies())
        return Proposed(part, self._made_by("propose"), self._made_by("strike-out"))

    @property
    def account_day(self) -> Path:
        """The client's accounts as the day found them."""
        return snapshot_queries.get_taken(self.client.id, self.day).account_day.path

    def _policies(self) -> Policies:
        """Those that proposed: a day that is taken up later goes on under the policies with which it began."""
        return receipts_queries.policies_of(steps.list_done(SEQUENCE, self.key)["propose"]["policies"])

    def _made_by(self, step: str) -> Path:
        return store.get(steps.list_done(SEQUENCE, self.key)[step]["file"], self.folder)


class _PoolDay:
    """One assigning of the clients of a pool. Their files lie with each of them, what was assigned with the first."""

    def __init__(self, ready: Sequence[ClientRead], day: date, at: datetime, actor: Actor) -> None:
        self.day, self.at, self.actor = day, at, actor
        self.client_ids = [client.id for client in ready]
        self.days = [_ClientDay(client, day, at, actor) for client in ready]
        self.key = _key(self.client_ids, day)
        self.folder = self.days[0].folder

    def assign(self) -> dict[str, Any]:
        taken = snapshot.take_collectors(client_ids=self.client_ids, day=self.day, at=self.at, actor=self.actor)
        with _writing("assigned", self.folder) as out:
            assigned = receipts.assign(
                proposed=[each.proposed() for each in self.days],
                collector_day=taken,
                day=self.day,
                output=out.path,
            )
            out.keep()
        counts = {"items": assigned.items_count, "covered": assigned.covered_count}
        counts |= {"not_reached": assigned.not_reached_count, "uncovered": assigned.uncovered_count}
        counts |= {"new_owners": assigned.new_owners_count}
        return {"file": out.digest, "collector_day": taken.stem, "clients": len(self.client_ids), **counts}

    def file(self) -> dict[str, Any]:
        for client_id in self.client_ids:
            clients_operations.take_turn(client_id=client_id)
        assigned = steps.list_done(SEQUENCE, self.key)["assign"]
        filed = receipts.file(
            proposed=[each.proposed() for each in self.days],
            collector_day=assigned["collector_day"],
            assigned=store.get(assigned["file"], self.folder),
            day=self.day,
            at=self.at,
            actor=self.actor,
        )
        return {"accounts": sum(each.rows for each in filed)}

    def seal(self) -> dict[str, Any]:
        root = journal.make_daily_root(day=self.day, at=self.at)
        swept = store.sweep_aside()
        for each in self.days:
            filed = receipts_queries.get_day(each.client.id, self.day)
            kept = (filed.account_day_digest, filed.collector_day_digest, filed.decision_day_digest)
            swept += store.sweep(each.folder, kept)
        return {"root": root, "swept": swept}


class _Output:
    """A file that a step writes aside and then keeps."""

    def __init__(self, path: Path, folder: str) -> None:
        self.path, self._folder, self.digest = path, folder, ""

    def keep(self) -> None:
        self.digest = store.keep(self.path, self._folder).digest


@contextmanager
def _writing(name: str, kept_in: str) -> Iterator[_Output]:
    with store.aside() as folder:
        yield _Output(folder / f"{name}.parquet", kept_in)
