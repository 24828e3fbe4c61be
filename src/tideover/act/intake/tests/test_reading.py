"""What is found in a file's bytes is held against what is expected; what is written in declared forms reads exactly."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tideover.act.intake import judging, types
from tideover.act.intake.readers import csv_file
from tideover.act.intake.readers.shape import DELIMITERS, FileShape
from tideover.act.intake.tests.test_mappings import read
from tideover.core.policy.types import PolicyRefused

MAPPING = """
kind: placement
grain: instalment
file: {encoding: gb18030, delimiter: comma}
control: none
lacks: []
formats:
  dates: [slashed, compact, chinese]
  amounts: [thousands, plain]
  digits: full-width
columns:
  account_number: 借据号（主）
  dpd: 逾期天数
constants: {product: instalment-loan, currency: CNY, language: zh-Hans}
balances:
  - component: as-stated
    amount: 欠款
instalments:
  - number: 期数
    due_date: 应还日
    principal: 本金
"""
ROW = {"借据号（主）": "A1", "逾期天数": "3", "欠款": "10.00", "期数": "1", "应还日": "2026/9/5", "本金": "10.00"}


def take(path: Path, shape: FileShape) -> tuple[csv_file.Reading, list[tuple[str, ...]]]:
    """Read a file's rows."""
    rows: list[tuple[str, ...]] = []
    return csv_file.read(path, shape, lambda _: lambda n, p, columns: rows.extend(zip(*columns, strict=True))), rows


def judged(*rows: dict[str, str]) -> dict[str, str]:
    """What rows come to."""
    return judging.judge_example(read(MAPPING), rows, date(2026, 9, 30))


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10) | st.sampled_from(
    ["镕喆", "𠮷㛃䶮", "€", '"', "a,b|c;d\te", "两\n行", "你好"]
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6),
    name=st.sampled_from(sorted(DELIMITERS)),
)
def test_what_was_written_in_gb18030_with_any_separator_comes_back(tmp_path_factory, rows, name) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS[name], lineterminator="\r\n")
    writer.writerow(["编号", "姓名", "备注"])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(text.getvalue().encode("gb18030"))
    try:
        reading, found = take(path, FileShape("gb18030", name))
    except types.EncodingMixed:
        pytest.fail("GB18030 was taken for UTF-8")
    assert found == [tuple(row) for row in rows] and not reading.unfit


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("expected", ["utf-8", "utf-16", "gb18030"])
def test_each_encoding_is_read_as_itself_and_refused_as_any_other(tmp_path: Path, encoding: str, expected: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("编号,姓名\n1,王芳\n".encode(encoding))
    if expected == encoding.removesuffix("-sig"):
        assert take(path, FileShape(expected, "comma"))[1] == [("1", "王芳")]
    else:
        with pytest.raises((types.EncodingDiffers, types.EncodingWrong)):
            take(path, FileShape(expected, "comma"))


def test_plain_latin_is_the_same_in_both_encodings(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,name\n1,Wang\n")
    for encoding in ("utf-8", "gb18030"):
        assert take(path, FileShape(encoding, "comma"))[1] == [("1", "Wang")]


def test_a_name_whose_bytes_are_utf8_by_chance_is_read_as_the_profile_says(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    for content in ("id,name\n1,濮崇安\n", "编号,姓名\n1,濮崇安\n2,王芳\n"):
        assert content.splitlines()[1].encode("gb18030").decode("utf-8") == "1,姳簲"
        path.write_bytes(content.encode("gb18030"))
        assert take(path, FileShape("gb18030", "comma"))[1][0] == ("1", "濮崇安")
    path.write_bytes("id,name\n1,王芳\n".encode())
    with pytest.raises(types.EncodingDiffers):
        take(path, FileShape("gb18030", "comma"))


def test_a_packed_file_that_unfolds_without_end_is_refused_whatever_its_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "UNPACKED_ALWAYS_FINE", 10_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"id,name\n" + b"\n" * 5_000_000))
    for encoding in ("utf-8", "gb18030"):
        with pytest.raises(types.FileSwollen):
            take(path, FileShape(encoding, "comma"))


def test_a_euro_sign_of_windows_is_told_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("编号,姓名\n1,王".encode("gb18030") + b"\x80\n")
    with pytest.raises(types.EncodingWrong) as found:
        take(path, FileShape("gb18030", "comma"))
    assert found.value.fields["line"] == "2" and "0x80" in found.value.fields["looks_like"]


def test_a_heading_without_the_expected_separator_names_the_one_that_it_has(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    for name, separator in DELIMITERS.items():
        path.write_bytes(f"编号{separator}姓名\n1{separator}王芳\n".encode())
        other = "tab" if name != "tab" else "bar"
        with pytest.raises(types.DelimiterDiffers) as found:
            take(path, FileShape("utf-8", other))
        assert (found.value.fields["expected"], found.value.fields["found"]) == (other, name)


def test_headings_differ_in_full_width_signs_and_blanks_only() -> None:
    found = judging.named_as_mapped(
        ("借据号(主) ", "逾期 天数", "ＤＰＤ", "其他"), frozenset(["借据号（主）", "逾期天数", "DPD"])
    )
    assert found == ("借据号（主）", "逾期天数", "DPD", "其他")
    with pytest.raises(types.HeaderWrong):
        judging.named_as_mapped(("DPD", "ＤＰＤ"), frozenset(["DPD"]))


@pytest.mark.parametrize("written", ["2026/9/5", "2026/09/05", "20260905", "2026年9月5日", "２０２６年９月５日"])
def test_a_date_in_a_declared_form_is_that_date(written: str) -> None:
    assert judged(ROW | {"应还日": written})["instalments"].startswith("1 2026-09-05 ")


@pytest.mark.parametrize("written", ["2026-09-05", "9/5/2026", "2026.9.5", "26/9/5", "2026年9月", "202695"])
def test_a_date_in_any_other_form_is_refused(written: str) -> None:
    assert judged(ROW | {"应还日": written}) == {"refused 应还日": "not-a-date"}


@settings(max_examples=40, deadline=None)
@given(amount=st.decimals(min_value=0, max_value=Decimal("99999999"), places=2, allow_nan=False))
def test_thousands_and_full_width_digits_are_exact(amount: Decimal) -> None:
    wide = f"{amount:,.2f}".translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
    got = judged(ROW | {"欠款": wide})
    assert Decimal(got.get("balance.as-stated", "0")) == amount


@pytest.mark.parametrize("written", ["1,23.00", "12,34,567.00", ",100", "1.234,00", "1，23", "1 234", "壹佰"])
def test_wrongly_grouped_amounts_are_refused(written: str) -> None:
    assert judged(ROW | {"欠款": written}) == {"refused 欠款": "not-an-amount"}


def test_without_the_number_of_instalments_any_run_of_numbers_is_whole() -> None:
    rows = [ROW | {"期数": str(number)} for number in (4, 5, 6)]
    assert judged(*rows)["instalments"].count("paid") == 3
    assert judged(rows[0], rows[2]) == {"refused 期数": "instalment-missing"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("  - number: 期数", "  - number: 期数\n    optional: true", "mapping-one-instalment-group"),
        ("grain: instalment\n", "", "mapping-instalment-number"),
        ("kind: placement", "kind: recall", "mapping-grain-of-other-kind"),
        ("digits: full-width", "digits: roman", "schema-unknown-value"),
        ("dates: [slashed", "dates: [american", "schema-unknown-value"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_by_name(before: str, after: str, code: str) -> None:
    assert before in MAPPING
    with pytest.raises(PolicyRefused) as refused:
        read(MAPPING.replace(before, after))
    assert f"policy.{code}" in {fault.code for fault in refused.value.faults}


LAYOUT = """
kind: file-back
rows: contacts
file: {encoding: gb18030, delimiter: comma}
columns:
  - heading: 日期
    field: contact_date
    form: slashed
  - heading: 结果
    field: result
    values: {promise-to-pay: 承诺}
"""


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("heading: 结果", "heading: 日期", "mapping-heading-twice"),
        ("    form: slashed", "    form: thousands", "mapping-form-of-other-type"),
        ("    form: slashed", "    constant: 今天", "mapping-field-or-constant"),
        ("rows: contacts", "rows: missing-documents", "mapping-field-of-other-kind"),
        (
            "field: contact_date\n    form: slashed",
            "field: contact_date\n    otherwise: 无",
            "mapping-values-without-column",
        ),
    ],
)
def test_a_layout_that_cannot_be_is_refused_by_name(before: str, after: str, code: str) -> None:
    assert before in LAYOUT
    with pytest.raises(PolicyRefused) as refused:
        read(LAYOUT.replace(before, after))
    assert f"policy.{code}" in {fault.code for fault in refused.value.faults}
