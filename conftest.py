"""Fixtures that every test may use. The database server itself is started by ``tests/pg_plugin.py``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import pg_plugin
from tideover.core.postgres.address import APPLICATION, Address

QUICK_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Signing in is tested with whatever hash: the slow one that people get costs a fifth of a second a user."""

LONGEST_FIRST = "tests/demo/"
"""The days of the demo are one long test: begun first, it runs beside all others instead of after them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, the rest in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))


def pytest_configure() -> None:
    """Before anything hashes a password."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = QUICK_PASSWORDS


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This process's own copy of the migrated database, used as the application role."""
    from django.db import connection

    with pg_plugin.copied_database(os.environ.get("PYTEST_XDIST_WORKER", "main")) as owner:
        connection.settings_dict["NAME"] = owner.name
        assert connection.settings_dict["USER"] == APPLICATION
        pg_plugin.replace_flush(owner)
        yield
        with django_db_blocker.unblock():
            connection.close()


@pytest.fixture(scope="session")
def owner_address(django_db_setup: None) -> Address:
    """This process's test database as its owner, for what only a migration may do."""
    return Address.parse(os.environ["DATABASE_OWNER_URL"])


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Run the jobs that wait, here and now, on this test's own connection; says how many ran."""

    def run() -> int:
        from django.db import connection
        from procrastinate.contrib.django import app

        app.perform_import_paths()
        count = 0
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    "select id, task_name, args::text from procrastinate_jobs"
                    " where status = 'todo' order by priority desc, id limit 1"
                )
                waiting = cursor.fetchone()
                if waiting is None:
                    return count
                job, task, arguments = waiting
                _run_task(app, app.tasks[task], json.loads(arguments))
                cursor.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", [job])
                count += 1

    return run


def _run_task(app: Any, task: Any, arguments: dict[str, Any]) -> None:
    if not task.pass_context:
        task(**arguments)
        return
    from procrastinate import JobContext

    job = task.configure().job
    task(JobContext(start_timestamp=0, app=app, job=job, abort_reason=lambda: None), **arguments)
