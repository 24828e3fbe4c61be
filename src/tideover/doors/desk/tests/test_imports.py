"""A lender's file by the page: tried, then taken or left; what was refused can be fetched and mended."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tideover.act.intake.tests.test_hengtong import SAMPLES
from tideover.act.intake.types import RefusedRow, RowProblem
from tideover.core.access.types import Role
from tideover.doors.desk.conftest import ROWS, Bank
from tideover.doors.desk.imports import refusing, view
from tideover.doors.screens import paging

AsUser = Callable[[str], Client]
Placement = Callable[..., Path]


@pytest.fixture
def try_file(as_user: AsUser, placement: Placement, tmp_path: Path, settings: object) -> Callable[..., tuple]:
    settings.STORE = tmp_path / "store"  # type: ignore[attr-defined]

    def tried(*rows: str, browser: Client | None = None, **more: str) -> tuple:
        browser = browser or as_user("integrator")
        form = {"client": "bank", "mapping": "mappings.uci_card_default", "cut_off": "2026-09-30", **more}
        with placement(*rows).open("rb") as file:
            return browser, browser.post("/imports/trial", {"file": file, **form})

    return tried


def test_a_file_is_tried_before_it_is_taken_and_trying_changes_nothing(try_file: Callable[..., tuple]) -> None:
    browser, answer = try_file()
    page = answer.content.decode()
    assert answer.status_code == 200 and "Tried, not taken yet" in page and "Take 3 rows" in page
    assert "Nothing was imported yet" in browser.get("/imports").content.decode()


def test_taking_it_leads_to_its_reconciliation(try_file: Callable[..., tuple]) -> None:
    browser, _ = try_file()
    answer = browser.post("/imports/decide", {"decision": "take"}, follow=True)
    page = answer.content.decode()
    assert "3 rows taken" in page and "Reconciliation" in page and "M1" in page
    assert "placement.csv" in browser.get("/imports").content.decode()


def test_leaving_it_leaves_nothing(try_file: Callable[..., tuple]) -> None:
    browser, _ = try_file()
    answer = browser.post("/imports/decide", {"decision": "leave"}, follow=True)
    assert "Nothing was imported yet" in answer.content.decode()
    assert not list((settings.STORE / "uploads").iterdir())


def test_a_refused_row_is_shown_with_its_remedy_and_comes_back_as_a_file(
    try_file: Callable[..., tuple], as_user: AsUser
) -> None:
    broken = ROWS[1].replace("12900", "12,900 about")
    browser, answer = try_file(ROWS[0], broken.replace("12,900 about", "many"))
    assert "many" in answer.content.decode()
    browser.post("/imports/decide", {"decision": "take"})
    address = browser.get("/imports").content.decode().split('<a href="/imports/')[1].split('"')[0]
    page = browser.get(f"/imports/{address}").content.decode()
    assert "Rows that were refused" in page
    assert "many" in page, "what the file said is the integrator's to read"
    leaders = as_user("leader").get(f"/imports/{address}").content.decode()
    assert "Rows that were refused" in leaders and "many" not in leaders
    sent = browser.get(f"/imports/{address}/quarantine.csv")
    assert sent["Content-Disposition"].startswith("attachment") and "many" in sent.content.decode()


def test_rows_that_are_not_ours_are_set_aside_with_a_reason_and_are_no_longer_to_mend(
    try_file: Callable[..., tuple], as_user: AsUser
) -> None:
    broken = [row.replace("12900", "many").replace("1002", number) for number in ("1002", "1005") for row in ROWS[1:2]]
    browser, _ = try_file(ROWS[0], *broken)
    browser.post("/imports/decide", {"decision": "take"})
    address = "/imports/" + browser.get("/imports").content.decode().split('<a href="/imports/')[1].split('"')[0]
    page = browser.get(address).content.decode()
    assert 'name="record" value="3"' in page and "Set all 2 rows that wait aside" in page
    untold = browser.post(f"{address}/set-aside", {"record": ["3"], "note": " "})
    assert untold.status_code == 422 and "Say why" in untold.content.decode()
    none = browser.post(f"{address}/set-aside", {"note": "Not placed with us."})
    assert none.status_code == 422 and "Tick the rows" in none.content.decode()
    assert "Not placed with us." in none.content.decode(), "what was written is not lost"
    done = browser.post(f"{address}/set-aside", {"record": ["3"], "note": "Not placed with us."}, follow=True)
    page = done.content.decode()
    assert "1 row set aside" in page and "Not placed with us." in page and "Set the one row that waits aside" in page
    assert done.context["reckoned"].waiting_count == 1 and 'value="3"' not in page
    leaders = as_user("leader").get(address).content.decode()
    assert "Set aside" in leaders and "Not placed with us." not in leaders and 'id="set-aside"' not in leaders
    assert as_user("leader").post(f"{address}/set-aside", {"which": "all", "note": "x"}).status_code == 403
    done = browser.post(f"{address}/set-aside", {"which": "all", "note": "Nor this one."}, follow=True)
    page = done.content.decode()
    assert done.context["reckoned"].waiting_count == 0 and 'id="set-aside"' not in page
    assert "Download to mend" not in page and "Send the mending" not in page


def test_imports_are_listed_by_client_kind_and_what_is_to_mend_the_filters_in_the_address(
    try_file: Callable[..., tuple], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = try_file(ROWS[0])
    browser.post("/imports/decide", {"decision": "take"})
    try_file(ROWS[1], ROWS[2].replace(",0,0,0,0,0,0,0", ",many,0,0,0,0,0,0"), browser=browser)
    browser.post("/imports/decide", {"decision": "take"})

    def listed(**wanted: str) -> list[int]:
        return [row["made"].id for row in browser.get("/imports", wanted).context["rows"]]

    second, first = listed()
    assert listed(state="to-mend") == [second] and listed(kind="placement", client="bank") == [second, first]
    assert listed(kind="recall") == listed(client="elsewhere") == []
    assert "No file is so" in browser.get("/imports", {"kind": "recall"}).content.decode()
    monkeypatch.setattr(paging, "SIZE", 1)
    page = browser.get("/imports", {"kind": "placement"})
    assert page.context["pages"].next_url == f"?kind=placement&after={second}"
    assert listed(kind="placement", after=str(second)) == [first]
    browser.post(f"/imports/{second}/set-aside", {"which": "all", "note": "Not placed with us."})
    assert listed(state="to-mend") == []


def test_the_same_file_again_changes_nothing_and_says_so(try_file: Callable[..., tuple]) -> None:
    browser, _ = try_file()
    browser.post("/imports/decide", {"decision": "take"})
    _, answer = try_file(browser=browser)
    assert "imported before" in answer.content.decode()


def test_a_form_without_a_date_is_told_what_it_lacks(try_file: Callable[..., tuple]) -> None:
    _, answer = try_file(cut_off="30.9.")
    assert answer.status_code == 422 and "year-month-day" in answer.content.decode()


def test_a_file_of_another_encoding_is_refused_with_words(as_user: AsUser, bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "gb.csv"
    path.write_bytes("account_id,姓名\n1,王芳\n".encode("gb18030"))
    form = {"client": "bank", "mapping": "mappings.uci_card_default", "cut_off": "2026-09-30"}
    with path.open("rb") as file:
        answer = as_user("integrator").post("/imports/trial", {"file": file, **form})
    assert answer.status_code == 422 and "UTF-8" in answer.content.decode()


def test_a_leader_reads_imports_but_takes_none(as_user: AsUser, bank: Bank) -> None:
    browser = as_user("leader")
    assert "A new file" not in browser.get("/imports").content.decode()
    assert browser.post("/imports/decide", {"decision": "take"}).status_code == 403


def test_a_collector_sees_no_imports_and_nobody_those_of_another_client(as_user: AsUser, bank: Bank) -> None:
    assert as_user("wang").get("/imports").status_code == 403
    assert as_user("integrator").get("/imports/999999").status_code == 404


def test_what_nobody_decided_on_is_gone_after_a_day(try_file: Callable[..., tuple]) -> None:
    browser, _ = try_file()
    (left,) = (settings.STORE / "uploads").iterdir()
    yesterday = left.stat().st_mtime - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    browser.get("/imports")
    assert not left.exists()


def test_a_hostile_file_stays_a_file(as_user: AsUser, placement: Placement, tmp_path: Path, settings: object) -> None:
    settings.STORE = tmp_path / "store"  # type: ignore[attr-defined]
    browser = as_user("integrator")
    bad = ROWS[0].replace("王芳", "<script>alert(1)</script>").replace("1001,C1", "9001,＝HYPERLINK(1)")
    content = placement(*ROWS, bad.replace("zh-Hans", '"\n=cmd|1"')).read_bytes()
    form = {"client": "bank", "mapping": "mappings.uci_card_default", "cut_off": "2026-09-30"}
    for name in ("../../etc/x.csv", "\\..\\x.csv", "长" * 190 + ".csv", "a\r\nX: y.csv"):
        file = SimpleUploadedFile(name, content)
        answer = browser.post("/imports/trial", {"file": file, **form})
        assert answer.status_code == 200, name
        assert "<script>alert" not in answer.content.decode()
    kept = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert len(kept) == 1 and kept[0].parent.parent == tmp_path / "store" / "uploads"
    page = browser.post("/imports/decide", {"decision": "take"}, follow=True)
    assert "<script>alert" not in page.content.decode()
    text = browser.get(page.redirect_chain[-1][0] + "/quarantine.csv").content.decode("utf-8-sig")
    cells = next(row for row in csv.reader(io.StringIO(text)) if "9001" in row)
    assert "'＝HYPERLINK(1)" in cells and "'\n=cmd|1" in cells


def test_a_full_file_with_a_control_file_that_it_contradicts_is_held_and_its_mending_takes_its_place(
    open_day: Bank, as_user: AsUser, placement: Placement
) -> None:
    browser = as_user("integrator")
    form = {"client": "bank", "mapping": "mappings.uci_card_default", "kind": "full", "cut_off": "2026-09-30"}
    told = 'format: 1\nkind: full\nsequence: 1\ncut_off: 2026-10-01\nrows: 3\ntotals: {TWD: "16813.00"}\n'

    def tried(*rows: str, **more: str) -> str:
        control = SimpleUploadedFile("control.yaml", told.encode())
        given = form | more | ({} if "mends" in more else {"control": control})
        with placement(*rows).open("rb") as file:
            return browser.post("/imports/trial", {"file": file, **given}).content.decode()

    page = tried(*ROWS[:2])
    assert "This stops the client" in page and "announced 3 records, the file has 2" in page
    page = browser.post("/imports/decide", {"decision": "take"}, follow=True).content.decode()
    assert "Held: nothing of it was taken" in page and "Collection for Card Bank is stopped" in page
    number = (
        page.split("quarantine")[0]
        and browser.get("/imports").content.decode().split('href="/imports/')[1].split('"')[0]
    )
    page = browser.get(f"/imports?mends={number}").content.decode()
    assert f'value="{number}"' in page and '<option value="full" selected>' in page
    page = tried(*ROWS, mends=number)
    assert "A mending makes nobody gone" in page and "This stops" not in page
    browser.post("/imports/decide", {"decision": "take"})
    page = browser.get(f"/imports/{number}").content.decode()
    assert "took its place" in page
    page = as_user("compliance").get("/stops").content.decode()
    assert "Explained since" in page and 'name="note"' in page


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        (25, "when the file that takes its place is tried", "明细在试读替代文件时列出。"),
        (24, "which ones was listed when this file was tried", "明细已在该文件试读时列出。"),
    ],
)
def test_days_late_that_differ_are_listed_at_the_trial_and_counted_on_the_page_of_a_held_or_a_taken_file(
    open_day: Bank, as_user: AsUser, rows: int, english: str, chinese: str
) -> None:
    browser = as_user("integrator")
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030").replace(",6,10,是,", ",6,9,是,")
    told = f'format: 1\nkind: placement\nsequence: 1\ncut_off: 2026-09-30\nrows: {rows}\ntotals: {{CNY: "2216.50"}}\n'

    def tried() -> str:
        form = {"client": "bank", "mapping": "mappings.hengtong_placement", "cut_off": ""}
        file = SimpleUploadedFile("loans.csv", text.encode("gb18030"))
        control = SimpleUploadedFile("loans.csv.control.yaml", told.encode())
        return browser.post("/imports/trial", {**form, "file": file, "control": control}).content.decode()

    page = tried()
    assert "HT1003" in page.split('id="dpd"')[1] and english not in page
    page = browser.post("/imports/decide", {"decision": "take"}, follow=True).content.decode()
    assert ("nothing of it was taken" in page) == (rows == 25)
    assert english in page.split('id="dpd"')[1] and english in tried(), "tried again, it is the file that came before"
    browser.post("/language", {"language": "zh-Hans"})
    assert chinese in tried()


def test_what_happened_on_a_day_is_fetched_in_the_client_s_layout(bank: Bank, as_user: AsUser) -> None:
    browser = as_user("integrator")
    page = browser.get("/imports").content.decode()
    assert "Back to the client" in page and "Hengtong: contacts of the day" in page
    form = {"client": "bank", "layout": "mappings.hengtong_contacts_back", "day": "2026-09-30"}
    answer = browser.post("/imports/back", form)
    assert answer.content.decode("gb18030").startswith("流水号,批次号,借据号")
    assert "hengtong_contacts_back-bank-20260930.csv" in answer["Content-Disposition"]
    ahead = browser.post("/imports/back", form | {"day": "2199-01-01"}, follow=True).content.decode()
    assert "has not come yet" in ahead
    wrong = browser.post("/imports/back", form | {"day": "yesterday"}, follow=True).content.decode()
    assert "Name a client, a layout and a day" in wrong
    assert as_user("leader").post("/imports/back", form).status_code == 403


def test_a_layout_is_no_mapping_to_read_a_file_with(bank: Bank, as_user: AsUser) -> None:
    page = as_user("integrator").get("/imports").content.decode()
    upload = page.split('id="upload"')[1].split("</form>")[0]
    assert "hengtong_contacts_back" not in upload and "hengtong_placement" in upload


def test_a_gap_in_the_numbers_of_files_shows_as_closed_once_the_missing_file_came(
    open_day: Bank, as_user: AsUser, tmp_path: Path
) -> None:
    browser = as_user("integrator")

    def take(number: int) -> None:
        told = f"format: 1\nkind: payments\nsequence: {number}\ncut_off: 2026-09-30\nrows: 1\n"
        row = f"reference,account_id,value_date,amount,currency\nP{number},1001,2026-09-30,10.00,TWD\n"
        form = {"client": "bank", "mapping": "mappings.payments_csv", "kind": "payments", "cut_off": ""}
        form["file"] = SimpleUploadedFile(f"paid-{number}.csv", row.encode())  # type: ignore[assignment]
        form["control"] = SimpleUploadedFile(f"paid-{number}.csv.control.yaml", told.encode())  # type: ignore[assignment]
        browser.post("/imports/trial", form)
        browser.post("/imports/decide", {"decision": "take"})

    take(1)
    take(3)
    gap = browser.get("/imports").content.decode().split('href="/imports/')[1].split('"')[0]
    page = browser.get(f"/imports/{gap}").content.decode()
    assert "before it 2 is missing" in page and "accounted for" not in page
    take(2)
    page = browser.get(f"/imports/{gap}").content.decode()
    assert "before it 2 is missing" in page and "accounted for" in page and "paid-2.csv" in page
    assert "stops collection" not in page.lower() and f"?mends={gap}" not in page


def test_what_lines_of_one_account_share_is_said_once_with_each_value() -> None:
    def row(line: int, account: str | None, *found: tuple[str, str], mended_by: int | None = None) -> RefusedRow:
        problems = tuple(RowProblem(code="missing", field=field, value=value) for field, value in found)
        return RefusedRow(line, line, account, problems, (), mended_by)

    told = refusing.grouped(
        [
            row(2, "A", ("fee", "1.25"), ("dpd", "x")),
            row(3, "A", ("fee", "1.26")),
            row(4, "A", ("fee", "1.25")),
            row(6, "A", ("fee", "1.25")),
            row(7, "B", ("fee", "1.25")),
            row(8, "B", ("fee", "1.25"), mended_by=5),
            row(9, None, ("fee", "")),
            row(10, None, ("fee", "")),
        ],
        "en",
    )
    assert [(each.account_number, each.lines, each.field, each.values) for each in told] == [
        ("A", "2–4", "fee", ("1.25", "1.26")),
        ("A", "2", "dpd", ("x",)),
        ("A", "6", "fee", ("1.25",)),
        ("B", "7", "fee", ("1.25",)),
        ("B", "8", "fee", ("1.25",)),
        ("", "9", "fee", ("",)),
        ("", "10", "fee", ("",)),
    ]


def test_after_a_refusal_it_is_said_that_the_file_must_be_chosen_again(try_file: Callable[..., tuple]) -> None:
    _, answer = try_file(mapping="mappings.none")
    assert answer.status_code == 422 and "Choose the file and its control file again" in answer.content.decode()


def test_an_account_of_many_rows_does_not_push_the_others_off_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = RowProblem(code="amount", field="principal", value="三百", fields={})
    rows = tuple(
        RefusedRow(place, place, "1001" if place < 80 else "1002", (wrong,), (), None) for place in range(1, 82)
    )
    actor = SimpleNamespace(roles={Role.INTEGRATOR})
    monkeypatch.setattr(view, "actor_of", lambda request: actor)
    monkeypatch.setattr(refusing.intake_queries, "say_wrong", lambda problem, language: "wrong")
    monkeypatch.setattr(refusing.intake_queries, "say_remedy", lambda problem, language: "mend")
    told = view._refusals(rows, len(rows), SimpleNamespace(language="en"))  # type: ignore[arg-type]
    assert [each.account_number for each in told["refused"]] == ["1001", "1002"]
    assert (told["refused_accounts_count"], told["is_refused_cut"]) == (2, False)
