"""What a call came to, as a collections manager tells the case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.models import Call
from tideover.act.contact.types import CallRead, CaseBeingCalled
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import queries
from tideover.act.outcomes.models import Outcome
from tideover.act.outcomes.types import (
    CallOfAnotherCase,
    FormRefused,
    NotAnswered,
    OutcomeRead,
    PromiseDraft,
    RecordedAlready,
    UnknownArrearsReason,
    UnknownResult,
)
from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.decide.gate.tests.circumstances import MONDAY, SHANGHAI
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.customers import queries as customers_queries

pytestmark = pytest.mark.django_db


class Silent:
    """A line that dials and says nothing by itself."""

    def dial(self, call_id: int, number: str) -> None: ...


@pytest.fixture
def house() -> House:
    lines.register("test", Silent())
    return House()


@pytest.fixture
def client_id(house: House) -> int:
    return house.client()


@pytest.fixture
def lin(house: House, client_id: int) -> Actor:
    return house.collector("lin")


@pytest.fixture
def wang(house: House, client_id: int, lin: Actor) -> Owing:
    return house.owing(client_id, owned_by=lin, owed="1250.00")


def dial(of: Owing, by: Actor, clock: str = "10:00") -> CallRead:
    return contact.dial(
        case_id=of.case_id,
        contact_point_id=of.contact_point_id,
        work_item_id=None,
        line="test",
        at=moment(clock),
        actor=by,
    )


def answered(of: Owing, by: Actor, clock: str = "10:00") -> CallRead:
    call = dial(of, by, clock)
    return outcomes.record_line_event(call_id=call.id, event="answered", at=moment(clock))


def record(call: CallRead, by: Actor, result: str, clock: str = "10:05", **more: Any) -> OutcomeRead:
    said: dict[str, Any] = {
        "spoke_to": "customer",
        "account_id": call.account_id,
        "arrears_reason": None,
        "promise": None,
        "call_back_at": None,
        "hold_until": None,
        "note": None,
        "once_key": f"key-{call.id}",
        **more,
    }
    return outcomes.record(call_id=call.id, case_id=call.case_id, result=result, at=moment(clock), actor=by, **said)


def promise(amount: str, day: int) -> PromiseDraft:
    return PromiseDraft(Money(Decimal(amount), "CNY"), date(MONDAY.year, MONDAY.month, day))


def a_reason() -> str:
    return queries.list_arrears_reasons()[0].name


def test_a_promise_is_opened_and_the_stage_waits_for_it(wang: Owing, lin: Actor) -> None:
    due = promise("1250.00", MONDAY.day + 3)
    read = record(answered(wang, lin), lin, "promise-to-pay", promise=due, arrears_reason=a_reason())
    assert read.promise_id is not None and read.next_step_at is not None
    assert cases_queries.get_case(wang.case_id).accounts[0].promise_due_date == due.due_date
    assert cases_queries.get_case(wang.case_id).accounts[0].right_party_count == 1


def test_a_promise_of_more_than_is_owed_is_refused_in_words_and_nothing_is_kept(wang: Owing, lin: Actor) -> None:
    call = answered(wang, lin)
    with pytest.raises(FormRefused) as refused:
        record(call, lin, "promise-to-pay", promise=promise("1250.01", MONDAY.day + 3), arrears_reason=a_reason())
    assert "应还" in words.render(refused.value, "zh-Hans") and "owed" in words.render(refused.value, "en")
    assert not Outcome.objects.exists() and Call.objects.get(pk=call.id).right_person_at is None


def test_a_dispute_holds_the_account_until_the_day_named_and_the_note_stays_out_of_the_journal(
    wang: Owing, lin: Actor
) -> None:
    read = record(answered(wang, lin), lin, "disputes", note="他说七月已付")
    holds = cases_queries.list_holds(wang.case_id, moment("10:06"))
    assert [hold.reason for hold in holds] == ["dispute"] and read.hold_id == holds[0].id
    assert queries.get_note(read.id) == "他说七月已付"
    assert all("七月" not in str(fact.body) for fact in journal.list_facts(wang.customer_id))


def test_a_no_answer_records_itself(wang: Owing, lin: Actor) -> None:
    call = dial(wang, lin)
    call = outcomes.record_line_event(call_id=call.id, event="ended", at=moment("10:01"), cause="no-answer", seconds=30)
    assert call.outcome_id is not None
    read = queries.list_outcomes(wang.case_id)[0]
    assert (read.result, read.spoke_to, read.user_id) == ("no-answer", "nobody", lin.user_id)
    outcomes.record_line_event(call_id=call.id, event="ended", at=moment("10:02"), cause="no-answer", seconds=30)
    assert len(queries.list_outcomes(wang.case_id)) == 1


def test_a_retry_of_the_form_is_the_same_outcome_and_another_form_is_told_that_it_stands(
    wang: Owing, lin: Actor
) -> None:
    call = answered(wang, lin)
    first = record(call, lin, "refuses", arrears_reason=a_reason())
    assert record(call, lin, "refuses", arrears_reason=a_reason()).id == first.id
    with pytest.raises(RecordedAlready):
        record(call, lin, "refuses", arrears_reason=a_reason(), once_key="another tab")
    assert Outcome.objects.count() == 1


def test_a_call_back_waits_until_the_hour_agreed_and_is_over_once_it_was_made(wang: Owing, lin: Actor) -> None:
    record(answered(wang, lin), lin, "asks-for-later", call_back_at=moment("15:00"))
    assert cases_queries.get_case(wang.case_id).call_back_at == moment("15:00")
    record(answered(wang, lin, "15:00"), lin, "refuses", "15:05", arrears_reason=a_reason())
    assert cases_queries.get_case(wang.case_id).call_back_at is None


def test_a_wrong_number_is_not_used_again(wang: Owing, lin: Actor) -> None:
    record(answered(wang, lin), lin, "wrong-number", spoke_to="third-person")
    assert not customers_queries.get_contact_point(wang.contact_point_id).is_usable(moment("10:06"))
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_right_party_count == 0


def test_who_wants_no_calls_gets_none(wang: Owing, lin: Actor) -> None:
    record(answered(wang, lin), lin, "wants-no-calls")
    assert customers_queries.has_opted_out(wang.customer_id, "call", "collection", moment("10:06"))


def test_an_outcome_on_a_case_that_was_closed_meanwhile_is_kept_and_nothing_follows(wang: Owing, lin: Actor) -> None:
    call = answered(wang, lin)
    Case.objects.filter(pk=wang.case_id).update(closed_date=MONDAY, close_cause="paid")
    read = record(call, lin, "promise-to-pay", promise=promise("10.00", MONDAY.day + 3), note="说明天去银行")
    assert read.case_was_closed and read.promise_id is None
    assert queries.get_note(read.id) == "说明天去银行"


def test_who_asks_not_to_be_called_again_is_heard_even_where_the_case_was_closed_meanwhile(
    wang: Owing, lin: Actor
) -> None:
    call = answered(wang, lin)
    Case.objects.filter(pk=wang.case_id).update(closed_date=MONDAY, close_cause="paid")
    record(call, lin, "wants-no-calls")
    assert customers_queries.has_opted_out(wang.customer_id, "call", "collection", moment("10:06"))


def test_two_people_on_one_case_are_both_on_record_and_the_second_is_told(
    house: House, wang: Owing, lin: Actor
) -> None:
    leader = house.collector("zhao", role=Role.TEAM_LEADER)
    first = answered(wang, lin)
    with pytest.raises(CaseBeingCalled):
        dial(wang, leader, "10:01")
    outcomes.record_line_event(call_id=first.id, event="ended", at=moment("10:02"), cause="answered", seconds=120)
    second = answered(wang, leader, "10:03")
    assert record(first, lin, "refuses", "10:05", arrears_reason=a_reason()).meanwhile is None
    told = record(second, leader, "no-arrangement", "10:06", note="已由林先生沟通")
    assert told.meanwhile is not None and told.meanwhile.user_id == lin.user_id
    assert len(queries.list_outcomes(wang.case_id)) == 2


def test_what_cannot_be_recorded_is_said_by_name(house: House, wang: Owing, lin: Actor, client_id: int) -> None:
    call = dial(wang, lin)
    with pytest.raises(NotAnswered):
        record(call, lin, "refuses")
    call = outcomes.record_line_event(call_id=call.id, event="answered", at=moment("10:00"))
    with pytest.raises(UnknownResult):
        record(call, lin, "vanishes")
    with pytest.raises(UnknownArrearsReason):
        record(call, lin, "refuses", arrears_reason="laziness")
    with pytest.raises(FormRefused):
        record(call, lin, "third-person")
    other = house.owing(client_id, owned_by=lin)
    with pytest.raises(CallOfAnotherCase):
        outcomes.record(
            call_id=call.id,
            case_id=other.case_id,
            account_id=other.account_id,
            spoke_to="customer",
            result="refuses",
            arrears_reason=a_reason(),
            promise=None,
            call_back_at=None,
            hold_until=None,
            note=None,
            once_key="k",
            at=moment("10:05"),
            actor=lin,
        )
    assert SHANGHAI and not Outcome.objects.exists()


def test_the_forms_results_come_in_their_order_with_one_key_each() -> None:
    for spoke_to in ("customer", "third-person"):
        results = queries.list_results(spoke_to)
        assert results and len({each.key for each in results}) == len(results)
