"""A witness proves that conditions can hold together; none is proof only for plain ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tideover.core.policy import conditions, witness
from tideover.core.policy.tests.test_conditions import BY_NAME, COLUMNS, facts_of_any_account, texts
from tideover.core.policy.witness import Answer


def find(holds: list[str], fails: list[str] | None = None) -> object:
    return witness.find(
        [conditions.parse(text, COLUMNS) for text in holds],
        BY_NAME,
        [conditions.parse(text, COLUMNS) for text in fails or []],
    )


@pytest.mark.parametrize(
    ("holds", "fails", "exists"),
    [
        (["dpd >= 1 and dpd <= 30", "dpd >= 30"], [], True),
        (["dpd >= 1 and dpd <= 30", "dpd > 30"], [], False),
        (["dpd >= 1", "dpd is null"], [], False),
        (["product = 'credit-card'", "product = 'cash-loan'"], [], False),
        (["product in ('credit-card', 'cash-loan')", "product <> 'credit-card'"], [], True),
        (["disputed", "not disputed"], [], False),
        (["dpd > 3"], ["dpd > 1"], False),
        (["dpd > 1"], ["dpd > 3"], True),
        (["dpd > 1"], ["wechat"], True),
        (["owed > 1.00"], ["owed >= 1.0001"], False),
        (["local_time >= '08:00'", "local_time < '08:00'"], [], False),
        (["zone = 'a'", "zone <> 'b'"], [], True),
        (["true"], ["dpd > 1 or dpd <= 1"], True),  # unknown
        (["dpd is not null"], ["dpd > 1 or dpd <= 1"], False),
    ],
)
def test_conditions_that_can_hold_together_are_found_and_others_are_not(
    holds: list[str], fails: list[str], exists: bool
) -> None:
    found = find(holds, fails)
    assert isinstance(found, dict) if exists else found is Answer.NONE


def test_where_columns_are_compared_nothing_is_claimed() -> None:
    assert find(["dpd > quiet_days", "dpd < quiet_days"]) is Answer.UNTOLD


@given(texts, texts, facts_of_any_account)
@settings(max_examples=80, deadline=None)
def test_a_witness_holds_and_none_means_that_no_account_does(one: str, other: str, facts: dict[str, object]) -> None:
    conditions_both = [conditions.parse(text, COLUMNS) for text in (one, other)]
    found = witness.find(conditions_both[:1], BY_NAME, conditions_both[1:])
    if isinstance(found, dict):
        known = dict.fromkeys(BY_NAME) | found
        assert conditions_both[0].evaluate(known) is True
        assert conditions_both[1].evaluate(known) is not True
    elif found is Answer.NONE:
        assert not (conditions_both[0].evaluate(facts) is True and conditions_both[1].evaluate(facts) is not True)
