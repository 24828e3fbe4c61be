"""A file is late only where the client's profile expects it; it is told once, and a job tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake.tests.given import ROW, import_payments, import_placement, write
from tideover.act.intake.types import FileEmpty
from tideover.core.access.types import SYSTEM
from tideover.core.journal import queries as journal_queries
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import EVERY_DAY, WORKING_DAY, ExpectedFile
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 10, 1, 1, tzinfo=UTC)
EIGHT = datetime(2026, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def client_id(monkeypatch: pytest.MonkeyPatch) -> int:
    """A client that sends placements by half past eight every day, and payments by eight on working days."""
    expects = (
        ExpectedFile("placement", None, time(8, 30), EVERY_DAY),
        ExpectedFile("payments", None, time(8), WORKING_DAY),
    )
    profile = replace(clients_queries.get_profile("x"), expects=expects, calendar="calendars.cn")
    monkeypatch.setattr(clients_queries, "get_profile", lambda code: profile)
    return make_client()


def late(client_id: int, at: datetime) -> list[str]:
    return [each.kind for each in intake_queries.list_late([client_id], at)]


def test_what_is_expected_is_late_from_its_hour_on_until_it_comes(client_id: int, tmp_path: Path) -> None:
    assert late(client_id, EIGHT) == [], "the first of October is a holiday, and it is not half past eight"
    assert late(client_id, NINE) == ["placement"]
    assert late(client_id, datetime(2026, 10, 8, 0, tzinfo=UTC)) == ["payments"], "work begins again"
    import_placement(write(tmp_path, [ROW]), at=NINE)
    assert late(client_id, NINE) == []
    assert late(client_id, datetime(2026, 10, 2, 1, tzinfo=UTC)) == ["placement"], "every day anew"
    assert late(client_id, datetime(2027, 3, 1, 1, tzinfo=UTC)) == ["payments", "placement"], "not announced yet"


def test_a_late_file_is_told_once_a_day(client_id: int) -> None:
    assert intake.note_late_files(at=NINE, actor=SYSTEM) == 1
    assert intake.note_late_files(at=NINE, actor=SYSTEM) == 0
    fact = journal_queries.list_facts(0)[0]
    assert fact.kind == "file-late" and fact.body["kind"] == "placement"
    assert intake.note_late_files(at=datetime(2026, 10, 2, 1, tzinfo=UTC), actor=SYSTEM) == 1
    assert [fact.kind for fact in journal_queries.list_facts(0)].count("file-late") == 2
    assert intake_queries.list_late([client_id], NINE)[0].day == date(2026, 10, 1)


def test_nothing_is_late_that_nobody_said_would_come() -> None:
    client_id = make_client()
    assert late(client_id, NINE) == [] and intake.note_late_files(at=NINE, actor=SYSTEM) == 0


def test_a_file_of_no_rows_came_all_the_same_where_the_client_says_that_there_was_nothing(
    client_id: int, tmp_path: Path
) -> None:
    path = write(tmp_path, "reference,account_id,value_date,amount,currency\n")
    at = datetime(2026, 10, 8, 0, tzinfo=UTC)
    with pytest.raises(FileEmpty):
        import_payments(path, cut_off=date(2026, 10, 7), at=at)
    assert late(client_id, at) == ["payments"]
    control = "format: 1\nkind: payments\nsequence: 1\ncut_off: 2026-10-07\nrows: 0\n"
    path.with_name(f"{path.name}.control.yaml").write_text(control)
    report = import_payments(path, cut_off=date(2026, 10, 7), at=at)
    assert (report.rows_count, report.good_count) == (0, 0) and not report.reckoned.reasons
    assert late(client_id, at) == []
