"""``FILE.control.yaml``: what the client says its file is. Strict YAML, amounts exact. No Django here.

format: 1
kind: full
sequence: 7
cut_off: 2026-11-23
rows: 1200
totals: {CNY: "9876543.21"}
batch: {number: HT-2026-11, from: 2026-11-01, until: 2026-12-02, target: {amount: "500000.00", currency: CNY},
  commission_share: 0.18, retain_share_max: 0.05}
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tideover.act.intake.types import KINDS, BatchTerms, Control, ControlWrong
from tideover.core import money, words
from tideover.core.money import Money
from tideover.core.policy import schema, yaml_nodes
from tideover.core.policy.types import Fault, PolicyRefused

SUFFIX = ".control.yaml"

_AMOUNT = schema.Text(30, pattern=r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
_CURRENCY = schema.Choice(tuple(sorted(money.currencies())))
_SHARE = schema.Number(Decimal(0), Decimal(1))


@dataclass(frozen=True)
class _Target:
    amount: str
    currency: str


@dataclass(frozen=True)
class _Batch:
    number: str
    from_: date | None
    until: date | None
    target: _Target | None
    commission_share: Decimal | None
    retain_share_max: Decimal | None
    line: int


@dataclass(frozen=True)
class _File:
    format: str
    kind: str
    sequence: int
    cut_off: date
    rows: int
    totals: dict[str, str]
    batch: _Batch | None
    line: int


def _batch(**keys: Any) -> _Batch:
    return _Batch(from_=keys.pop("from"), line=0, **keys)


_RECORD = schema.Record(
    _File,
    {
        "format": schema.Choice(("1",)),
        "kind": schema.Choice(KINDS),
        "sequence": schema.Integer(1, 999_999_999),
        "cut_off": schema.Date(),
        "rows": schema.Integer(0, 999_999_999),
        "totals": schema.Optional(schema.MapOf(_CURRENCY, _AMOUNT), {}),
        "batch": schema.Optional(
            schema.Record(
                _batch,
                {
                    "number": schema.Text(60),
                    "from": schema.Optional(schema.Date()),
                    "until": schema.Optional(schema.Date()),
                    "target": schema.Optional(schema.Record(_Target, {"amount": _AMOUNT, "currency": _CURRENCY})),
                    "commission_share": schema.Optional(_SHARE),
                    "retain_share_max": schema.Optional(_SHARE),
                },
            )
        ),
    },
)


def path_of(path: Path) -> Path:
    """Where the control file of a file stands: beside it, with its whole name in front."""
    return path.with_name(path.name + SUFFIX)


def find(path: Path) -> Control | None:
    """What the client says of the file, or None where it says nothing; raises ControlWrong with the place."""
    beside = path_of(path)
    try:
        content = beside.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ControlWrong(file=beside.name, line="1", says=error.strerror or "") from None
    return read(content, beside.name)


def read(content: bytes, name: str) -> Control:
    """The control file's content; raises ControlWrong with the first fault and its line."""
    reading = schema.Reading(name)
    try:
        found = _RECORD.read(yaml_nodes.read(content, name), reading)
    except PolicyRefused as refused:
        raise _wrong(name, refused.faults[0]) from None
    if reading.faults:
        raise _wrong(name, min(reading.faults, key=lambda fault: fault.line))
    return Control(
        kind=found.kind,
        sequence=found.sequence,
        cut_off_date=found.cut_off,
        rows_count=found.rows,
        totals=tuple(_money(amount, currency, name) for currency, amount in sorted(found.totals.items())),
        batch=None if found.batch is None else _terms(found.batch, name),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _terms(batch: _Batch, name: str) -> BatchTerms:
    if batch.from_ is not None and batch.until is not None and batch.until <= batch.from_:
        raise _wrong(name, Fault("control-batch-ends-before", name, 1, until=batch.until.isoformat()))
    target = batch.target
    return BatchTerms(
        number=batch.number,
        from_date=batch.from_,
        until_date=batch.until,
        target=None if target is None else _money(target.amount, target.currency, name),
        commission_share=batch.commission_share,
        retain_share_max=batch.retain_share_max,
    )


def _money(amount: str, currency: str, name: str) -> Money:
    exact = Decimal(amount)
    if exact != round(exact, money.exponent(currency)):
        raise _wrong(name, Fault("control-too-exact", name, 1, amount=amount, currency=currency))
    return Money(exact, currency)


def _wrong(name: str, fault: Fault) -> ControlWrong:
    says = {language: words.render(fault, language) for language in words.LANGUAGES}
    return ControlWrong(file=name, line=str(fault.line), says=says)
