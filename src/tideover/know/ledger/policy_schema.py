"""The kind ``products``: in which order a payment is used, when a promise is kept, how a product is called.

For products with instalments also: below which remainder nothing is left to ask for, what being late costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tideover.core.money import exponent
from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import Fault, PolicyFile

AS_STATED = "as-stated"
COMPONENTS = ("fee", "penalty-interest", "interest", "principal", AS_STATED)


@dataclass(frozen=True)
class Allocation:
    """How a payment that does not cover everything is used.

    ``accounts``: among several accounts of a customer, the one that fell due first comes first. ``components``:
    within an account, in this order; ``fee`` stands for every ``fee:<name>``.
    """

    accounts: str
    components: tuple[str, ...]
    source: str
    status: str


@dataclass(frozen=True)
class PromiseTerms:
    """When a promise is kept: from this share of its amount, up to so many days after its date.

    Below that share, but with something paid, it is partly kept; with nothing, broken.
    """

    kept_from_share: Decimal
    days_of_grace: int


@dataclass(frozen=True)
class Tolerance:
    """An amount per currency, with where it comes from."""

    amounts: Mapping[str, Decimal]
    source: str
    status: str


@dataclass(frozen=True)
class PenaltyInterest:
    """What being late costs: the contract's rate times ``multiple``, never above ``year_rate_max``, by the day.

    On the overdue principal; of each period in which that stood unchanged rounded half up to the minor unit.
    Where the lender does not say the contract's rate, nothing is reckoned.
    """

    multiple: Decimal
    days_of_year: int
    year_rate_max: Decimal
    source: str
    status: str


@dataclass(frozen=True)
class LateFee:
    """A fee charged once for each instalment of which something is left so many days after it fell due."""

    amounts: Mapping[str, Decimal]
    after_days: int
    source: str
    status: str


@dataclass(frozen=True)
class ProductRules:
    """What is particular to a product.

    ``tail`` (尾款): a remainder up to it counts as paid. ``check``: a difference from what the lender states up to
    it is none to look at.
    """

    product: str
    allocation: Allocation
    promise: PromiseTerms
    tail: Tolerance | None
    check: Tolerance | None
    penalty_interest: PenaltyInterest | None
    late_fee: LateFee | None
    statement: Mapping[str, Mapping[str, str]]
    line: int

    @property
    def currencies(self) -> list[str]:
        """The currencies of which the product names an amount."""
        named = [each.amounts for each in (self.tail, self.check, self.late_fee) if each is not None]
        return sorted({currency for amounts in named for currency in amounts})


def allocate(rules: ProductRules, owed: Mapping[str, Decimal], paid: Decimal) -> dict[str, Decimal]:
    """How much of ``paid`` goes to each component that is owed, in the product's order.

    What is left over goes to the last component, where it becomes a credit. Nothing is lost: the parts add up.
    """
    parts: dict[str, Decimal] = {}
    left = paid
    ordered = [name for kind in rules.allocation.components for name in sorted(owed) if _is(name, kind)]
    for name in ordered:
        part = min(left, max(owed[name], Decimal(0)))
        if part > 0:
            parts[name] = part
            left -= part
    if left > 0:
        last = ordered[-1] if ordered else AS_STATED
        parts[last] = parts.get(last, Decimal(0)) + left
    return parts


def _is(component: str, kind: str) -> bool:
    return component == kind or (kind == "fee" and component.startswith("fee:"))


def judge_promise(rules: ProductRules, promised: Decimal, paid: Decimal) -> str:
    """``kept``, ``partly-kept`` or ``broken``, by what was paid within the promise's time."""
    if paid >= promised * rules.promise.kept_from_share:
        return "kept"
    return "partly-kept" if paid > 0 else "broken"


def is_tail(rules: ProductRules, left: Decimal, currency: str) -> bool:
    """Whether a remainder is too small to be asked for."""
    return left <= (Decimal(0) if rules.tail is None else rules.tail.amounts.get(currency, Decimal(0)))


def daily_rate(rules: ProductRules, annual_rate: Decimal | None) -> Decimal | None:
    """Penalty interest for a day; None where the product or the contract names no rate."""
    terms = rules.penalty_interest
    if terms is None or annual_rate is None:
        return None
    return min(annual_rate * terms.multiple, terms.year_rate_max) / terms.days_of_year


def penalty(rules: ProductRules, base: Decimal, annual_rate: Decimal, days: int, currency: str) -> Decimal:
    """Penalty interest on a principal that was overdue so many days, rounded half up to the minor unit."""
    terms = rules.penalty_interest
    if terms is None:
        return Decimal(0)
    year_rate = min(annual_rate * terms.multiple, terms.year_rate_max)
    unit = Decimal(1).scaleb(-exponent(currency))
    return (max(base, Decimal(0)) * year_rate * days / terms.days_of_year).quantize(unit, ROUND_HALF_UP)


_STATEMENT = ("product", "owed-now", *COMPONENTS)

_STATUS = schema.Choice(("read", "read-second-hand", "unchecked", "own-choice"))
_CURRENCY = schema.Text(3, pattern=r"[A-Z]{3}")
_AMOUNTS = schema.MapOf(_CURRENCY, schema.Number(most=Decimal(1_000_000)), least=1)
_TOLERANCE = schema.Record(Tolerance, {"amounts": _AMOUNTS, "source": schema.Text(), "status": _STATUS})

RECORD = schema.Record(
    ProductRules,
    {
        "product": schema.Name(),
        "allocation": schema.Record(
            Allocation,
            {
                "accounts": schema.Choice(("oldest-due-first",)),
                "components": schema.ListOf(schema.Choice(COMPONENTS), least=1),
                "source": schema.Text(),
                "status": _STATUS,
            },
        ),
        "promise": schema.Record(
            PromiseTerms,
            {
                "kept_from_share": schema.Number(least=Decimal("0.01"), most=Decimal(1)),
                "days_of_grace": schema.Integer(0, 30),
            },
        ),
        "tail": schema.Optional(_TOLERANCE),
        "check": schema.Optional(_TOLERANCE),
        "penalty_interest": schema.Optional(
            schema.Record(
                PenaltyInterest,
                {
                    "multiple": schema.Number(most=Decimal(10)),
                    "days_of_year": schema.Integer(360, 366),
                    "year_rate_max": schema.Number(most=Decimal(1)),
                    "source": schema.Text(),
                    "status": _STATUS,
                },
            )
        ),
        "late_fee": schema.Optional(
            schema.Record(
                LateFee,
                {
                    "amounts": _AMOUNTS,
                    "after_days": schema.Integer(1, 90),
                    "source": schema.Text(),
                    "status": _STATUS,
                },
            )
        ),
        "statement": schema.MapOf(schema.Choice(_STATEMENT), schema.Bilingual(longest=200)),
    },
)


def finish(rules: ProductRules, reading: Reading) -> Any:
    """The id's last part is the product; every component has its place and its words."""
    if sorted(rules.allocation.components) != sorted(COMPONENTS):
        reading.fault("product-components", rules.line, known=", ".join(COMPONENTS))
    for name in _STATEMENT:
        if name not in rules.statement:
            reading.fault("schema-missing-key", rules.line, key=f"statement: {name}")
    return rules


def check_all(files: Sequence[PolicyFile]) -> list[Fault]:
    """A product's file carries its name."""
    return [
        Fault("product-name", file.shown_path, 1, product=file.data.product, id=file.id)
        for file in files
        if file.id != f"products.{file.data.product}"
    ]


@dataclass(frozen=True)
class ProductExample:
    """A payment and how it is used, a promise and how it is judged, a remainder, or principal that is overdue."""

    case: Mapping[str, str]
    owed: Mapping[str, Decimal] | None
    paid: Decimal | None
    promised: Decimal | None
    left: Decimal | None
    overdue_principal: Decimal | None
    annual_rate: Decimal | None
    days: int | None
    currency: str
    expect: Any
    line: int


class _Component:
    def read(self, node: Any, reading: Reading) -> Any:
        """A component, or ``fee:<name>``."""
        return schema.Text(60, pattern=r"fee:[a-z-]+|" + "|".join(COMPONENTS)).read(node, reading)


_AMOUNT = schema.Number(least=-(Decimal(10) ** 12))
EXAMPLE = schema.Record(
    ProductExample,
    {
        "case": schema.Bilingual(),
        "owed": schema.Optional(schema.MapOf(_Component(), _AMOUNT)),
        "paid": schema.Optional(_AMOUNT),
        "promised": schema.Optional(_AMOUNT),
        "left": schema.Optional(_AMOUNT),
        "overdue_principal": schema.Optional(_AMOUNT),
        "annual_rate": schema.Optional(schema.Number(most=Decimal(1))),
        "days": schema.Optional(schema.Integer(0, 10_000)),
        "currency": schema.Optional(_CURRENCY, "CNY"),
        "expect": schema.OneKey(
            {
                "goes-to": schema.MapOf(_Component(), _AMOUNT),
                "promise": schema.Choice(("kept", "partly-kept", "broken")),
                "counts-as-paid": schema.Boolean(),
                "penalty-interest": _AMOUNT,
            }
        ),
    },
)


def run_example(file: PolicyFile, example: ProductExample) -> tuple[str, dict[str, Any]] | None:
    """None when the payment is used, the promise judged, the remainder or the lateness reckoned, as expected."""
    what, expected = example.expect
    paid, none = example.paid or Decimal(0), Decimal(0)
    got: Any
    if what == "goes-to":
        got = allocate(file.data, example.owed or {}, paid)
    elif what == "promise":
        got = judge_promise(file.data, example.promised or none, paid)
    elif what == "counts-as-paid":
        got = is_tail(file.data, example.left or none, example.currency)
    else:
        base, days = example.overdue_principal or none, example.days or 0
        got = penalty(file.data, base, example.annual_rate or none, days, example.currency)
    if got == expected:
        return None
    return "example-differs", {"expected": _shown(expected), "got": _shown(got), "where": example.case["en"]}


def _shown(found: Any) -> str:
    return ", ".join(f"{k} {v}" for k, v in found.items()) if isinstance(found, dict) else str(found)


KIND = PolicyKind(
    name="products",
    pattern="products/*.yaml",
    record=RECORD,
    finish=finish,
    example=EXAMPLE,
    run_example=run_example,
    check_all=check_all,
)
