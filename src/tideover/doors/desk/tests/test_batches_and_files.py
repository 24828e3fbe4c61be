"""Batches, what may stay longer, and what the lender still owes to each file, as leader and integrator see them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from tideover.core.access.types import SYSTEM
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case
from tideover.know.filing.models import Document
from tideover.know.ledger.tests.loans import make_loan
from tideover.know.portfolio.models import Batch, Placement

pytestmark = pytest.mark.django_db

AsUser = Callable[[str], Client]
CONTRACT = b"%PDF-1.7 a contract"


def said(answer: object) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def loan(bank: Bank) -> int:
    """A loan two instalments behind, in a batch of two accounts that ends on the tenth and lets half of them stay."""
    account_id, _ = make_loan(bank.client_id, full_name="王芳", zone="Asia/Shanghai", country="CN")
    cases.refresh(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    Batch.objects.update(
        until_date=date(2026, 10, 10),
        retain_share_max=Decimal(1),
        target_amount=Decimal(1000),
        currency="CNY",
        commission_share=Decimal("0.2"),
    )
    return account_id


@pytest.fixture
def case_id(bank: Bank, loan: int) -> int:
    (case,) = cases_queries.list_open_cases(bank.client_id)
    return case.id


def _batch_id() -> int:
    return Placement.objects.get().batch_id


def test_a_leader_reads_what_a_batch_brought_and_how_long_it_runs(case_id: int, as_user: AsUser) -> None:
    leader = as_user("leader")
    listed = said(leader.get("/batches?state=running"))
    assert "9 days left" in listed
    assert "No batch matches" in said(leader.get("/batches?state=over"))
    page = said(leader.get(f"/batches/{_batch_id()}"))
    assert "0 of 1 that the terms let stay" in page
    assert "0.0% of it reached" in page and "20.0% of what came in" in page
    assert "still worked" in page
    assert as_user("wang").get("/batches").status_code == 403
    assert leader.get("/batches/999999").status_code == 404


def test_an_account_is_asked_to_stay_on_its_case_page_and_the_leader_decides(
    case_id: int, loan: int, as_user: AsUser
) -> None:
    leader = as_user("leader")
    assert "Ask to keep the account longer" in said(leader.get(f"/cases/{case_id}"))
    form = {"account_id": loan, "until_date": "2026-10-31", "cause": "promise-open"}
    leader.post(f"/cases/{case_id}/retain", form)
    assert "asked for, waits for the leader" in said(leader.get(f"/cases/{case_id}"))
    page = leader.get(f"/batches/{_batch_id()}")
    assert "A promise is open" in said(page)
    (wish,) = cases_queries.list_retentions_of_case(case_id)
    assert "1 account is asked to stay" in said(leader.get("/batches"))
    Case.objects.filter(pk=case_id).update(closed_date=DAY)
    page = said(leader.get(f"/batches/{_batch_id()}"))
    assert "was over before it was decided" in page and "Let it stay" not in page
    assert "asked to stay" not in said(leader.get("/batches"))
    Case.objects.filter(pk=case_id).update(closed_date=None)
    leader.post(f"/retentions/{wish.id}/decide", {"decision": "approved", "batch_id": _batch_id()})
    page = said(leader.get(f"/batches/{_batch_id()}"))
    assert "1 of 1 that the terms let stay" in page and "孙蕾" in page.split("Asked to stay longer")[1]
    again = leader.post(f"/retentions/{wish.id}/decide", {"decision": "refused", "batch_id": _batch_id()})
    assert again.status_code == 409
    assert "decided already" in said(again)


@pytest.mark.parametrize("until", ["", "2026-10-10", "tomorrow", "2026-13-40"])
def test_a_day_that_is_none_or_too_early_asks_for_nothing(case_id: int, loan: int, as_user: AsUser, until: str) -> None:
    leader = as_user("leader")
    leader.post(f"/cases/{case_id}/retain", {"account_id": loan, "until_date": until, "cause": "promise-open"})
    assert cases_queries.list_retentions_of_case(case_id) == []


def test_the_missing_list_is_worked_by_adding_the_document_or_its_digest(loan: int, as_user: AsUser) -> None:
    integrator = as_user("integrator")
    listed = said(integrator.get("/missing"))
    assert "Loan contract" in listed and "Proof of disbursement" in listed
    assert "Loan contract" not in said(integrator.get("/missing?item=proof-of-disbursement")).split("Product")[1]
    assert integrator.get(f"/files/{loan}").status_code == 200
    sent = {"item": "contract", "reference": "HT-C-1", "content": SimpleUploadedFile("c.pdf", CONTRACT)}
    assert integrator.post(f"/files/{loan}", sent).status_code == 302
    assert Document.objects.get().digest == hashlib.sha256(CONTRACT).hexdigest()
    assert "HT-C-1" in said(integrator.get(f"/files/{loan}"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reference": ""}, "give its reference"),
        ({"digest": "abc"}, "is not a SHA-256"),
        ({"item": "selfie"}, "has no document"),
        ({"content": SimpleUploadedFile("c.pdf", CONTRACT), "digest": "a" * 64}, "another SHA-256"),
    ],
)
def test_a_document_that_cannot_be_found_or_proved_is_refused_in_words(
    loan: int, as_user: AsUser, wrong: dict[str, object], says: str
) -> None:
    answer = as_user("integrator").post(f"/files/{loan}", {"item": "contract", "reference": "HT-C-1"} | wrong)
    assert answer.status_code == 422
    assert says in said(answer)


def test_no_final_notice_with_a_gap_is_said_on_the_case_page(case_id: int, as_user: AsUser) -> None:
    page = said(as_user("leader").get(f"/cases/{case_id}"))
    assert "items are missing in the file" in page
    assert "Loan contract" in page


def test_a_collector_opens_the_file_of_their_own_case_alone(
    bank: Bank, loan: int, case_id: int, as_user: AsUser
) -> None:
    assert as_user("wang").get(f"/files/{loan}").status_code == 404
    assert as_user("wang").get("/missing").status_code == 403
    assert as_user("compliance").get(f"/files/{loan}").status_code == 403
