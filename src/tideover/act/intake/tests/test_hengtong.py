"""A Chinese lender's set of files, as it comes: 委案表, 全量, 还款, 退案, in GB18030 with Chinese headings.

The samples are made by ``rehearsal/lender_samples.py``; a test there holds them to it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.intake import types
from tideover.act.intake.models import Import
from tideover.act.intake.tests.given import codes
from tideover.act.intake.types import ImportReport
from tideover.core import words
from tideover.core.access.types import SYSTEM
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples" / "hengtong"
CUT_OFF = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def hengtong() -> int:
    """The lender."""
    return make_client("hengtong")


def bring(folder: Path, name: str, *, rows: int = 24, sequence: int = 1, **changed: Any) -> ImportReport:
    """Import a sample; where it has no control file of its own, one that says what it holds."""
    kind = Path(name).stem.split("-")[0]
    path = folder / Path(name).name
    path.write_bytes(changed.pop("content", None) or (SAMPLES / name).read_bytes())
    beside = SAMPLES / f"{name}.control.yaml"
    cut_off = {"placement": CUT_OFF, "full": date(2026, 10, 5), "payments": date(2026, 10, 9)}.get(kind)
    content = beside.read_text() if beside.exists() else None
    if content is None and kind != "recall" and "mends" not in changed:
        content = f"format: 1\nkind: {kind}\nsequence: {sequence}\ncut_off: {cut_off}\nrows: {rows}\n"
        content += 'totals: {CNY: "2216.50"}\n' if kind != "payments" else ""
    if content is not None:
        path.with_name(path.name + ".control.yaml").write_text(content)
    asked = {
        "path": path,
        "client_code": "hengtong",
        "kind": kind,
        "mapping_id": f"hengtong_{kind}",
        "cut_off": cut_off or date(2026, 10, 12),
        "dry_run": False,
        "at": datetime(2026, 10, 13, 1, tzinfo=UTC),
        "actor": SYSTEM,
    }
    return intake.import_file(**{**asked, **changed})


def ask(select: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the database holds."""
    with connection.cursor() as cursor:
        cursor.execute(select, params)
        return cursor.fetchall()


def refused(folder: Path, name: str) -> types.FileRefused:
    """A file that is refused as a whole, in words of both languages, and of which nothing was kept."""
    with pytest.raises(types.FileRefused) as found:
        bring(folder, name)
    for language in ("en", "zh-Hans"):
        for code in (found.value.code, f"{found.value.code}.remedy"):
            assert "{" not in words.render(code, language, **found.value.fields)
    assert not Import.objects.exists()
    return found.value


def test_a_placement_table_makes_contracts_instalments_people_and_the_batch(tmp_path: Path) -> None:
    report = bring(tmp_path, "good/placement.csv")
    assert (report.rows_count, report.good_count, report.new_count) == (24, 24, 4) and not report.refused
    assert [(each.bucket, each.total.amount) for each in report.sums][0][1] == Decimal("633.50")
    assert ask("SELECT count(*), sum(principal_amount), sum(interest_amount) FROM portfolio_instalment") == [
        (24, Decimal("7200"), Decimal("384"))
    ]
    assert ask(
        "SELECT instalment.number, due_date, paid_amount, paid_date FROM portfolio_instalmentstanding AS standing "
        "JOIN portfolio_instalment AS instalment ON instalment.id = standing.instalment_id "
        "JOIN portfolio_account AS account ON account.id = instalment.account_id "
        "WHERE account.number = 'HT1002' AND paid_amount > 0"
    ) == [(1, date(2026, 7, 12), Decimal("318.5"), date(2026, 7, 12))]
    assert ask(
        "SELECT number, from_date, until_date, target_amount, currency, commission_share, retain_share_max "
        "FROM portfolio_batch"
    ) == [
        (
            "HT-2026-10",
            date(2026, 10, 1),
            date(2026, 12, 2),
            Decimal("1250000"),
            "CNY",
            Decimal("0.18"),
            Decimal("0.05"),
        )
    ]


def test_each_party_becomes_a_customer_with_a_telephone_and_a_role(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    found = ask(
        "SELECT account.number, party.role, identity.full_name, customer.language, customer.region, "
        "(SELECT string_agg(point.source, ',') FROM customers_contactpoint AS point "
        " WHERE point.customer_id = customer.id) "
        "FROM portfolio_party AS party JOIN portfolio_account AS account ON account.id = party.account_id "
        "JOIN customers_customer AS customer ON customer.id = party.customer_id "
        "JOIN customers_identity AS identity ON identity.customer_id = customer.id "
        "ORDER BY account.number, party.role"
    )
    assert found == [
        ("HT1001", "borrower", "王芳", "zh-Hans", "CN-SH", "loan-application,loan-application"),
        ("HT1001", "guarantor", "赵敏", "zh-Hans", None, "guarantee-contract"),
        ("HT1002", "borrower", "李镕𠮷", "zh-Hans", "CN-GD", "loan-application"),
        ("HT1002", "co-borrower", "孙丽", "zh-Hans", None, "loan-application"),
        ("HT1003", "borrower", "Maria Santos", "en", "CN-BJ", "loan-application"),
        ("HT1004", "borrower", "陈强", "zh-Hans", "CN-XJ", None),
    ]


def test_full_width_digits_and_headings_with_blanks_read_the_same(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    again = bring(tmp_path, "good/placement-full-width.csv")
    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 4) and not again.refused


def test_a_full_file_brings_contracts_that_are_not_placed(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    report = bring(tmp_path, "good/full.csv")
    assert (report.rows_count, report.good_count, report.new_count) == (6, 6, 2) and not report.refused
    assert ask(
        "SELECT account.number FROM portfolio_account AS account WHERE NOT EXISTS "
        "(SELECT 1 FROM portfolio_placement AS placed WHERE placed.account_id = account.id) ORDER BY 1"
    ) == [("HT9001",), ("HT9002",)]
    assert ask("SELECT count(*) FROM portfolio_instalment") == [(36,)]


def test_an_account_of_which_only_an_instalment_was_paid_is_changed(tmp_path: Path) -> None:
    bring(tmp_path, "good/full.csv")
    rows = (SAMPLES / "good/full.csv").read_bytes().decode("gb18030").splitlines()
    place = rows[0].split("|").index("第6期已还")
    cells = [row.split("|") for row in rows]
    paid = next(row for row in cells if "HT9001" in row)
    paid[place] = "10.00"
    path = tmp_path / "tomorrow.csv"
    path.write_bytes("".join("|".join(row) + "\r\n" for row in cells).encode("gb18030"))
    path.with_name(f"{path.name}.control.yaml").write_text(
        f"format: 1\nkind: full\nsequence: 3\ncut_off: 2026-10-06\nrows: {len(rows) - 1}\n"
    )
    report = bring(tmp_path, "good/full.csv", path=path, cut_off=None)
    assert (report.new_count, report.changed_count, report.same_count) == (0, 1, 5) and not report.refused
    again = bring(tmp_path, "good/full.csv", path=path, cut_off=None)
    assert again.is_repeat and again.changed_count == 0


def test_payments_reversals_and_failed_debits_come_in_one_file(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    report = bring(tmp_path, "good/payments.csv", rows=4)
    assert report.good_count == report.new_count == 4
    assert [(each.bucket, each.count, each.total.amount) for each in report.sums] == [
        (None, 2, Decimal("1633")),
        ("reversal", 1, Decimal("-315.5")),
        ("failed-debit", 1, Decimal("0")),
    ]
    assert ask("SELECT reference FROM payments_payment ORDER BY 1") == [("P-001",), ("P-002",)]
    assert ask("SELECT reference, cause FROM payments_reversal") == [("P-003", "bank-returned")]
    assert ask("SELECT reference, cause FROM payments_faileddebit") == [("P-004", "insufficient-funds")]


def test_entries_that_cannot_be_are_each_refused_by_name(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    bring(tmp_path, "good/payments.csv", rows=4)
    report = bring(tmp_path, "broken/payments-bad-rows.csv", rows=8, sequence=2)
    assert codes(report) == {
        3: ["类型 reversal-of-what"],
        4: ["原流水号 reverses-unknown"],
        5: ["原流水号 reverses-reversal"],
        6: ["原流水号 reverses-other-amount"],
        7: ["原流水号 reversed-already"],
        8: ["原流水号 reverses-of-payment"],
        9: ["原因 cause-of-other-entry"],
    }
    assert ask("SELECT reference FROM payments_payment ORDER BY 1") == [("B-001",), ("P-001",), ("P-002",)]


def test_a_number_that_stands_for_a_reversal_is_no_payment_and_the_other_way_round(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    bring(tmp_path, "good/payments.csv", rows=4)
    heading = "流水号\t借据号\t类型\t金额\t入账日期\t原流水号\t原因\r\n"
    lines = [
        "P-003\tHT1002\t还款\t50.00\t2026-10-09\t\t",
        "Q-001\tHT1001\t冲正\t315.50\t2026-10-09\tP-003\t银行退回",
        "P-001\tHT1002\t冲正\t1317.50\t2026-10-09\tP-002\t银行退回",
    ]
    content = (heading + "".join(f"{line}\r\n" for line in lines)).encode("gb18030")
    report = bring(tmp_path, "sent/payments.csv", content=content, rows=3, sequence=2)
    assert codes(report) == {
        2: ["流水号 reference-used"],
        3: ["原流水号 reverses-reversal"],
        4: ["流水号 reference-used"],
    }
    own = "P-002\tHT1002\t冲正\t1317.50\t2026-10-09\tP-002\t银行退回"
    content = (heading + own + "\r\n").encode("gb18030")
    report = bring(tmp_path, "sent/payments-own.csv", content=content, rows=1, sequence=3)
    assert report.new_count == 1, "a reversal may bear the number of the payment that it takes back"


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("placement-utf8", "intake.encoding-differs", {"expected": "GB18030", "found": "UTF-8"}),
        ("placement-semicolon", "intake.delimiter-differs", {"expected": "comma", "found": "semicolon"}),
        ("placement-two-encodings", "intake.encoding-mixed", {"line": "14"}),
        ("placement-cut-off", "intake.file-cut-off", {"line": "25"}),
    ],
)
def test_a_file_that_is_written_otherwise_than_expected_is_refused_and_never_guessed(
    tmp_path: Path, name: str, code: str, told: dict[str, str]
) -> None:
    found = refused(tmp_path, f"broken/{name}.csv")
    assert found.code == code
    assert {key: found.fields[key] for key in told} == told


def test_the_rows_of_a_contract_stand_or_fall_together_and_each_says_why(tmp_path: Path) -> None:
    report = bring(tmp_path, "broken/placement-bad-rows.csv", rows=25)
    found = codes(report)
    for record in range(2, 8):
        assert found[record] == ["担保人客户号 party-is-borrower", "担保人证件号码 party-is-borrower"]
    for record in range(8, 14):
        assert found[record] == ["罚息 differs-within-account"]
    assert found[14] == found[18] == found[19] == ["期数 instalment-missing"]
    assert found[15] == found[16] == ["期数 instalment-twice"]
    assert found[17] == ["期数 instalment-missing", "应还日期 no-such-date", "应还本金 not-an-amount"]
    assert found[26] == ["借据号 instalment-without-account"]
    assert (report.rows_count, report.good_count, report.new_count) == (25, 6, 1)
    for row in report.refused:
        for problem in row.problems:
            for language in ("en", "zh-Hans"):
                assert "{" not in intake_queries.say_problem(problem, language)


def test_one_person_has_one_role_on_a_contract_however_the_number_is_written(tmp_path: Path) -> None:
    text = (SAMPLES / "good/placement.csv").read_text("gb18030")
    text = text.replace("990000000000000011", "11010519491231002X").replace("990000000000001011", "11010519491231002x")
    text = text.replace("990000000000000028", "11010519491231003X")
    as_guarantor = ",,,,K102,孙丽,990000000000001028,15400001201"
    assert as_guarantor in text
    twice = "K102,孙丽,990000000000001028,15400001202,K102,孙丽,990000000000001028,15400001201"
    found = codes(bring(tmp_path, "good/placement.csv", content=text.replace(as_guarantor, twice).encode("gb18030")))
    assert found[2] == ["担保人证件号码 party-is-borrower"]
    assert found[8] == ["共同借款人客户号 party-twice", "共同借款人证件号码 party-twice"]
    assert set(found) == set(range(2, 14))


def test_a_row_that_is_good_itself_says_which_row_took_it_along(tmp_path: Path) -> None:
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    lines = text.splitlines(keepends=True)
    lines[3] = lines[3].replace("316.50", "很多")
    lines[9] = lines[9].rstrip("\r\n") + ",多一格\r\n"
    report = bring(tmp_path, "good/placement.csv", content="".join(lines).encode("gb18030"))
    found = codes(report)
    assert found[4] == ["已还金额 not-an-amount"] and found[10] == ["ragged"]
    assert found[2] == ["借据号 other-row-refused"] and len(found) == 12
    assert report.refused[0].problems[0].fields["bad"] == "4"


def test_a_truncated_file_loses_the_contract_that_was_cut_and_says_which_instalments_are_missing(
    tmp_path: Path,
) -> None:
    report = bring(tmp_path, "broken/placement-truncated.csv", rows=24)
    assert {row.account_number for row in report.refused} == {"HT1004"} and len(report.refused) == 3
    assert report.refused[0].problems[0].fields["missing"] == "4, 5, 6"


def test_quarantined_rows_are_written_as_the_lender_writes_and_can_be_mended_and_sent_again(tmp_path: Path) -> None:
    report = bring(tmp_path, "broken/placement-bad-rows.csv", rows=25)
    assert report.import_id is not None
    text = intake_queries.quarantine_file(report.import_id, "zh-Hans").decode("gb18030")
    assert "本人" not in text and "与借款人相同" in text and "李镕𠮷" in text
    heading, *rows = text.splitlines(keepends=True)
    good = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030").splitlines(keepends=True)[1:19]
    mended = ["x,1,," + row for row in good]
    assert len(rows) == 19
    again = bring(
        tmp_path,
        "mended/placement.csv",
        content="".join([heading, *mended]).encode("gb18030"),
        mends=report.import_id,
    )
    assert (again.good_count, again.new_count) == (18, 3) and not again.refused
    assert ask("SELECT count(*) FROM portfolio_account") == [(4,)]


def test_the_client_s_profile_may_expect_another_encoding_than_the_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = clients_queries.get_profile("hengtong")
    utf8 = replace(profile, encoding="utf-8", delimiter="semicolon")
    monkeypatch.setattr(clients_queries, "get_profile", lambda code: utf8)
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    with pytest.raises(types.EncodingWrong) as found:
        bring(tmp_path, "good/placement.csv")
    assert found.value.fields["looks_like"] == "GB18030"
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(csv.reader(io.StringIO(text)))
    assert bring(tmp_path, "good/placement.csv", content=written.getvalue().encode()).good_count == 24


def test_a_trial_says_where_days_late_and_instalments_differ_from_ours(tmp_path: Path) -> None:
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    late = text.replace(",6,10,是,", ",6,9,是,").encode("gb18030")
    tried = bring(tmp_path, "good/placement.csv", content=late, dry_run=True).reckoned
    assert [(each.what, each.stated, each.ours) for each in tried.dpd_differs] == [("HT1003", "9", "10")]
    assert tried.instalments_differ_count == 0
    bring(tmp_path, "good/placement.csv")
    moved = (SAMPLES / "good/full.csv").read_bytes().decode("gb18030").replace("|20261012|300.00|", "|20261019|310.00|")
    again = bring(tmp_path, "good/full.csv", content=moved.encode("gb18030"), dry_run=True).reckoned
    assert again.instalments_differ_count == 1 and again.dpd_differs_count == 0
    assert again.instalments_differ[0].what == "HT1002 / 4"
    assert again.instalments_differ[0].ours == "2026-10-12 300.00 + 15.50 + 0.00"
    assert again.instalments_differ[0].stated == "2026-10-19 310.00 + 15.50 + 0.00"


def test_what_was_paid_on_an_instalment_is_not_restated_for_the_same_cut_off(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    otherwise = text.replace(",1,2026/6/20,300.00,18.50,0.00,318.50,", ",1,2026/6/20,300.00,18.50,0.00,100.00,")
    assert otherwise != text
    report = bring(tmp_path, "good/placement.csv", content=otherwise.encode("gb18030"), dry_run=True)
    assert {row.account_number for row in report.refused} == {"HT1003"} and len(report.refused) == 6
    assert {problem.code for row in report.refused for problem in row.problems} == {"stated-otherwise"}


def test_where_a_number_is_from_comes_with_it_or_is_missing(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO((SAMPLES / "good/placement.csv").read_bytes().decode("gb18030"))))
    said = {"HT1001": "借款合同", "HT1002": "客户告知"}
    place = rows[0].index("借据号")
    written = io.StringIO()
    csv.writer(written).writerows([[*row, "号码来源" if row is rows[0] else said.get(row[place], "")] for row in rows])
    assert bring(tmp_path, "good/placement.csv", content=written.getvalue().encode("gb18030")).good_count == 24
    assert ask(
        "SELECT customer.reference, point.source FROM customers_contactpoint AS point "
        "JOIN customers_customer AS customer ON customer.id = point.customer_id "
        "WHERE point.position = 1 AND customer.reference IN ('K001', 'K002', 'K003') ORDER BY 1"
    ) == [("K001", "loan-contract"), ("K002", "told-by-customer"), ("K003", "")]


def test_a_recall_ends_the_placement_and_names_what_nobody_placed(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    assert bring(tmp_path, "good/recall.csv").good_count == 1
    report = bring(tmp_path, "broken/recall-bad-rows.csv")
    assert codes(report) == {3: ["借据号 account-unknown"]}
    assert ask(
        "SELECT account.number, placed.ended_cause FROM portfolio_placement AS placed "
        "JOIN portfolio_account AS account ON account.id = placed.account_id "
        "WHERE placed.ended_date IS NOT NULL ORDER BY 1"
    ) == [("HT1002", "recalled"), ("HT1003", "recalled")]


def test_money_taken_back_after_the_recall_is_booked_and_no_case_opens(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    heading = "流水号\t借据号\t类型\t金额\t入账日期\t原流水号\t原因\r\n"

    def money(row: str, sequence: int) -> ImportReport:
        content = (heading + row + "\r\n").encode("gb18030")
        return bring(tmp_path, f"sent/payments-{sequence}.csv", content=content, rows=1, sequence=sequence)

    assert money("P-1\tHT1003\t还款\t315.50\t2026-10-08\t\t", 1).new_count == 1
    bring(tmp_path, "good/recall.csv")
    late = money("P-2\tHT1003\t冲正\t315.50\t2026-10-09\tP-1\t银行退回", 2)
    assert not late.refused and late.new_count == 1
    assert ask("SELECT followed FROM payments_reversal") == [("recalled",)]
    assert ask("SELECT count(*) FROM cases_case WHERE closed_date IS NULL") == [(0,)]
    again = money("P-3\tHT1003\t冲正\t315.50\t2026-10-09\tP-2\t银行退回", 3)
    assert codes(again) == {2: ["原流水号 reverses-reversal"]}, "what was taken back is paid anew, not un-taken"
