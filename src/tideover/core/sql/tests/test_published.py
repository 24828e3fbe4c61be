"""What rooms publish stands as views, and the application may have statistics taken of tables that it does not own."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tideover.core.clock.models import ClockOffset
from tideover.core.sql import files, statistics, views

pytestmark = pytest.mark.django_db


def test_every_published_statement_is_a_view_that_the_application_can_read_but_not_make() -> None:
    published = [file.path.stem for file in views.list_published()]
    assert {"public_attempts", "public_outcomes", "public_promises", "public_work"} <= set(published)
    with connection.cursor() as cursor:
        for name in published:
            cursor.execute(f"SELECT count(*) FROM {name}")
        with pytest.raises(ProgrammingError), transaction.atomic():
            views.make_all()


def test_a_published_statement_reads_tables_of_its_own_room_alone() -> None:
    for file in views.list_published():
        room = file.path.parents[1].name
        assert files.tables_of(file) and all(table.startswith(f"{room}_") for table in files.tables_of(file))


def test_statistics_see_what_this_very_transaction_has_written() -> None:
    def known() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'clock_clockoffset'")
            return cursor.fetchone()[0]

    ClockOffset.objects.update_or_create(id=1, defaults={"offset_seconds": 0, "set_at": "2026-10-01T00:00Z"})
    statistics.take("clock_clockoffset", "no_such_table", "pg_authid")
    assert known() == 1
