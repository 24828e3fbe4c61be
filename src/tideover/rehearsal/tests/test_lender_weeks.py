"""Weeks of the invented lender's files, one after the other: a full file lists only the move that nothing explains."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.types import Reckoned
from tideover.core.access.types import SYSTEM
from tideover.core.clock import rules as clock
from tideover.know.clients import queries as clients_queries
from tideover.know.ledger.tests.loans import make_lender
from tideover.rehearsal import calendar, demo, loan_money
from tideover.rehearsal.hengtong import Lender, Payments
from tideover.rehearsal.lender_mail import Post
from tideover.rehearsal.loans import Paid
from tideover.rehearsal.replaying import FILES_COME_AT

LENDER = Lender(36, 36, demo.FIRST_DATE, demo.SEED)
SECRET = Paid(LENDER.day(23), Decimal("50.00"))


@pytest.mark.django_db
def test_interest_for_being_late_and_what_falls_due_are_explained_and_money_that_nobody_told_of_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lender()
    client = clients_queries.get_client("hengtong")
    post = Post(LENDER, client, tmp_path, SYSTEM)
    found: list[Reckoned] = []
    for number in range(1, 27):
        at = clock.instant(LENDER.day(number), FILES_COME_AT, client.zone)
        if number > 1:
            post.send_payments(at)
        if number == 26:
            late = _a_late_loan(found)
            secret = _with_a_secret(loan_money.by_number(client), late)
            monkeypatch.setattr(loan_money, "by_number", lambda of, told=secret: told)
        for event in calendar.list_events(number):
            if event.what == "placement":
                post.send_placement(event.more["batch"], at)
            if event.what == "full":
                post.send_full(at + timedelta(minutes=10))
                found.append(intake_queries.list_imports([client.id])[0].reckoned)
    assert [each.moves_count for each in found] == [0, 0, 1]
    [move] = found[-1].moves
    assert move.account_number == late and abs(move.difference.amount + SECRET.amount) < 1
    assert all(not each.reasons and each.dpd_differs_count == each.instalments_differ_count == 0 for each in found)


def _a_late_loan(found: list[Reckoned]) -> str:
    """One that has been late from the beginning and of which nothing was paid so far."""
    assert len(found) == 2
    return next(
        number for number in LENDER.numbers("HT-2026-10A") if LENDER.page(number, LENDER.day(25), {}).owed_now > 1000
    )


def _with_a_secret(known: Payments, number: str) -> Payments:
    return {**known, number: (*known.get(number, ()), SECRET)}
