"""The kind ``products``: in which order a payment is used, when a promise is kept, how a product is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
class ProductRules:
    """What is particular to a product."""

    product: str
    allocation: Allocation
    promise: PromiseTerms
    statement: Mapping[str, Mapping[str, str]]
    line: int


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


_STATEMENT = ("product", "owed-now", *COMPONENTS)

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
                "status": schema.Choice(("read", "read-second-hand", "unchecked", "own-choice")),
            },
        ),
        "promise": schema.Record(
            PromiseTerms,
            {
                "kept_from_share": schema.Number(least=Decimal("0.01"), most=Decimal(1)),
                "days_of_grace": schema.Integer(0, 30),
            },
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
    """A payment and how it is used, or a promise and how it is judged."""

    case: Mapping[str, str]
    owed: Mapping[str, Decimal] | None
    paid: Decimal
    promised: Decimal | None
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
        "paid": _AMOUNT,
        "promised": schema.Optional(_AMOUNT),
        "expect": schema.OneKey(
            {
                "goes-to": schema.MapOf(_Component(), _AMOUNT),
                "promise": schema.Choice(("kept", "partly-kept", "broken")),
            }
        ),
    },
)


def run_example(file: PolicyFile, example: ProductExample) -> tuple[str, dict[str, Any]] | None:
    """None when the payment is used, or the promise judged, as expected."""
    what, expected = example.expect
    if what == "goes-to":
        got: Any = allocate(file.data, example.owed or {}, example.paid)
    else:
        got = judge_promise(file.data, example.promised or Decimal(0), example.paid)
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
