"""Whatever is wrong with a file is said by name, with place and remedy, in both languages; no good row is lost."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from tideover.act.intake import queries as intake_queries
from tideover.act.intake import types
from tideover.act.intake.models import Import
from tideover.act.intake.readers import csv_file
from tideover.act.intake.tests.given import (
    PAYMENT,
    PEOPLE,
    ROW,
    codes,
    import_placement,
    write,
    written,
)
from tideover.core import words
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
GOOD = ROW | PEOPLE | {"account_id": "good", "customer_number": "CG"}


def refuse_file(path: Path) -> types.FileRefused:
    """Import a file that is refused as a whole, and see that its words are there and nothing was kept."""
    with pytest.raises(types.FileRefused) as refused:
        import_placement(path)
    for language in ("en", "zh-Hans"):
        for code in (refused.value.code, f"{refused.value.code}.remedy"):
            assert "{" not in words.render(code, language, **refused.value.fields)
    assert not Import.objects.exists()
    return refused.value


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    make_client()
    assert isinstance(refuse_file(tmp_path / "gone.csv"), types.FileMissing)


@pytest.mark.parametrize("content", ["", "\ufeff", written([ROW]).splitlines()[0] + "\n", "\n\n"])
def test_an_empty_file_or_a_header_alone(tmp_path: Path, content: str) -> None:
    make_client()
    assert isinstance(refuse_file(write(tmp_path, content)), types.FileEmpty)


@pytest.mark.parametrize(("encoding", "looks_like", "line"), [("gb18030", "GB18030", "3"), ("cp1251", "?", "3")])
def test_a_file_in_another_encoding_is_refused_with_its_line_and_never_guessed(
    tmp_path: Path, encoding: str, looks_like: str, line: str
) -> None:
    make_client()
    name = "Ж" if encoding == "cp1251" else "王芳"
    text = written([ROW | PEOPLE | {"full_name": "Wang"}, ROW | PEOPLE | {"full_name": name}])
    refused = refuse_file(write(tmp_path, text.encode(encoding)))
    assert isinstance(refused, types.EncodingWrong)
    assert refused.fields["line"] == line
    assert refused.fields["looks_like"] == looks_like or encoding == "cp1251"
    utf16 = refuse_file(write(tmp_path, text.encode("utf-16"), "other.csv"))
    assert isinstance(utf16, types.EncodingDiffers) and utf16.fields["found"] == "UTF-16"


def test_a_packed_file_that_is_cut_off_or_not_packed_at_all(tmp_path: Path) -> None:
    make_client()
    whole = gzip.compress(written([GOOD] * 500).encode())
    for content in (whole[: len(whole) // 2], b"account_id,limit_bal\n1,2\n"):
        path = tmp_path / "file.csv.gz"
        path.write_bytes(content)
        assert isinstance(refuse_file(path), types.FileDamaged)


def test_a_quotation_mark_that_is_never_closed_is_found_on_its_line(tmp_path: Path) -> None:
    make_client()
    text = written([GOOD, ROW | PEOPLE, ROW | PEOPLE]).replace("王芳", '"王芳', 2)
    refused = refuse_file(write(tmp_path, text.replace('"王芳', "王芳", 1)))
    assert isinstance(refused, types.QuoteOpen) and refused.fields["line"] == "3"


def test_a_line_longer_than_any_row(tmp_path: Path) -> None:
    make_client()
    assert isinstance(refuse_file(write(tmp_path, written([ROW]) + "x" * 1_000_001)), types.LineTooLong)


def test_a_small_packed_file_that_would_fill_the_disk_is_refused_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_client()
    monkeypatch.setattr(csv_file, "UNPACKED_ALWAYS_FINE", 10_000)
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress((written([ROW]) + "\n" * 5_000_000).encode()))
    assert isinstance(refuse_file(bomb), types.FileSwollen)


@pytest.mark.parametrize("header", ["account_id,limit_bal,pay_0,pay_0,bill_amt1", "account_id,,pay_0"])
def test_a_header_with_a_column_twice_or_without_a_name(tmp_path: Path, header: str) -> None:
    make_client()
    assert isinstance(refuse_file(write(tmp_path, f"{header}\n1,2,3,4,5\n")), types.HeaderWrong)


def test_columns_that_the_mapping_needs_are_named_when_they_are_missing(tmp_path: Path) -> None:
    make_client()
    short = {name: value for name, value in ROW.items() if name not in ("pay_0", "pay_amt6")}
    refused = refuse_file(write(tmp_path, [short]))
    assert isinstance(refused, types.ColumnsMissing) and refused.fields["missing"] == "pay_0, pay_amt6"


def test_ragged_rows_nul_bytes_and_stray_quotes_are_quarantined_and_good_rows_go_in(tmp_path: Path) -> None:
    make_client()
    header, row = written([ROW]).splitlines()
    lines = [header, row + ",more", row.rsplit(",", 1)[0], row.replace("3913", "39\x0013"), f'"1"x,{row}', "", row]
    report = import_placement(write(tmp_path, "\r\n".join(lines) + "\r\n"))
    assert codes(report) == {2: ["ragged"], 3: ["ragged"], 4: ["nul"], 5: ["stray-quote"]}
    assert [row.line for row in report.refused] == [2, 3, 4, 5]
    assert (report.rows_count, report.good_count) == (5, 1)
    assert report.import_id is not None
    assert "\x00" not in intake_queries.quarantine_csv(report.import_id, "en")


def test_after_a_quoted_line_break_records_and_lines_are_told_apart(tmp_path: Path) -> None:
    make_client()
    rows = [GOOD | {"note": "two\nlines"}, ROW | PEOPLE | {"pay_0": "77", "note": ""}]
    report = import_placement(write(tmp_path, rows))
    (refused,) = report.refused
    assert (refused.record, refused.line, report.good_count) == (3, 4, 1)


def test_a_line_break_inside_a_name_is_refused(tmp_path: Path) -> None:
    make_client()
    assert codes(import_placement(write(tmp_path, [GOOD, ROW | PEOPLE | {"full_name": "王\n芳"}]))) == {
        3: ["full_name control-character"]
    }


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("account_id", "", "missing"),
        ("account_id", "x" * 81, "too-long"),
        ("limit_bal", "-1", "negative"),
        ("limit_bal", "1e5", "not-an-amount"),
        ("limit_bal", "１２３", "not-an-amount"),
        ("bill_amt1", "1,000.00", "not-an-amount"),
        ("bill_amt1", "10.001", "too-many-decimals"),
        ("bill_amt1", "123456789012345", "too-large"),
        ("bill_amt1", "15400000101000.00", "too-large"),
        ("bill_amt1", "nan", "not-an-amount"),
        ("pay_0", "1.0", "value-unknown"),
        ("pay_amt1", "-5", "negative"),
        ("country", "XX", "country-unknown"),
        ("country", "china", "country-unknown"),
        ("region", "US-CA", "region-elsewhere"),
        ("region", "Shanghai", "form-wrong"),
        ("zone", "Asia/Atlantis", "zone-unknown"),
        ("language", "Chinese", "form-wrong"),
        ("phone_1", "ask his mother", "not-a-phone"),
        ("phone_1", "1540000０192", "not-a-phone"),
    ],
)
def test_a_cell_that_does_not_read_is_refused_with_its_column_and_value(
    tmp_path: Path, column: str, value: str, code: str
) -> None:
    make_client()
    report = import_placement(write(tmp_path, [GOOD, ROW | PEOPLE | {column: value}]))
    assert codes(report) == {3: [f"{column} {code}"]} and report.good_count == 1
    (problem,) = report.refused[0].problems
    assert problem.value == value
    for language in ("en", "zh-Hans"):
        said = intake_queries.say_problem(problem, language)
        assert column in said and "{" not in said and problem.words not in said


def test_a_document_needs_type_and_number_and_a_customer_is_one_person(tmp_path: Path) -> None:
    make_client()
    document = {"document_type": "id-card", "document_number": "11010519491231002X"}
    rows = [
        GOOD | document,
        ROW | PEOPLE | {"account_id": "2", "customer_number": "C2", "document_type": "id-card", "document_number": ""},
        ROW | PEOPLE | document | {"account_id": "3", "customer_number": "C3"},
        ROW | PEOPLE | document | {"account_id": "4", "customer_number": "C3", "full_name": "李明"},
    ]
    assert codes(import_placement(write(tmp_path, rows))) == {
        3: ["document_type document-incomplete"],
        4: ["customer_number customer-differs"],
        5: ["customer_number customer-differs"],
    }


def test_of_an_account_that_stands_twice_neither_row_is_taken(tmp_path: Path) -> None:
    make_client()
    rows = [ROW, GOOD, ROW | {"bill_amt1": "1"}]
    plain = [{name: row.get(name, "") for name in ROW} for row in rows]
    report = import_placement(write(tmp_path, plain))
    assert codes(report) == {2: ["account_id duplicate"], 4: ["account_id duplicate"]}
    assert dict(report.refused[0].problems[0].fields) | {"first": "2", "last": "4"} == dict(
        report.refused[0].problems[0].fields
    )


def test_a_thousand_errors_are_all_collected_and_the_summary_stays_short(tmp_path: Path) -> None:
    make_client()
    rows = [ROW | {"account_id": str(number), "bill_amt1": "lots", "pay_0": "77"} for number in range(1000)]
    report = import_placement(write(tmp_path, [*rows, ROW | {"account_id": "good"}]))
    assert report.refused_count == 1000 and report.good_count == 1
    assert [(each.code, each.count) for each in report.problem_counts] == [
        ("value-unknown", 1000),
        ("not-an-amount", 1000),
    ]
    assert report.import_id is not None
    assert len(intake_queries.quarantine_csv(report.import_id, "en").splitlines()) == 1001
    assert len(intake_queries.list_quarantined(report.import_id, latest=5)) == 5


def test_a_file_of_bad_rows_only_is_kept_for_mending_and_takes_nothing_in(tmp_path: Path) -> None:
    make_client()
    report = import_placement(write(tmp_path, [ROW | {"bill_amt1": ""}]))
    assert (report.good_count, report.new_count, report.sums) == (0, 0, ())
    assert report.import_id is not None and intake_queries.get_import(report.import_id).quarantined_count == 1


def test_payments_that_cannot_be_are_refused(tmp_path: Path) -> None:
    from tideover.act.intake.tests.given import import_payments

    make_client()
    import_placement(write(tmp_path, [ROW], "placement.csv"))
    rows = [
        PAYMENT | {"reference": "1", "currency": "XXX"},
        PAYMENT | {"reference": "2", "value_date": "2026-02-30"},
        PAYMENT | {"reference": "3", "value_date": "05.10.2026"},
        PAYMENT | {"reference": "4", "amount": "-1"},
        PAYMENT | {"reference": "5", "amount": "0"},
        PAYMENT | {"reference": "6", "value_date": "2026-10-06"},
        PAYMENT | {"reference": "7"},
        PAYMENT | {"reference": "7"},
        PAYMENT | {"reference": "9", "account_id": "99"},
        PAYMENT | {"reference": "10", "currency": "CNY"},
        PAYMENT | {"reference": ""},
    ]
    report = import_payments(write(tmp_path, rows), dry_run=True)
    assert codes(report) == {
        2: ["currency currency-unknown"],
        3: ["value_date no-such-date"],
        4: ["value_date not-a-date"],
        5: ["amount not-positive"],
        6: ["amount not-positive"],
        7: ["value_date after-cut-off"],
        8: ["reference duplicate"],
        9: ["reference duplicate"],
        10: ["account_id account-unknown"],
        11: ["currency currency-changed"],
        12: ["reference missing"],
    }
    assert report.cut_off_date == date(2026, 10, 5)


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u2066", "\u0085", "\u2028", "\ufeff"])
def test_what_cannot_be_seen_in_a_name_or_a_number_is_refused(tmp_path: Path, unseen: str) -> None:
    make_client()
    rows = [
        GOOD,
        ROW | PEOPLE | {"account_id": f"2{unseen}3", "customer_number": "C2"},
        ROW | PEOPLE | {"account_id": "4", "customer_number": "C4", "full_name": f"王{unseen}芳"},
    ]
    assert codes(import_placement(write(tmp_path, rows))) == {
        3: ["account_id control-character"],
        4: ["full_name control-character"],
    }


def test_a_joiner_is_part_of_a_name_and_not_of_a_number(tmp_path: Path) -> None:
    make_client()
    rows = [
        GOOD | {"full_name": "می\u200cخواهم 𠀀㐀 Zoë"},
        ROW | PEOPLE | {"account_id": "2\u200d3", "customer_number": "C2"},
    ]
    assert codes(import_placement(write(tmp_path, rows))) == {3: ["account_id control-character"]}


def test_leading_zeros_make_no_amount_larger(tmp_path: Path) -> None:
    make_client()
    report = import_placement(write(tmp_path, [GOOD | {"bill_amt1": "000000000391300.50"}]))
    assert not report.refused and str(report.sums[0].total) == "TWD 391300.50"


def test_amounts_that_can_each_be_read_and_together_not_be_owed_refuse_the_file_by_name(tmp_path: Path) -> None:
    make_client()
    much = [ROW | {"account_id": str(number), "bill_amt1": "99999999999.99"} for number in range(1001)]
    refused = refuse_file(write(tmp_path, much))
    assert isinstance(refused, types.AmountsTooLarge) and refused.fields["count"] == 1001
