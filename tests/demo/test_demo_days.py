"""The demo's days with 200 accounts, and what must hold after each of them whatever the simulated people do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tideover.core.journal import queries as journal_queries
from tideover.decide.receipts import operations as receipts
from tideover.know.clients import queries as clients_queries
from tideover.rehearsal import demo
from tideover.rehearsal.types import Stage

ACCOUNTS = 200

# Each of these queries gives the rows that break a promise of the house: there must be none.
BROKEN = {
    "a call without a permit of its own": """
        SELECT call.id FROM contact_call AS call
        LEFT JOIN gate_permit AS permit ON permit.id = call.permit_id
        WHERE permit.id IS NULL OR NOT permit.granted OR permit.used_at IS NULL OR permit.case_id <> call.case_id
    """,
    "more than three calls to a person in a day": """
        SELECT person_id, local_date FROM gate_attempt
        WHERE counts AND channel = 'call' GROUP BY person_id, local_date HAVING count(*) > 3
    """,
    "a call at night where the customer lives": """
        SELECT permit.id FROM gate_permit AS permit
        JOIN customers_customer AS customer ON customer.id = permit.customer_id
        WHERE permit.granted AND permit.channel = 'call'
            AND (permit.asked_at AT TIME ZONE customer.zone)::time NOT BETWEEN '08:00' AND '21:59:59.999999'
    """,
    "a payment that is not in the ledger to the cent": """
        SELECT payment.id FROM payments_payment AS payment
        LEFT JOIN ledger_posting AS posting
            ON posting.account_id = payment.account_id AND posting.reference = payment.reference
            AND posting.source <> 'history'
        GROUP BY payment.id, payment.amount
        HAVING payment.amount + coalesce(sum(posting.amount), 0) <> 0
    """,
    "an open case without an owner that nobody was told of": """
        SELECT kase.id FROM cases_case AS kase
        LEFT JOIN assignment_workitem AS item ON item.case_id = kase.id AND item.day = %(day)s
        WHERE kase.closed_date IS NULL AND kase.collector_id IS NULL
            AND item.id IS NOT NULL AND item.uncovered_cause IS NULL
    """,
    "a case closed while an account in it is late and owing": """
        SELECT kase.id FROM cases_case AS kase
        JOIN cases_caseaccount AS within ON within.case_id = kase.id
        WHERE kase.closed_date IS NOT NULL AND within.left_date IS NULL
    """,
    "an answered call that was neither recorded nor ended": """
        SELECT id FROM contact_call WHERE answered_at IS NOT NULL AND (outcome_id IS NULL OR ended_at IS NULL)
    """,
    "two open promises on an account": """
        SELECT account_id FROM arrangements_promise WHERE state = 'open' GROUP BY account_id HAVING count(*) > 1
    """,
}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STORE = tmp_path / "store"
    return tmp_path


@pytest.mark.django_db
def test_after_each_of_the_demos_days_the_promises_of_the_house_hold(folder: Path) -> None:
    begun = demo.prepare(accounts=ACCOUNTS)
    client = clients_queries.get_client(begun.client_code)
    for day in (begun.first_date + timedelta(days=place) for place in range(begun.days_total)):
        demo.replay(stop_after=day)
        for promise, text in BROKEN.items():
            with connection.cursor() as cursor:
                cursor.execute(text, {"day": day})
                assert not cursor.fetchall(), f"{day}: {promise}"
        _check_each_open_account_has_a_step(client.id, day)
        replayed = receipts.replay(client_id=client.id, day=day)
        assert replayed.equal, (day, replayed.differences)
    handed_over = demo.replay()
    assert handed_over.stage is Stage.READY
    assert not journal_queries.verify().broken
    _check_something_happened()


def _check_each_open_account_has_a_step(client_id: int, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portfolio_account WHERE client_id = %s", [client_id])
        (accounts,) = cursor.fetchone()
        cursor.execute("SELECT rows FROM receipts_decisionday WHERE client_id = %s AND day = %s", [client_id, day])
        (rows,) = cursor.fetchone()
    assert rows == accounts, f"{day}: every account gets exactly one step"


def _check_something_happened() -> None:
    """A rehearsal in which nobody answers proves nothing."""
    with connection.cursor() as cursor:
        for table, least in (
            ("contact_call", 800),
            ("outcomes_outcome", 800),
            ("arrangements_promise", 150),
            ("payments_payment", 90),
            ("cases_hold", 6),
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            (found,) = cursor.fetchone()
            assert found >= least, f"{table}: {found}"
        cursor.execute("SELECT count(DISTINCT state) FROM arrangements_promise")
        (states,) = cursor.fetchone()
        assert states >= 3


@pytest.mark.django_db
def test_preparing_twice_and_replaying_twice_changes_nothing(folder: Path) -> None:
    demo.prepare(accounts=30, days=1)
    demo.replay()
    before = journal_queries.latest_fact_id()
    demo.prepare(accounts=30, days=1)
    demo.replay()
    assert journal_queries.latest_fact_id() == before
