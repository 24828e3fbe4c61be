"""Customers come by a client's file; what they ask of us, and what turns out of their numbers, is kept here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.sql import files as sql_files
from tideover.know.customers import rules
from tideover.know.customers.models import ContactPoint, Customer, OptOut, Person
from tideover.know.customers.types import (
    PersonKeyMissing,
    Reached,
    Received,
    UnknownContactPoint,
    UnknownCustomer,
    UnknownPerson,
)


def receive(*, given: str, params: Mapping[str, Any], client_id: int, default_language: str = "zh-Hans") -> Received:
    """Take in a client's customers, each with the person they are.

    ``given`` is a SELECT, one row a customer, with the columns reference (the client's own number, else account
    and role), document_type, document_number, full_name, language, country, region, zone. A known customer's
    name, language and place follow the file where it states them; the person behind a customer never changes here.
    ``default_language`` is for new customers of whom the file states none.

    Must be inside a transaction: the import that calls it writes the facts.
    """
    counts = {
        name: _run(name, "keyed", given, params, {"client_id": client_id, "default_language": default_language})
        for name in ("insert_persons", "insert_customers", "update_customers", "keep_identities")
    }
    return Received(
        customers_new_count=counts["insert_customers"],
        customers_changed_count=counts["update_customers"],
    )


def receive_contact_points(*, given: str, params: Mapping[str, Any], client_id: int, at: datetime) -> int:
    """Take in ways to reach a client's customers, and return how many were new.

    ``given`` is a SELECT, one row a contact point, with the columns reference, kind, position, value, source.
    Must be inside a transaction, after ``receive``.
    """
    own = {"client_id": client_id, "at": at}
    count = _run("insert_contact_points", "digested", given, params, own)
    _run("insert_contact_point_values", "digested", given, params, own)
    return count


def _run(name: str, step: str, given: str, params: Mapping[str, Any], own: Mapping[str, Any]) -> int:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("customers are received inside an import's transaction")
    if not settings.PERSON_KEY:
        raise PersonKeyMissing
    inner, outer = rules.hmac_pads(settings.PERSON_KEY)
    before = sql_files.load(__package__, step).text
    text = sql_files.load(__package__, name).text
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH given AS ({given}), {step} AS MATERIALIZED ({before})\n{text}",
            {**params, **own, "inner": inner, "outer": outer},
        )
        return cursor.rowcount


def mark_contact_point_unusable(*, contact_point_id: int, cause: str, at: datetime, actor: Actor) -> None:
    """Stop using a contact point: it is out of service, or somebody else's. The second time changes nothing."""
    with transaction.atomic():
        point = ContactPoint.objects.select_for_update().filter(pk=contact_point_id).first()
        if point is None:
            raise UnknownContactPoint(contact_point_id=str(contact_point_id))
        if point.unusable_since is not None:
            return
        point.unusable_since, point.unusable_cause = at, cause
        point.save(update_fields=["unusable_since", "unusable_cause"])
        journal.append(
            chain=point.customer_id,
            kind="contact-point-unusable",
            room="customers",
            at=at,
            actor=actor,
            body={"contact_point_id": contact_point_id, "cause": cause},
        )


def opt_out(*, customer_id: int, channels: Sequence[str], purposes: Sequence[str], at: datetime, actor: Actor) -> int:
    """Keep that a customer asked not to be reached by these channels for these purposes; return its id."""
    with transaction.atomic():
        if not Customer.objects.filter(pk=customer_id).exists():
            raise UnknownCustomer(customer_id=str(customer_id))
        fact_id = journal.append(
            chain=customer_id,
            kind="opted-out",
            room="customers",
            at=at,
            actor=actor,
            body={"channels": sorted(channels), "purposes": sorted(purposes)},
        )
        made = OptOut.objects.create(
            customer_id=customer_id,
            channels=sorted(channels),
            purposes=sorted(purposes),
            from_at=at,
            fact_id=fact_id,
        )
        return made.pk


def lock_person_reached(*, contact_point_id: int) -> Reached | None:
    """Hold the row of the person whom a contact point reaches, as ``lock_person`` does; None where there is no such.

    Must be inside a transaction.
    """
    _require_transaction()
    held = ContactPoint.objects.select_for_update(of=("customer__person",)).select_related("customer__person")
    point = held.filter(pk=contact_point_id).first()
    return None if point is None else Reached(point.customer_id, point.customer.person_id)


def lock_person(*, person_id: int) -> None:
    """Hold the person's row until the transaction ends: whoever counts what was done to them waits here.

    Must be inside a transaction. Raises UnknownPerson.
    """
    _require_transaction()
    if not Person.objects.select_for_update().filter(pk=person_id).exists():
        raise UnknownPerson(person_id=str(person_id))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a person is locked inside the transaction that counts")
