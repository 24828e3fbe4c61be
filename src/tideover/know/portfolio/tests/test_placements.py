"""A client's accounts come in as a set, and how late each is follows from the latest cut-off."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tideover.core.money import Money
from tideover.know.portfolio import queries as portfolio
from tideover.know.portfolio.tests.given import CUT_OFF, account_id, make_accounts, make_client
from tideover.know.portfolio.types import StandingUnknown, UnknownAccount, bucket_of


def dpd_on(client_id: int, day: date) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, dpd FROM portfolio_dpd_on(%s, %s) JOIN portfolio_account ON id = account_id",
            [client_id, day],
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_a_placement_makes_account_borrower_batch_and_standing_once() -> None:
    client_id = make_client()
    rows = [{"number": "A1", "dpd": 31, "placed_amount": "120.50"}, {"number": "A2", "dpd": 0}]
    first = make_accounts(client_id, rows)
    assert (first.accounts_new_count, first.placements_count, first.standings_count) == (2, 2, 2)
    again = make_accounts(client_id, rows)
    assert (again.accounts_new_count, again.accounts_changed_count, again.placements_count) == (0, 0, 0)
    (placement,) = portfolio.list_placements(account_id(client_id, "A1"))
    assert placement.placed == Money(placement.placed.amount, "CNY") and str(placement.placed) == "CNY 120.50"
    assert placement.batch_number == "2026-09" and placement.mandate == "agency"
    assert portfolio.count_accounts(client_id) == 2


@pytest.mark.django_db
def test_days_past_due_grow_with_the_days_since_the_cut_off_and_a_current_account_stays_current() -> None:
    client_id = make_client()
    make_accounts(client_id, [{"number": "A1", "dpd": 1}, {"number": "A2", "dpd": 0}])
    assert dpd_on(client_id, date(2026, 9, 29)) == {}
    assert dpd_on(client_id, CUT_OFF) == {"A1": 1, "A2": 0}
    assert dpd_on(client_id, date(2026, 10, 10)) == {"A1": 11, "A2": 0}
    standing = portfolio.get_standing(account_id(client_id, "A1"), date(2026, 10, 31))
    assert (standing.dpd, standing.dpd_stated, standing.bucket) == (32, 1, "M2")
    with pytest.raises(StandingUnknown):
        portfolio.get_standing(account_id(client_id, "A1"), date(2026, 9, 1))


@pytest.mark.django_db
def test_a_later_cut_off_counts_from_its_date_on_and_the_earlier_day_reads_as_before() -> None:
    client_id = make_client()
    make_accounts(client_id, [{"number": "A1", "dpd": 40}])
    make_accounts(
        client_id,
        [{"number": "A1", "dpd": 5, "next_due_date": "2026-11-05", "next_due_amount": "10.00"}],
        cut_off=date(2026, 10, 31),
        import_id=2,
    )
    assert dpd_on(client_id, date(2026, 10, 30)) == {"A1": 70}
    assert dpd_on(client_id, date(2026, 11, 2)) == {"A1": 7}
    standing = portfolio.get_standing(account_id(client_id, "A1"), date(2026, 11, 2))
    assert standing.next_due == Money(standing.next_due.amount, "CNY") and standing.next_due_date == date(2026, 11, 5)


@pytest.mark.django_db
def test_a_placed_account_is_placed_again_only_where_the_file_names_the_batch() -> None:
    client_id = make_client()
    make_accounts(client_id, [{"number": "A1", "dpd": 40}])
    assert make_accounts(client_id, [{"number": "A1", "dpd": 9}], cut_off=date(2026, 10, 31)).placements_count == 0
    named = [{"number": "A1", "dpd": 9, "batch_number": "special"}]
    assert make_accounts(client_id, named, cut_off=date(2026, 11, 30)).placements_count == 1
    numbers = [placement.batch_number for placement in portfolio.list_placements(account_id(client_id, "A1"))]
    assert numbers == ["special", "2026-09"]


@pytest.mark.django_db
def test_two_clients_may_use_one_number_and_stay_apart() -> None:
    here, there = make_client("harbour-bank"), make_client("hill-bank")
    make_accounts(here, [{"number": "A1", "dpd": 1}])
    make_accounts(there, [{"number": "A1", "dpd": 61}])
    assert dpd_on(here, CUT_OFF) == {"A1": 1} and dpd_on(there, CUT_OFF) == {"A1": 61}


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE portfolio_standing SET dpd = 0", "DELETE FROM portfolio_standing"])
def test_a_standing_once_stated_is_never_changed(change: str) -> None:
    make_accounts(make_client(), [{"number": "A1", "dpd": 1}])
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege | psycopg.errors.RestrictViolation)


@pytest.mark.django_db
def test_an_account_that_is_not_there_is_said() -> None:
    with pytest.raises(UnknownAccount):
        portfolio.get_account(404)


@pytest.mark.parametrize(
    ("dpd", "bucket"), [(0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (60, "M2"), (61, "M3"), (90, "M3"), (91, "M3+")]
)
def test_buckets_have_their_bounds(dpd: int, bucket: str) -> None:
    assert bucket_of(dpd) == bucket
