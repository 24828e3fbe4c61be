"""A client is made once, on clear terms; nothing can be imported for one that is not there."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time

import psycopg
import pytest
from django.db import transaction

from tideover.core import words
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.clock.rules import UnknownZone
from tideover.core.journal import queries as journal_queries
from tideover.core.postgres.address import Address
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientCodeTaken, ClientTermsWrong, UnknownClient

AT = datetime(2026, 10, 1, 1, tzinfo=UTC)
TERMS = {
    "code": "harbour-bank",
    "name_en": "Harbour Bank",
    "name_zh": "海港银行",
    "country": "CN",
    "zone": "Asia/Shanghai",
    "mandate": "agency",
    "balance_authority": "lender",
    "day_begins": time(8),
    "payment_file_lag_days": 1,
}


@pytest.mark.django_db
def test_a_client_is_added_once_and_the_journal_says_so() -> None:
    first = clients.add_client(**TERMS, at=AT, actor=SYSTEM)
    assert clients.add_client(**TERMS, at=AT, actor=SYSTEM) == first
    client = clients_queries.get_client("harbour-bank")
    assert client.name("zh-Hans") == "海港银行" and client.name("en") == "Harbour Bank"
    assert client.end_of_day(date(2026, 9, 30)) == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert [fact.kind for fact in journal_queries.list_facts(0)] == ["client-added"]
    assert clients_queries.list_clients([first]) == [client] and clients_queries.list_clients([]) == []


@pytest.mark.django_db
def test_adding_again_on_other_terms_is_refused_and_names_them() -> None:
    clients.add_client(**TERMS, at=AT, actor=SYSTEM)
    with pytest.raises(ClientCodeTaken) as refused:
        clients.add_client(**{**TERMS, "mandate": "first-party"}, at=AT, actor=SYSTEM)
    assert refused.value.fields["differing"] == "mandate"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_an_unknown_client_is_refused_with_the_command_that_makes_it(language: str) -> None:
    with pytest.raises(UnknownClient) as refused:
        clients_queries.get_client("nobody")
    remedy = words.render("clients.unknown.remedy", language, **refused.value.fields)
    assert "tideover client add nobody" in remedy


@pytest.mark.django_db
def test_terms_that_cannot_be_are_refused_by_name() -> None:
    for field, value in (
        ("mandate", "friend"),
        ("country", "China"),
        ("code", "Härbour"),
        ("payment_file_lag_days", 99),
    ):
        with pytest.raises(ClientTermsWrong) as refused:
            clients.add_client(**{**TERMS, field: value}, at=AT, actor=SYSTEM)
        assert refused.value.fields["field"] == field
    with pytest.raises(UnknownZone):
        clients.add_client(**{**TERMS, "zone": "Asia/Atlantis"}, at=AT, actor=SYSTEM)


@pytest.mark.django_db
def test_a_collector_adds_no_client() -> None:
    collector = Actor(user_id=7, name="li", roles=frozenset({Role.COLLECTOR}))
    with pytest.raises(AccessRefused):
        clients.add_client(**TERMS, at=AT, actor=collector)


@pytest.mark.django_db(transaction=True)
def test_sets_of_one_client_take_turns_and_those_of_two_do_not_wait() -> None:
    asked = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    with psycopg.connect(Address.parse(os.environ["DATABASE_URL"]).conninfo()) as other, transaction.atomic():
        clients.take_turn(client_id=1)
        assert other.execute(asked, ("client:1",)).fetchone() == (False,)
        assert other.execute(asked, ("client:2",)).fetchone() == (True,)
