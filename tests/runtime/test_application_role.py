"""The application works with rows and may do nothing else."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tideover.core.postgres.address import APPLICATION


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
