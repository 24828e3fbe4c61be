"""What the good rows of a judged file give: one SELECT of DuckDB for each staged table. No Django, no rows.

``record`` is the account's first record in every one of them, so that what hangs on an account goes with it.
"""

from __future__ import annotations

from tideover.act.intake import expressions, policy_schema
from tideover.act.intake.expressions import Context
from tideover.core.sql.duck import literal

AMOUNTS = ("principal", "interest", "fee", "paid")
"""What an instalment is made of, and what of it was paid, as mappings call it."""

_BORROWER = "coalesce(customer_number, account_number || '/borrower')"


def accounts(context: Context) -> str:
    """Good accounts with their borrowers."""
    return f"""
        SELECT record, account_number, product, currency, credit_limit, opened_date, batch_number, batch_until_date,
            dpd, CASE WHEN dpd IS NOT NULL THEN dpd_basis END AS dpd_basis, next_due_date, next_due_amount,
            {_BORROWER} AS reference, CASE WHEN document_number IS NOT NULL THEN document_type END AS document_type,
            document_number, full_name, {_stated_language(context.mapping)}, country, region, "zone",
            CAST({expressions.total_of(context.mapping, context.header)} AS DECIMAL(18, 4)) AS owed_amount,
            is_placed, batch_from_date, batch_target_amount, batch_commission_share, batch_retain_share_max,
            instalments_count, annual_rate
        FROM folded ORDER BY record
    """


def _stated_language(mapping: policy_schema.Mapping) -> str:
    """The language where the file states it: the mapping's default is for customers whom nobody knows yet."""
    if "language" not in mapping.defaults:
        return '"language"'
    return 'CASE WHEN "r_language" IS NOT NULL THEN "language" END AS "language"'


def balances(context: Context) -> str:
    """Stated balances, one row a component."""
    return " UNION ALL ".join(
        f"SELECT record, account_number, {literal(each.component)} AS component, b{place} AS amount, currency"
        " FROM folded"
        for place, each in enumerate(context.mapping.balances)
        if each.amount in context.header
    )


def points(context: Context) -> str | None:
    """Contact points of all customers, where the group's condition holds; None where the file has no such column."""
    mapping = context.mapping
    parts = [
        _point(point, _BORROWER, f"p{place}", place + 1, context)
        for place, point in enumerate(mapping.contact_points)
        if context.has(point.value)
    ]
    for place, party in enumerate(mapping.parties):
        reference, there = _reference(place, context), expressions.party_is_there(place, context)
        parts.extend(
            _point(point, reference, f"q{place}p{number}", number + 1, context, there)
            for number, point in enumerate(party.contact_points)
            if context.has(point.value)
        )
    return " UNION ALL ".join(parts) or None


def _point(
    point: policy_schema.PointGroup, reference: str, column: str, position: int, context: Context, there: str = "true"
) -> str:
    source = f"coalesce({column}s, '')" if context.has(point.source_column) else literal(point.source)
    return f"""
        SELECT record, reference, {literal(point.kind)} AS kind, {position} AS position, "value", source
        FROM (
            SELECT record, {reference} AS reference, {column} AS "value", {source} AS source FROM folded WHERE {there}
        )
        WHERE {_condition(point)}
    """


def documents(context: Context) -> str | None:
    """Where documents of the account's file are found; None where the file has no such column."""
    parts = []
    for place, group in enumerate(context.mapping.documents):
        if not context.has(group.reference):
            continue
        digest = f"k{place}h" if context.has(group.digest) else "NULL::VARCHAR"
        dated = f"k{place}d" if context.has(group.date) else "NULL::DATE"
        parts.append(f"""
            SELECT record, account_number, {literal(group.item)} AS item, reference, digest, document_date
            FROM (
                SELECT record, account_number, k{place} AS reference, {digest} AS digest, {dated} AS document_date
                FROM folded
            )
            WHERE reference IS NOT NULL AND ({_condition(group)})
        """)
    return " UNION ALL ".join(parts) or None


def parties(context: Context) -> str | None:
    """Co-borrowers and guarantors; None where the mapping has none."""
    parts = []
    for place, party in enumerate(context.mapping.parties):
        at = f"q{place}_"
        parts.append(f"""
            SELECT record, account_number, {literal(party.role)} AS role, {_reference(place, context)} AS reference,
                CASE WHEN {at}document_number IS NOT NULL THEN {at}document_type END AS document_type,
                {at}document_number AS document_number, {at}full_name AS full_name, {at}language AS "language",
                {at}country AS country, {at}region AS region, {at}zone AS "zone"
            FROM folded WHERE {expressions.party_is_there(place, context)}
        """)
    return " UNION ALL ".join(parts) or None


def _reference(place: int, context: Context) -> str:
    """The client's own number of a party, else the account and the role, numbered where the role comes twice."""
    party = context.mapping.parties[place]
    number = sum(each.role == party.role for each in context.mapping.parties[: place + 1])
    role = party.role if number == 1 else f"{party.role}-{number}"
    return f"coalesce(q{place}_customer_number, account_number || {literal('/' + role)})"


def instalments(context: Context) -> str | None:
    """The schedule: number, due, parts, what was paid. None where the mapping has none.

    A row's groups of columns are laid into one list and taken apart: the rows are gone through once, not once a group.
    """
    groups = [(place, each) for place, each in enumerate(context.mapping.instalments) if context.has(each.due_date)]
    if not groups:
        return None
    source, record = ("judged", "first_record") if context.folds else ("folded", "record")
    listed = ", ".join(_instalment(context, place, group) for place, group in groups)
    return f"""
        SELECT record, account_number, item.number AS instalment_number, item.due_date, item.principal, item.interest,
            item.fee, item.paid, item.paid_date
        FROM (
            SELECT {record} AS record, account_number, unnest([{listed}]) AS item FROM {source} WHERE is_good
        )
        WHERE item IS NOT NULL
    """


def _instalment(context: Context, place: int, group: policy_schema.InstalmentGroup) -> str:
    """One group of a row's columns, null where the row has no such instalment."""
    at = f"i{place}_"
    told = {name: f"coalesce({at}{name}, 0)" for name in AMOUNTS if context.has(getattr(group, name))}
    amounts = "".join(f", {name}: {told.get(name, 'CAST(0 AS DECIMAL(18, 4))')}" for name in AMOUNTS)
    paid_date = f"{at}paid_date" if context.has(group.paid_date) else "CAST(NULL AS DATE)"
    number = f"{at}number" if context.folds else str(place + 1)
    item = f"{{number: {number}, due_date: {at}due_date{amounts}, paid_date: {paid_date}}}"
    return f"CASE WHEN {expressions.instalment_is_there(place, context)} THEN {item} END"


def history(context: Context) -> str | None:
    """Payments before the cut-off; of a month, its last day up to the cut-off. None where the file tells none."""
    parts = []
    day = literal(context.cut_off.isoformat())
    for place, each in enumerate(context.mapping.payments):
        if not context.has(each.amount):
            continue
        if each.value_date:
            value_date, basis = f"d{place}", "day"
            reference = f"'history:' || strftime(value_date, '%Y-%m-%d') || ':' || {literal(each.amount)}"
        else:
            month = f"last_day(DATE {day} - INTERVAL {each.months_before} MONTH)"
            value_date, basis = f"least({month}, DATE {day})", "month"
            reference = "'history:' || strftime(value_date, '%Y-%m')"
        parts.append(f"""
            SELECT record, account_number, amount, currency, value_date, {literal(basis)} AS basis,
                {reference} AS reference
            FROM (
                SELECT record, account_number, currency, h{place} AS amount, {value_date} AS value_date FROM folded
            ) WHERE ({_condition(each)}) AND amount > 0 AND value_date IS NOT NULL
        """)
    return " UNION ALL ".join(parts) or None


def payments() -> str:
    """Good rows of a payments file."""
    return """
        SELECT record, account_number, amount, currency, value_date, booked_at, reference, entry, reverses, cause
        FROM folded ORDER BY record
    """


def recalls() -> str:
    """Good rows of a recall file."""
    return "SELECT record, account_number, cause, recalled_date FROM folded ORDER BY record"


def _condition(group: policy_schema.PointGroup | policy_schema.PaymentGroup | policy_schema.DocumentGroup) -> str:
    return group.when.to_duckdb()  # type: ignore[union-attr]
