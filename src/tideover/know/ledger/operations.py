"""Writing the ledger: stated balances, payments and their reversals. Nothing is ever changed or removed.

All of these must be inside a transaction: the import or the payment that calls them writes the fact, and its id
goes into the rows. Amounts of payments are given as positive; the ledger stores what they take away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.core.money import Money, exponent
from tideover.core.policy import queries as policy
from tideover.core.sql import files as sql_files
from tideover.know.ledger.models import Posting, ProductTerms
from tideover.know.ledger.policy_schema import ProductRules
from tideover.know.ledger.types import PAYMENT, SOURCES, NothingToReverse, PostingWrong, is_component


def state_balances(
    *,
    given: str,
    params: Mapping[str, Any],
    cut_off_date: date,
    cut_off_at: datetime,
    import_id: int,
) -> int:
    """Keep what a client states was owed at a cut-off, and return the number of rows.

    ``given`` is a SELECT, one row an account and component, with the columns account_id, component, amount,
    currency. What was stated for the same cut-off before stays. Must be inside a transaction.
    """
    own = {"cut_off_date": cut_off_date, "cut_off_at": cut_off_at, "import_id": import_id}
    return _run("state_balances", given, {**params, **own})


def post_set(
    *,
    given: str,
    params: Mapping[str, Any],
    source: str,
    fact_id: int,
    value_date_basis: str = "day",
) -> int:
    """Post many payments, and return the number of rows.

    ``given`` is a SELECT, one row a payment and component, with the columns account_id, component, amount
    (positive), currency, value_date, booked_at, reference. A reference that the account has from this source
    already is left as it stands. ``source`` is payments, page or history; ``fact_id`` the fact of the import or
    payment. Must be inside a transaction.
    """
    if source not in SOURCES:
        raise PostingWrong(field="source", value=source)
    own = {"source": source, "fact_id": fact_id, "value_date_basis": value_date_basis}
    return _run("post_set", given, {**params, **own})


def post(
    *,
    account_id: int,
    shares: Mapping[str, Money],
    source: str,
    value_date: date,
    booked_at: datetime,
    reference: str,
    fact_id: int,
) -> list[int]:
    """Post one payment, split to components (``shares``: component to positive amount); return the rows' ids.

    Must be inside a transaction; the same reference from the same source twice is refused by the database.
    """
    _inside()
    if source not in SOURCES:
        raise PostingWrong(field="source", value=source)
    for component, share in shares.items():
        if not is_component(component):
            raise PostingWrong(field="component", value=component)
        if not share.is_positive:
            raise PostingWrong(field="amount", value=str(share))
    rows = [
        Posting.objects.create(
            account_id=account_id,
            component=component,
            amount=-share.amount,
            currency=share.currency,
            kind=PAYMENT,
            source=source,
            value_date=value_date,
            value_date_basis="day",
            booked_at=booked_at,
            reference=reference,
            fact_id=fact_id,
        )
        for component, share in shares.items()
    ]
    return [row.pk for row in rows]


_ONE_REVERSAL = """
SELECT %(account_id)s::bigint AS account_id, %(source)s::text AS source, %(reference)s::text AS reference,
    %(value_date)s::date AS value_date, %(at)s::timestamptz AS booked_at
"""


def reverse(*, account_id: int, source: str, reference: str, value_date: date, fact_id: int, at: datetime) -> int:
    """Take a payment back with all its components, once; return the number of rows. Raises NothingToReverse.

    Must be inside a transaction.
    """
    one = {"account_id": account_id, "source": source, "reference": reference, "value_date": value_date, "at": at}
    rows = reverse_set(given=_ONE_REVERSAL, params=one, fact_id=fact_id)
    if rows == 0:
        raise NothingToReverse(account_id=str(account_id), reference=reference)
    return rows


def reverse_set(*, given: str, params: Mapping[str, Any], fact_id: int) -> int:
    """Take many payments back with all their components, each once; return the number of rows.

    ``given`` is a SELECT, one row a payment, with the columns account_id, source, reference (those of the payment),
    value_date and booked_at (those of the reversal). What is not there, or reversed already, is left as it stands.
    Must be inside a transaction.
    """
    return _run("reverse", given, {**params, "fact_id": fact_id})


def keep_terms() -> int:
    """Keep what the products' policies say of money, so that sets are reckoned by it; return how many terms are kept.

    Kept once a version; those of earlier versions stay for the days on which they held. Where policies are activated
    this follows, and each refresh of cases makes sure of it.
    """
    terms = [
        ProductTerms(
            product=file.data.product,
            currency=currency,
            minor_digits=exponent(currency),
            effective_from=file.effective_from,
            policy_version=file.version,
            **_amounts_of(file.data, currency),
        )
        for file in policy.load("products")
        for currency in file.data.currencies
    ]
    known = set(ProductTerms.objects.values_list("product", "currency", "policy_version", "effective_from"))
    new = [
        each for each in terms if (each.product, each.currency, each.policy_version, each.effective_from) not in known
    ]
    if new:
        ProductTerms.objects.bulk_create(new, ignore_conflicts=True)
    return len(terms)


def _amounts_of(rules: ProductRules, currency: str) -> dict[str, Any]:
    penalty, fee = rules.penalty_interest, rules.late_fee
    return {
        "tail_amount": rules.tail.amounts.get(currency, 0) if rules.tail else 0,
        "check_amount": rules.check.amounts.get(currency, 0) if rules.check else 0,
        "penalty_multiple": penalty.multiple if penalty else None,
        "penalty_days_of_year": penalty.days_of_year if penalty else None,
        "penalty_year_rate_max": penalty.year_rate_max if penalty else None,
        "late_fee_amount": fee.amounts.get(currency) if fee else None,
        "late_fee_after_days": fee.after_days if fee else None,
    }


def _inside() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written inside its caller's transaction")


def _run(name: str, given: str, params: Mapping[str, Any]) -> int:
    _inside()
    text = sql_files.load(__package__, name).text
    with connection.cursor() as cursor:
        cursor.execute(f"WITH given AS ({given})\n{text}", params)
        return cursor.rowcount
