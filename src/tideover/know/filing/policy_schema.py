"""The kind ``filing``: what a complete file holds, by product, and until when it is kept. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import Fault, PolicyFile
from tideover.know.filing.types import ASKS, DOCUMENT

ROLES = ("borrower", "co-borrower", "guarantor")


@dataclass(frozen=True)
class Item:
    """One thing that the file must hold before the account comes to a stage; of a role: only where there is one."""

    name: str
    title: Mapping[str, str]
    asks: str
    needed_before: str
    of_role: str | None
    line: int


@dataclass(frozen=True)
class Checklist:
    """What the file of a product's account holds."""

    product: str
    items: tuple[Item, ...]
    keep_years: int
    keep_source: str
    line: int

    def get(self, name: str) -> Item | None:
        """The item with the name."""
        return next((each for each in self.items if each.name == name), None)


@dataclass(frozen=True)
class FilingExample:
    """What is there of an account's file, and the items that are missing."""

    case: Mapping[str, str]
    roles: tuple[str, ...]
    there: tuple[str, ...]
    missing: tuple[str, ...]


def missing_of(checklist: Checklist, roles: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """The items that a file lacks whose parties have these roles and that holds what is there."""
    return tuple(
        each.name
        for each in checklist.items
        if each.name not in there and (each.of_role is None or each.of_role in roles)
    )


def _finish(checklist: Checklist, reading: Reading) -> Any:
    names = [each.name for each in checklist.items]
    for each in checklist.items:
        if names.count(each.name) > 1:
            reading.fault("filing-item-twice", each.line, item=each.name)
        if each.of_role is not None and each.asks != DOCUMENT:
            reading.fault("filing-role-without-document", each.line, item=each.name)
    return checklist


def _run(file: PolicyFile, example: FilingExample) -> tuple[str, dict[str, Any]] | None:
    got = missing_of(file.data, example.roles, example.there)
    if got == example.missing:
        return None
    return "example-differs", {
        "expected": ", ".join(example.missing) or "–",
        "got": ", ".join(got) or "–",
        "where": example.case["en"],
    }


def _check_all(files: Sequence[PolicyFile]) -> list[Fault]:
    """A product has one checklist."""
    seen: dict[str, str] = {}
    faults: list[Fault] = []
    for file in files:
        product = file.data.product
        if product in seen:
            faults.append(Fault("filing-product-twice", file.shown_path, file.data.line, product=product))
        seen[product] = file.id
    return faults


_ITEM = schema.Record(
    Item,
    {
        "name": schema.Name(),
        "title": schema.Bilingual(longest=60),
        "asks": schema.Choice(ASKS),
        "needed_before": schema.Name(),
        "of_role": schema.Optional(schema.Choice(ROLES)),
    },
)
_NAMES = schema.ListOf(schema.Name())

KIND = PolicyKind(
    name="filing",
    pattern="filing/*.yaml",
    record=schema.Record(
        Checklist,
        {
            "product": schema.Name(),
            "items": schema.ListOf(_ITEM, least=1, most=40),
            "keep_years": schema.Integer(1, 30),
            "keep_source": schema.Text(300),
        },
    ),
    finish=_finish,
    example=schema.Record(
        FilingExample,
        {
            "case": schema.Bilingual(),
            "roles": schema.ListOf(schema.Choice(ROLES), least=1),
            "there": _NAMES,
            "missing": _NAMES,
        },
    ),
    run_example=_run,
    check_all=_check_all,
)
