"""What changes while somebody is on the line: the talk is finished and recorded, and the next dial asks anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tideover.act.arrangements import operations as arrangements
from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.outcomes.tests import test_recording as talks
from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.decide.assignment import live
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import ADMINISTRATOR, SKILL, House, Owing, moment
from tideover.decide.gate.types import ContactRefused
from tideover.know.cases import queries as cases_queries
from tideover.know.portfolio.models import Placement
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

pytestmark = pytest.mark.django_db

house, client_id, lin, wang = talks.house, talks.client_id, talks.lin, talks.wang


def refused(of: Owing, by: Actor, clock: str, days: int = 0) -> str:
    talks.Call.objects.update(state="ended")
    with pytest.raises(ContactRefused) as refusal:
        talks.contact.dial(
            case_id=of.case_id, contact_point_id=of.contact_point_id, work_item_id=None, line="test",
            at=moment(clock, days), actor=by,
        )  # fmt: skip
    return str(refusal.value.answer.clause)


def certificate(by: Actor) -> int:
    (held,) = staff_queries.list_certificates(by.user_id or 0)
    return held.id


def test_a_certificate_that_is_taken_away_in_a_call_lets_the_call_be_finished_and_no_other_begin(
    wang: Owing, lin: Actor
) -> None:
    call = talks.answered(wang, lin, "10:00")
    staff.revoke_certificate(certificate_id=certificate(lin), at=moment("10:01"), actor=ADMINISTRATOR)
    due = talks.promise("1250.00", MONDAY.day + 3)
    recorded = talks.record(call, lin, "promise-to-pay", promise=due, arrears_reason=talks.a_reason())
    assert recorded.promise_id is not None
    assert refused(wang, lin, "10:10") == "jurisdictions.default.certificate"


def test_a_certificate_that_expires_in_a_call_likewise(house: House, client_id: int) -> None:
    mei = house.collector("mei", certified=False)
    staff.issue_certificate(
        user_id=mei.user_id or 0, skill=SKILL, valid_from=moment("08:00"), valid_until=moment("10:02"),
        at=moment("08:00"), actor=ADMINISTRATOR,
    )  # fmt: skip
    of = house.owing(client_id, owned_by=mei)
    call = talks.answered(of, mei, "10:00")
    assert talks.record(call, mei, "no-arrangement", "10:05", note="Was cut off.").id
    assert refused(of, mei, "10:10") == "jurisdictions.default.certificate"


def test_a_recall_stops_the_next_dial_at_once_and_releases_the_promise_that_is_due_today(
    wang: Owing, lin: Actor
) -> None:
    call = talks.answered(wang, lin, "10:00")
    due = talks.promise("1250.00", MONDAY.day)
    promise_id = talks.record(call, lin, "promise-to-pay", promise=due, arrears_reason=talks.a_reason()).promise_id
    Placement.objects.filter(account_id=wang.account_id).update(ended_date=MONDAY, ended_cause="recalled")
    assert refused(wang, lin, "10:30") == "gate.not-placed"
    assert live.list_fallen_away([wang.case_id], moment("00:00"), moment("10:31")) == {wang.case_id}

    tomorrow = MONDAY + timedelta(days=1)
    arrangements.judge_promises(client_id=wang.client_id, day=tomorrow, at=moment("07:00", 1), actor=SYSTEM)
    assert arrangements_queries.get_promise(promise_id or 0).state == "released"
    assert cases_queries.get_case(wang.case_id).accounts[0].broken_promises_count == 0


@pytest.mark.parametrize("by_file", [False, True])
def test_a_payment_between_the_list_and_the_dial_makes_the_work_vanish(wang: Owing, lin: Actor, by_file: bool) -> None:
    assert live.list_fallen_away([wang.case_id], moment("00:00"), moment("10:00")) == set()
    pay(wang, by_file)
    assert refused(wang, lin, "10:30") == "gate.nothing-owed"


def pay(of: Owing, by_file: bool) -> None:
    clerk = Actor(user_id=None, name="c", roles=frozenset({Role.INTEGRATOR}), client_ids=frozenset({of.client_id}))
    amount = talks.Money(talks.Decimal("1250.00"), "CNY")
    if not by_file:
        payments.post_payment(
            account_id=of.account_id, amount=amount, value_date=MONDAY, reference="P", at=moment("10:15"), actor=clerk
        )
        return
    given = (
        "SELECT %(client_id)s::bigint AS client_id, %(account_id)s::bigint AS account_id, 1250::numeric AS amount,"
        " 'CNY' AS currency, %(on)s::date AS value_date, %(at)s::timestamptz AS booked_at, 'F' AS reference,"
        " 7::bigint AS import_id"
    )
    params = {"client_id": of.client_id, "account_id": of.account_id, "on": MONDAY, "at": moment("10:15")}
    payments.post_set(given=given, params=params, client_id=of.client_id, at=moment("10:15"), actor=SYSTEM)
