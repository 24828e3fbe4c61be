"""A night's proposing: every account comes to exactly one named step, for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tideover.core.policy import files
from tideover.core.policy.types import PolicyFile
from tideover.decide.snapshot.columns import BY_NAME, COLUMNS, PARQUET
from tideover.decide.strategy import operations as strategy
from tideover.decide.strategy import policy_schema, rules
from tideover.decide.strategy import queries as strategy_queries
from tideover.decide.strategy.types import Action, PopulationsOverlap, UnknownStep

DAY = date(2026, 10, 5)
OTHER = """format: 1
id: strategies.other
title: {en: "Other", zh-Hans: "其他"}
effective_from: 2026-10-01
sources: ["test"]
population: %s
steps:
  - name: small
    when: owed_amount < 100
    do: {leave-alone: small}
    says: {en: "Small.", zh-Hans: "金额较小。"}
otherwise:
  name: call
  do: {contact: call, skill: early}
  says: {en: "Call.", zh-Hans: "致电。"}
"""


@cache
def card() -> PolicyFile:
    return files.read_file(
        policy_schema.KIND,
        files.Layer("product", files.PRODUCT_FOLDER),
        files.PRODUCT_FOLDER / "strategies" / "card.yaml",
    )


def other(population: str) -> PolicyFile:
    layer = files.Layer("lender", Path("/lender"))
    content = (OTHER % population).encode()
    return files.read_content(policy_schema.KIND, content, Path("/lender/other.yaml"), layer, "strategies.other")


def account_day(path: Path, accounts: Iterable[Mapping[str, Any]]) -> Path:
    """A snapshot of the accounts, ids from 1; what is not said is ordinary."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kinds = ", ".join(f'"{name}" {kind}' for name, kind in PARQUET)
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE account_day ({kinds})")
        for number, said in enumerate(accounts, 1):
            facts = {"account_id": number, **policy_schema.ordinary(), "day": DAY, **said}
            connection.execute(
                f"INSERT INTO account_day VALUES ({', '.join('?' for _ in PARQUET)})",
                [facts.get(name) for name, _ in PARQUET],
            )
        connection.execute(f"COPY (SELECT * FROM account_day ORDER BY account_id) TO '{path}' (FORMAT parquet)")
    return path


def proposed(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_each_account_gets_one_step_in_the_order_of_ids(tmp_path: Path) -> None:
    accounts = [
        {"stage": "first-contact"},
        {"owed_amount": Decimal(0)},
        {"dpd": 0, "stage": None},
        {"dispute_open": True},
        {"contact_point_callable": False},
        {"product": "cash-loan"},
        {"stage": "pre-final-review"},
    ]
    snapshot = account_day(tmp_path / "account_day.parquet", accounts)
    done = strategy.propose(
        day=DAY, client_id=1, account_day=snapshot, strategies=[card()], out=tmp_path / "out.parquet"
    )
    rows = proposed(done.path)
    assert [row["account_id"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [(row["step"], row["action"]) for row in rows] == [
        ("first-contact", "contact"),
        ("not-owing", "leave-alone"),
        ("not-late", "leave-alone"),
        ("pause-while-disputed", "hold"),
        ("find-contact-point", "find-contact-point"),
        ("uncovered", "uncovered"),
        ("review-before-final-notice", "review"),
    ]
    assert (rows[0]["channel"], rows[3]["detail"], rows[0]["skill"]) == ("call", "dispute", None)
    assert rows[5]["strategy_id"] is None
    assert (done.accounts_count, done.uncovered_count) == (7, 1)
    assert done.versions == {"strategies.card": card().version}
    assert {c.action for c in done.counts} >= {Action.CONTACT, Action.UNCOVERED}


def test_the_same_snapshot_gives_the_same_bytes(tmp_path: Path) -> None:
    snapshot = account_day(tmp_path / "account_day.parquet", [{"dpd": n % 9} for n in range(50)])
    outs = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for out in outs:
        strategy.propose(day=DAY, client_id=1, account_day=snapshot, strategies=[card()], out=out)
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_an_account_in_two_populations_fails_the_day_by_name(tmp_path: Path) -> None:
    snapshot = account_day(tmp_path / "account_day.parquet", [{"dpd": 3}, {"dpd": 10}])
    with pytest.raises(PopulationsOverlap) as failed:
        strategy.propose(
            day=DAY,
            client_id=1,
            account_day=snapshot,
            strategies=[card(), other("dpd >= 10")],
            out=tmp_path / "out.parquet",
        )
    assert failed.value.fields["strategies"] == "strategies.card, strategies.other"
    assert (failed.value.fields["count"], failed.value.fields["account_id"]) == (1, "2")
    assert not (tmp_path / "out.parquet").exists()


def test_two_strategies_that_do_not_overlap_share_the_portfolio(tmp_path: Path) -> None:
    snapshot = account_day(tmp_path / "account_day.parquet", [{}, {"product": "cash-loan"}, {"product": None}])
    done = strategy.propose(
        day=DAY,
        client_id=1,
        account_day=snapshot,
        strategies=[other("product = 'cash-loan'"), card()],
        out=tmp_path / "out.parquet",
    )
    rows = proposed(done.path)
    assert [row["strategy_id"] for row in rows] == ["strategies.card", "strategies.other", None]
    assert rows[1]["skill"] == "early"


def test_the_reason_is_said_in_both_languages_from_the_snapshot_row() -> None:
    facts = {**policy_schema.ordinary(), "dpd": 12, "owed_amount": Decimal("1250.50")}
    said = strategy_queries.explain(card(), "first-contact", facts, "en")
    assert "days late: 12" in said
    assert "1,250.50" in said
    assert "逾期12天" in strategy_queries.explain(card(), "first-contact", facts, "zh-Hans")
    assert "not known" in strategy_queries.explain(
        card(), "pause-while-disputed", {**facts, "hold_until_date": None}, "en"
    )
    with pytest.raises(UnknownStep):
        strategy_queries.explain(card(), "no-such-step", facts, "en")


_small = {
    "money": st.decimals(-10, 2000, places=2),
    "share": st.decimals(0, 1, places=2),
    "date": st.dates(date(2026, 10, 1), date(2026, 10, 9)),
    "boolean": st.booleans(),
    "count": st.integers(0, 4),
    "days": st.integers(-2, 12),
}
_stages = ["first-contact", "next-day-follow-up", "continued-follow-up", "pre-final-review", "final-notice"]
_facts = st.fixed_dictionaries(
    {
        column.name: st.none() | _small[column.unit]
        for column in COLUMNS
        if column.unit in _small and column.name in {n for c in card().data.conditions for n in c.names}
    }
    | {"stage": st.sampled_from([None, "handed-back", *_stages]), "product": st.sampled_from(["credit-card", "x"])}
)


@given(st.lists(_facts, min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_the_night_and_one_account_s_facts_come_to_the_same_step(
    tmp_path_factory: pytest.TempPathFactory, accounts: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("night")
    snapshot = account_day(folder / "account_day.parquet", accounts)
    done = strategy.propose(day=DAY, client_id=1, account_day=snapshot, strategies=[card()], out=folder / "out.parquet")
    for said, row in zip(accounts, proposed(done.path), strict=True):
        facts = dict.fromkeys(BY_NAME) | policy_schema.ordinary() | {"day": DAY} | said
        step = rules.choose(card().data, facts)
        assert row["step"] == (step.name if step else "uncovered")
