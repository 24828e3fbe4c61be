"""A mapping as expressions of DuckDB over whole columns: texts, typed values, faults. No Django, no rows.

Names of the judged table's columns: a field by its own name; of groups ``b0`` balances, ``p0`` contact points and
``p0s`` where they are from, ``h0`` and ``d0`` payments, ``k0``, ``k0h`` and ``k0d`` documents with digest and date,
``i0_due_date`` instalments, ``q0_full_name`` parties and ``q0p1`` their contact points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from tideover.act.intake import fields, formats, policy_schema
from tideover.act.intake.fields import Fault, Field
from tideover.act.intake.types import OF_ACCOUNTS, PAYMENTS
from tideover.act.payments.types import DEBIT_CAUSES, REVERSAL_CAUSES
from tideover.core import money
from tideover.core.sql.duck import literal

_BLANK = literal(" \t\u00a0\u3000")


@dataclass(frozen=True)
class Judged:
    """A column of the judged table: a field, or one of a group; where it comes from, and how it is judged.

    ``always`` are faults that hold of an empty cell too. ``of_instalment``: it differs from row to row of an account.
    """

    field: Field
    source: str | None
    text: str
    raw: str
    values: tuple[str, ...] = ()
    always: tuple[Fault, ...] = ()
    of_instalment: bool = False
    forms: str = "–"


@dataclass(frozen=True)
class Context:
    """What the expressions are made for."""

    mapping: policy_schema.Mapping
    header: tuple[str, ...]
    cut_off: date
    at: datetime

    @property
    def folds(self) -> bool:
        """Whether several rows are one account."""
        return self.mapping.grain == policy_schema.INSTALMENT

    def has(self, source: str | None) -> bool:
        """Whether the file has the column."""
        return source is not None and source in self.header

    def raw(self, source: str | None) -> str:
        """The cell without the blanks around it; empty is null."""
        if source is None or source not in self.header:
            return "NULL::VARCHAR"
        return f"nullif(trim(c{self.header.index(source)}, {_BLANK}), '')"

    def judged(
        self,
        field: Field,
        source: str | None,
        *,
        values: dict[str, str] | None = None,
        constant: str | None = None,
        default: str | None = None,
        always: tuple[Fault, ...] = (),
        of_instalment: bool = False,
    ) -> Judged:
        """A column of the judged table, made of a column of the file."""
        text = f'"r_{field.name}"'
        values = (values or {}) if self.has(source) else {}
        if values:
            cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items())
            text = f"CASE {text} {cases} END"
        elif self.has(source):
            text = formats.normalised(field, text, self.mapping.formats)
        if constant is not None:
            text = literal(constant)
        if default is not None:
            text = f"coalesce({text}, {literal(default)})"
        source = source if self.has(source) else None
        if source is None and (constant or default) in (None, *field.known):
            field = field.plain
        forms = formats.shown(field, self.mapping.formats)
        return Judged(field, source, text, self.raw(source), tuple(values), always, of_instalment, forms)


def columns_of(context: Context) -> Iterator[Judged]:
    """All columns of the judged table."""
    mapping = context.mapping
    own = list(_own(context))
    if mapping.kind in OF_ACCOUNTS:
        own.extend(_groups(context))
        own.extend(_parties(context))
    if context.folds:
        own = [_of_account(each) for each in own]
    yield from own
    if mapping.kind in OF_ACCOUNTS:
        yield from _instalments(context)


def _own(context: Context) -> Iterator[Judged]:
    mapping = context.mapping
    for each in fields.fields_of(mapping.kind):
        source = mapping.columns.get(each.name) or mapping.optional_columns.get(each.name)
        yield context.judged(
            _with_context(each, context),
            source,
            values=mapping.values.get(each.name),
            constant=mapping.constants.get(each.name),
            default=mapping.defaults.get(each.name, each.default),
        )


def _groups(context: Context) -> Iterator[Judged]:
    mapping = context.mapping
    for place, balance in enumerate(mapping.balances):
        if context.has(balance.amount):
            yield context.judged(_balance(place, balance), balance.amount)
    for place, point in enumerate(mapping.contact_points):
        yield from _point(f"p{place}", point, context)
    for place, payment in enumerate(mapping.payments):
        if context.has(payment.amount):
            yield context.judged(fields.amount(f"h{place}", least="< 0"), payment.amount)
            if payment.value_date:
                yield context.judged(_not_after(fields.date(f"d{place}"), context), payment.value_date)
    for place, document in enumerate(mapping.documents):
        yield from _document(f"k{place}", document, context)


def _document(name: str, document: policy_schema.DocumentGroup, context: Context) -> Iterator[Judged]:
    if not any(context.has(source) for source in document.sources):
        return
    yield context.judged(fields.identifier(name, 120), document.reference)
    unfound: Fault = ("document-without-reference", f'"t_{name}" IS NULL')
    for suffix, made, source in (
        ("h", fields.digest(f"{name}h"), document.digest),
        ("d", _not_after(fields.date(f"{name}d"), context), document.date),
    ):
        if context.has(source):
            yield context.judged(replace(made, name=f"{name}{suffix}", faults=(*made.faults, unfound)), source)


def _point(name: str, point: policy_schema.PointGroup, context: Context) -> Iterator[Judged]:
    if context.has(point.value):
        yield context.judged(fields.phone(name), point.value)
        if context.has(point.source_column):
            yield context.judged(fields.text(f"{name}s", 80), point.source_column, values=point.source_values)


def _balance(place: int, balance: policy_schema.BalanceGroup) -> Field:
    least = None if balance.component == "as-stated" else "< 0"
    return fields.amount(f"b{place}", required=True, least=least, code="negative-component")


def total_of(mapping: policy_schema.Mapping, header: tuple[str, ...]) -> str:
    """What is owed in all: the sum of the components that the file has."""
    return " + ".join(
        f"CAST(coalesce(b{place}, 0) AS DECIMAL(38, 4))"
        for place, each in enumerate(mapping.balances)
        if each.amount in header
    )


def _parties(context: Context) -> Iterator[Judged]:
    for place, party in enumerate(context.mapping.parties):
        prefix = f"q{place}_"
        for each in fields.party_fields(prefix):
            name = each.name.removeprefix(prefix)
            yield context.judged(
                _of_party(each, prefix, place, context),
                party.columns.get(name),
                values=party.values.get(name),
                constant=party.constants.get(name),
            )
        for number, point in enumerate(party.contact_points):
            yield from _point(f"q{place}p{number}", point, context)


def party_is_there(place: int, context: Context) -> str:
    """Whether a row names the party: any of the party's columns is filled."""
    party = context.mapping.parties[place]
    told = [f'"r_q{place}_{name}"' for name, source in party.columns.items() if context.has(source)]
    return f"coalesce({', '.join(told)}) IS NOT NULL" if told else "false"


def _of_party(each: Field, prefix: str, place: int, context: Context) -> Field:
    name = each.name.removeprefix(prefix)
    party = context.mapping.parties[place]
    more: list[Fault] = []
    if name == "document_type" and name not in party.constants:
        more.append(("document-incomplete", f'"t_{prefix}document_number" IS NULL'))
    if name == "document_number":
        more.append(("document-incomplete", f'"t_{prefix}document_type" IS NULL'))
        more.append(("party-is-borrower", 'upper({t}) = upper("t_document_number")'))
    if name == "customer_number":
        more.append(("party-is-borrower", '{t} = "t_customer_number"'))
        more.append(("customer-differs", "{t} IN (SELECT reference FROM differing)"))
    for other in range(place) if name in ("customer_number", "document_number") else ():
        more.append(("party-twice", f'upper({{t}}) = upper("t_q{other}_{name}")'))
    if name == "region":
        more.append(("region-elsewhere", f'"t_{prefix}country" IS NULL OR left({{t}}, 2) <> "t_{prefix}country"'))
    return replace(each, faults=(*each.faults, *more))


def _instalments(context: Context) -> Iterator[Judged]:
    for place, group in enumerate(context.mapping.instalments):
        if not context.has(group.due_date):
            continue
        prefix = f"i{place}_"
        there = instalment_is_there(place, context)
        incomplete: Fault = ("instalment-incomplete", f"({there}) AND {{r}} IS NULL")
        gap: tuple[Fault, ...] = ()
        if context.folds:
            yield context.judged(
                replace(
                    fields.whole(f"{prefix}number", required=True),
                    faults=(
                        *fields.whole("").faults,
                        ("instalment-twice", "coalesce(same_number_count, 1) > 1"),
                        ("instalment-beyond", '{v} > "instalments_count"'),
                        ("instalment-missing", "instalments_missing IS NOT NULL"),
                    ),
                ),
                group.number,
                of_instalment=True,
            )
        elif place > 0:
            before = instalment_is_there(place - 1, context)
            gap = (("instalment-gap", f"({there}) AND NOT ({before})"),)
        due = fields.date(f"{prefix}due_date")
        yield context.judged(due, group.due_date, always=(*gap, incomplete), of_instalment=True)
        for name in ("principal", "interest", "fee", "paid"):
            source = getattr(group, name)
            if not context.has(source):
                continue
            always = () if name in group.empty_as_zero else (incomplete,)
            field = fields.amount(f"{prefix}{name}", least="< 0")
            yield context.judged(field, source, always=always, of_instalment=True)
        if context.has(group.paid_date):
            paid_on = _not_after(fields.date(f"{prefix}paid_date"), context)
            yield context.judged(paid_on, group.paid_date, of_instalment=True)


def instalment_is_there(place: int, context: Context) -> str:
    """Whether a row tells of the instalment: at grain ``instalment`` always, of a column group where one is filled."""
    if context.folds:
        return "true"
    group = context.mapping.instalments[place]
    sources = {name: getattr(group, name) for name in ("due_date", "principal", "interest", "fee", "paid", "paid_date")}
    told = [f'"r_i{place}_{name}"' for name, source in sources.items() if context.has(source)]
    return f"coalesce({', '.join(told)}) IS NOT NULL" if told else "false"


def _of_account(each: Judged) -> Judged:
    """A column that must be the same in all rows of an account."""
    if each.field.name == "account_number":
        return replace(each, always=(("instalment-without-account", "is_orphan"),))
    if each.source is None:
        return each
    return replace(each, always=(("differs-within-account", f'"a_{each.field.name}"'),))


def _not_after(each: Field, context: Context) -> Field:
    cut_off = literal(context.cut_off.isoformat())
    return replace(each, faults=(*each.faults, ("after-cut-off", f"{{v}} > DATE {cut_off}")))


def _with_context(each: Field, context: Context) -> Field:
    """A field's faults, with those that need the cut-off, the present, or the row's other fields."""
    kind = context.mapping.kind
    if each.name in ("value_date", "opened_date", "recalled_date"):
        each = _not_after(each, context)
    more: list[Fault] = []
    if each.name == "booked_at":
        now = literal(context.at.astimezone(UTC).isoformat())
        more.append(("in-the-future", f"TRY_CAST({{t}} AS TIMESTAMPTZ) > CAST({now} AS TIMESTAMPTZ)"))
    if each.name == "region":
        more.append(("region-elsewhere", '"t_country" IS NULL OR left({t}, 2) <> "country"'))
    if each.name == "document_type" and each.name not in context.mapping.constants:
        more.append(("document-incomplete", '"t_document_number" IS NULL'))
    if each.name == "document_number":
        more.append(("document-incomplete", '"t_document_type" IS NULL'))
    if each.name == "customer_number":
        more.append(("customer-differs", "{t} IN (SELECT reference FROM differing)"))
    if each.name in fields.BATCH_TERMS:
        more.append(("batch-differs", f'"x_{each.name}"'))
    if each.name == "instalments_count" and context.mapping.instalments and not context.folds:
        there = [instalment_is_there(place, context) for place in range(len(context.mapping.instalments))]
        count = " + ".join(f"CAST({each} AS INTEGER)" for each in there if each != "false") or "0"
        more.append(("instalments-counted-otherwise", f"{{v}} <> {count}"))
    if each.name == "batch_until_date":
        more.append(("batch-ends-before", '{v} <= "batch_from_date"'))
    if each.name == "reverses":
        more.append(("reverses-of-payment", "\"t_entry\" <> 'reversal'"))
    if each.name == "entry":
        more.append(("reversal-of-what", "{t} = 'reversal' AND \"t_reverses\" IS NULL"))
    if each.name == "cause" and kind == PAYMENTS:
        causes = {fields.REVERSAL: REVERSAL_CAUSES, fields.FAILED_DEBIT: DEBIT_CAUSES, fields.PAYMENT: ()}
        cases = " ".join(
            f"WHEN {literal(entry)} THEN {{t}} NOT IN ({', '.join(map(literal, ('', *known)))})"
            for entry, known in causes.items()
        )
        more.append(("cause-of-other-entry", f'CASE "t_entry" {cases} END'))
    if each.name == fields.key_of(kind) and not context.folds:
        more.append(("duplicate", "same_key_count > 1"))
    return replace(each, faults=(*each.faults, *more))


def fault_case(each: Judged, *, folds: bool) -> str:
    """The code of the first thing that is wrong in a column, or null."""
    text, raw = f'"t_{each.field.name}"', f'"r_{each.field.name}"'
    cases = []
    if each.values:
        known = ", ".join(literal(value) for value in each.values)
        cases.append(f"WHEN {raw} NOT IN ({known}) THEN 'value-unknown'")
    if each.field.needed_where:
        cases.append(f"WHEN {text} IS NULL AND NOT is_orphan AND {each.field.needed_where} THEN 'missing'")
    if each.field.required:
        missing = "instalment-without-account" if folds and each.field.name == "account_number" else "missing"
        unless = " AND NOT is_orphan" if folds and missing == "missing" and not each.of_instalment else ""
        cases.append(f"WHEN {text} IS NULL{unless} THEN {literal(missing)}")
    cases.extend(f"WHEN {fill(condition, each.field.name)} THEN {literal(code)}" for code, condition in each.always)
    if each.field.faults:
        cases.append(f"WHEN {text} IS NULL THEN NULL")
    cases.extend(
        f"WHEN {fill(condition, each.field.name)} THEN {literal(code)}" for code, condition in each.field.faults
    )
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def fill(expression: str, name: str) -> str:
    """A field's expression with its columns: ``{r}`` the cell, ``{t}`` the text, ``{v}`` the typed value."""
    return expression.format(r=f'"r_{name}"', t=f'"t_{name}"', v=f'"{name}"')


def told_with(each: Judged, code: str) -> dict[str, Any]:
    """What the words of a problem name beside the row's own: the values that are known, the forms declared."""
    if code == "value-unknown" and each.values:
        return {"known": ", ".join(each.values)}
    if code == "currency-unknown":
        return {"known": ", ".join(sorted(money.currencies()))}
    if code in ("not-a-date", "not-an-amount", "not-a-share"):
        return {"forms": each.forms}
    return {}
