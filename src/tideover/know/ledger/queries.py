"""Public reads of the ledger: what is owed at an instant, and the statement that every screen shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from tideover.core.money import Money, add_up
from tideover.core.sql import files as sql_files
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead
from tideover.know.ledger import rules
from tideover.know.ledger.models import ProductTerms
from tideover.know.ledger.types import (
    BalanceUnknown,
    BreakPage,
    BreakRead,
    InstalmentLine,
    LatenessRead,
    NotAParty,
    PaymentLine,
    PenaltyPeriod,
    Statement,
    StatementLine,
)
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import AccountRead, StandingUnknown


@dataclass(frozen=True)
class ComponentRead:
    """One component of what is owed: stated at the cut-off; fallen due, accrued, paid (negative), reversed since."""

    component: str
    stated: Money
    fell_due: Money
    accrued: Money
    paid: Money
    reversed: Money
    cut_off_date: date
    cut_off_at: datetime

    @property
    def owed(self) -> Money:
        """What is owed of it now."""
        return self.stated + self.fell_due + self.accrued + self.paid + self.reversed


@dataclass(frozen=True)
class _Spot:
    """One account on one day, as the set functions take it."""

    account: AccountRead
    client: ClientRead
    day: date
    at: datetime

    @property
    def params(self) -> dict[str, Any]:
        return {"client_id": self.client.id, "day": self.day, "at": self.at, "account_ids": [self.account.id]}

    def money(self, amount: Decimal) -> Money:
        return _money(amount, self.account.currency)

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql_files.load(__package__, name).text, self.params)
            return cursor.fetchall()


def _spot(account_id: int, at: datetime) -> _Spot:
    account = portfolio_queries.get_account(account_id)
    return _spot_of(account, clients_queries.get_client_by_id(account.client_id), at)


def _spot_of(account: AccountRead, client: ClientRead, at: datetime) -> _Spot:
    return _Spot(account, client, _day_of(client, at), at)


def _day_of(client: ClientRead, at: datetime) -> date:
    # At the end of a date, which a cut-off is told as, that date still counts.
    return client.local_date(at - timedelta(microseconds=1))


def list_components(account_id: int, at: datetime) -> list[ComponentRead]:
    """What is owed on an account at an instant, by component; empty where nothing was ever stated."""
    return _components(_spot(account_id, at))


def _components(spot: _Spot) -> list[ComponentRead]:
    return [
        ComponentRead(component, *(_money(amount, currency) for amount in amounts), cut_off_date, cut_off_at)
        for component, currency, *amounts, cut_off_date, cut_off_at in spot.rows("owed_by_component")
    ]


def get_owed(account_id: int, at: datetime) -> Money:
    """What is owed on an account at an instant; negative is a credit. Raises BalanceUnknown."""
    owed = _owed(_spot(account_id, at))
    if owed is None:
        raise BalanceUnknown(account_id=str(account_id), at=at)
    return owed


def _owed(spot: _Spot) -> Money | None:
    components = _components(spot)
    return add_up((each.owed for each in components), components[0].stated.currency) if components else None


def find_owed_and_lateness(
    account: AccountRead, client: ClientRead, at: datetime
) -> tuple[Money | None, LatenessRead | None]:
    """What is owed on an account that was read already, and how late it is; None where the lender never said."""
    for late in _lateness([account], client, at):
        return late.owed_now, late
    return _owed(_spot_of(account, client, at)), None


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


def list_instalments(account_id: int, at: datetime) -> list[InstalmentLine]:
    """An account's schedule at an instant, in the order in which it falls due; empty where it has none."""
    spot = _spot(account_id, at)
    return [line for line, _ in _instalments(spot, _tail(spot))]


def _instalments(spot: _Spot, tail: Money) -> list[tuple[InstalmentLine, Money]]:
    """Each instalment, with what of it was owing at the cut-off."""
    found: list[tuple[InstalmentLine, Money]] = []
    left_through = spot.money(Decimal(0))
    for number, due, principal, interest, fee, left, stated_left, _, _ in spot.rows("instalments_of_account"):
        left_through += spot.money(left) if due <= spot.day else spot.money(Decimal(0))
        total, rest = spot.money(principal + interest + fee), spot.money(left)
        line = InstalmentLine(
            number=number,
            due_date=due,
            principal=spot.money(principal),
            interest=spot.money(interest),
            fee=spot.money(fee),
            left=rest,
            days_late=max(0, (spot.day - due).days) if rest else 0,
            state=rules.instalment_state(rest, total, due, spot.day, left_through <= tail),
        )
        found.append((line, spot.money(stated_left)))
    return found


def _tail(spot: _Spot) -> Money:
    terms = (
        ProductTerms.objects.filter(
            product=spot.account.product, currency=spot.account.currency, effective_from__lte=spot.day
        )
        .order_by("effective_from", "pk")
        .last()
    )
    return spot.money(Decimal(0) if terms is None else terms.tail_amount)


def _penalty(spot: _Spot) -> list[PenaltyPeriod]:
    return [
        PenaltyPeriod(from_date, until_date, spot.money(base), year_rate, days_of_year, spot.money(amount))
        for from_date, until_date, base, year_rate, days_of_year, amount in spot.rows("penalty_of_account")
    ]


def _since(
    spot: _Spot, cut_off_date: date, instalments: Sequence[tuple[InstalmentLine, Money]], penalty: list[PenaltyPeriod]
) -> list[StatementLine]:
    """What was added after the cut-off: what fell due, and, where our balance counts, what being late costs."""
    lines = [
        rules.fell_due_line(line, owing)
        for line, owing in instalments
        if cut_off_date < line.due_date <= spot.day and owing
    ]
    if spot.client.balance_authority == "tideover":
        lines.extend(rules.penalty_line(period) for period in penalty)
        fees = spot.rows("late_fees_of_account") if instalments else []
        lines.extend(rules.late_fee_line(number, day, spot.money(amount)) for number, day, amount in fees)
    return lines


def statement(account_id: int, customer_id: int, as_of: datetime) -> Statement:
    """What the customer, a party of the account, owes at the instant, in lines that add up.

    Raises NotAParty, UnknownAccount, or BalanceUnknown where nothing was stated by then.
    """
    spot = _spot(account_id, as_of)
    role = portfolio_queries.get_role(account_id, customer_id)
    if role is None:
        raise NotAParty(account_id=str(account_id), customer_id=str(customer_id))
    components = _components(spot)
    if not components:
        raise BalanceUnknown(account_id=str(account_id), at=as_of)
    currency, cut_off_date = spot.account.currency, components[0].cut_off_date
    payments = list_payments(account_id, as_of, components[0].cut_off_at)
    instalments = _instalments(spot, _tail(spot))
    penalty = _penalty(spot) if instalments else []
    lines = [line for line, _ in instalments]
    due, due_how = rules.next_due_of(lines, spot.day) if lines else _next_due_stated(spot)
    return Statement(
        account_id=account_id,
        customer_id=customer_id,
        role=role,
        as_of=as_of,
        currency=currency,
        cut_off_date=cut_off_date,
        is_split=rules.is_split([component.component for component in components]),
        lines=rules.statement_lines(
            [(each.component, each.stated, each.paid, each.reversed) for each in components],
            payments,
            currency,
            cut_off_date,
            _since(spot, cut_off_date, instalments, penalty),
        ),
        owed_now=add_up((component.owed for component in components), currency),
        owed_how=rules.owed_how(spot.client.balance_authority, cut_off_date, bool(lines)),
        next_due=due,
        next_due_how=due_how,
        payments=tuple(payments),
        not_due=add_up((line.left for line in lines if line.due_date > spot.day), currency),
        instalments=tuple(lines),
        penalty=tuple(penalty),
        is_penalty_claimed=spot.client.balance_authority == "tideover",
        breaks=tuple(_breaks(spot)) if lines else (),
    )


def _next_due_stated(spot: _Spot) -> tuple[Any, Any]:
    try:
        return rules.next_due(portfolio_queries.get_standing(spot.account.id, spot.day))
    except StandingUnknown:
        return rules.next_due(None)


def list_moved(account_ids: Iterable[int], since: datetime) -> set[int]:
    """Of these accounts, those on which something was put on record since the instant, whenever it was booked."""
    ids = sorted(set(account_ids))
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "moved").text, {"account_ids": ids, "since": since})
        return {row[0] for row in cursor.fetchall()}


def list_lateness(account_ids: Iterable[int], at: datetime) -> list[LatenessRead]:
    """How late accounts are at an instant, as the refresh of cases and the snapshot see it; unknown ones left out."""
    of_client: dict[int, list[AccountRead]] = {}
    for account in portfolio_queries.list_accounts(account_ids):
        of_client.setdefault(account.client_id, []).append(account)
    clients = clients_queries.list_clients(of_client)
    return [late for client in clients for late in _lateness(of_client[client.id], client, at)]


def _lateness(accounts: Sequence[AccountRead], client: ClientRead, at: datetime) -> list[LatenessRead]:
    currencies = {account.id: account.currency for account in accounts}
    day = _day_of(client, at)
    params = {"client_id": client.id, "day": day, "at": at, "account_ids": list(currencies)}
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "lateness").text, params)
        return [
            LatenessRead(
                account_id=account_id,
                day=day,
                dpd=dpd,
                dpd_basis=basis,
                owed_now=None if owed is None else _money(owed, currencies[account_id]),
                not_due=_money(not_due, currencies[account_id]),
                stated_dpd=stated,
                computed_dpd=computed,
                is_settled=bool(settled),
                has_instalments=has_instalments,
                cut_off_date=cut_off_date,
            )
            for (
                account_id, dpd, basis, owed, stated, computed, not_due, settled, has_instalments, cut_off_date
            ) in cursor.fetchall()
        ]  # fmt: skip


def list_breaks(client_id: int, at: datetime) -> list[BreakRead]:
    """Where what a client states at its latest cut-off is not what we reckon, by account and kind."""
    client = clients_queries.get_client_by_id(client_id)
    with connection.cursor() as cursor:
        cursor.execute(
            sql_files.load(__package__, "breaks").text,
            {"client_id": client_id, "day": client.local_date(at), "at": at, "account_ids": None},
        )
        return [BreakRead(*row) for row in cursor.fetchall()]


BREAKS_BEGIN = ("", "", Decimal(0), "")
"""The place before the first of a client's breaks."""


def page_breaks(
    client_id: int, at: datetime, *, kind: str | None, after: tuple[str, str, Decimal, str], limit: int
) -> BreakPage:
    """The breaks of a client's placed accounts from after a place on, the largest first, perhaps of one kind."""
    client = clients_queries.get_client_by_id(client_id)
    after_kind, after_currency, after_place, after_number = after
    params = {
        "client_id": client_id,
        "day": client.local_date(at),
        "at": at,
        "kind": kind,
        "after_kind": after_kind,
        "after_currency": after_currency,
        "after_place": after_place,
        "after_number": after_number,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "list_breaks").text, params)
        rows = cursor.fetchall()
    counts = json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0] or {}
    return BreakPage(counts, [(row[1], BreakRead(*row[2:])) for row in rows if row[1] is not None])


def _breaks(spot: _Spot) -> list[BreakRead]:
    return [BreakRead(*row) for row in spot.rows("breaks")]


def _money(amount: Decimal, currency: str) -> Money:
    return Money(Decimal(amount), currency)
