"""What the clock starts by itself: every client's due days, those of one team day by day together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.days.bank import FIRST, open_another, open_bank, write_portfolio
from tests.days.test_pool import stop
from tideover.core.clock import operations as clock_operations
from tideover.core.jobs.models import StepRun
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.callbacks.jobs import start_due_days

pytestmark = pytest.mark.django_db


def test_days_that_are_due_are_run_side_by_side_and_a_killed_seal_is_made_good(tmp_path: Path) -> None:
    portfolio = write_portfolio(tmp_path, 12)
    one, other = open_bank(portfolio), open_another(portfolio, "another")
    one.run(FIRST)
    clock_operations.set_instant(at=one.at(FIRST), waits_until_at=None)
    start_due_days.func(0)
    assert receipts_queries.get_open_day(other.client_id) is None, "a first day is started by a person"
    other.run(FIRST)
    StepRun.objects.filter(key=f"{one.client_id}:{FIRST.isoformat()}", step="seal").delete()

    clock_operations.set_instant(at=one.at(FIRST + timedelta(days=2)), waits_until_at=None)
    start_due_days.func(0)
    assert StepRun.objects.filter(key=f"{one.client_id}:{FIRST.isoformat()}", step="seal").exists()
    for bank in (one, other):
        assert receipts_queries.get_open_day(bank.client_id) == FIRST + timedelta(days=2)
        assert len(receipts_queries.get_day(bank.client_id, FIRST + timedelta(days=1)).pool) == 1

    stop(other)
    clock_operations.set_instant(at=one.at(FIRST + timedelta(days=3)), waits_until_at=None)
    start_due_days.func(0)
    assert receipts_queries.get_open_day(one.client_id) == FIRST + timedelta(days=3)
    assert receipts_queries.get_open_day(other.client_id) == FIRST + timedelta(days=2)
