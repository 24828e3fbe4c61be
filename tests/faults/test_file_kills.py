"""The power goes while a full file, a mending, a held file or a recall is taken, rows are set aside, or a stop is
acknowledged; and two files come at once for one client.

A moment is a statement that reaches the database, or the commit of a transaction; five that a seed draws each end a
process by SIGKILL. Whatever was seen, all of it stands or none of it; doing it again is the cure.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults import children
from tests.faults.test_team_kills import try_each
from tests.faults.test_write_kills import drawn, killed, kinds_of
from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake.models import Import, Run, SetAside
from tideover.act.intake.tests.given import ROW, import_placement, write
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.journal import queries as journal
from tideover.know.cases import operations as cases
from tideover.know.cases.models import Case
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio.models import Absence, Placement
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 20
PLACED = date(2026, 9, 30)
OFFICER = "sun"


def rows(first: int = 1, count: int = ROWS, **changed: str) -> list[dict[str, str]]:
    return [ROW | {"account_id": str(number)} | changed for number in range(first, first + count)]


def full(path: Path, turn: int, **more: Any) -> Callable[[], Any]:
    """A full file of the day that many days after the placement."""
    day = PLACED + timedelta(days=turn + 1)
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + timedelta(days=1)
    cut_off = None if path.with_name(path.name + ".control.yaml").exists() or "mends" in more else day
    return lambda: import_placement(path, kind="full", cut_off=cut_off, at=at, **more)


def counts() -> tuple[int, ...]:
    """Everything that a file may leave behind."""
    told = kinds_of(0)
    return (
        Import.objects.count(),
        Absence.objects.count(),
        told.count("file-imported") + told.count("file-held"),
        told.count("collection-stopped"),
        told.count("stop-explained"),
        Placement.objects.exclude(ended_date=None).count(),
    )


def survives(turns: list[tuple[Callable[[], Any], int]]) -> None:
    """Each act is killed at its moment: what it leaves is what there was, or all of it; again makes it whole once."""
    for act, ends_at in turns:
        before = counts()
        (dead,) = children.run([killed(act, ends_at)])
        assert dead.killed_by == signal.SIGKILL, ends_at
        after = counts()
        report = act()
        whole = counts()
        assert after in (before, whole), (ends_at, before, after, whole)
        assert report.is_repeat == (after == whole and after != before)
        assert whole[0] == before[0] + 1 and not Run.objects.exists()
    assert journal.verify().holds


def test_kill_9_in_a_full_file_that_stops_the_client_leaves_all_of_it_or_none(tmp_path: Path) -> None:
    make_client()
    import_placement(write(tmp_path, rows(), "placed.csv"))
    moments = drawn(full(write(tmp_path, rows(), "whole.csv"), 0))
    files = [write(tmp_path, rows(count=ROWS - 2 * turn), f"{turn}.csv") for turn in range(1, 6)]
    survives([(full(path, turn), moments[turn - 1]) for turn, path in enumerate(files, 1)])
    assert kinds_of(0).count("collection-stopped") == 5


def test_kill_9_in_a_held_file_and_in_its_mending_leaves_all_of_it_or_none(tmp_path: Path) -> None:
    client_id = make_client()
    import_placement(write(tmp_path, rows(), "placed.csv"))
    held: list[Path] = []
    for turn in range(6):
        path = write(tmp_path, rows(count=ROWS - 1 - turn), f"held{turn}.csv")
        told = f"format: 1\nkind: full\nsequence: {turn + 1}\ncut_off: {PLACED + timedelta(days=turn + 1)}\nrows: 20\n"
        path.with_name(path.name + ".control.yaml").write_text(told)
        held.append(path)
    moments = drawn(full(held[0], 0))
    survives([(full(path, turn), moments[turn - 1]) for turn, path in enumerate(held[1:], 1)])
    imports = list(Import.objects.filter(status="held").order_by("pk"))
    assert len(imports) == 6 and not Absence.objects.exists()
    mendings = [
        full(write(tmp_path, rows(limit_bal=str(20000 + turn)), f"mend{turn}.csv"), turn, mends=each.pk)
        for turn, each in enumerate(imports)
    ]
    moments = drawn(mendings[-1])
    survives(list(zip(mendings[:-1], moments, strict=True)))
    assert all(stop.is_explained for stop in clients_queries.list_stops([client_id]))
    officer = Actor(9, OFFICER, frozenset({Role.COMPLIANCE_OFFICER}), client_ids=frozenset({client_id}))
    at = datetime(2026, 10, 20, tzinfo=UTC)
    stops = [stop.id for stop in clients_queries.list_stops([client_id])]

    def acknowledging(stop_id: int) -> Callable[[], Any]:
        return lambda: clients.acknowledge(stop_id=stop_id, note="mended", at=at, actor=officer)

    moments = list(range(1, 6))
    for stop_id, ends_at in zip(stops, moments, strict=False):
        (dead,) = children.run([killed(acknowledging(stop_id), ends_at)])
        assert dead.killed_by in (signal.SIGKILL, None)
        acknowledging(stop_id)()
    acknowledging(stops[-1])()
    assert not clients_queries.is_stopped(client_id)
    assert kinds_of(0).count("stop-acknowledged") == len(stops) and journal.verify().holds


def test_kill_9_in_a_recall_leaves_each_case_open_or_closed_with_its_placement(tmp_path: Path) -> None:
    client_id = make_client()
    import_placement(write(tmp_path, rows(), "placed.csv"))
    at = datetime(2026, 10, 5, 4, tzinfo=UTC)
    cases.refresh(client_id=client_id, day=date(2026, 10, 5), at=at - timedelta(hours=4), actor=SYSTEM)

    def recalling(number: int) -> Callable[[], Any]:
        text = f"借据号,退案日期\n{number},2026年10月4日\n"
        path = write(tmp_path, text.encode("gb18030"), f"recall{number}.csv")
        return lambda: import_placement(
            path, kind="recall", mapping_id="hengtong_recall", cut_off=date(2026, 10, 4), at=at
        )

    acts = [recalling(number) for number in range(1, 7)]
    moments = drawn(acts[0])
    for act, ends_at in zip(acts[1:], moments, strict=True):
        survives([(act, ends_at)])
        closed = Case.objects.filter(close_cause="recalled").count()
        assert closed == Placement.objects.filter(ended_cause="recalled").count()
    assert Case.objects.filter(close_cause="recalled").count() == 6


def test_two_files_at_once_for_one_client_take_turns_and_the_second_sees_the_first(tmp_path: Path) -> None:
    client_id = make_client()
    import_placement(write(tmp_path, rows(), "placed.csv"))
    one = full(write(tmp_path, rows(count=10), "one.csv"), 1)
    two = full(write(tmp_path, rows(count=12), "two.csv"), 1)
    ended = children.run([lambda: one().reckoned.reasons, lambda: two().reckoned.reasons])
    codes = sorted(reason.code for each in ended for reason in each.result)
    assert codes == ["gone-above-share", "stale"], "the second full file of a day is no news"
    assert Import.objects.filter(kind="full", status="taken").count() == 1
    assert clients_queries.is_stopped(client_id) and journal.verify().holds


def test_refused_rows_are_set_aside_once_and_whole(tmp_path: Path) -> None:
    make_client()
    report = import_placement(write(tmp_path, [*rows(count=1), *rows(2, 6, bill_amt1="lots")], "placed.csv"))
    import_id, at = report.import_id or 0, datetime(2026, 10, 1, 3, tzinfo=UTC)
    try_each(
        [
            lambda record=record: intake.set_aside(
                import_id=import_id, records=[record], note="Not placed with us.", at=at, actor=SYSTEM
            )
            for record in range(3, 9)
        ],
        least=4,
    )
    assert SetAside.objects.count() == kinds_of(0).count("rows-set-aside") == 6
    assert intake_queries.count_waiting(import_id) == 0
