"""A mapping is policy: what ships is checked by its examples, and a wrong one is refused with its line."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tideover.act.intake import judging, policy_schema
from tideover.act.intake.policy_schema import KIND
from tideover.act.intake.readers import csv_file
from tideover.act.intake.readers.shape import FileShape
from tideover.core.policy import files
from tideover.core.policy.types import PolicyRefused

HEAD = """
format: 1
id: mappings.tried
title: {en: "Tried", zh-Hans: "试用"}
effective_from: 2026-10-01
sources: [none]
"""
SPLIT = """
kind: placement
file:
  encoding: utf-8
  delimiter: semicolon
control: none
lacks: []
columns:
  account_number: Vertrag
  currency: Waehrung
  dpd: Tage
  next_due_date: faellig
  next_due_amount: Rate
constants:
  product: instalment-loan
  dpd_basis: stated
  language: en
balances:
  - component: principal
    amount: Kapital
  - component: interest
    amount: Zins
  - component: fee:late-fee
    amount: Gebuehr
    optional: true
payments:
  - amount: gezahlt
    value_date: am
    when: amount > 0
"""
SPLIT_ROW = {
    "Vertrag": "V1",
    "Waehrung": "EUR",
    "Tage": "12",
    "faellig": "2026-10-15",
    "Rate": "55.10",
    "Kapital": "1000.00",
    "Zins": "0.00",
    "gezahlt": "20",
    "am": "2026-09-03",
}


def read(text: str) -> policy_schema.Mapping:
    layer = files.Layer("product", Path("/nowhere"))
    content = (HEAD + text).encode()
    return files.read_content(KIND, content, Path("/nowhere/mappings/tried.yaml"), layer, "mappings.tried").data


def judged(row: dict[str, str], text: str = SPLIT) -> dict[str, str]:
    return judging.judge_example(read(text), [row], date(2026, 9, 30))


def test_a_split_balance_with_due_date_and_dated_payments_is_read() -> None:
    got = judged(SPLIT_ROW)
    assert got["balance.principal"] == "1000" and got["balance.interest"] == "0"
    assert "balance.fee:late-fee" not in got and got["payments"] == "2026-09-03 20"
    assert got["next_due_date"] == "2026-10-15" and got["next_due_amount"] == "55.1" and got["dpd"] == "12"
    assert judged(SPLIT_ROW | {"Gebuehr": "25"})["balance.fee:late-fee"] == "25"


def test_a_part_of_a_split_may_not_be_negative_or_missing_and_a_currency_has_its_decimals() -> None:
    assert judged(SPLIT_ROW | {"Zins": "-0.01"}) == {"refused Zins": "negative-component"}
    assert judged(SPLIT_ROW | {"Zins": ""}) == {"refused Zins": "missing"}
    assert judged(SPLIT_ROW | {"am": "2026-10-01"}) == {"refused am": "after-cut-off"}
    assert judged(SPLIT_ROW | {"am": "2026-02-30"}) == {"refused am": "no-such-date"}
    yen = SPLIT_ROW | {"Waehrung": "JPY", "Rate": "55", "Kapital": "1000.5"}
    assert judged(yen) == {"refused Kapital": "too-many-decimals"}
    much = SPLIT_ROW | {"Kapital": "99999999999999.99", "Zins": "99999999999999.99"}
    assert judged(much) == {"refused Kapital": "too-large", "refused Zins": "too-large"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("  product: instalment-loan\n", "", "mapping-field-missing"),
        ("  product: instalment-loan\n", "  product: loan\n  dpd: 5\n", "mapping-field-twice"),
        ("  product: instalment-loan\n", "  product: loan\n  reference: R\n", "mapping-field-of-other-kind"),
        ("  - component: interest", "  - component: as-stated", "mapping-split-and-total"),
        ("  - component: interest", "  - component: principal", "mapping-field-twice"),
        ("  - component: interest", "  - component: pocket-money", "schema-form"),
        ("    value_date: am\n", "", "mapping-payment-date"),
        ("    value_date: am\n", "    value_date: am\n    months_before: 1\n", "mapping-payment-date"),
        ("kind: placement", "kind: recall", "mapping-field-of-other-kind"),
        ("kind: placement", "kind: history", "schema-unknown-value"),
        ("encoding: utf-8", "encoding: gbk", "schema-unknown-value"),
        ("amount > 0", "drop_table > 0", "condition-unknown-column"),
        ("  dpd: Tage", "  days_late: Tage", "schema-unknown-value"),
        ("lacks: []", "lacks: [everything]", "schema-unknown-value"),
        ("lacks: []", "lacks: []\nvalues:\n  product:\n    a: b", "mapping-values-without-column"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(before: str, after: str, code: str) -> None:
    assert before in SPLIT
    with pytest.raises(PolicyRefused) as refused:
        read(SPLIT.replace(before, after))
    assert f"policy.{code}" in {fault.code for fault in refused.value.faults}


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ['a"b', "two\nlines", ", ", "王;芳", "'", "=1+1", "\ufeff"]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_the_csv_module_wrote_comes_back_cell_by_cell_with_its_record(tmp_path_factory, rows) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(text.getvalue().encode())
    found: list[tuple[int, int, tuple[str, ...]]] = []

    def start(header: tuple[str, ...]) -> csv_file.Sink:
        return lambda numbers, lines, columns: found.extend(
            zip(numbers, lines, zip(*columns, strict=True), strict=True)
        )

    reading = csv_file.read(path, FileShape("utf-8", "comma"), start)
    assert [row for _, _, row in found] == [tuple(row) for row in rows] and not reading.unfit
    assert [number for number, _, _ in found] == list(range(2, len(rows) + 2))
    assert reading.records_count == len(rows)


amounts = st.decimals(min_value=Decimal("-9999999"), max_value=Decimal("9999999"), places=4, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(amount=amounts)
def test_an_amount_is_taken_exactly_or_refused_and_never_rounded(amount: Decimal) -> None:
    text = (
        SPLIT.replace("component: principal", "component: as-stated")
        .replace("  - component: interest\n    amount: Zins\n", "")
        .replace("  - component: fee:late-fee\n    amount: Gebuehr\n    optional: true\n", "")
    )
    got = judged(SPLIT_ROW | {"Kapital": f"{amount:f}"}, text)
    if amount == round(amount, 2):
        assert Decimal(got["balance.as-stated"]) == amount
    else:
        assert got == {"refused Kapital": "too-many-decimals"}


def test_two_readings_of_one_file_judge_it_alike_whatever_the_batches(tmp_path: Path, monkeypatch) -> None:
    rows = [SPLIT_ROW | {"Vertrag": f"V{n % 40}", "Tage": str(n) if n % 7 else "x"} for n in range(100)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(SPLIT_ROW), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "file.csv"
    path.write_text(text.getvalue())
    told = []
    for size in (1, 7, 20_000):
        monkeypatch.setattr(csv_file, "BATCH", size)
        with judging.opened(read(SPLIT), date(2026, 9, 30), datetime(2026, 10, 1, tzinfo=UTC)) as judge:
            csv_file.read(path, FileShape("utf-8", "semicolon"), lambda header: judge.start(header))
            judge.decide()
            told.append(judge.list_refused())
    assert told[0] == told[1] == told[2] and len(told[0]) > 15
