"""The timeline tells everything that happened, also what one night told in one fact."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import transaction

from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM
from tideover.doors.desk.case import timeline
from tideover.know.cases.tests.portfolio import SHANGHAI, Story, at, day

pytestmark = pytest.mark.django_db

FILE = """
SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (client_id bigint, account_id bigint, amount numeric,
    currency text, value_date date, booked_at timestamptz, reference text, import_id bigint)
"""


def test_two_payments_that_came_in_one_file_are_two_lines() -> None:
    story = Story()
    customer = story.customer()
    accounts = [story.account(customer), story.account(customer)]
    story.morning(1)
    rows = [
        {
            "client_id": story.client_id,
            "account_id": account,
            "amount": str(Decimal(100) * place),
            "currency": "CNY",
            "value_date": day(1).isoformat(),
            "booked_at": at(2).isoformat(),
            "reference": f"F{place}",
            "import_id": 1,
        }
        for place, account in enumerate(accounts, start=1)
    ]
    with transaction.atomic():
        payments.post_set(
            given=FILE, params={"rows": json.dumps(rows)}, client_id=story.client_id, at=at(2), actor=SYSTEM
        )

    case_id = story.case(accounts[0]).id
    lines = timeline.read(customer, (), case_id, "money", at(2), SHANGHAI, "en")
    assert ["200" in each.text for each in lines] == [True, False]
    assert "100" in lines[1].text
