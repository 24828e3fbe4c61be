"""One rule, two moments: a condition means the same in DuckDB and in Python; the rest is refused."""

from __future__ import annotations

import contextlib
import datetime
import re
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tideover.core import words
from tideover.core.policy import conditions
from tideover.core.policy.conditions import Column, ConditionRefused

COLUMNS = [
    Column("dpd", "days"),
    Column("quiet_days", "days"),
    Column("owed", "money"),
    Column("minimum", "money"),
    Column("calls", "count"),
    Column("paid_share", "share"),
    Column("due_date", "date"),
    Column("today", "date"),
    Column("local_time", "time"),
    Column("disputed", "boolean"),
    Column("wechat", "boolean"),
    Column("product", "text", values=("credit-card", "cash-loan")),
    Column("zone", "text"),
]
BY_NAME = {column.name: column for column in COLUMNS}

D, T = datetime.date, datetime.time
NOON = {"local_time": T(12), "today": D(2026, 10, 5)}


def in_duckdb(condition: conditions.Condition, facts: dict[str, Any]) -> bool | None:
    """What DuckDB says of one row of facts."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kinds = ", ".join(f'"{c.name}" {c.duckdb_type}' for c in COLUMNS)
        connection.execute(f"CREATE TABLE account_day ({kinds})")
        marks = ", ".join("?" for _ in COLUMNS)
        row = [facts.get(c.name) for c in COLUMNS]
        connection.execute(f"INSERT INTO account_day VALUES ({marks})", row)
        found = connection.execute(f"SELECT {condition.to_duckdb()} FROM account_day").fetchone()
    assert found is not None
    return found[0]


def whole(facts: dict[str, Any]) -> dict[str, Any]:
    """All columns, unknown where not said."""
    return {column.name: facts.get(column.name) for column in COLUMNS}


TRUTH = [
    ("dpd >= 1 and dpd <= 30", {"dpd": 0}, False),
    ("dpd >= 1 and dpd <= 30", {"dpd": 1}, True),
    ("dpd >= 1 and dpd <= 30", {"dpd": 30}, True),
    ("dpd >= 1 and dpd <= 30", {"dpd": 31}, False),
    ("dpd >= 1 and dpd <= 30", {}, None),
    ("dpd between 1 and 30", {"dpd": 30}, True),
    ("dpd not between 1 and 30", {"dpd": 30}, False),
    ("disputed", {"disputed": True}, True),
    ("not disputed", {}, None),
    ("not (disputed and wechat)", {"disputed": False}, True),
    ("disputed or dpd > 3", {"dpd": 4}, True),
    ("disputed or dpd > 3", {"dpd": 3}, None),
    ("disputed and dpd > 3", {"dpd": 3}, False),
    ("disputed or wechat and dpd > 3", {"disputed": True, "wechat": False}, True),
    ("dpd is null", {}, True),
    ("dpd is not null", {}, False),
    ("dpd = 0 or dpd is null", {}, True),
    ("product = 'credit-card'", {"product": "credit-card"}, True),
    ("product <> 'credit-card'", {}, None),
    ("product in ('credit-card', 'cash-loan')", {"product": "cash-loan"}, True),
    ("product not in ('credit-card')", {}, None),
    ("zone = 'it''s'", {"zone": "it's"}, True),
    ("zone = '上海'", {"zone": "上海"}, True),
    ("local_time >= '08:00' and local_time < '22:00'", {"local_time": T(7, 59, 59)}, False),
    ("local_time >= '08:00' and local_time < '22:00'", {"local_time": T(8)}, True),
    ("local_time >= '08:00' and local_time < '22:00'", {"local_time": T(22)}, False),
    ("local_time >= '08:00' and local_time < '22:00'", {}, None),
    ("due_date + 3 <= today", {"due_date": D(2026, 10, 2), **NOON}, True),
    ("due_date + dpd = today", {"due_date": D(2026, 9, 30), "dpd": 5, **NOON}, True),
    ("today - due_date > 3", {"due_date": D(2026, 10, 2), **NOON}, False),
    ("due_date < '2026-10-01'", {"due_date": D(2026, 9, 30)}, True),
    ("owed * 0.1 < minimum", {"owed": Decimal("100.01"), "minimum": Decimal("10")}, False),
    ("owed * 0.1 <= minimum", {"owed": Decimal("100.00"), "minimum": Decimal("10")}, True),
    (
        "owed * paid_share = minimum",
        {"owed": Decimal(3), "paid_share": Decimal("0.1"), "minimum": Decimal("0.3")},
        True,
    ),
    ("owed - minimum > -0.01", {"owed": Decimal(1), "minimum": Decimal("1.01")}, False),
    ("calls * 2 + 1 > 6", {"calls": 3}, True),
    ("true", {}, True),
]


@pytest.mark.parametrize(("text", "facts", "expected"), TRUTH)
def test_both_renderings_hold_to_one_truth_table(text: str, facts: dict[str, Any], expected: bool | None) -> None:
    condition = conditions.parse(text, COLUMNS)
    assert condition.evaluate(whole(facts)) is expected
    assert in_duckdb(condition, facts) is expected


REFUSED = [
    ("dpd_max > 1", "unknown-column"),
    ("dpd > owed", "mixed-units"),
    ("dpd > calls", "mixed-units"),
    ("dpd + calls > 1", "mixed-units"),
    ("owed * owed > 1", "mixed-units"),
    ("zone = 1", "mixed-units"),
    ("dpd = '1'", "mixed-units"),
    ("local_time < due_date", "mixed-units"),
    ("upper(zone) = 'A'", "function"),
    ("coalesce(dpd, 0) > 0", "function"),
    ("current_date = due_date", "function"),
    ("date '2026-01-01' = due_date", "function"),
    ("case when disputed then true end", "function"),
    ("dpd in (select 1)", "subquery"),
    ("exists (select 1)", "subquery"),
    ("dpd > 1 union select 1", "subquery"),
    ("dpd / 2 > 1", "division"),
    ("dpd % 2 = 1", "division"),
    ("1 < dpd < 3", "chained-comparison"),
    ("dpd = quiet_days = 1", "chained-comparison"),
    ("dpd > 1; drop table account", "second-statement"),
    ("drop table account", "subquery"),
    ("dpd > 1 -- and more", "comment"),
    ("dpd > 1 /* and more */", "comment"),
    ("account_day.dpd > 1", "qualified-name"),
    ("zone = :zone", "placeholder"),
    ("zone = ?", "placeholder"),
    ("zone = {{ zone }}", "placeholder"),
    ("dpd = null", "equals-null"),
    ("dpd in (1, null)", "equals-null"),
    ("DPD > 1", "capitals"),
    ("dpd > 1 AND disputed", "capitals"),
    ('"dpd" > 1', "quoted-name"),
    ("dpd != 1", "unknown-sign"),
    ("zone || 'a' = 'b'", "unknown-sign"),
    ("dpd", "not-yes-or-no"),
    ("dpd + 1", "not-yes-or-no"),
    ("not dpd", "not-yes-or-no"),
    ("disputed = true", "boolean-compared"),
    ("disputed = wechat", "boolean-compared"),
    ("zone < 'a'", "no-order"),
    ("dpd > 1.5", "not-whole"),
    ("dpd > 1e3", "number-form"),
    ("owed * 12345678 > 1", "number-form"),
    ("due_date = '2026-02-30'", "moment-form"),
    ("local_time < '8:00'", "moment-form"),
    ("local_time < '24:00'", "moment-form"),
    ("product = 'credit-crad'", "unknown-value"),
    ("1 = 1", "literals-only"),
    ("1 in (1)", "literals-only"),
    ("calls * 2 * 2 > 1", "product-of-products"),
    ("dpd in (calls)", "mixed-units"),
    ("dpd in (quiet_days)", "list-not-literal"),
    ("disputed is true", "is-not-null-test"),
    ("dpd + 1 is null", "is-not-null-test"),
    ("zone like 'a'", "boolean-compared"),
    ("zone = n'a'", "string-form"),
    ("zone = 'a' 'b'", "string-form"),
    ("zone = 'a\tb'", "strange-character"),
    ("dpd dispute", "unknown-word"),
    ("disputed and", "not-readable"),
    ("dpd > 1)", "not-readable"),
    ("zone = 'open", "strange-character"),
    ("dpd > 1\x00", "strange-character"),
    ("dpd ＞ 1", "strange-character"),
    ("", "empty"),
    ("  ", "empty"),
    ("dpd > 1 or " * 100 + "disputed", "too-long"),
    ("(" * 30 + "disputed" + ")" * 30, "too-deep"),
    ("not " * 19 + "disputed", "too-deep"),
    ("not " * 200 + "disputed", "too-deep"),
    ("calls + 1 " + "+ 1 " * 20 + "> 3", "too-deep"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_the_language_does_not_know_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(ConditionRefused) as refused:
        conditions.parse(text, COLUMNS)
    assert refused.value.code == f"policy.condition-{reason}"


def test_a_named_value_becomes_a_literal() -> None:
    condition = conditions.parse("opens <= local_time", COLUMNS, [Column("opens", "time")])
    assert condition.names == {"opens", "local_time"}
    assert condition.to_duckdb({"opens": T(8)}) == "(CAST('08:00:00' AS TIME) <= \"local_time\")"
    assert condition.evaluate({"opens": T(8), "local_time": None}) is None


def test_a_missing_or_mistyped_fact_is_our_mistake_and_is_said() -> None:
    condition = conditions.parse("dpd > 1", COLUMNS)
    for facts in ({}, {"dpd": True}, {"dpd": "2"}, {"dpd": Decimal(2)}):
        with pytest.raises(conditions.FactWrong):
            condition.evaluate(facts)


def test_the_text_for_spark_is_the_same_rule() -> None:
    condition = conditions.parse("dpd >= 1 and product = 'credit-card'", COLUMNS)
    assert condition.to_sql("spark") == "((`dpd` >= 1) AND (`product` = 'credit-card'))"


names_of = {unit: [c.name for c in COLUMNS if c.unit == unit] for unit in {c.unit for c in COLUMNS}}
signs = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _compared(unit: str, literal: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    name = st.sampled_from(names_of[unit])
    term = name
    if unit in ("days", "money"):
        sums = st.tuples(name, st.sampled_from("+-*"), st.integers(0, 40))
        term = st.one_of(name, sums.map(lambda parts: f"({' '.join(str(part) for part in parts)})"))
    return st.tuples(term, signs, st.one_of(name, literal)).map(" ".join)


leaves = st.one_of(
    _compared("days", st.integers(-40, 40).map(str)),
    _compared("count", st.integers(-3, 9).map(str)),
    _compared("money", st.decimals(-99, 99, places=2).map(str)),
    _compared("date", st.dates(D(2026, 1, 1), D(2027, 1, 1)).map(lambda d: f"'{d}'")),
    _compared("time", st.times().map(lambda t: f"'{t:%H:%M}'")),
    st.sampled_from(names_of["boolean"]),
    st.sampled_from([c.name for c in COLUMNS]).map(lambda n: f"{n} is null"),
    st.lists(st.integers(0, 40).map(str), min_size=1, max_size=4).map(lambda n: f"dpd in ({', '.join(n)})"),
    st.sampled_from(["product = 'credit-card'", "product not in ('cash-loan')", "zone <> ''"]),
)
texts = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from([" and ", " or "]), parts).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        parts.map(lambda p: f"not ({p})"),
    ),
    max_leaves=6,
)
facts_of_any_account = st.fixed_dictionaries(
    {
        "dpd": st.none() | st.integers(-5, 400),
        "quiet_days": st.none() | st.integers(0, 40),
        "owed": st.none() | st.decimals(-500, 5000, places=4),
        "minimum": st.none() | st.decimals(0, 500, places=4),
        "calls": st.none() | st.integers(0, 9),
        "paid_share": st.none() | st.decimals(0, 1, places=4),
        "due_date": st.none() | st.dates(D(2026, 1, 1), D(2027, 1, 1)),
        "today": st.none() | st.dates(D(2026, 1, 1), D(2027, 1, 1)),
        "local_time": st.none() | st.times().map(lambda t: t.replace(microsecond=0, second=0)),
        "disputed": st.none() | st.booleans(),
        "wechat": st.none() | st.booleans(),
        "product": st.none() | st.sampled_from(["credit-card", "cash-loan"]),
        "zone": st.none() | st.sampled_from(["", "Asia/Shanghai"]),
    }
)


@given(texts, facts_of_any_account)
@settings(max_examples=150, deadline=None)
def test_any_condition_says_the_same_in_python_and_in_duckdb(text: str, facts: dict[str, Any]) -> None:
    condition = conditions.parse(text, COLUMNS)
    assert condition.evaluate(facts) is in_duckdb(condition, facts)


@given(st.text(max_size=60) | st.text(alphabet="dpd ()<>=andornot'1,.-*", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_parsed_or_refused_and_nothing_else(text: str) -> None:
    with contextlib.suppress(ConditionRefused):
        conditions.parse(text, COLUMNS)


def test_every_refusal_has_words_and_a_remedy_in_both_languages() -> None:
    for text, _reason in REFUSED:
        with pytest.raises(ConditionRefused) as refused:
            conditions.parse(text, COLUMNS)
        for language in words.LANGUAGES:
            for code in (refused.value.code, f"{refused.value.code}.remedy"):
                said = words.render(code, language, **refused.value.fields)
                assert said != code
                assert not re.search(r"\{[a-z]+\}", said)
