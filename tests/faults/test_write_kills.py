"""The power goes while an outcome is recorded, and while a file is taken in: all of it stands, or none of it.

A moment is a statement that reaches the database, or the commit of a transaction. One whole run counts them; five
that a seed draws each end a process by SIGKILL. Doing it again is the cure, and makes nothing double.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tests.faults import children
from tideover.act.arrangements.models import Promise
from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.types import CallRead
from tideover.act.intake.models import Import, Run
from tideover.act.intake.tests.given import PEOPLE, ROW, import_placement, write
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import queries as outcomes_queries
from tideover.act.outcomes.models import Outcome, OutcomeNote
from tideover.act.outcomes.types import PromiseDraft
from tideover.core.access.types import Actor
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases.models import CaseAccount
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261124
KILLS = 5
NEVER = 10_000
ROWS = 20


class Silent:
    """A line that dials and says nothing by itself."""

    def dial(self, call_id: int, number: str) -> None:
        """Taken."""


def killed(act: Callable[[], Any], ends_at: int) -> Callable[[], int]:
    """One process that acts once, and dies at the moment; says how many moments it passed."""

    def work() -> int:
        passed = 0
        commit = DatabaseWrapper._commit  # type: ignore[attr-defined]

        def pass_by() -> None:
            nonlocal passed
            if passed == ends_at:
                children.die()
            passed += 1

        def commit_or_not(wrapper: Any) -> Any:
            pass_by()
            done = commit(wrapper)
            pass_by()
            return done

        def on_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            pass_by()
            return execute(sql, params, many, context)

        DatabaseWrapper._commit = commit_or_not  # type: ignore[attr-defined,method-assign]
        with connection.execute_wrapper(on_statement):
            act()
        return passed

    return work


def drawn(act: Callable[[], Any], least: int = 10) -> list[int]:
    """Five of the act's moments, of which there are more than ``least``."""
    (whole,) = children.run([killed(act, NEVER)])
    assert whole.result > least
    return random.Random(SEED).sample(range(whole.result), KILLS)


def talking(house: House, client_id: int, by: Actor, clock: str) -> tuple[Owing, CallRead]:
    """Somebody who owes, and is on the line."""
    of = house.owing(client_id, owned_by=by, owed="1250.00")
    call = contact.dial(
        case_id=of.case_id,
        contact_point_id=of.contact_point_id,
        work_item_id=None,
        line="silent",
        at=moment(clock),
        actor=by,
    )
    return of, outcomes.record_line_event(call_id=call.id, event="answered", at=moment(clock))


def recording(call: CallRead, by: Actor, clock: str) -> Callable[[], Any]:
    """The form, as it is sent."""
    due_date = date(MONDAY.year, MONDAY.month, MONDAY.day + 2)
    reason = outcomes_queries.list_arrears_reasons()[0].name

    def act() -> Any:
        return outcomes.record(
            call_id=call.id,
            case_id=call.case_id,
            account_id=call.account_id,
            spoke_to="customer",
            result="promise-to-pay",
            arrears_reason=reason,
            promise=PromiseDraft(Money(Decimal("500.00"), "CNY"), due_date),
            call_back_at=None,
            hold_until=None,
            note="发薪后还清。",
            once_key=f"key-{call.id}",
            at=moment(clock),
            actor=by,
        )

    return act


def test_kill_9_in_recording_an_outcome_loses_nothing_and_doubles_nothing() -> None:
    lines.register("silent", Silent())
    house = House()
    client_id, lin = house.client(), house.collector()
    _, first = talking(house, client_id, lin, "09:00")
    for turn, ends_at in enumerate(drawn(recording(first, lin, "09:01"))):
        outcomes.record_line_event(call_id=first.id, event="ended", at=moment("09:02"))
        of, call = talking(house, client_id, lin, f"10:{turn * 5:02}")
        act = recording(call, lin, f"10:{turn * 5 + 1:02}")
        (dead,) = children.run([killed(act, ends_at)])
        assert dead.killed_by == signal.SIGKILL, ends_at
        look_at(of, whole=Outcome.objects.filter(call_id=call.id).exists())
        act()
        look_at(of, whole=True)
        first = call
    assert journal.verify().holds


def look_at(of: Owing, *, whole: bool) -> None:
    """Everything that an outcome makes is there once, or none of it is."""
    kinds = [fact.kind for fact in journal.list_facts(of.customer_id)]
    waits = CaseAccount.objects.get(case_id=of.case_id).promise_due_date is not None
    found = [
        Outcome.objects.filter(case_id=of.case_id).count(),
        OutcomeNote.objects.filter(customer_id=of.customer_id).count(),
        Promise.objects.filter(case_id=of.case_id).count(),
        CaseAccount.objects.get(case_id=of.case_id).stage_right_party_count,
        kinds.count("outcome-recorded"),
        kinds.count("promise-made"),
        int(waits),
    ]
    assert found == [int(whole)] * len(found)


def test_kill_9_in_an_import_shows_nothing_and_running_it_again_is_the_cure(tmp_path: Path) -> None:
    client_id = make_client()
    files = [
        write(
            tmp_path,
            [
                ROW | PEOPLE | {"account_id": f"{turn}-{row}", "customer_number": f"C{turn}-{row}"}
                for row in range(ROWS)
            ],
            name=f"{turn}.csv",
        )
        for turn in range(KILLS + 1)
    ]
    for turn, ends_at in enumerate(drawn(lambda: import_placement(files[0])), 1):
        (dead,) = children.run([killed(lambda turn=turn: import_placement(files[turn]), ends_at)])
        assert dead.killed_by == signal.SIGKILL, ends_at
        taken = Import.objects.count() - turn
        assert taken in (0, 1), ends_at
        assert portfolio_queries.count_accounts(client_id) == (turn + taken) * ROWS
        assert kinds_of(0).count("file-imported") == turn + taken
        report = import_placement(files[turn])
        assert report.is_repeat == bool(taken) and report.new_count == (0 if taken else ROWS)
        assert portfolio_queries.count_accounts(client_id) == (turn + 1) * ROWS and not Run.objects.exists()
    assert journal.verify().holds


def kinds_of(chain: int) -> list[str]:
    """The kinds of the chain's facts."""
    return [fact.kind for fact in journal.list_facts(chain)]
