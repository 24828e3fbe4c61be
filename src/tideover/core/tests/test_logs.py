"""Nobody's name, number or words are found in a log, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import logging.config

import psycopg
import pytest
import structlog

from tideover.core import logs
from tideover.core.problem import Problem

NAME = "王芳"
PHONE = "13800138000"


class SomethingRefused(Problem):
    """For this test."""

    code = "tests.refused"


def fail_with_a_key() -> None:
    {}[NAME]


def fail_with_a_number() -> None:
    int(NAME + PHONE)


def fail_in_a_chain() -> None:
    try:
        fail_with_a_number()
    except ValueError as error:
        raise RuntimeError(f"could not dial {PHONE}") from error


def fail_by_a_rule() -> None:
    raise SomethingRefused(customer=NAME, phone=PHONE)


@pytest.fixture
def formatter() -> logging.Formatter:
    """The formatter that the settings configure."""
    settings = logs.django_logging("INFO")["formatters"]["json"]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=settings["foreign_pre_chain"], processors=settings["processors"]
    )


@pytest.mark.parametrize("fail", [fail_with_a_key, fail_with_a_number, fail_in_a_chain, fail_by_a_rule])
def test_an_error_is_told_by_kind_and_place_only(
    fail: object, formatter: logging.Formatter, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(fail)
    try:
        fail()
    except Exception:
        logging.getLogger("tests").exception("went-wrong")
    line = formatter.format(caplog.records[-1])
    assert NAME not in line and PHONE not in line
    told = json.loads(line)
    assert told["event"] == "went-wrong" and told["error"]
    assert any(frame.endswith(fail.__name__) for frame in told["frames"])


@pytest.mark.django_db
def test_of_a_database_error_the_names_of_the_columns_are_told_and_no_values() -> None:
    from django.db import connection

    with pytest.raises(Exception) as refused, connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_jobs (queue_name, task_name, priority) values (%s, null, 1)", [NAME])
    assert isinstance(refused.value.__cause__, psycopg.errors.NotNullViolation)
    told = logs.describe_error(refused.value)
    assert told["sqlstate"] == "23502" and told["column_name"] == "task_name"
    assert NAME not in json.dumps(told, ensure_ascii=False)


def test_what_libraries_would_repeat_goes_nowhere() -> None:
    loggers = logs.django_logging("INFO")["loggers"]
    for name in ("django.request", "django.security", "django.server"):
        assert loggers[name] == {"handlers": ["nowhere"], "propagate": False}
    assert loggers["procrastinate"]["level"] == "WARNING"
