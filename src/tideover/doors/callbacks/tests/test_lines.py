"""What a line reports comes in by one door, and the room that records outcomes hears it first."""

from __future__ import annotations

import pytest

from tideover.act.contact import lines, queries
from tideover.act.contact import operations as contact
from tideover.decide.gate.models import Attempt
from tideover.decide.gate.tests.house import House, moment
from tideover.doors.callbacks.lines import line_event


@pytest.mark.django_db
def test_a_call_that_nobody_answers_is_recorded_by_the_line_once_however_often_it_says_so() -> None:
    house = House()
    client_id, lin = house.client(), house.collector()
    wang = house.owing(client_id, owned_by=lin)
    call = contact.dial(
        case_id=wang.case_id,
        contact_point_id=wang.contact_point_id,
        work_item_id=None,
        line=lines.MANUAL,
        at=moment(),
        actor=lin,
    )
    for _ in range(2):
        line_event(call.id, "ended", moment("10:00:30"), "no-answer", 30)
    after = queries.get_call(call.id)
    assert after.state == "ended" and after.outcome_id is not None and not after.amounts_hidden
    assert Attempt.objects.get(permit_id=call.permit_id).result == "no-answer"
