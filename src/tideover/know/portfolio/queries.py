"""Public reads of accounts, standings and placements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from tideover.core.money import Money
from tideover.core.sql import files as sql_files
from tideover.know.clients import queries as clients
from tideover.know.portfolio.models import Absence, Account, Batch, Party, Placement, Standing
from tideover.know.portfolio.types import (
    AccountRead,
    BatchRead,
    ContractRead,
    PartyRead,
    PlacedSum,
    PlacementRead,
    StandingRead,
    StandingUnknown,
    UnknownAccount,
    UnknownBatch,
)


def _read(account: Account) -> AccountRead:
    return AccountRead(
        id=account.pk,
        client_id=account.client_id,
        number=account.number,
        product=account.product,
        currency=account.currency,
        credit_limit_amount=account.credit_limit_amount,
        opened_date=account.opened_date,
    )


def get_account(account_id: int) -> AccountRead:
    """The account with the id; raises UnknownAccount."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise UnknownAccount(account_id=str(account_id))
    return _read(account)


def list_accounts(account_ids: Iterable[int]) -> list[AccountRead]:
    """The accounts with the ids, by number."""
    return [_read(account) for account in Account.objects.filter(pk__in=set(account_ids)).order_by("number")]


def list_accounts_of_customer(customer_id: int, client_id: int) -> list[AccountRead]:
    """A customer's accounts at one client, by number."""
    mine = Party.objects.filter(customer_id=customer_id, account__client_id=client_id)
    return [_read(a) for a in Account.objects.filter(pk__in=mine.values("account_id")).order_by("number")]


def find_account(client_id: int, number: str) -> AccountRead | None:
    """The client's account with the number, if there is one."""
    account = Account.objects.filter(client_id=client_id, number=number).first()
    return None if account is None else _read(account)


def list_accounts_by_number(client_id: int, numbers: Iterable[str]) -> list[AccountRead]:
    """The client's accounts with these numbers, by number; numbers that it does not have are left out."""
    found = Account.objects.filter(client_id=client_id, number__in=set(numbers))
    return [_read(account) for account in found.order_by("number")]


def get_role(account_id: int, customer_id: int) -> str | None:
    """The customer's role on the account; None where they have none."""
    return Party.objects.filter(account_id=account_id, customer_id=customer_id).values_list("role", flat=True).first()


def get_borrower_id(account_id: int) -> int:
    """The customer who borrowed; raises UnknownAccount."""
    found = Party.objects.filter(account_id=account_id, role="borrower").values_list("customer_id", flat=True).first()
    if found is None:
        raise UnknownAccount(account_id=str(account_id))
    return found


def get_standing(account_id: int, day: date) -> StandingRead:
    """How late the account is on the day by the latest cut-off before; raises StandingUnknown."""
    found = list_standings([account_id], day)
    if not found:
        raise StandingUnknown(account_id=str(account_id), day=day)
    return found[0]


def list_standings(account_ids: Iterable[int], day: date) -> list[StandingRead]:
    """How late accounts are on the day; those of which nothing is known are left out."""
    latest = (
        Standing.objects.filter(account_id=OuterRef("pk"), cut_off_date__lte=day).order_by("-cut_off_date").values("pk")
    )
    ids = Account.objects.filter(pk__in=set(account_ids)).values_list(Subquery(latest[:1]), flat=True)
    rows = Standing.objects.filter(pk__in=list(ids)).select_related("account").order_by("account_id")
    return [_standing(row, day) for row in rows]


def _standing(row: Standing, day: date) -> StandingRead:
    return StandingRead(
        account_id=row.account_id,
        day=day,
        dpd=0 if row.dpd == 0 else row.dpd + (day - row.cut_off_date).days,
        dpd_stated=row.dpd,
        dpd_basis=row.dpd_basis,
        cut_off_date=row.cut_off_date,
        next_due_date=row.next_due_date,
        next_due=None if row.next_due_amount is None else Money(row.next_due_amount, row.account.currency),
    )


def is_placed(account_id: int, day: date) -> bool:
    """Whether the account is placed with us on the day: in a batch, and neither recalled nor handed back."""
    live = Placement.objects.filter(account_id=account_id, placed_date__lte=day)
    return live.filter(Q(ended_date=None) | Q(ended_date__gt=day)).exists()


def list_not_placed(account_ids: Iterable[int], at: datetime) -> set[int]:
    """Of these accounts, those that are not placed with us at the instant, by the date of each one's client."""
    of_client: dict[int, set[int]] = {}
    for account_id, client_id in Account.objects.filter(pk__in=set(account_ids)).values_list("pk", "client_id"):
        of_client.setdefault(client_id, set()).add(account_id)
    gone: set[int] = set()
    for client_id, accounts in of_client.items():
        day = clients.get_client_by_id(client_id).local_date(at)
        live = Placement.objects.filter(Q(ended_date=None) | Q(ended_date__gt=day), account_id__in=accounts)
        gone |= accounts - set(live.filter(placed_date__lte=day).values_list("account_id", flat=True))
    return gone


def list_placed(client_id: int, day: date) -> dict[str, str]:
    """The accounts of the client's that are placed with us on the day, by number, each with its latest batch's."""
    live = Placement.objects.filter(account__client_id=client_id, placed_date__lte=day)
    live = live.filter(Q(ended_date=None) | Q(ended_date__gt=day)).order_by("placed_date", "pk")
    return dict(live.values_list("account__number", "batch__number"))


def list_placements(account_id: int) -> list[PlacementRead]:
    """The batches that the account was placed in, newest first."""
    rows = (
        Placement.objects.filter(account_id=account_id)
        .select_related("batch", "account")
        .order_by("-placed_date", "-pk")
    )
    return [
        PlacementRead(
            account_id=row.account_id,
            batch_number=row.batch.number,
            mandate=row.batch.mandate,
            placed=Money(row.placed_amount, row.account.currency),
            placed_date=row.placed_date,
            ended_date=row.ended_date,
            batch_id=row.batch_id,
            batch_until_date=row.batch.until_date,
            ended_cause=row.ended_cause,
            retained_until_date=row.retained_until_date,
        )
        for row in rows
    ]


def list_parties(account_ids: Iterable[int]) -> list[PartyRead]:
    """Who has a role on the accounts: the borrower first, then co-borrowers and guarantors."""
    order = {"borrower": 0, "co-borrower": 1, "guarantor": 2}
    rows = Party.objects.filter(account_id__in=set(account_ids))
    found = [PartyRead(row.account_id, row.customer_id, row.role) for row in rows]
    return sorted(found, key=lambda each: (each.account_id, order.get(each.role, 9), each.customer_id))


def list_other_contracts(
    customer_id: int, client_id: int, *, day: date, besides: Iterable[int] = ()
) -> list[ContractRead]:
    """A customer's contracts at one client beside the accounts named, running ones first, with how each was paid.

    Never another client's. What the customer only guarantees is none of theirs.
    """
    params = {"customer_id": customer_id, "client_id": client_id, "day": day, "besides": sorted(set(besides))}
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "other_contracts").text, params)
        return [ContractRead(*row) for row in cursor.fetchall()]


def list_batches(client_ids: Iterable[int]) -> list[BatchRead]:
    """The batches of clients with their terms and what was placed in them, the newest first."""
    return _batches(Batch.objects.filter(client_id__in=set(client_ids)).order_by("-from_date", "-pk"))


def get_batch(batch_id: int) -> BatchRead:
    """The batch with the id; raises UnknownBatch."""
    found = _batches(Batch.objects.filter(pk=batch_id))
    if not found:
        raise UnknownBatch(batch_id=str(batch_id))
    return found[0]


def _batches(rows: Iterable[Batch]) -> list[BatchRead]:
    batches = list(rows)
    sums: dict[int, list[tuple[str | None, int, Decimal | None, int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "batches").text, {"batch_ids": [each.pk for each in batches]})
        for batch_id, *counted in cursor.fetchall():
            sums.setdefault(batch_id, []).append(tuple(counted))
    return [_batch(each, sums.get(each.pk, [])) for each in batches]


def _batch(row: Batch, sums: list[tuple[str | None, int, Decimal | None, int, int]]) -> BatchRead:
    target = None if row.target_amount is None or row.currency is None else Money(row.target_amount, row.currency)
    return BatchRead(
        id=row.pk,
        client_id=row.client_id,
        number=row.number,
        mandate=row.mandate,
        from_date=row.from_date,
        until_date=row.until_date,
        ended_date=row.ended_date,
        target=target,
        commission_share=row.commission_share,
        retain_share_max=row.retain_share_max,
        placed=tuple(
            PlacedSum(Money(amount, currency), count)
            for currency, count, amount, _, _ in sums
            if currency is not None and amount is not None
        ),
        accounts_count=sum(each[1] for each in sums),
        ended_count=sum(each[3] for each in sums),
        retained_count=sum(each[4] for each in sums),
    )


def count_accounts(client_id: int) -> int:
    """How many accounts the client has here."""
    return Account.objects.filter(client_id=client_id).count()


def find_absence_date(account_id: int) -> date | None:
    """As of when a full file left the account out, while it is gone unexplained; None: it is not."""
    absence = Absence.objects.filter(account_id=account_id, returned_import_id=None).first()
    return None if absence is None else absence.cut_off_date
