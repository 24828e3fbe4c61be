"""Public reads of the ledger: what is owed at an instant, and the statement that every screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from tideover.core.money import Money, add_up
from tideover.core.sql import files as sql_files
from tideover.know.clients import queries as clients_queries
from tideover.know.ledger import rules
from tideover.know.ledger.types import BalanceUnknown, NotAParty, PaymentLine, Statement
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import StandingUnknown


@dataclass(frozen=True)
class ComponentRead:
    """One component of what is owed: stated at the cut-off, paid (negative) and reversed since."""

    component: str
    stated: Money
    paid: Money
    reversed: Money
    cut_off_date: date
    cut_off_at: datetime

    @property
    def owed(self) -> Money:
        """What is owed of it now."""
        return self.stated + self.paid + self.reversed


def list_components(account_id: int, at: datetime) -> list[ComponentRead]:
    """What is owed on an account at an instant, by component; empty where nothing was ever stated."""
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "owed_by_component").text, {"account_id": account_id, "at": at})
        return [
            ComponentRead(
                component=component,
                stated=_money(stated, currency),
                paid=_money(paid, currency),
                reversed=_money(taken_back, currency),
                cut_off_date=cut_off_date,
                cut_off_at=cut_off_at,
            )
            for component, currency, stated, paid, taken_back, cut_off_date, cut_off_at in cursor.fetchall()
        ]


def get_owed(account_id: int, at: datetime) -> Money:
    """What is owed on an account at an instant; negative is a credit. Raises BalanceUnknown."""
    components = list_components(account_id, at)
    if not components:
        raise BalanceUnknown(account_id=str(account_id), at=at)
    return add_up((component.owed for component in components), components[0].stated.currency)


def list_payments(account_id: int, at: datetime, contained_until: datetime | None = None) -> list[PaymentLine]:
    """Payments on an account that were booked by the instant, newest first.

    Those booked by ``contained_until``, the latest cut-off, are contained in what the client stated.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "payments_of_account").text, {"account_id": account_id, "at": at})
        return [
            PaymentLine(
                reference=reference,
                amount=_money(amount, currency),
                value_date=value_date,
                date_basis=basis,
                booked_at=booked_at,
                source=source,
                is_reversed=is_reversed,
                is_contained=contained_until is not None and booked_at <= contained_until,
            )
            for reference, currency, amount, value_date, basis, booked_at, source, is_reversed in cursor.fetchall()
        ]


def statement(account_id: int, customer_id: int, as_of: datetime) -> Statement:
    """What the customer, a party of the account, owes at the instant, in lines that add up.

    Raises NotAParty, UnknownAccount, or BalanceUnknown where nothing was stated by then.
    """
    account = portfolio_queries.get_account(account_id)
    role = portfolio_queries.get_role(account_id, customer_id)
    if role is None:
        raise NotAParty(account_id=str(account_id), customer_id=str(customer_id))
    components = list_components(account_id, as_of)
    if not components:
        raise BalanceUnknown(account_id=str(account_id), at=as_of)
    client = clients_queries.get_client_by_id(account.client_id)
    try:
        standing = portfolio_queries.get_standing(account_id, client.local_date(as_of))
    except StandingUnknown:
        standing = None
    payments = list_payments(account_id, as_of, components[0].cut_off_at)
    next_due, next_due_how = rules.next_due(standing)
    return Statement(
        account_id=account_id,
        customer_id=customer_id,
        role=role,
        as_of=as_of,
        currency=account.currency,
        cut_off_date=components[0].cut_off_date,
        is_split=rules.is_split([component.component for component in components]),
        lines=rules.statement_lines(
            [(each.component, each.stated, each.paid, each.reversed) for each in components],
            payments,
            account.currency,
            components[0].cut_off_date,
        ),
        owed_now=get_owed(account_id, as_of),
        owed_how=rules.owed_how(client.balance_authority, components[0].cut_off_date),
        next_due=next_due,
        next_due_how=next_due_how,
        payments=tuple(payments),
    )


def _money(amount: Decimal, currency: str) -> Money:
    return Money(Decimal(amount), currency)
