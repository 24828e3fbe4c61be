"""Who the customers are, and that what we keep of them says no more than it must."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection, transaction

from tideover.core.access.types import SYSTEM
from tideover.core.journal import queries as journal_queries
from tideover.know.clients import operations as clients
from tideover.know.clients.tests.test_clients import TERMS
from tideover.know.customers import operations as customers
from tideover.know.customers import queries, rules
from tideover.know.customers.types import UnknownContactPoint, UnknownCustomer, mask_name, mask_phone

AT = datetime(2026, 10, 1, 1, tzinfo=UTC)
GIVEN = """
SELECT reference, document_type, document_number, full_name, language, country, region, zone
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    reference text, document_type text, document_number text, full_name text, language text, country text,
    region text, zone text)
"""
POINTS = """
SELECT reference, kind, position, value, source
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    reference text, kind text, position smallint, value text, source text)
"""
WANG = {
    "reference": "C1",
    "full_name": "王芳",
    "language": "zh-Hans",
    "country": "CN",
    "region": "CN-SH",
    "zone": "Asia/Shanghai",
}


def make_client(code: str = "harbour-bank") -> int:
    return clients.add_client(**{**TERMS, "code": code}, at=AT, actor=SYSTEM)


def receive(client_id: int, *rows: dict[str, str]) -> None:
    with transaction.atomic():
        customers.receive(given=GIVEN, params={"rows": json.dumps(rows)}, client_id=client_id)


def give_phones(client_id: int, *values: str, reference: str = "C1") -> None:
    rows = [
        {"reference": reference, "kind": "phone", "position": n, "value": value, "source": "client file"}
        for n, value in enumerate(values, 1)
    ]
    with transaction.atomic():
        customers.receive_contact_points(given=POINTS, params={"rows": json.dumps(rows)}, client_id=client_id, at=AT)


def find(client_id: int, reference: str = "C1"):
    found = queries.find_customer(client_id, reference)
    assert found is not None
    return found


@pytest.mark.django_db
def test_the_same_document_at_two_clients_is_one_person_and_two_customers() -> None:
    here, there = make_client("harbour-bank"), make_client("hill-bank")
    document = {"document_type": "id-card", "document_number": "11010519491231002x"}
    receive(here, WANG | document)
    receive(there, WANG | document | {"reference": "77", "document_number": "11010519491231002X"})
    one, other = find(here), find(there, "77")
    assert one.person_id == other.person_id and one.id != other.id
    assert [each.id for each in queries.list_customers_of_person(one.person_id)] == [one.id, other.id]


@pytest.mark.django_db
def test_without_a_document_a_likeness_of_name_or_number_makes_nobody_the_same_person() -> None:
    here, there = make_client("harbour-bank"), make_client("hill-bank")
    receive(here, WANG)
    receive(there, WANG)
    give_phones(here, "15400000192")
    give_phones(there, "15400000192")
    assert find(here).person_id != find(there).person_id


@pytest.mark.django_db
@pytest.mark.parametrize("document", [(None, None), ("id-card", "11010519491231002x"), ("passport", "E1２")])
def test_the_key_that_sql_makes_is_hmac_as_python_makes_it(document: tuple[str | None, str | None]) -> None:
    client_id = make_client()
    receive(client_id, WANG | {"document_type": document[0], "document_number": document[1]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM customers_person")
        assert cursor.fetchone() == (rules.person_key(settings.PERSON_KEY, client_id, "C1", *document),)


@pytest.mark.django_db
def test_a_later_file_moves_place_and_name_and_a_silent_one_changes_nothing() -> None:
    client_id = make_client()
    receive(client_id, WANG)
    receive(client_id, {"reference": "C1", "language": "zh-Hans"})
    assert find(client_id).region == "CN-SH" and queries.get_names([find(client_id).id]) == {find(client_id).id: "王芳"}
    receive(client_id, WANG | {"full_name": "王小芳", "region": "CN-XJ", "zone": "Asia/Urumqi"})
    assert find(client_id).zone == "Asia/Urumqi"
    assert list(queries.get_names([find(client_id).id]).values()) == ["王小芳"]


@pytest.mark.django_db
def test_contact_points_are_kept_once_in_the_clients_order_and_shown_masked() -> None:
    client_id = make_client()
    receive(client_id, WANG)
    give_phones(client_id, "15400000192", "15400000777", "15400000192")
    give_phones(client_id, "15400000192")
    points = queries.list_contact_points(find(client_id).id)
    assert [point.masked_value for point in points] == ["154****0192", "154****0777"]
    assert all(point.is_usable(AT) and point.owner == "customer" for point in points)
    assert queries.reveal_contact_point(points[0].id, permit_id=1) == "15400000192"
    with pytest.raises(UnknownContactPoint):
        queries.reveal_contact_point(points[0].id, permit_id=0)


@pytest.mark.django_db
def test_a_number_that_is_not_theirs_is_stopped_once_and_the_fact_holds_no_number() -> None:
    client_id = make_client()
    receive(client_id, WANG)
    give_phones(client_id, "15400000192")
    customer_id = find(client_id).id
    (point,) = queries.list_contact_points(customer_id)
    for _ in range(2):
        customers.mark_contact_point_unusable(contact_point_id=point.id, cause="wrong-person", at=AT, actor=SYSTEM)
    assert not queries.get_contact_point(point.id).is_usable(AT)
    (fact,) = journal_queries.list_facts(customer_id)
    assert fact.body == {"contact_point_id": point.id, "cause": "wrong-person"}


@pytest.mark.django_db
def test_an_opt_out_binds_its_channels_and_purposes_and_no_others() -> None:
    client_id = make_client()
    receive(client_id, WANG)
    customer_id = find(client_id).id
    customers.opt_out(customer_id=customer_id, channels=["call"], purposes=["collection"], at=AT, actor=SYSTEM)
    assert queries.has_opted_out(customer_id, "call", "collection", AT)
    assert not queries.has_opted_out(customer_id, "call", "service", AT)
    assert not queries.has_opted_out(customer_id, "sms", "collection", AT)
    with pytest.raises(UnknownCustomer):
        customers.opt_out(customer_id=404, channels=["call"], purposes=["collection"], at=AT, actor=SYSTEM)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王芳", "王*"),
        ("欧阳修远", "欧阳**"),
        ("欧阳", "欧*"),
        ("张三丰", "张**"),
        ("𠮷田", "𠮷*"),
        ("阿迪力·买买提", "阿**·***"),
        ("John Smith", "J. S."),
        ("", ""),
    ],
)
def test_names_are_masked_as_the_language_writes_them(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("15400000192", "154****0192"),
        ("+8615400000192", "+86 154****0192"),
        ("+4915400000192", "491******0192"),
        ("12345", "*****"),
    ],
)
def test_numbers_are_masked_but_recognisable(number: str, masked: str) -> None:
    assert mask_phone(number) == masked
