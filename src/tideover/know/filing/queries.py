"""Public reads: what the file of an account holds and lacks, and what to ask the lender for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from tideover.core.policy import queries as policy
from tideover.core.policy.types import PolicyFile
from tideover.core.sql import files as sql_files
from tideover.know.filing import rules
from tideover.know.filing.models import Archived, Document
from tideover.know.filing.policy_schema import Checklist
from tideover.know.filing.types import ArchivedRead, ChecklistLine, DocumentRead, MissingRead, NoChecklist
from tideover.know.portfolio import queries as portfolio

LONGEST = 1_000_000


def get_checklist(product: str) -> Checklist:
    """What the file of the product's accounts must hold; raises NoChecklist."""
    found = next((file.data for file in _files() if file.data.product == product), None)
    if found is None:
        raise NoChecklist(product=product)
    return found


def _files() -> list[PolicyFile]:
    return policy.load("filing")


def get_titles() -> dict[str, Mapping[str, str]]:
    """What each item is called, by its name."""
    return {each.name: each.title for file in _files() for each in file.data.items}


def items_asked() -> str:
    """Every checklist's items, as ``filing_gaps_of`` and the statements above this room take them."""
    return rules.as_relation(file.data for file in _files())


def list_terms() -> str:
    """For how long the file of each product is kept: a JSON list of product, keep_years, version."""
    return json.dumps(
        [
            {"product": file.data.product, "keep_years": file.data.keep_years, "version": file.version}
            for file in _files()
        ]
    )


def list_checklist(account_id: int, day: date) -> list[ChecklistLine]:
    """The checklist of an account with what is there and what is missing on the day; empty without a checklist."""
    account = portfolio.get_account(account_id)
    try:
        checklist = get_checklist(account.product)
    except NoChecklist:
        return []
    there = _documents(account_id)
    missing: dict[str, list[int]] = {}
    for each in list_missing(account.client_id, day, account_id=account_id):
        missing.setdefault(each.item, []).append(each.customer_id)
    roles = {party.role for party in portfolio.list_parties([account_id])}
    return [
        ChecklistLine(
            item=item.name,
            title=item.title,
            asks=item.asks,
            needed_before=item.needed_before,
            documents=tuple(there.get(item.name, ())),
            missing_customer_ids=tuple(missing.get(item.name, ())),
        )
        for item in checklist.items
        if item.of_role is None or item.of_role in roles
    ]


def _documents(account_id: int) -> dict[str, list[DocumentRead]]:
    found: dict[str, list[DocumentRead]] = {}
    for row in Document.objects.filter(account_id=account_id).order_by("filed_at", "pk"):
        found.setdefault(row.item, []).append(
            DocumentRead(
                row.pk,
                row.item,
                row.reference,
                row.digest,
                row.source,
                row.filed_at,
                row.filed_by,
                row.document_date,
            )
        )
    return found


def list_missing(
    client_id: int,
    day: date,
    *,
    item: str | None = None,
    account_id: int | None = None,
    after: tuple[str, str, int] = ("", "", 0),
    limit: int = LONGEST,
) -> list[MissingRead]:
    """What the files of the client's placed accounts lack, by account number, item and customer, after a place."""
    titles = {(file.data.product, each.name): each.title for file in _files() for each in file.data.items}
    number, after_item, customer_id = after
    params: dict[str, Any] = {
        "client_id": client_id,
        "items": items_asked(),
        "day": day,
        "item": item,
        "account_id": account_id,
        "after_number": number,
        "after_item": after_item,
        "after_customer_id": customer_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "list_missing").text, params)
        return [MissingRead(*row, titles[(row[5], row[6])]) for row in cursor.fetchall()]


def count_missing(client_id: int, day: date) -> dict[str, int]:
    """How many of the client's placed accounts lack each item."""
    with connection.cursor() as cursor:
        params = {"client_id": client_id, "items": items_asked(), "day": day}
        cursor.execute(sql_files.load(__package__, "count_missing").text, params)
        return dict(cursor.fetchall())


def find_archived(account_id: int) -> ArchivedRead | None:
    """When the account's file was last closed, and until when it is kept."""
    row = Archived.objects.filter(account_id=account_id).order_by("-closed_date").first()
    return None if row is None else ArchivedRead(row.account_id, row.closed_date, row.keep_until_date)
