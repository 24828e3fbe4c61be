"""The power goes in every step of a day, at five seeded moments each; and two workers run one day at once.

A moment is a statement that reaches the database, the commit of a transaction, or a file on its way into the store.
Two banks with a team each get one portfolio: the days of one are never disturbed, those of the other are killed in
each step in turn and taken up again by another process. In the end both have decided the same. And two banks that
share a team are killed while they are assigned together.
"""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tests.days.bank import FIRST, Bank, hire_team, open_another, open_bank, write_portfolio
from tests.faults import children
from tideover.core import store
from tideover.core.jobs.models import StepRun
from tideover.core.jobs.steps import StepResult
from tideover.core.journal import queries as journal
from tideover.core.journal.models import Fact
from tideover.decide.assignment.models import WorkItem
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.know.cases.models import Case, Tenure
from tideover.know.portfolio.models import Account

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261124
ROUNDS = 5
ACCOUNTS = 12


class Moments:
    """Counts the moments of each step, and ends the process at one of a named step."""

    def __init__(self, step: int, ends_at: int) -> None:
        self.step, self.ends_at = step, ends_at
        self.now = 0
        self.counts = [0] * 8

    def pass_by(self) -> None:
        if self.now < len(self.counts):
            if self.now == self.step and self.counts[self.now] == self.ends_at:
                children.die()
            self.counts[self.now] += 1

    def step_is_done(self, result: StepResult) -> None:
        if self.now == self.step and not result.was_done:
            children.die()
        self.now += 1

    def on_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.pass_by()
        return execute(sql, params, many, context)


def deciding(bank: Bank, day: date, step: int, ends_at: int) -> Callable[[], list[int]]:
    """One process that runs the bank's day, and dies in the step unless that stood already."""

    def work() -> list[int]:
        moments = Moments(step, ends_at)
        commit, keep = DatabaseWrapper._commit, store.keep  # type: ignore[attr-defined]

        def commit_or_not(wrapper: Any) -> Any:
            moments.pass_by()
            done = commit(wrapper)
            moments.pass_by()
            return done

        def keep_or_not(path: Path, folder: str) -> store.Stored:
            moments.pass_by()
            kept = keep(path, folder)
            moments.pass_by()
            return kept

        DatabaseWrapper._commit = commit_or_not  # type: ignore[attr-defined,method-assign]
        store.keep = keep_or_not
        with connection.execute_wrapper(moments.on_statement):
            bank.run(day, moments.step_is_done)
        return moments.counts

    return work


def test_kill_9_in_each_step_of_the_day_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    portfolio = write_portfolio(tmp_path, ACCOUNTS)
    calm = open_bank(portfolio)
    hire_team("another-team")
    shaken = open_another(portfolio, "another", "another-team")
    draw = random.Random(SEED)
    receipts_queries.current_policies()  # read once; the children inherit them
    kills = 0
    for number in range(ROUNDS):
        day = FIRST + timedelta(days=number)
        (whole,) = children.run([deciding(calm, day, -1, 0)])
        for step, moments in enumerate(whole.result):
            (dead,) = children.run([deciding(shaken, day, step, draw.randrange(moments))])
            assert dead.killed_by == signal.SIGKILL, (day, step)
            kills += 1
        (ended,) = children.run([deciding(shaken, day, -1, 0)])
        assert ended.killed_by is None
        look_at(shaken, day)
        assert decided(shaken, day) == decided(calm, day)
    assert kills == ROUNDS * 8
    assert journal.verify().holds


def test_kill_9_while_two_banks_are_assigned_together_files_both_or_neither(tmp_path: Path) -> None:
    portfolio = write_portfolio(tmp_path, ACCOUNTS)
    one, other = open_bank(portfolio), open_another(portfolio, "another")
    draw = random.Random(SEED)
    receipts_queries.current_policies()
    children.run([deciding(one, FIRST, -1, 0)])
    children.run([deciding(other, FIRST, -1, 0)])
    for number in range(1, ROUNDS + 1):
        day = FIRST + timedelta(days=number)
        children.run([deciding(one, day, -1, 0)])
        for step in (5, 6, 7):
            (dead,) = children.run([deciding(other, day, step, draw.randrange(12 if step == 7 else 40))])
            assert dead.killed_by == signal.SIGKILL, (day, step)
            assert {receipts_queries.get_open_day(bank.client_id) for bank in (one, other)} in (
                {day}, {day - timedelta(days=1)},
            )  # fmt: skip
        both = children.run([deciding(one, day, -1, 0), deciding(other, day, -1, 0)])
        assert [each.killed_by for each in both] == [None, None]
        for bank in (one, other):
            look_at(bank, day, together=True)
    assert journal.verify().holds


def test_two_workers_on_one_day_make_one_day(tmp_path: Path) -> None:
    bank = open_bank(write_portfolio(tmp_path, ACCOUNTS))
    both = children.run([deciding(bank, FIRST, -1, 0)] * 2)
    assert [each.killed_by for each in both] == [None, None]
    look_at(bank, FIRST)
    assert journal.verify().holds


def decided(bank: Bank, day: date) -> list[tuple[Any, ...]]:
    """What the day decided, by the lender's own account numbers."""
    numbers = dict(Account.objects.filter(client_id=bank.client_id).values_list("id", "number"))
    filed = receipts_queries.get_day(bank.client_id, day)
    rows = parquet.read_table(store.get(filed.decision_day_digest, store.folder_of(bank.client_id, day))).to_pylist()
    columns = ("stage", "step", "action", "channel", "struck_clause", "leads", "uncovered_cause", "order_reason")
    return sorted((numbers[row["account_id"]], *(str(row[column]) for column in columns)) for row in rows)


def look_at(bank: Bank, day: date, together: bool = False) -> None:
    """The day stands once and whole, whatever happened on the way."""
    filed = receipts_queries.get_day(bank.client_id, day)
    ids = sorted([bank.client_id, *(each.client_id for each in filed.pool)])
    assert (len(ids) > 1) == together
    keys = {f"{bank.client_id}:{day.isoformat()}", f"{'+'.join(str(each) for each in ids)}:{day.isoformat()}"}
    assert StepRun.objects.filter(key__in=keys, done_at__isnull=False).count() == 8
    assert filed.rows == ACCOUNTS
    items = WorkItem.objects.filter(client_id=bank.client_id, day=day)
    assert items.count() == filed.summary["work"] == filed.summary["items"]
    bodies = [
        json.loads(fact.body) for fact in Fact.objects.filter(chain_id=0, kind__in=("day-filed", "snapshot-taken"))
    ]
    told = [body for body in bodies if (body["client_id"], body["day"]) == (bank.client_id, day.isoformat())]
    assert len(told) == 3
    for case in Case.objects.filter(client_id=bank.client_id, collector_id__isnull=False):
        assert Tenure.objects.filter(case=case, until_at=None).count() == 1
    for case in Case.objects.filter(client_id=bank.client_id):
        kinds = [fact.kind for fact in journal.list_facts(case.customer_id)]
        assert kinds.count("case-opened") == Case.objects.filter(customer_id=case.customer_id).count()
    assert receipts.replay(client_id=bank.client_id, day=day).equal
    folder = store.get(filed.decision_day_digest, store.folder_of(bank.client_id, day)).parent
    assert len(list(folder.iterdir())) == 3, "what a killed run left is swept"
