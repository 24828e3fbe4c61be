"""A loan's schedule, who stands for it, and how a placement or an absence ends, come in as sets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tideover.know.portfolio import operations as portfolio
from tideover.know.portfolio.models import Absence, Batch, InstalmentCutOff, InstalmentStanding, Party, Placement
from tideover.know.portfolio.tests.given import (
    CUT_OFF,
    account_id,
    customer_id,
    make_accounts,
    make_client,
    make_instalments,
)

THREE = [
    {"number": 1, "due_date": "2026-08-15", "principal_amount": "300.00", "interest_amount": "12.00"},
    {"number": 2, "due_date": "2026-09-15", "principal_amount": "303.00", "interest_amount": "9.00"},
    {"number": 3, "due_date": "2026-10-15", "principal_amount": "306.00", "interest_amount": "6.00"},
]


def a_loan(client_id: int, number: str = "L1", **more: Any) -> int:
    make_accounts(client_id, [{"number": number, "dpd": 15, "product": "instalment-loan", **more}])
    return account_id(client_id, number)


def given(rows: Sequence[Mapping[str, Any]], columns: str) -> dict[str, Any]:
    return {
        "given": f"SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row ({columns})",
        "params": {"rows": json.dumps(rows, default=str)},
    }


@pytest.mark.django_db
def test_a_schedule_comes_in_once_and_what_was_paid_only_where_it_changed() -> None:
    client_id = make_client()
    loan = a_loan(client_id)
    first = make_instalments(loan, [{**THREE[0], "paid_amount": "312.00", "paid_date": "2026-08-14"}, *THREE[1:]])
    assert (first.instalments_new_count, first.standings_count) == (3, 1)
    october = date(2026, 10, 31)
    later = make_instalments(
        loan,
        [{**THREE[0], "paid_amount": "312.00", "paid_date": "2026-08-14"}, {**THREE[1], "paid_amount": "100.00"}],
        cut_off=october,
        import_id=2,
    )
    assert (later.instalments_new_count, later.instalments_differing_count, later.standings_count) == (0, 0, 1)
    assert InstalmentStanding.objects.count() == 2
    assert list(InstalmentCutOff.objects.values_list("cut_off_date", flat=True)) == [CUT_OFF, october]


@pytest.mark.django_db
def test_an_instalment_stated_otherwise_keeps_its_terms_and_is_counted() -> None:
    client_id = make_client()
    loan = a_loan(client_id)
    make_instalments(loan, THREE)
    moved = make_instalments(loan, [{**THREE[2], "due_date": "2026-11-15"}], cut_off=date(2026, 10, 31))
    assert (moved.instalments_new_count, moved.instalments_differing_count) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["portfolio_instalment", "portfolio_instalmentstanding", "portfolio_instalmentcutoff"]
)
def test_what_was_told_of_instalments_is_never_changed(table: str) -> None:
    client_id = make_client()
    make_instalments(a_loan(client_id), [{**THREE[0], "paid_amount": "1.00"}])
    for change in (f"UPDATE {table} SET import_id = 9", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
        cause = refused.value.__cause__
        assert isinstance(cause, psycopg.errors.InsufficientPrivilege | psycopg.errors.RestrictViolation)


@pytest.mark.django_db
def test_a_guarantor_joins_an_account_and_nobody_stands_surety_for_their_own_debt() -> None:
    client_id = make_client()
    loan, other = a_loan(client_id, "L1"), a_loan(client_id, "L2")
    borrower, guarantor = customer_id(client_id, "L1"), customer_id(client_id, "L2")
    rows = [
        {"account_id": loan, "customer_id": guarantor, "role": "guarantor"},
        {"account_id": loan, "customer_id": borrower, "role": "guarantor"},
    ]
    with transaction.atomic():
        told = given(rows, "account_id bigint, customer_id bigint, role text")
        assert portfolio.receive_parties(**told) == 1
        assert portfolio.receive_parties(**told) == 0
    assert set(Party.objects.filter(account_id=loan).values_list("customer_id", "role")) == {
        (borrower, "borrower"),
        (guarantor, "guarantor"),
    }
    assert Party.objects.filter(account_id=other).count() == 1


@pytest.mark.django_db
def test_a_recall_ends_the_placement_and_a_second_changes_nothing() -> None:
    client_id = make_client()
    loan = a_loan(client_id)
    told = given([{"account_id": loan, "cause": "recalled"}], "account_id bigint, cause text")
    with transaction.atomic():
        assert portfolio.end_placements(**told, day=date(2026, 10, 5), import_id=7) == 1
        assert portfolio.end_placements(**told, day=date(2026, 10, 6), import_id=8) == 0
    placement = Placement.objects.get(account_id=loan)
    assert (placement.ended_date, placement.ended_cause, placement.ended_import_id) == (
        date(2026, 10, 5),
        "recalled",
        7,
    )


@pytest.mark.django_db
def test_an_account_is_gone_until_a_file_names_it_again_and_may_be_gone_again() -> None:
    client_id = make_client()
    told = given([{"account_id": a_loan(client_id)}], "account_id bigint")
    with transaction.atomic():
        assert portfolio.note_absences(**told, cut_off_date=CUT_OFF, import_id=2) == 1
        assert portfolio.note_absences(**told, cut_off_date=date(2026, 10, 1), import_id=3) == 0
        assert portfolio.note_returns(**told, import_id=4) == 1
        assert portfolio.note_returns(**told, import_id=5) == 0
        assert portfolio.note_absences(**told, cut_off_date=date(2026, 10, 3), import_id=6) == 1
    assert list(Absence.objects.order_by("pk").values_list("import_id", "returned_import_id")) == [(2, 4), (6, None)]


@pytest.mark.django_db
def test_a_batch_has_terms_and_a_file_that_is_silent_on_them_changes_none() -> None:
    client_id = make_client()
    terms = {
        "batch_number": "HT-1",
        "batch_from_date": "2026-09-01",
        "batch_until_date": "2026-12-01",
        "batch_target_amount": "100000.00",
        "batch_currency": "CNY",
        "batch_commission_share": "0.15",
        "batch_retain_share_max": "0.1",
    }
    a_loan(client_id, "L1", **terms)
    a_loan(client_id, "L2", batch_number="HT-1")
    batch = Batch.objects.get()
    assert (batch.from_date, batch.until_date) == (date(2026, 9, 1), date(2026, 12, 1))
    assert (str(batch.commission_share), batch.currency) == ("0.150000", "CNY")
    a_loan(client_id, "L3", batch_number="HT-1", batch_until_date="2026-12-15")
    assert Batch.objects.get().until_date == date(2026, 12, 15)


@pytest.mark.django_db
def test_a_contract_that_is_not_placed_is_known_and_in_no_batch() -> None:
    client_id = make_client()
    make_accounts(client_id, [{"number": "OLD", "dpd": None, "is_placed": False, "product": "instalment-loan"}])
    assert account_id(client_id, "OLD") and not Placement.objects.exists() and not Batch.objects.exists()
