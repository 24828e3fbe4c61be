"""Refused rows that are not ours to mend are set aside with a reason; what is left is still to be mended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake.tests.given import AT, ROW, import_placement, write
from tideover.act.intake.tests.test_full import control, import_full
from tideover.act.intake.types import ReasonMissing, RowsNotRefused, UnknownImport, WholeFileHeld
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)
WHY = "These two are the leasing arm's, the lender says on the phone."


def bad(number: str) -> dict[str, str]:
    return ROW | {"account_id": number, "bill_amt1": "lots"}


@pytest.fixture
def client_id() -> int:
    """The lender."""
    return make_client()


@pytest.fixture
def import_id(tmp_path: Path, client_id: int) -> int:
    """One good row, and three that were refused: records 3, 4 and 5."""
    report = import_placement(write(tmp_path, [ROW, bad("2"), bad("3"), bad("4")], "placed.csv"))
    assert report.refused_count == 3
    return report.import_id or 0


def integrator(client_id: int, *roles: Role) -> Actor:
    return Actor(7, "he.yan", frozenset(roles or {Role.INTEGRATOR}), frozenset(), frozenset({client_id}))


def facts() -> list[dict]:
    return [fact.body for fact in journal.list_facts(0) if fact.kind == "rows-set-aside"]


def test_rows_that_are_not_ours_are_set_aside_and_the_others_still_wait(client_id: int, import_id: int) -> None:
    by = integrator(client_id)
    assert intake.set_aside(import_id=import_id, records=[3, 4], note=f"  {WHY} ", at=LATER, actor=by) == 2
    assert intake_queries.count_waiting(import_id) == 1 == intake_queries.count_waiting_of([import_id])[import_id]
    (kept,) = intake_queries.list_set_aside(import_id)
    assert (kept.rows_count, kept.actor, kept.set_at, kept.note) == (2, "he.yan", LATER, WHY)
    rows = {row.record: row for row in intake_queries.list_quarantined(import_id)}
    assert [row.set_aside_id for row in rows.values()] == [kept.id, kept.id, None] and rows[5].waits
    assert len(intake_queries.quarantine_csv(import_id, "en").splitlines()) == 2, "one row is left to mend"
    (fact,) = facts()
    assert fact["records"] == [3, 4] and fact["count"] == 2 and WHY not in str(fact), "the reason can be erased"


def test_doing_it_again_changes_nothing_and_all_means_what_still_waits(client_id: int, import_id: int) -> None:
    by = integrator(client_id)
    intake.set_aside(import_id=import_id, records=[3], note=WHY, at=LATER, actor=by)
    assert intake.set_aside(import_id=import_id, records=[3], note="Another reason.", at=LATER, actor=by) == 0
    assert intake.set_aside(import_id=import_id, records=None, note=WHY, at=LATER, actor=by) == 2
    assert intake.set_aside(import_id=import_id, records=None, note=WHY, at=LATER, actor=by) == 0
    assert [each.rows_count for each in intake_queries.list_set_aside(import_id)] == [1, 2]
    assert len(facts()) == 2 and intake_queries.count_waiting(import_id) == 0


def test_a_mending_file_may_still_bring_a_row_that_was_set_aside(
    tmp_path: Path, client_id: int, import_id: int
) -> None:
    intake.set_aside(import_id=import_id, records=None, note=WHY, at=LATER, actor=integrator(client_id))
    mended = import_placement(write(tmp_path, [ROW | {"account_id": "2"}], "mended.csv"), mends=import_id)
    assert mended.new_count == 1 and portfolio_queries.find_account(client_id, "2") is not None
    rows = {row.record: row.mended_by for row in intake_queries.list_quarantined(import_id)}
    assert rows == {3: mended.import_id, 4: None, 5: None}
    assert intake_queries.count_waiting(import_id) == 0


def test_a_row_whose_key_cannot_be_read_is_mended_before_one_that_was_set_aside(tmp_path: Path, client_id: int) -> None:
    nameless = [ROW | {"account_id": "", "limit_bal": str(limit)} for limit in (1000, 2000)]
    import_id = import_placement(write(tmp_path, [ROW, *nameless], "placed.csv")).import_id or 0
    intake.set_aside(import_id=import_id, records=[3], note=WHY, at=LATER, actor=integrator(client_id))
    mended = import_placement(write(tmp_path, [ROW | {"account_id": "2"}], "mended.csv"), mends=import_id)
    rows = {row.record: row.mended_by for row in intake_queries.list_quarantined(import_id)}
    assert rows == {3: None, 4: mended.import_id}


def test_it_takes_an_integrator_of_the_client_a_reason_and_rows_that_were_refused(
    client_id: int, import_id: int
) -> None:
    def refused(kind: type[Exception], **changed: object) -> None:
        asked = {"import_id": import_id, "records": [3], "note": WHY, "at": LATER, "actor": integrator(client_id)}
        with pytest.raises(kind):
            intake.set_aside(**{**asked, **changed})  # type: ignore[arg-type]

    for role in (Role.COLLECTOR, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER, Role.QA_REVIEWER):
        refused(AccessRefused, actor=integrator(client_id, role))
    refused(AccessRefused, actor=integrator(client_id + 1))
    refused(ReasonMissing, note="  ")
    refused(RowsNotRefused, records=[2, 3])
    refused(UnknownImport, import_id=import_id + 99)
    assert facts() == [] and intake_queries.count_waiting(import_id) == 3


def test_a_held_file_is_mended_whole_and_setting_aside_acknowledges_no_stop(tmp_path: Path, client_id: int) -> None:
    import_placement(write(tmp_path, [ROW | {"account_id": str(number)} for number in range(1, 101)], "placed.csv"))
    held = import_full(control(write(tmp_path, [ROW, bad("2")], "full.csv")))
    assert held.reckoned.is_held and intake_queries.count_waiting(held.import_id or 0) == 0
    assert [each.id for each in intake_queries.list_imports([client_id], to_mend=True)] == [held.import_id]
    by = integrator(client_id)
    with pytest.raises(WholeFileHeld):
        intake.set_aside(import_id=held.import_id or 0, records=None, note=WHY, at=LATER, actor=by)
    few = import_full(write(tmp_path, [ROW, bad("2")], "few.csv"))
    assert intake.set_aside(import_id=few.import_id or 0, records=None, note=WHY, at=LATER, actor=by) == 1
    assert clients_queries.is_stopped(client_id)
    assert not any(stop.is_explained for stop in clients_queries.list_stops([client_id]))
    assert portfolio_queries.count_accounts(client_id) == 100
