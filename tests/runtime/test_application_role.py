"""The application works with rows and may do nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from tideover.core.postgres import roles
from tideover.core.postgres.address import APPLICATION, Address
from tideover.core.postgres.problems import ApplicationRoleUnfit

GROWS_ONLY = ("journal_fact", "journal_daily_root", "ledger_posting", "ledger_statedbalance", "portfolio_standing")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "create table sneaked (id int)",
        "create temporary table sneaked (id int)",
        "create schema sneaked",
        "drop table procrastinate_jobs",
        "truncate procrastinate_jobs",
        "alter table procrastinate_jobs disable trigger all",
        "set session_replication_role = replica",
        "create role sneaked superuser",
    ],
)
def test_the_application_role_may_not(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == (APPLICATION,)
        with pytest.raises(Exception) as refused:
            cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
def test_rows_of_one_test_are_gone_1() -> None:
    _leave_a_job_behind()


@pytest.mark.django_db(transaction=True)
def test_rows_of_one_test_are_gone_2() -> None:
    _leave_a_job_behind()


def _leave_a_job_behind() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone() == (0,)
        cursor.execute("insert into procrastinate_jobs (queue_name, task_name) values ('q', 't')")


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Address]:
    """The database as its owner, with a role ``bank_desk`` that is gone afterwards."""
    address = Address.parse(os.environ["DATABASE_OWNER_URL"]).named(connection.settings_dict["NAME"])
    with psycopg.connect(address.conninfo(), autocommit=True) as as_owner:
        as_owner.execute("create role bank_desk login")
    try:
        yield address
    finally:
        with psycopg.connect(address.conninfo(), autocommit=True) as as_owner:
            as_owner.execute("drop owned by bank_desk")
            as_owner.execute("drop role bank_desk")


def test_an_application_of_another_name_is_held_to_the_same_limits(owner: Address) -> None:
    roles.limit_application(owner, "bank_desk")
    roles.limit_tables(owner, "bank_desk")
    with psycopg.connect(owner.conninfo()) as as_owner:

        def may(right: str, table: str) -> bool:
            asked = as_owner.execute("select has_table_privilege('bank_desk', %s, %s)", (table, right)).fetchone()
            return bool(asked and asked[0])

        for table in GROWS_ONLY:
            assert may("select", table) and may("insert", table), table
            assert not any(may(right, table) for right in ("update", "delete", "truncate")), table
        assert may("update", "journal_chain_head") and not may("delete", "journal_chain_head")
        assert may("update", "cases_case") and may("delete", "intake_run") and not may("truncate", "cases_case")


@pytest.mark.parametrize(("role", "why"), [("tideover_owner", "superuser"), ("nobody_at_all", "unknown")])
def test_a_role_without_limits_cannot_be_the_applications(owner: Address, role: str, why: str) -> None:
    with pytest.raises(ApplicationRoleUnfit) as refused:
        roles.limit_application(owner, role)
    assert refused.value.fields["why"] == why
