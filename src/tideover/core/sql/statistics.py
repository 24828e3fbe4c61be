"""Statistics of tables that one transaction has filled: without them the next set statement is planned for none."""

from __future__ import annotations

from django.db import connection


def take(*tables: str) -> None:
    """Have the planner look at the tables as they stand in this transaction; a table that is busy is passed over.

    Call it after many rows were written and before they are joined. It costs a few hundredths of a second a table.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tideover_take_statistics(%s)", [list(tables)])


def expect_large_sets() -> None:
    """For the rest of the transaction: sort and hash in memory, and compile no expressions for one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
