"""SQL files tell in their header what they read, and the parser finds out whether that is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tideover.core.sql import duck, files

TEXT = """-- what: late accounts of a client; 100 % of them
-- grain: one row per account
-- reads: portfolio_account, ledger_owed_at
-- writes: cases_case
INSERT INTO cases_case (account_id)
WITH late AS (SELECT id FROM portfolio_account WHERE client_id = %(client_id)s)
SELECT late.id FROM late JOIN ledger_owed_at(%(at)s) AS owed ON owed.account_id = late.id
"""


def test_the_header_is_read_and_comments_are_not_run(tmp_path: Path) -> None:
    path = tmp_path / "late.sql"
    path.write_text(TEXT)
    sql = files.read(path)
    assert sql.reads == ("portfolio_account", "ledger_owed_at")
    assert sql.writes == ("cases_case",)
    assert sql.engine == "postgres"
    assert "100 %" not in sql.text


def test_the_tables_that_a_text_names_are_found_but_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "late.sql"
    path.write_text(TEXT)
    assert files.tables_of(files.read(path)) == {"portfolio_account", "ledger_owed_at", "cases_case"}


def test_a_room_s_file_is_found_by_its_package() -> None:
    with pytest.raises(FileNotFoundError):
        files.load("tideover.core.policy", "none")


def test_ordered_rows_give_the_same_bytes_each_time(tmp_path: Path) -> None:
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for path in paths:
        with duck.connect() as connection:
            rows = duck.write_parquet(connection, "SELECT i FROM range(300000) AS t(i) ORDER BY i", path)
        assert rows == 300_000
    assert paths[0].read_bytes() == paths[1].read_bytes()
