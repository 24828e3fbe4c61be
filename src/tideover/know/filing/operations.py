"""Public writes: filing documents, one or as a set, and closing the files of accounts whose work ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.sql import files as sql_files
from tideover.know.filing import queries, rules
from tideover.know.filing.models import Document
from tideover.know.filing.types import DOCUMENT, DigestWrong, DocumentDiffers, ReferenceMissing, UnknownItem
from tideover.know.portfolio import queries as portfolio

ROOM = "filing"


def file_document(*, account_id: int, item: str, reference: str, digest: str | None, at: datetime, actor: Actor) -> int:
    """Put a document into an account's file by its reference, and return its number; the same again changes nothing.

    Raises NoChecklist, UnknownItem, ReferenceMissing, DigestWrong, DocumentDiffers, UnknownAccount, AccessRefused.
    """
    require(actor, Role.INTEGRATOR, Role.COLLECTOR, Role.TEAM_LEADER)
    reference = reference.strip()
    if not reference:
        raise ReferenceMissing()
    if digest is not None and not rules.is_digest(digest):
        raise DigestWrong(value=digest)
    account = portfolio.get_account(account_id)
    require_client(actor, account.client_id)
    asked = queries.get_checklist(account.product).get(item)
    if asked is None or asked.asks != DOCUMENT:
        raise UnknownItem(item=item, product=account.product)
    with transaction.atomic():
        borrower_id = portfolio.get_borrower_id(account_id)
        fact_id = journal.append(
            chain=borrower_id,
            kind="document-filed",
            room=ROOM,
            at=at,
            actor=actor,
            body={"account_id": account_id, "item": item, "has_digest": digest is not None},
        )
        made, is_new = Document.objects.get_or_create(
            account_id=account_id,
            item=item,
            reference=reference,
            defaults={
                "client_id": account.client_id,
                "digest": digest,
                "source": "staff",
                "filed_at": at,
                "filed_by": actor.name,
                "fact_id": fact_id,
            },
        )
        if not is_new and digest not in (None, made.digest):
            raise DocumentDiffers(reference=reference)
        if not is_new:
            transaction.set_rollback(True)
    return made.pk


def file_documents(
    *, given: str, params: Mapping[str, Any], client_id: int, fact_id: int, at: datetime, actor: Actor
) -> int:
    """File the documents that a client's file names, as a set; returns how many are new.

    ``given`` is a SELECT of (account_id, item, reference, digest, document_date). Must be inside a transaction: the
    import that calls it writes the facts.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("documents are filed inside an import's transaction")
    own = {"client_id": client_id, "fact_id": fact_id, "at": at, "actor": actor.name}
    return _run("insert_documents", given, {**params, **own})


def archive(*, given: str, params: Mapping[str, Any], client_id: int) -> int:
    """Close the files of accounts whose work ended, each with the day until which its checklist keeps it.

    ``given`` is a SELECT of (account_id, product, closed_date). Must be inside a transaction; cases calls it. A file
    that was closed on the same day before stays as it is.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("files are archived with the closing of their case")
    return _run("insert_archived", given, {**params, "client_id": client_id, "terms": queries.list_terms()})


def _run(name: str, given: str, params: Mapping[str, Any]) -> int:
    text = sql_files.load(__package__, name).text
    with connection.cursor() as cursor:
        cursor.execute(f"WITH given AS ({given})\n{text}", params)
        return cursor.rowcount
