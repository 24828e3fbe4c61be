"""Money: an exact decimal amount with its currency.

Amounts are never floats and never mix currencies. A rounding rule is always named, because the law or the
contract names one; splitting never loses or makes a cent.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

from tideover.core.problem import Problem

# ISO 4217 minor units; a currency that is not listed is unknown and refused.
_MINOR_UNITS = {
    "AUD": 2,
    "BRL": 2,
    "CAD": 2,
    "CHF": 2,
    "CNY": 2,
    "EUR": 2,
    "GBP": 2,
    "HKD": 2,
    "IDR": 2,
    "INR": 2,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "KZT": 2,
    "MOP": 2,
    "MXN": 2,
    "MYR": 2,
    "NZD": 2,
    "PHP": 2,
    "PLN": 2,
    "SGD": 2,
    "THB": 2,
    "TWD": 2,
    "USD": 2,
    "VND": 0,
    "ZAR": 2,
}

# What numeric(18,4) can hold; a larger amount is a broken file, not a debt.
LARGEST = Decimal("99999999999999.9999")


class UnknownCurrency(Problem):
    """The code is not an ISO 4217 currency that Tideover keeps accounts in."""

    code = "core.money.unknown-currency"


class CurrencyMismatch(Problem):
    """Two currencies met in one sum; totals are kept per currency, never added across."""

    code = "core.money.currency-mismatch"


class NotMoney(Problem):
    """The amount is not an exact decimal of at most the currency's minor unit."""

    code = "core.money.not-money"


class Rounding(enum.Enum):
    """Named rounding rules, each to the currency's minor unit."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    IN_CUSTOMERS_FAVOUR_FOR_DEBTS = ROUND_DOWN
    AGAINST_CUSTOMER_FOR_PAYMENTS_DUE = ROUND_UP


def exponent(currency: str) -> int:
    """The number of decimal places of the currency's minor unit (ISO 4217); raises UnknownCurrency."""
    try:
        return _MINOR_UNITS[currency]
    except KeyError:
        raise UnknownCurrency(currency=currency) from None


def currencies() -> frozenset[str]:
    """All currency codes that accounts may be kept in."""
    return frozenset(_MINOR_UNITS)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Negative is a credit where the amount is a debt."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise NotMoney(value=repr(self.amount), currency=self.currency)
        places = exponent(self.currency)
        try:
            exact = self.amount.quantize(Decimal(1).scaleb(-places))
        except InvalidOperation:
            raise NotMoney(value=str(self.amount), currency=self.currency) from None
        if exact != self.amount or abs(exact) > LARGEST:
            raise NotMoney(value=str(self.amount), currency=self.currency)
        object.__setattr__(self, "amount", exact)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(Decimal(0), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str, rule: Rounding) -> Money:
        """The amount brought to the currency's minor unit by the named rule."""
        return cls(amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=rule.value), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def is_positive(self) -> bool:
        return self.amount > 0

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by whole-number weights so that the parts add up to the whole exactly.

        Minor units left over go one each to the parts that lost most by rounding down, earlier parts first.
        """
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights are whole numbers of zero or more, with a positive sum")
        minor = int(self.amount.scaleb(exponent(self.currency)))
        sign = -1 if minor < 0 else 1
        shares = [divmod(abs(minor) * weight, total) for weight in weights]
        parts = [share for share, _ in shares]
        order = sorted(range(len(weights)), key=lambda place: (-shares[place][1], place))
        for place in order[: abs(minor) - sum(parts)]:
            parts[place] += 1
        unit = -exponent(self.currency)
        return [Money(Decimal(sign * part).scaleb(unit), self.currency) for part in parts]


def add_up(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; zero of that currency when there are none."""
    total = Money.zero(currency)
    for amount in amounts:
        total = total + amount
    return total
