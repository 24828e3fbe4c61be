"""The power goes while somebody dials: nothing is lost, nothing is double, and the line is never asked twice.

A moment is a statement that reaches the database, the commit of a transaction, or the asking of the line itself:
a first dial counts them, then five that a seed draws (and the two beside the line) each end a process by SIGKILL.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tests.faults import children
from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.models import Call
from tideover.core.access.types import Actor
from tideover.core.journal import queries as journal
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases.models import CaseAccount

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261124
NEVER = 10_000


class Moments:
    """Counts what happens in a dial, and ends the process at one of them."""

    def __init__(self, ends_at: int) -> None:
        self.ends_at, self.passed, self.line_at = ends_at, 0, 0

    def pass_by(self) -> None:
        if self.passed == self.ends_at:
            children.die()
        self.passed += 1

    def on_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.pass_by()
        return execute(sql, params, many, context)


class PaperLine:
    """A line whose dials are kept in a file: what really left the house, whatever the database believes."""

    def __init__(self, path: str, moments: Moments) -> None:
        self.path, self.moments = path, moments

    def dial(self, call_id: int, number: str) -> None:
        self.moments.line_at = self.moments.passed
        self.moments.pass_by()
        with open(self.path, "a") as paper:
            paper.write(f"{call_id}\n")
        self.moments.pass_by()


def dialling(of: Owing, by: Actor, paper: str, ends_at: int, clock: str) -> Callable[[], tuple[int, int]]:
    """One process that dials once; says how many moments it passed, and at which the line was asked."""

    def work() -> tuple[int, int]:
        moments = Moments(ends_at)
        lines.register("paper", PaperLine(paper, moments))
        commit = DatabaseWrapper._commit  # type: ignore[attr-defined]

        def commit_or_not(wrapper: Any) -> Any:
            moments.pass_by()
            done = commit(wrapper)
            moments.pass_by()
            return done

        DatabaseWrapper._commit = commit_or_not  # type: ignore[attr-defined,method-assign]
        with connection.execute_wrapper(moments.on_statement):
            contact.dial(
                case_id=of.case_id,
                contact_point_id=of.contact_point_id,
                work_item_id=None,
                line="paper",
                at=moment(clock),
                actor=by,
            )
        return moments.passed, moments.line_at

    return work


def test_kill_9_in_dialling_loses_nothing_and_doubles_nothing(tmp_path: Any) -> None:
    house = House()
    client_id, lin = house.client(), house.collector()
    paper = str(tmp_path / "dials")
    (whole,) = children.run([dialling(house.owing(client_id, owned_by=lin), lin, paper, NEVER, "09:00")])
    moments, line_at = whole.result
    assert 20 < line_at < moments
    Call.objects.update(state="ended")
    seeded = random.Random(SEED).sample(range(moments), 5)
    for turn, ends_at in enumerate([*seeded, line_at, line_at + 1]):
        victim = house.owing(client_id, owned_by=lin)
        (dead,) = children.run([dialling(victim, lin, paper, ends_at, f"10:{turn * 5:02}")])
        assert dead.killed_by == signal.SIGKILL, ends_at
        look_at(victim, paper, ends_at > line_at)
        Call.objects.filter(case_id=victim.case_id).update(state="ended")
    assert journal.verify().holds


def look_at(victim: Owing, paper: str, line_was_asked: bool) -> None:
    """What is on record after the crash agrees with what left the house."""
    with open(paper) as kept:
        dials = [int(line) for line in kept]
    assert len(dials) == len(set(dials))
    calls = list(Call.objects.filter(case_id=victim.case_id))
    permits = list(Permit.objects.filter(case_id=victim.case_id))
    assert len(calls) == len(permits) <= 1
    assert Attempt.objects.filter(person_id=victim.person_id, counts=True).count() == len(permits)
    kinds = [fact.kind for fact in journal.list_facts(victim.customer_id)]
    assert kinds.count("permit-granted") == len(permits)
    left = [call.pk for call in calls if call.pk in dials]
    if line_was_asked:
        assert len(left) == 1, "what left the house is on record"
    for call in calls:
        known = call.state == "dialled"
        assert call.state in ("unknown", "dialled") and Permit.objects.get(pk=call.permit_id).used_at is not None
        assert not known or call.pk in dials
        assert kinds.count("call-dialled") == int(known)
        assert CaseAccount.objects.get(case_id=victim.case_id).stage_attempts_count == int(known)
