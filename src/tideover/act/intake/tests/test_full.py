"""Full files: who is gone, who came back, and what stops a client's collection until a person acknowledges it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake.tests.given import AT, CUT_OFF, PAYMENT, ROW, import_payments, import_placement, write
from tideover.act.intake.types import (
    ControlContradicts,
    ControlMissing,
    ControlWrong,
    CutOffWrong,
    ImportReport,
    MendsOther,
)
from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.core.journal import queries as journal_queries
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import OwnImport
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.models import Absence
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEXT = CUT_OFF + DAY


def accounts(count: int, first: int = 1, **changed: str) -> list[dict[str, str]]:
    """Rows of so many accounts that owe 3,913 each."""
    return [ROW | {"account_id": str(number)} | changed for number in range(first, first + count)]


def control(path: Path, **changed: Any) -> Path:
    """Beside a file what the client says of it; here of a hundred accounts unless said otherwise."""
    told = {"kind": "full", "sequence": 1, "cut_off": NEXT, "rows": 100, "totals": '{TWD: "391300.00"}'} | changed
    lines = "".join(f"{name}: {value}\n" for name, value in told.items() if value is not None)
    path.with_name(path.name + ".control.yaml").write_text("format: 1\n" + lines, encoding="utf-8")
    return path


def import_full(path: Path, day: date = NEXT, **changed: Any) -> ImportReport:
    """A full file as of the day after the placement, imported on the morning after."""
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + DAY
    given = {"kind": "full", "cut_off": None if has_control(path) else day, "at": at}
    return import_placement(path, **{**given, **changed})


def has_control(path: Path) -> bool:
    return path.with_name(path.name + ".control.yaml").exists()


def codes(report: ImportReport) -> list[str]:
    return [reason.code for reason in report.reckoned.reasons]


def gone(client_id: int) -> set[str]:
    found = Absence.objects.filter(returned_import_id=None, account__client_id=client_id)
    return set(found.values_list("account__number", flat=True))


@pytest.fixture
def client_id(tmp_path: Path) -> int:
    """A client with a hundred accounts placed."""
    made = make_client()
    import_placement(write(tmp_path, accounts(100), "placed.csv"))
    return made


def test_a_full_file_states_everybody_and_marks_who_is_absent_without_closing_anything(
    tmp_path: Path, client_id: int
) -> None:
    report = import_full(write(tmp_path, [ROW | {"account_id": "1", "bill_amt1": "4000"}, *accounts(97, 2)], "f.csv"))
    assert (report.new_count, report.changed_count, report.same_count) == (0, 1, 97)
    assert (report.reckoned.gone_count, report.reckoned.expected_count) == (2, 100)
    assert gone(client_id) == {"99", "100"} and codes(report) == []
    assert not clients_queries.is_stopped(client_id), "two of a hundred is what may be"
    account = portfolio_queries.find_account(client_id, "99")
    assert account is not None
    assert str(ledger_queries.get_owed(account.id, AT + 2 * DAY)) == "TWD 3913.00"
    assert portfolio_queries.list_placements(account.id)[0].ended_date is None


def test_an_account_that_is_named_again_is_no_longer_gone_and_one_that_owes_nothing_never_was(
    tmp_path: Path, client_id: int
) -> None:
    import_full(write(tmp_path, [*accounts(98), ROW | {"account_id": "100", "bill_amt1": "0"}], "one.csv"))
    assert gone(client_id) == {"99"}
    report = import_full(write(tmp_path, accounts(99), "two.csv"), NEXT + DAY)
    assert report.reckoned.returned_count == 1 and report.reckoned.gone_count == 0
    assert gone(client_id) == set(), "number 100 was paid, and the file need not name it"


def test_more_than_the_named_share_gone_stops_collection_and_the_rows_are_taken(tmp_path: Path, client_id: int) -> None:
    report = import_full(write(tmp_path, accounts(97), "cut.csv"))
    assert codes(report) == ["gone-above-share"] and report.reckoned.status == "taken"
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and stop.import_id == report.import_id and stop.id == report.reckoned.stop_id
    assert dict(stop.reasons[0].fields) == {"gone": "3", "expected": "100", "most": "2"}
    assert len(gone(client_id)) == 3 and portfolio_queries.count_accounts(client_id) == 100


def test_a_quarantined_row_whose_account_can_be_read_is_present(tmp_path: Path, client_id: int) -> None:
    rows = [*accounts(98), *accounts(1, 99, bill_amt1="3,913"), *accounts(1, 100, pay_0="seven")]
    report = import_full(write(tmp_path, rows, "f.csv"))
    assert report.refused_count == 2 and report.reckoned.gone_count == 0 and gone(client_id) == set()


def test_when_the_account_of_one_row_cannot_be_read_nobody_is_marked_gone(tmp_path: Path, client_id: int) -> None:
    rows = [*accounts(90), *accounts(1, 91, account_id="")]
    report = import_full(write(tmp_path, rows, "f.csv"))
    assert report.reckoned.gone_unjudged == "key-unreadable" and gone(client_id) == set()
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and not stop.is_explained and dict(stop.reasons[0].fields)["gone"] == "9"
    import_full(write(tmp_path, accounts(10, 91), "rest.csv"), mends=report.import_id)
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and stop.is_explained
    few = import_full(write(tmp_path, [*accounts(98), *accounts(1, 99, account_id="")], "g.csv"), NEXT + DAY)
    assert few.reckoned.gone_unjudged == "key-unreadable" and codes(few) == []
    assert codes(report) == ["gone-above-share"], "ten are absent, and one row cannot name nine of them"
    assert "account number cannot be read" in words.render("intake.gone.key-unreadable", "en")


def test_a_new_account_is_placed_only_where_the_file_or_its_control_names_a_batch(
    tmp_path: Path, client_id: int
) -> None:
    import_full(write(tmp_path, accounts(101), "f.csv"))
    unplaced = portfolio_queries.find_account(client_id, "101")
    assert unplaced is not None and portfolio_queries.list_placements(unplaced.id) == []
    path = write(tmp_path, accounts(102), "g.csv")
    batch = '{number: B-2, from: 2026-10-01, until: 2026-12-02, target: {amount: "1000.00", currency: TWD},'
    batch += " commission_share: 0.18, retain_share_max: 0.05}"
    control(path, rows=102, totals='{TWD: "399126.00"}', cut_off=NEXT + DAY, batch=batch)
    report = import_full(path, NEXT + DAY)
    assert codes(report) == []
    placed = portfolio_queries.find_account(client_id, "102")
    assert placed is not None
    (placement,) = portfolio_queries.list_placements(placed.id)
    assert placement.batch_number == "B-2"


def test_the_control_files_totals_count_all_records_and_quarantine_explains_what_it_can(
    tmp_path: Path, client_id: int
) -> None:
    rows = [*accounts(99), *accounts(1, 100, bill_amt1="3.913,00")]
    report = import_full(control(write(tmp_path, rows, "f.csv")))
    (difference,) = report.reckoned.differences
    assert difference.is_explained and difference.what == "TWD" and report.reckoned.status == "taken"
    assert codes(report) == [] and report.good_count == 99
    kept = intake_queries.get_import(report.import_id or 0)
    assert kept.reckoned.differences == report.reckoned.differences and kept.reckoned.control == report.reckoned.control


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"totals": '{TWD: "391300.01"}'}, "totals-differ"),
        ({"totals": '{TWD: "391299.99"}'}, "totals-differ"),
        ({"totals": '{TWD: "391300.00", CNY: "1.00"}'}, "totals-differ"),
        ({"rows": 101}, "rows-differ"),
        ({"cut_off": date(2026, 10, 9)}, "future-dated"),
    ],
)
def test_a_file_that_contradicts_its_control_file_is_held_whole_and_stops_collection(
    tmp_path: Path, client_id: int, said: dict[str, Any], cause: str
) -> None:
    rows = accounts(100, bill_amt1="4000") if cause == "future-dated" else accounts(100)
    if cause == "future-dated":
        said = said | {"totals": '{TWD: "400000.00"}'}
    path = control(write(tmp_path, rows, "f.csv"), **said)
    dry = import_full(path, dry_run=True)
    assert codes(dry) == [cause] and dry.reckoned.is_held and clients_queries.get_stop(client_id) is None
    report = import_full(path)
    assert codes(report) == [cause] and report.reckoned.is_held
    assert gone(client_id) == set() and report.reckoned.gone_unjudged == "held"
    assert clients_queries.is_stopped(client_id)
    account = portfolio_queries.find_account(client_id, "1")
    assert account is not None
    assert str(ledger_queries.get_owed(account.id, AT + 20 * DAY)) == "TWD 3913.00", "nothing of it was taken"
    assert journal_queries.list_facts(0)[1].kind == "file-held"
    again = import_full(path)
    assert again.is_repeat and again.reckoned.is_held and len(clients_queries.list_stops([client_id])) == 1


def test_a_truncated_full_file_closes_nobody_and_its_mending_explains_the_stop(tmp_path: Path, client_id: int) -> None:
    truncated = import_full(control(write(tmp_path, accounts(60), "f.csv")))
    assert codes(truncated) == ["rows-differ", "totals-differ"] and truncated.reckoned.is_held
    assert gone(client_id) == set() and truncated.import_id is not None
    again = import_full(write(tmp_path, accounts(61), "less.csv"), mends=truncated.import_id)
    assert again.reckoned.is_held, "the mending of a held file is the whole file"
    mended = import_full(write(tmp_path, accounts(100), "whole.csv"), mends=truncated.import_id)
    assert mended.reckoned.status == "taken" and codes(mended) == [] and mended.reckoned.gone_unjudged == "mends"
    stops = clients_queries.list_stops([client_id])
    assert [stop.is_explained for stop in stops] == [True, True] and clients_queries.is_stopped(client_id)
    importer = Actor(None, "system", frozenset({Role.SYSTEM}))
    with pytest.raises(OwnImport):
        clients.acknowledge(stop_id=stops[0].id, note="fine", at=AT, actor=importer)
    officer = Actor(9, "sun", frozenset({Role.COMPLIANCE_OFFICER}), client_ids=frozenset({client_id}))
    for stop in stops:
        clients.acknowledge(stop_id=stop.id, note="mended", at=AT, actor=officer)
    assert not clients_queries.is_stopped(client_id)


def test_mended_rows_count_together_with_what_was_taken_and_a_wrong_cent_among_them_is_held(
    tmp_path: Path, client_id: int
) -> None:
    bad = accounts(1, 99, bill_amt1="3,913") + accounts(1, 100, bill_amt1="x")
    first = import_full(control(write(tmp_path, [*accounts(98), *bad], "f.csv")))
    assert first.refused_count == 2 and codes(first) == [] and first.import_id
    one = import_full(write(tmp_path, accounts(1, 99), "one.csv"), mends=first.import_id)
    assert one.reckoned.counted is not None and one.reckoned.counted.rows_count == 100
    assert [each.is_explained for each in one.reckoned.differences] == [True], "one is still unread"
    wrong = import_full(write(tmp_path, accounts(1, 100, bill_amt1="3912.99"), "wrong.csv"), mends=first.import_id)
    assert codes(wrong) == ["totals-differ"] and wrong.reckoned.is_held
    right = import_full(write(tmp_path, accounts(1, 100), "right.csv"), mends=first.import_id)
    assert right.reckoned.differences == () and right.good_count == 1
    assert intake_queries.count_waiting(first.import_id) == 0
    (stop,) = clients_queries.list_stops([client_id])
    assert stop.import_id == wrong.import_id and stop.is_explained


def test_the_rest_of_a_file_without_control_lifts_the_absences_and_explains_the_stop(
    tmp_path: Path, client_id: int
) -> None:
    cut = import_full(write(tmp_path, accounts(60), "cut.csv"))
    assert codes(cut) == ["gone-above-share"] and len(gone(client_id)) == 40 and cut.import_id
    some = import_full(write(tmp_path, accounts(30, 61), "some.csv"), mends=cut.import_id)
    assert some.reckoned.returned_count == 30 and len(gone(client_id)) == 10
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and not stop.is_explained
    import_full(write(tmp_path, accounts(9, 91), "rest.csv"), mends=some.import_id)
    assert gone(client_id) == {"100"}
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and stop.is_explained, "one of a hundred may be gone"


def test_doubled_stale_and_out_of_order_files_are_held_and_a_missing_one_stops_what_is_taken(
    tmp_path: Path, client_id: int
) -> None:
    first = import_full(control(write(tmp_path, accounts(100), "one.csv")))
    assert codes(first) == []
    doubled = control(write(tmp_path, accounts(100, bill_amt1="3914"), "dup.csv"), totals='{TWD: "391400.00"}')
    assert codes(import_full(doubled)) == ["sequence-used", "stale"]
    third = control(write(tmp_path, accounts(100), "three.csv"), sequence=3, cut_off=NEXT + 2 * DAY)
    report = import_full(third, NEXT + 2 * DAY)
    assert codes(report) == ["sequence-gap"] and report.reckoned.status == "taken"
    assert dict(report.reckoned.reasons[0].fields) == {"sequence": "3", "missing": "2"}
    second = control(write(tmp_path, accounts(100), "two.csv"), sequence=2, cut_off=NEXT + DAY)
    late = import_full(second, NEXT + 2 * DAY)
    assert codes(late) == ["out-of-order"] and late.reckoned.is_held
    by_import = {stop.import_id: stop for stop in clients_queries.list_stops([client_id])}
    assert by_import[report.import_id or 0].is_explained, "the missing one came"
    stale = import_full(write(tmp_path, accounts(99), "stale.csv"), NEXT, at=AT + 9 * DAY)
    assert codes(stale) == ["stale"] and gone(client_id) == set()


def payments_of(folder: Path, sequence: int, **changed: Any) -> ImportReport:
    """A payments file of a day, with its number."""
    row = PAYMENT | {"reference": f"P{sequence}", "value_date": f"2026-10-0{sequence}"}
    told = {"kind": "payments", "cut_off": f"2026-10-0{sequence}", "rows": 1, "totals": '{TWD: "100.00"}'} | changed
    path = control(write(folder, [row], f"paid-{sequence}-{len(told)}{told['rows']}.csv"), sequence=sequence, **told)
    return import_payments(path, cut_off=None, at=datetime(2026, 10, 9, sequence, tzinfo=UTC))


def explained(client_id: int) -> dict[int | None, bool]:
    return {stop.import_id: stop.is_explained for stop in clients_queries.list_stops([client_id])}


def test_a_gap_is_closed_by_the_missing_file_also_for_the_file_that_comes_out_of_order_and_is_taken(
    tmp_path: Path, client_id: int
) -> None:
    first, fourth = payments_of(tmp_path, 1), payments_of(tmp_path, 4)
    assert codes(first) == [] and codes(fourth) == ["sequence-gap"]
    second = payments_of(tmp_path, 2)
    assert codes(second) == ["out-of-order"] and second.reckoned.status == "taken"
    assert explained(client_id) == {fourth.import_id: False, second.import_id: False}, "the third is still missing"
    third = payments_of(tmp_path, 3)
    assert explained(client_id) == {each.import_id: True for each in (second, third, fourth)}
    for each in (second, third, fourth):
        assert intake_queries.list_explained_reasons(intake_queries.get_import(each.import_id or 0)) == (True,)
    assert clients_queries.is_stopped(client_id), "a person must acknowledge it all the same"


def test_a_missing_file_that_comes_broken_closes_the_gap_when_it_is_mended(tmp_path: Path, client_id: int) -> None:
    payments_of(tmp_path, 1)
    third = payments_of(tmp_path, 3)
    second = payments_of(tmp_path, 2, rows=2)
    assert codes(second) == ["rows-differ", "out-of-order"] and second.reckoned.is_held
    assert explained(client_id) == {third.import_id: False, second.import_id: False}
    rows = [PAYMENT | {"reference": f"P2{place}", "amount": "50.00", "value_date": "2026-10-02"} for place in "ab"]
    mended = import_payments(
        write(tmp_path, rows, "whole.csv"),
        cut_off=None,
        mends=second.import_id,
        at=datetime(2026, 10, 9, 6, tzinfo=UTC),
    )
    assert mended.reckoned.status == "taken" and codes(mended) == []
    assert explained(client_id) == {third.import_id: True, second.import_id: True}


def test_a_payments_file_that_differs_by_one_cent_posts_nothing(tmp_path: Path, client_id: int) -> None:
    report = payments_of(tmp_path, 1, totals='{TWD: "100.01"}')
    assert codes(report) == ["totals-differ"] and report.reckoned.is_held
    assert report.reckoned.reasons[0].fields["difference"] == "0.01"
    account = portfolio_queries.find_account(client_id, "1")
    assert account is not None
    assert str(ledger_queries.get_owed(account.id, AT + 20 * DAY)) == "TWD 3913.00"
    assert clients_queries.is_stopped(client_id)


def test_a_day_to_come_is_refused_by_name_also_where_only_the_command_tells_the_day(
    tmp_path: Path, client_id: int
) -> None:
    path = write(tmp_path, accounts(100, bill_amt1="1"), "ahead.csv")
    with pytest.raises(CutOffWrong) as found:
        import_full(path, NEXT + DAY, at=AT)
    for language in ("en", "zh-Hans"):
        assert "{" not in words.render(found.value, language)
    assert len(intake_queries.list_imports([client_id])) == 1 and not clients_queries.is_stopped(client_id)


def test_tomorrows_delivery_of_the_same_rows_is_another_delivery(tmp_path: Path, client_id: int) -> None:
    import_full(control(write(tmp_path, accounts(100), "one.csv")))
    path = control(write(tmp_path, accounts(100), "two.csv"), sequence=2, cut_off=NEXT + DAY)
    report = import_full(path, NEXT + DAY)
    assert not report.is_repeat and report.same_count == 100 and codes(report) == []
    assert import_full(path, NEXT + DAY).is_repeat


def test_a_delta_file_tells_changes_only_and_nobody_is_gone_for_it(tmp_path: Path, client_id: int) -> None:
    report = import_full(write(tmp_path, accounts(1, bill_amt1="3000"), "d.csv"), kind="delta")
    assert (report.changed_count, report.reckoned.gone_unjudged) == (1, "kind") and gone(client_id) == set()
    assert [(move.account_number, str(move.difference)) for move in report.reckoned.moves] == [("1", "TWD -913.00")]
    old = import_full(write(tmp_path, accounts(1, 2), "old.csv"), CUT_OFF, kind="delta", at=AT + 2 * DAY)
    assert codes(old) == ["stale"]


def test_what_contradicts_what_was_said_is_refused_by_name(tmp_path: Path, client_id: int) -> None:
    path = control(write(tmp_path, accounts(100), "f.csv"))
    for changed, field in (({"kind": "delta"}, "kind"), ({"cut_off": CUT_OFF}, "cut_off")):
        with pytest.raises(ControlContradicts) as refused:
            import_full(path, **changed)
        assert refused.value.fields["field"] == field
    taken = import_full(path)
    other = control(write(tmp_path, accounts(1), "g.csv"), sequence=2, rows=1, totals='{TWD: "3913.00"}')
    with pytest.raises(ControlContradicts):
        import_full(other, mends=taken.import_id)
    with pytest.raises(MendsOther):
        import_full(write(tmp_path, accounts(1), "h.csv"), kind="delta", cut_off=None, mends=taken.import_id)
    for wrong in ("rows: many", "totals: {TWD: 1,0}", "sequence: 0", "cut_off: 2026-13-01", "colour: red"):
        name, _, value = wrong.partition(": ")
        with pytest.raises(ControlWrong) as broken:
            import_full(control(write(tmp_path, accounts(2), "w.csv"), **{name: value}))
        assert broken.value.fields["line"].isdigit()


def test_a_profile_may_ask_for_control_files(tmp_path: Path, client_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    asked = replace(clients_queries.get_profile("x"), control="required")
    monkeypatch.setattr(clients_queries, "get_profile", lambda code: asked)
    with pytest.raises(ControlMissing):
        import_full(write(tmp_path, accounts(100), "f.csv"))
    assert codes(import_full(control(write(tmp_path, accounts(100), "g.csv")))) == []
    assert intake.STEPS[-1] == "stop"


@pytest.mark.parametrize("amount", ["99999999999999.00", "3913.005"])
def test_one_amount_that_cannot_be_is_told_of_its_row_and_the_file_is_weighed_all_the_same(
    tmp_path: Path, client_id: int, amount: str
) -> None:
    rows = [*accounts(99), *accounts(1, 100, bill_amt1=amount)]
    report = import_full(control(write(tmp_path, rows, "f.csv")))
    assert report.refused_count == 1 and report.good_count == 99 and report.reckoned.status == "taken"
    assert [each.is_explained for each in report.reckoned.differences] == [True]
    mended = import_full(write(tmp_path, accounts(1, 100), "mended.csv"), mends=report.import_id)
    assert mended.reckoned.differences == () and mended.reckoned.status == "taken"
