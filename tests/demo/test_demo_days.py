"""The demo's days with 240 accounts, and what must hold after each of them whatever the simulated people do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tideover.core.access.models import User
from tideover.core.journal import queries as journal_queries
from tideover.decide.receipts import operations as receipts
from tideover.know.clients import queries as clients_queries
from tideover.rehearsal import cast, demo
from tideover.rehearsal.types import Stage

ACCOUNTS = 120
LOANS = 120
ITEMS_A_DAY = 3
"""Of each of the eight collectors: enough that everything happens, and little enough that sixty days fit a test."""

LOOKED_AT_EVERY = 6
"""Days between two looks at what costs much."""

# Each of these queries gives the rows that break a promise of the house: there must be none.
BROKEN = {
    "a call without a permit of its own": """
        SELECT call.id FROM contact_call AS call
        LEFT JOIN gate_permit AS permit ON permit.id = call.permit_id
        WHERE call.direction = 'outbound' AND (
            permit.id IS NULL OR NOT permit.granted OR permit.used_at IS NULL OR permit.case_id <> call.case_id
        )
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
            AND posting.source <> 'history' AND posting.kind = 'payment'
        GROUP BY payment.id, payment.amount
        HAVING payment.amount + coalesce(sum(posting.amount), 0) <> 0
    """,
    "a payment that was taken back and is not as if it had never come": """
        SELECT reversal.id FROM payments_reversal AS reversal
        JOIN payments_payment AS payment ON payment.id = reversal.payment_id
        LEFT JOIN ledger_posting AS posting
            ON posting.account_id = payment.account_id AND posting.reference = payment.reference
            AND posting.source = payment.source
        GROUP BY reversal.id, payment.amount, reversal.amount
        HAVING payment.amount <> reversal.amount OR coalesce(sum(posting.amount), -1) <> 0
    """,
    "an account or a case of one lender with a customer of another": """
        SELECT party.account_id FROM portfolio_party AS party
        JOIN portfolio_account AS account ON account.id = party.account_id
        JOIN customers_customer AS customer ON customer.id = party.customer_id
        WHERE customer.client_id <> account.client_id
        UNION ALL
        SELECT within.account_id FROM cases_caseaccount AS within
        JOIN cases_case AS kase ON kase.id = within.case_id
        JOIN portfolio_account AS account ON account.id = within.account_id
        WHERE account.client_id <> kase.client_id
    """,
    "work in a case of a batch that is over and was not kept longer": """
        SELECT item.id FROM assignment_workitem AS item
        JOIN portfolio_placement AS placement ON placement.account_id = item.lead_account_id
        WHERE item.day = %(day)s AND placement.ended_date <= %(day)s AND item.done_cause IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM portfolio_placement AS other
                WHERE other.account_id = item.lead_account_id AND other.ended_date IS NULL
            )
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
    "an open case of a colleague who has left": """
        SELECT kase.id FROM cases_case AS kase
        JOIN staff_membership AS member ON member.user_id = kase.collector_id
        WHERE kase.closed_date IS NULL AND member.left_date <= %(day)s
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
def test_after_each_of_the_demos_days_the_promises_of_the_house_hold(folder: Path, client: Client) -> None:
    begun = demo.prepare(accounts=ACCOUNTS, loans=LOANS, work_items_per_day_max=ITEMS_A_DAY)
    lenders = [clients_queries.get_client(code) for code in (cast.CLIENT, cast.LOAN_CLIENT)]
    for place in range(begun.days_total):
        day = begun.first_date + timedelta(days=place)
        demo.replay(stop_after=day)
        for promise, text in BROKEN.items():
            assert not _rows(text, {"day": day}), f"{day}: {promise}"
        for lender in lenders:
            _check_each_account_has_a_step(lender.id, day)
            if place % LOOKED_AT_EVERY == 0:
                replayed = receipts.replay(client_id=lender.id, day=day)
                assert replayed.equal, (day, lender.code, replayed.differences)
        if place == begun.days_total // 2:
            _check_nobody_is_shown_the_other_lenders_debt(client, *(lender.id for lender in lenders))
    handed_over = demo.replay()
    assert handed_over.stage is Stage.READY
    assert not journal_queries.verify().broken
    _check_something_happened()
    _check_what_the_calendar_says_has_happened()


def _rows(text: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def _check_each_account_has_a_step(client_id: int, day: date) -> None:
    """Every account that is placed or known gets exactly one step; a day that is not filed fails here too."""
    filed = _rows(
        "SELECT rows FROM receipts_decisionday WHERE client_id = %(client)s AND day = %(day)s", _of(client_id, day)
    )
    known = _rows(
        """
        SELECT count(DISTINCT account.id) FROM portfolio_account AS account
        JOIN portfolio_placement AS placement ON placement.account_id = account.id AND placement.placed_date <= %(day)s
        WHERE account.client_id = %(client)s
        """,
        _of(client_id, day),
    )
    assert filed == known, f"{day}: every account gets exactly one step"


def _of(client_id: int, day: date) -> dict[str, Any]:
    return {"client": client_id, "day": day}


def _check_nobody_is_shown_the_other_lenders_debt(browser: Client, bank_id: int, hengtong_id: int) -> None:
    """Somebody with a card and a loan: neither case's page knows the other's number, whoever looks."""
    shared = _rows(
        """
        SELECT kase.id, kase.client_id, other_account.number FROM cases_case AS kase
        JOIN customers_customer AS other
            ON other.person_id = kase.person_id AND other.client_id <> kase.client_id
        JOIN portfolio_party AS party ON party.customer_id = other.id AND party.role = 'borrower'
        JOIN portfolio_account AS other_account ON other_account.id = party.account_id
        WHERE kase.closed_date IS NULL
        ORDER BY kase.id LIMIT 12
        """
    )
    assert {client_id for _, client_id, _ in shared} == {bank_id, hengtong_id}
    leader = User.objects.get(username="leader")
    browser.force_login(leader)
    for case_id, _, number in shared:
        answer = browser.get(reverse("case", args=[case_id]))
        assert answer.status_code == 200
        assert f">{number}<" not in answer.content.decode()


def _check_something_happened() -> None:
    """A rehearsal in which nobody answers proves nothing."""
    for table, least in (
        ("contact_call", 600),
        ("outcomes_outcome", 600),
        ("arrangements_promise", 60),
        ("payments_payment", 60),
        ("payments_faileddebit", 3),
        ("cases_hold", 3),
    ):
        [(found,)] = _rows(f"SELECT count(*) FROM {table}")
        assert found >= least, f"{table}: {found}"
    [(states,)] = _rows("SELECT count(DISTINCT state) FROM arrangements_promise")
    assert states >= 3


def _check_what_the_calendar_says_has_happened() -> None:
    """Each thing that is declared left its trace."""
    for what, text in TRACES.items():
        [(found,)] = _rows(text)
        assert found, what


TRACES = {
    "rows were quarantined and mended": "SELECT count(*) FROM intake_quarantinedrow WHERE mended_by_id IS NOT NULL",
    "a truncated file was held": "SELECT count(*) FROM intake_import WHERE kind = 'full' AND status = 'held'",
    "the stop was acknowledged": "SELECT count(*) FROM clients_stop WHERE acknowledged_at IS NOT NULL",
    "full files came": "SELECT count(*) FROM intake_import WHERE kind = 'full' AND status = 'taken'",
    "delta files came": "SELECT count(*) FROM intake_import WHERE kind = 'delta' AND status = 'taken'",
    "accounts were recalled": "SELECT count(*) FROM portfolio_placement WHERE ended_cause = 'recalled'",
    "a batch ended": "SELECT count(*) FROM portfolio_batch WHERE ended_date IS NOT NULL",
    "some of it was kept longer": "SELECT count(*) FROM portfolio_placement WHERE retained_until_date IS NOT NULL",
    "payments were taken back": "SELECT count(*) FROM payments_reversal",
    "somebody was on leave": "SELECT count(*) FROM staff_leave",
    "somebody left": "SELECT count(*) FROM staff_membership WHERE left_date IS NOT NULL",
    "somebody said that it was paid, and it came": """
        SELECT count(*) FROM cases_hold AS claim
        WHERE claim.reason = 'payment-claimed' AND claim.lift_cause IS NOT NULL AND EXISTS (
            SELECT 1 FROM payments_payment AS payment
            WHERE payment.account_id = claim.account_id AND payment.value_date >= claim.from_at::date
        )
    """,
    "somebody called us": "SELECT count(*) FROM contact_call WHERE direction = 'inbound'",
    "somebody complained": "SELECT count(*) FROM cases_hold WHERE reason = 'complaint'",
    "documents were filed": "SELECT count(*) FROM filing_document",
    "some people hold both": """
        SELECT count(*) FROM (
            SELECT person_id FROM customers_customer GROUP BY person_id HAVING count(DISTINCT client_id) = 2
        ) AS holder
    """,
}


@pytest.mark.django_db
def test_preparing_twice_and_replaying_twice_changes_nothing(folder: Path) -> None:
    demo.prepare(accounts=30, loans=30, days=1)
    demo.replay()
    before = journal_queries.latest_fact_id()
    demo.prepare(accounts=30, loans=30, days=1)
    demo.replay()
    assert journal_queries.latest_fact_id() == before
