"""The power goes while an account is asked for beyond its batch's end, let stay, or given a document: once and whole.

Each act is done whole once, to count its moments; then five times on an account of its own, killed at a moment that a
seed draws, and done again by another process. A request that is done again is told that it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.test_team_kills import try_each
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.journal.models import Fact
from tideover.know.cases import operations as cases
from tideover.know.cases.models import Retention
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import RetentionDecided, RetentionRequested
from tideover.know.filing import operations as filing
from tideover.know.filing.models import Document
from tideover.know.portfolio.models import Account, Batch, Placement

pytestmark = pytest.mark.django_db(transaction=True)

LAST = 10
PLACES = 6


@pytest.fixture
def story() -> Story:
    made = Story()
    for _ in range(PLACES):
        made.account()
    Batch.objects.update(until_date=day(LAST), retain_share_max=Decimal(1))
    made.morning(1)
    return made


def accounts() -> list[int]:
    return list(Placement.objects.order_by("pk").values_list("account_id", flat=True))


def ask(story: Story, account_id: int, leader: Actor) -> Callable[[], Any]:
    case_id = story.case(account_id).id

    def act() -> Any:
        with suppress(RetentionRequested):
            return cases.request_retention(
                case_id=case_id, account_id=account_id, until_date=day(LAST + 9), cause="promise-open", at=at(5),
                actor=leader,
            )  # fmt: skip

    return act


def approve(account_id: int, leader: Actor) -> Callable[[], Any]:
    retention_id = Retention.objects.get(account_id=account_id).pk

    def act() -> Any:
        with suppress(RetentionDecided):
            cases.decide_retention(retention_id=retention_id, approve=True, at=at(6), actor=leader)

    return act


def test_an_account_is_asked_for_and_let_stay_once(story: Story) -> None:
    leader = story.user("leader", Role.TEAM_LEADER)
    try_each([ask(story, each, leader) for each in accounts()])
    assert Retention.objects.count() == Fact.objects.filter(kind="retention-requested").count() == PLACES

    try_each([approve(each, leader) for each in accounts()])
    assert Fact.objects.filter(kind="retention-decided").count() == PLACES
    assert set(Retention.objects.values_list("decision", flat=True)) == {"approved"}
    assert set(Placement.objects.values_list("retained_until_date", flat=True)) == {day(LAST + 9)}


def test_a_document_is_filed_once(story: Story) -> None:
    Account.objects.update(product="instalment-loan")

    def file(account_id: int) -> Callable[[], Any]:
        return lambda: filing.file_document(
            account_id=account_id, item="contract", reference="IMG/1", digest=None, at=at(5) + timedelta(hours=1),
            actor=SYSTEM,
        )  # fmt: skip

    try_each([file(each) for each in accounts()], least=5)
    assert Document.objects.count() == Fact.objects.filter(kind="document-filed").count() == PLACES
