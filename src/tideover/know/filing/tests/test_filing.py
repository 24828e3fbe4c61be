"""What a file lacks is known at once, and asked of the lender; what it holds can be shown years later."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.know.customers.models import ContactPoint
from tideover.know.filing import operations as filing
from tideover.know.filing import queries
from tideover.know.filing.types import DigestWrong, DocumentDiffers, ReferenceMissing, UnknownItem
from tideover.know.portfolio.models import Party
from tideover.know.portfolio.tests import given

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 1)
AT = datetime(2026, 10, 1, 2, tzinfo=UTC)
DIGEST = "a" * 64


@pytest.fixture
def client_id() -> int:
    return given.make_client()


@pytest.fixture
def he_yan(client_id: int) -> Actor:
    return Actor(1, "he-yan", frozenset({Role.INTEGRATOR}), frozenset(), frozenset({client_id}))


@pytest.fixture
def loan(client_id: int) -> int:
    given.make_accounts(client_id, [{"number": "L1", "dpd": 5, "product": "instalment-loan", "batch_number": "B1"}])
    return given.account_id(client_id, "L1")


def _reach(customer_id: int, source: str = "client-file") -> None:
    ContactPoint.objects.create(
        customer_id=customer_id,
        kind="phone",
        position=1,
        source=source,
        value_digest=f"{customer_id:064}",
        usable_from=AT,
    )


def _missing(client_id: int) -> list[tuple[str, str]]:
    return [(each.item, each.role) for each in queries.list_missing(client_id, DAY)]


def test_a_bare_loan_lacks_everything(client_id: int, loan: int) -> None:
    assert [item for item, _ in _missing(client_id)] == [
        "contact-point",
        "contract",
        "proof-of-disbursement",
        "schedule",
    ]


def test_what_comes_is_no_longer_missing(client_id: int, loan: int, he_yan: Actor) -> None:
    _reach(given.customer_id(client_id, "L1"))
    given.make_instalments(loan, [{"number": 1, "due_date": DAY, "principal_amount": "100.00"}])
    filing.file_document(account_id=loan, item="contract", reference="HT-C-1", digest=DIGEST, at=AT, actor=he_yan)
    assert _missing(client_id) == [("proof-of-disbursement", "borrower")]
    assert queries.count_missing(client_id, DAY) == {"proof-of-disbursement": 1}


def test_a_guarantor_without_a_number_is_on_the_missing_list_and_so_is_the_guarantee(client_id: int, loan: int) -> None:
    given.make_accounts(client_id, [{"number": "L2", "dpd": 0, "product": "instalment-loan"}])
    Party.objects.create(account_id=loan, customer_id=given.customer_id(client_id, "L2"), role="guarantor")
    lacking = [(each.item, each.role) for each in queries.list_missing(client_id, DAY, account_id=loan)]
    assert ("contact-point", "guarantor") in lacking
    assert ("guarantee", "guarantor") in lacking


def test_a_number_of_which_nobody_says_where_it_is_from_is_a_gap(client_id: int, loan: int) -> None:
    _reach(given.customer_id(client_id, "L1"), source="")
    assert ("contact-source", "borrower") in _missing(client_id)


def test_the_same_document_twice_is_one_and_is_told_once(client_id: int, loan: int, he_yan: Actor) -> None:
    first, second = (
        filing.file_document(account_id=loan, item="contract", reference=" HT-C-1 ", digest=None, at=AT, actor=he_yan)
        for _ in range(2)
    )
    assert first == second
    told = [fact.kind for fact in journal.list_facts(given.customer_id(client_id, "L1"))]
    assert told.count("document-filed") == 1


def test_another_content_under_a_reference_that_stands_is_refused_by_name(loan: int, he_yan: Actor) -> None:
    def file(reference: str, digest: str | None) -> int:
        return filing.file_document(
            account_id=loan, item="contract", reference=reference, digest=digest, at=AT, actor=he_yan
        )

    kept = file("HT-C-1", "a" * 64)
    assert file("HT-C-1", "a" * 64) == file("HT-C-1", None) == kept
    with pytest.raises(DocumentDiffers):
        file("HT-C-1", "b" * 64)
    assert file("HT-C-1b", "b" * 64) != kept


@pytest.mark.parametrize(
    ("item", "reference", "digest", "refused"),
    [
        ("contract", "  ", None, ReferenceMissing),
        ("contract", "HT-C-1", "A" * 64, DigestWrong),
        ("contract", "HT-C-1", "abc", DigestWrong),
        ("selfie", "HT-C-1", None, UnknownItem),
        ("schedule", "HT-C-1", None, UnknownItem),
    ],
)
def test_what_cannot_be_found_or_proved_is_refused_by_name(
    loan: int, he_yan: Actor, item: str, reference: str, digest: str | None, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        filing.file_document(account_id=loan, item=item, reference=reference, digest=digest, at=AT, actor=he_yan)


def test_nobody_files_for_a_client_that_they_do_not_work_for(loan: int) -> None:
    stranger = Actor(2, "stranger", frozenset({Role.INTEGRATOR}), frozenset(), frozenset())
    with pytest.raises(AccessRefused):
        filing.file_document(account_id=loan, item="contract", reference="X", digest=None, at=AT, actor=stranger)


def test_the_checklist_shows_what_is_there_and_before_which_stage_the_rest_is_needed(
    client_id: int, loan: int, he_yan: Actor
) -> None:
    filing.file_document(account_id=loan, item="contract", reference="HT-C-1", digest=DIGEST, at=AT, actor=he_yan)
    lines = {line.item: line for line in queries.list_checklist(loan, DAY)}
    assert [document.reference for document in lines["contract"].documents] == ["HT-C-1"]
    assert not lines["contract"].is_missing
    assert lines["proof-of-disbursement"].is_missing
    assert lines["proof-of-disbursement"].needed_before == "final-notice"
    assert "guarantee" not in lines


def test_a_list_goes_on_from_a_place(client_id: int, loan: int) -> None:
    whole = queries.list_missing(client_id, DAY)
    first = queries.list_missing(client_id, DAY, limit=2)
    last = first[-1]
    rest = queries.list_missing(client_id, DAY, after=(last.account_number, last.item, last.customer_id))
    assert [*first, *rest] == whole


def test_a_closed_file_is_kept_as_long_as_its_checklist_says(client_id: int, loan: int) -> None:
    closed = "SELECT %(account_id)s::bigint AS account_id, 'instalment-loan' AS product, %(day)s::date AS closed_date"
    with transaction.atomic():
        assert filing.archive(given=closed, params={"account_id": loan, "day": DAY}, client_id=client_id) == 1
        assert filing.archive(given=closed, params={"account_id": loan, "day": DAY}, client_id=client_id) == 0
    kept = queries.find_archived(loan)
    assert kept is not None
    assert kept.keep_until_date == date(2031, 10, 1)
