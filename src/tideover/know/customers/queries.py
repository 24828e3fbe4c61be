"""Public reads of customers. Numbers are masked; names are read where a screen needs them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from tideover.know.customers import rules
from tideover.know.customers.models import ContactPoint, ContactPointValue, Customer, Identity, OptOut
from tideover.know.customers.types import (
    ContactPointRead,
    CustomerRead,
    OptOutRead,
    Reached,
    UnknownContactPoint,
    UnknownCustomer,
    mask_phone,
)


def _read(customer: Customer) -> CustomerRead:
    return CustomerRead(
        id=customer.pk,
        client_id=customer.client_id,
        person_id=customer.person_id,
        reference=customer.reference,
        language=customer.language,
        country=customer.country,
        region=customer.region,
        zone=customer.zone,
    )


def get_customer(customer_id: int) -> CustomerRead:
    """The customer with the id; raises UnknownCustomer."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise UnknownCustomer(customer_id=str(customer_id))
    return _read(customer)


def list_customers(customer_ids: Iterable[int]) -> list[CustomerRead]:
    """The customers with the ids."""
    return [_read(customer) for customer in Customer.objects.filter(pk__in=set(customer_ids)).order_by("pk")]


def find_customer(client_id: int, reference: str) -> CustomerRead | None:
    """A client's customer by the client's own number for them, if there is one."""
    customer = Customer.objects.filter(client_id=client_id, reference=reference).first()
    return None if customer is None else _read(customer)


def list_customers_of_person(person_id: int) -> list[CustomerRead]:
    """One person as each client knows them."""
    return [_read(customer) for customer in Customer.objects.filter(person_id=person_id).order_by("pk")]


def get_names(customer_ids: Iterable[int]) -> dict[int, str]:
    """Full names by customer; a customer without a name, or whose name was erased, is left out."""
    rows = Identity.objects.filter(customer_id__in=set(customer_ids))
    return dict(rows.values_list("customer_id", "full_name"))


def get_languages(customer_ids: Iterable[int]) -> dict[int, str]:
    """In which language customers are spoken with, by id; one whose language is not known is left out."""
    rows = Customer.objects.filter(pk__in=set(customer_ids), language__isnull=False)
    return dict(rows.values_list("pk", "language"))


def find_by_phone(client_id: int, number: str, latest: int) -> list[ContactPointRead]:
    """The client's contact points with exactly this number, found by its digest; at most so many."""
    digests = [rules.digest_of(settings.PERSON_KEY, form) for form in rules.phone_forms(number)]
    found = ContactPoint.objects.filter(kind="phone", value_digest__in=digests, customer__client_id=client_id)
    kept = ContactPointValue.objects.filter(contact_point_id=OuterRef("pk")).values("value")[:1]
    rows = found.annotate(value=Subquery(kept)).order_by("customer_id", "pk")[:latest]
    return [_point(point, point.value) for point in rows]


def find_by_name(client_id: int, name: str, latest: int) -> dict[int, str]:
    """The client's customers whose name begins so, by id, at most so many; two letters are the least."""
    wanted = " ".join(name.split())
    if len(wanted) < 2:
        return {}
    rows = Identity.objects.filter(customer__client_id=client_id, full_name__istartswith=wanted)
    return dict(rows.order_by("full_name", "customer_id").values_list("customer_id", "full_name")[:latest])


def list_contact_points(customer_id: int) -> list[ContactPointRead]:
    """Ways to reach a customer in the order that the client gave, values masked."""
    return list_contact_points_of([customer_id])


def list_contact_points_of(customer_ids: Iterable[int]) -> list[ContactPointRead]:
    """The same of several customers, one after the other."""
    points = ContactPoint.objects.filter(customer_id__in=set(customer_ids)).order_by("customer_id", "position", "pk")
    kept = ContactPointValue.objects.filter(contact_point_id=OuterRef("pk")).values("value")[:1]
    return [_point(point, point.value) for point in points.annotate(value=Subquery(kept))]


def find_reached(contact_point_id: int) -> Reached | None:
    """Whom the contact point reaches; None where there is no such."""
    row = ContactPoint.objects.filter(pk=contact_point_id).values_list("customer_id", "customer__person_id").first()
    return None if row is None else Reached(*row)


def get_contact_point(contact_point_id: int) -> ContactPointRead:
    """One contact point, its value masked; raises UnknownContactPoint."""
    point = ContactPoint.objects.filter(pk=contact_point_id).first()
    if point is None:
        raise UnknownContactPoint(contact_point_id=str(contact_point_id))
    kept = ContactPointValue.objects.filter(contact_point_id=contact_point_id).values_list("value", flat=True)
    return _point(point, kept.first())


def _point(point: ContactPoint, value: str | None) -> ContactPointRead:
    return ContactPointRead(
        id=point.pk,
        customer_id=point.customer_id,
        kind=point.kind,
        position=point.position,
        owner=point.owner,
        source=point.source,
        masked_value=None if value is None else mask_phone(value),
        usable_from=point.usable_from,
        unusable_since=point.unusable_since,
        unusable_cause=point.unusable_cause,
    )


def reveal_contact_point(contact_point_id: int, permit_id: int) -> str:
    """The number itself, against a permit that was granted for it. Only ``act/contact`` calls this.

    Raises UnknownContactPoint where there is none, it was erased, or no permit is named.
    """
    value = ContactPointValue.objects.filter(contact_point_id=contact_point_id).values_list("value", flat=True).first()
    if value is None or not permit_id:
        raise UnknownContactPoint(contact_point_id=str(contact_point_id))
    return value


def list_opt_outs(customer_id: int, at: datetime) -> list[OptOutRead]:
    """What the customer asked not to be reached by, as it binds at the instant."""
    rows = OptOut.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), customer_id=customer_id, from_at__lte=at)
    return [
        OptOutRead(
            id=row.pk,
            customer_id=row.customer_id,
            channels=tuple(row.channels),
            purposes=tuple(row.purposes),
            from_at=row.from_at,
            ended_at=row.ended_at,
        )
        for row in rows.order_by("from_at", "pk")
    ]


def has_opted_out(customer_id: int, channel: str, purpose: str, at: datetime) -> bool:
    """Whether the customer asked not to be reached by the channel for the purpose."""
    return any(channel in each.channels and purpose in each.purposes for each in list_opt_outs(customer_id, at))
