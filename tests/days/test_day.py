"""A client's day as its leader sees it: in order, once, explained, and the same when it is decided again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from django.db import connection, transaction

from tests.days.bank import FIRST, Bank, open_bank, write_portfolio
from tideover import day as days
from tideover.core import store, words
from tideover.core.access.types import SYSTEM
from tideover.core.jobs.steps import StepResult
from tideover.core.journal.models import Fact
from tideover.core.sql import duck
from tideover.decide.assignment.models import WorkItem
from tideover.decide.receipts import deciding
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts.models import DecisionDay
from tideover.decide.receipts.types import CaseNotDecided, DayNotFiled
from tideover.decide.snapshot import columns
from tideover.decide.snapshot import operations as snapshot
from tideover.decide.snapshot import queries as snapshot_queries
from tideover.decide.snapshot.models import Snapshot
from tideover.know.cases.models import Case
from tideover.know.portfolio.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """One bank for all of these tests: each goes back to its first morning by rolling back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield open_bank(write_portfolio(tmp_path_factory.mktemp("bank"), 40))
        transaction.set_rollback(True)


@pytest.fixture
def bank(opened: Bank, db: None) -> Bank:
    return opened


def test_the_steps_are_taken_in_order_and_each_account_comes_to_exactly_one(bank: Bank) -> None:
    told: list[StepResult] = []
    came_to = bank.run(FIRST, told.append)
    assert [step.name for step in told] == [
        "judge-promises", "refresh-cases", "snapshot", "propose", "strike-out", "assign", "file", "seal",
    ]  # fmt: skip
    accounts = Account.objects.filter(client_id=bank.client_id).count()
    assert came_to.summary["accounts"] == accounts == sum(row["accounts_count"] for row in came_to.summary["steps"])
    assert came_to.summary["no_strategy"] == 0
    assert receipts_queries.get_open_day(bank.client_id) == FIRST


def test_every_workable_case_is_one_work_item_and_every_covered_case_has_its_owner(bank: Bank) -> None:
    bank.run(FIRST)
    work = list(WorkItem.objects.filter(client_id=bank.client_id, day=FIRST))
    assert work and len({item.case_id for item in work}) == len(work)
    for item in work:
        assert item.collector_id is not None
        assert Case.objects.get(pk=item.case_id).collector_id == item.collector_id


def test_running_the_day_again_changes_nothing(bank: Bank) -> None:
    first = bank.run(FIRST)
    facts, items = Fact.objects.count(), list(WorkItem.objects.order_by("id").values_list())
    again = bank.run(FIRST)
    assert again.was_done and again.summary == first.summary
    assert Fact.objects.count() == facts
    assert list(WorkItem.objects.order_by("id").values_list()) == items


def test_only_the_open_day_and_the_next_can_be_run_and_not_before_it_has_begun(bank: Bank) -> None:
    bank.run(FIRST)
    for day in (FIRST - timedelta(days=1), FIRST + timedelta(days=2)):
        with pytest.raises(days.DayNotNext):
            bank.run(day)
    tomorrow = FIRST + timedelta(days=1)
    with pytest.raises(days.DayNotBegun):
        days.run_day(
            client_id=bank.client_id, day=tomorrow, at=bank.at(FIRST, 23), actor=days.Actor(None, "x", frozenset())
        )
    assert days.next_day(bank.client_id, bank.at(tomorrow, 7)) is None
    assert days.next_day(bank.client_id, bank.at(tomorrow, 8)) == tomorrow


def test_work_that_was_left_is_superseded_by_the_next_day_and_never_deleted(bank: Bank) -> None:
    bank.run(FIRST)
    left = WorkItem.objects.filter(day=FIRST).count()
    bank.run(FIRST + timedelta(days=1))
    assert WorkItem.objects.filter(day=FIRST, done_cause="superseded").count() == left


def test_the_same_collector_keeps_a_case_on_the_next_day(bank: Bank) -> None:
    bank.run(FIRST)
    owners = dict(Case.objects.values_list("id", "collector_id"))
    bank.run(FIRST + timedelta(days=1))
    assert dict(Case.objects.filter(id__in=owners).values_list("id", "collector_id")) == owners


def test_the_snapshot_has_the_columns_that_policies_may_use_and_its_bytes_repeat(bank: Bank) -> None:
    bank.run(FIRST)
    path = snapshot_queries.get_taken(bank.client_id, FIRST).account_day.path
    assert tuple(parquet.read_schema(path).names) == tuple(name for name, _ in columns.PARQUET)
    Snapshot.objects.all().delete()
    again = snapshot.take(client_id=bank.client_id, day=FIRST, at=bank.at(FIRST), actor=SYSTEM)
    snapshot_again = snapshot.take(client_id=bank.client_id, day=FIRST, at=bank.at(FIRST), actor=SYSTEM)
    assert again == snapshot_again and again.account_day.path != path
    Snapshot.objects.all().delete()
    assert snapshot.take(client_id=bank.client_id, day=FIRST, at=bank.at(FIRST), actor=SYSTEM) == again


def test_a_filed_day_replays_equal_row_by_row(bank: Bank) -> None:
    for number in range(3):
        day = FIRST + timedelta(days=number)
        bank.run(day)
        replayed = receipts.replay(client_id=bank.client_id, day=day)
        assert replayed.equal and replayed.rows == 40


def test_a_replay_decides_without_the_database_and_with_nothing_but_the_two_inputs_in_its_folder(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.run(FIRST)
    decide, seen = deciding.decide, []

    def refuse(*asked: Any) -> None:
        raise AssertionError(f"deciding again asked for {asked[:2]}")

    def decide_alone(**given: Any) -> Any:
        seen.append(sorted(path.name for path in given["folder"].iterdir()))
        with monkeypatch.context() as alone, connection.execute_wrapper(refuse):
            alone.setattr(store, "get", refuse)
            return decide(**given)

    monkeypatch.setattr(deciding, "decide", decide_alone)
    assert receipts.replay(client_id=bank.client_id, day=FIRST).equal
    assert seen == [["account_day.parquet", "collector_day.parquet"]]


def test_a_replay_does_not_accept_an_input_that_was_changed(bank: Bank, tmp_path: Path) -> None:
    bank.run(FIRST)
    path = snapshot_queries.get_taken(bank.client_id, FIRST).account_day.path
    with duck.connect() as forging:
        duck.view_parquet(forging, "account_day", path)
        forged = "SELECT * REPLACE (owed_amount + 1 AS owed_amount) FROM account_day ORDER BY account_id"
        duck.write_parquet(forging, forged, tmp_path / "forged.parquet")
    path.write_bytes((tmp_path / "forged.parquet").read_bytes())
    with pytest.raises(store.StoredFileDamaged):
        receipts.replay(client_id=bank.client_id, day=FIRST)


def test_a_replay_shows_where_a_stored_decision_is_not_what_the_inputs_lead_to(bank: Bank, tmp_path: Path) -> None:
    bank.run(FIRST)
    filed = receipts_queries.get_day(bank.client_id, FIRST)
    folder = store.folder_of(bank.client_id, FIRST)
    with duck.connect() as forging:
        duck.view_parquet(forging, "decision_day", store.get(filed.decision_day_digest, folder))
        forged = (
            "SELECT * REPLACE (CASE WHEN account_id = (SELECT min(account_id) FROM decision_day)"
            " THEN 'harass' ELSE step END AS step) FROM decision_day ORDER BY account_id"
        )
        duck.write_parquet(forging, forged, tmp_path / "forged.parquet")
    kept = store.keep(tmp_path / "forged.parquet", folder)
    DecisionDay.objects.filter(client_id=bank.client_id).update(decision_day_digest=kept.digest)
    replayed = receipts.replay(client_id=bank.client_id, day=FIRST)
    assert not replayed.equal and replayed.differences_count == 1
    assert (replayed.differences[0].column, replayed.differences[0].stored) == ("step", "harass")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_case_is_explained_in_words_with_nothing_left_blank(bank: Bank, language: str) -> None:
    bank.run(FIRST)
    for item in WorkItem.objects.filter(day=FIRST):
        explained = receipts_queries.explain(item.case_id, FIRST, language)
        assert explained.lead.step == item.step
        assert explained.position == item.position
        assert len(explained.sentences) >= 4
        text = str(explained)
        assert not re.search(r"[{}]|receipts\.|assignment\.|None", text), text
        assert bool(re.search("[\u4e00-\u9fff]{4}", text)) == (language == "zh-Hans")
        for passed in explained.lead.passed:
            assert passed.looked_at and all(value for _, value in passed.looked_at)


def test_a_day_that_was_not_filed_and_a_case_that_was_not_there_are_said_so(bank: Bank) -> None:
    with pytest.raises(DayNotFiled):
        receipts_queries.explain(1, FIRST, "en")
    bank.run(FIRST)
    with pytest.raises(CaseNotDecided):
        receipts_queries.explain(10**9, FIRST, "en")
