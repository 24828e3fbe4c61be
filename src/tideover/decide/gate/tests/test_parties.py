"""Whoever stands surety is a person of their own: called within the case, under their own caps and holds."""

from __future__ import annotations

import pytest

from tideover.core.access.types import Actor
from tideover.core.journal import queries as journal
from tideover.decide.gate import operations as gate
from tideover.decide.gate import queries as gate_queries
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.circumstances import at
from tideover.decide.gate.tests.house import House, Owing
from tideover.decide.gate.types import CALL, COLLECTION, PermitAnswer
from tideover.know.cases import operations as cases
from tideover.know.cases.types import HoldReason, HoldScope
from tideover.know.portfolio.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def wang(house: House) -> Owing:
    return house.owing(house.client())


@pytest.fixture
def lin(house: House, wang: Owing) -> Actor:
    return house.collector()


@pytest.fixture
def zhao(house: House, wang: Owing) -> Owing:
    """Stands surety for Wang's account, and owes nothing of their own."""
    other = house.owing(wang.client_id)
    Party.objects.create(account_id=wang.account_id, customer_id=other.customer_id, role="guarantor")
    return other


def ask(wang: Owing, of: Owing, lin: Actor, clock: str = "10:00") -> PermitAnswer:
    return gate.issue_permit(
        case_id=wang.case_id,
        account_id=wang.account_id,
        contact_point_id=of.contact_point_id,
        channel=CALL,
        purpose=COLLECTION,
        at=at(clock),
        actor=lin,
    )


def test_a_guarantor_is_called_within_the_case_and_it_counts_for_the_guarantor(
    wang: Owing, zhao: Owing, lin: Actor
) -> None:
    answer = ask(wang, zhao, lin)
    assert answer.granted
    permit = Permit.objects.get(pk=answer.permit_id)
    assert (permit.case_id, permit.customer_id, permit.person_id) == (wang.case_id, zhao.customer_id, zhao.person_id)
    assert Attempt.objects.get().person_id == zhao.person_id
    assert journal.list_facts(zhao.customer_id)[0].body["role"] == "guarantor"


def test_the_guarantors_cap_is_their_own_and_leaves_the_borrowers(wang: Owing, zhao: Owing, lin: Actor) -> None:
    spent = [ask(wang, zhao, lin, clock) for clock in ("09:00", "11:00", "13:00", "15:00", "17:00")]
    assert not spent[-1].granted
    assert ask(wang, wang, lin, "17:10").granted


def test_a_hold_on_the_guarantor_stops_only_the_guarantor(wang: Owing, zhao: Owing, lin: Actor) -> None:
    cases.place_hold(
        case_id=zhao.case_id,
        scope=HoldScope.PERSON,
        reason=HoldReason.HARDSHIP,
        until_at=at("18:00"),
        at=at("08:30"),
        actor=lin,
    )
    assert not ask(wang, zhao, lin).granted
    assert ask(wang, wang, lin).granted


def test_a_hold_on_the_account_stops_the_guarantor_too(wang: Owing, zhao: Owing, lin: Actor) -> None:
    cases.place_hold(
        case_id=wang.case_id,
        scope=HoldScope.ACCOUNT,
        reason=HoldReason.DISPUTE,
        until_at=at("18:00"),
        account_id=wang.account_id,
        at=at("08:30"),
        actor=lin,
    )
    assert not ask(wang, zhao, lin).granted


def test_somebody_who_is_no_party_of_the_account_is_refused(house: House, wang: Owing, lin: Actor) -> None:
    stranger = house.owing(wang.client_id)
    assert not ask(wang, stranger, lin).granted


def test_a_look_at_the_guarantors_number_answers_for_the_guarantor(wang: Owing, zhao: Owing, lin: Actor) -> None:
    assert lin.user_id is not None
    look = gate_queries.look(
        case_id=wang.case_id,
        account_id=wang.account_id,
        channel=CALL,
        purpose=COLLECTION,
        at=at("10:00"),
        user_id=lin.user_id,
        contact_point_id=zhao.contact_point_id,
    )
    assert look.party is not None
    assert (look.party.customer_id, look.party.role) == (zhao.customer_id, "guarantor")
