"""Money keeps every cent, and refuses what is not money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tideover.core.money import CurrencyMismatch, Money, NotMoney, Rounding, UnknownCurrency, add_up, exponent

CURRENCIES = st.sampled_from(["CNY", "TWD", "JPY", "KWD"])


@st.composite
def money(draw: st.DrawFn) -> Money:
    currency = draw(CURRENCIES)
    minor = draw(st.integers(min_value=-(10**12), max_value=10**12))
    return Money(Decimal(minor).scaleb(-exponent(currency)), currency)


@given(money(), st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=12))
def test_a_split_never_loses_or_makes_a_cent(whole: Money, weights: list[int]) -> None:
    if sum(weights) == 0:
        weights[0] = 1
    parts = whole.split(weights)
    assert add_up(parts, whole.currency) == whole
    assert all(part.amount == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(money(), st.integers(min_value=1, max_value=9))
def test_equal_parts_differ_by_one_minor_unit_at_most(whole: Money, count: int) -> None:
    amounts = [part.amount for part in whole.split([1] * count)]
    assert max(amounts) - min(amounts) <= Decimal(1).scaleb(-exponent(whole.currency))


def test_a_hundred_yuan_in_three_gives_the_spare_cent_to_the_first() -> None:
    assert [str(part.amount) for part in Money(Decimal("100"), "CNY").split([1, 1, 1])] == [
        "33.34",
        "33.33",
        "33.33",
    ]


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "CNY") + Money(Decimal(1), "TWD")


@pytest.mark.parametrize("amount", ["1.005", "NaN", "Infinity", "1e30"])
def test_an_amount_finer_than_the_currency_or_beyond_all_measure_is_refused(amount: str) -> None:
    with pytest.raises(NotMoney):
        Money(Decimal(amount), "CNY")


def test_a_yen_has_no_cents_and_a_currency_we_do_not_know_is_refused() -> None:
    with pytest.raises(NotMoney):
        Money(Decimal("1.5"), "JPY")
    with pytest.raises(UnknownCurrency):
        Money(Decimal(1), "XXX")


@pytest.mark.parametrize(
    ("rule", "rounded"),
    [
        (Rounding.HALF_UP, "0.13"),
        (Rounding.HALF_EVEN, "0.12"),
        (Rounding.IN_CUSTOMERS_FAVOUR_FOR_DEBTS, "0.12"),
        (Rounding.AGAINST_CUSTOMER_FOR_PAYMENTS_DUE, "0.13"),
    ],
)
def test_a_half_cent_goes_where_the_named_rule_says(rule: Rounding, rounded: str) -> None:
    assert str(Money.rounded(Decimal("0.125"), "CNY", rule).amount) == rounded
