"""Calls, as a collections manager tells the case: who may dial, what the line said, and what may be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tideover.act.contact import lines, queries
from tideover.act.contact import operations as contact
from tideover.act.contact.models import Call
from tideover.act.contact.types import (
    AlreadyOnCall,
    CallRead,
    CaseBeingCalled,
    LineUnknown,
    LineUnsure,
    MayNotWork,
    NotAnswered,
    NothingToDial,
    NotYourCall,
)
from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.core.journal import queries as journal
from tideover.decide.assignment.models import WorkItem
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.decide.gate.types import ContactRefused
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case, CaseAccount

pytestmark = pytest.mark.django_db


class TestLine:
    """A line that does what the test says when it is asked, and remembers what it was asked."""

    __test__ = False

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []
        self.does: Callable[[int], None] = lambda call_id: None

    def dial(self, call_id: int, number: str) -> None:
        assert Call.objects.get(pk=call_id).state == "unknown"
        self.asked.append((call_id, number))
        self.does(call_id)


@pytest.fixture
def line() -> TestLine:
    made = TestLine()
    lines.register("test", made)
    return made


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client_id(house: House) -> int:
    return house.client()


@pytest.fixture
def lin(house: House, client_id: int) -> Actor:
    return house.collector("lin")


@pytest.fixture
def wang(house: House, client_id: int, lin: Actor) -> Owing:
    return house.owing(client_id, owned_by=lin)


def dial(of: Owing, by: Actor, clock: str = "10:00", line: str = "test", days: int = 0) -> CallRead:
    return contact.dial(
        case_id=of.case_id,
        contact_point_id=of.contact_point_id,
        work_item_id=None,
        line=line,
        at=moment(clock, days),
        actor=by,
    )


def hear(call: CallRead, event: str, clock: str, cause: str | None = None, seconds: int | None = None) -> CallRead:
    return contact.note_line_event(call_id=call.id, event=event, at=moment(clock), cause=cause, seconds=seconds)


def test_the_line_is_asked_once_permit_and_call_are_on_record(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = dial(wang, lin)
    assert line.asked == [(call.id, "+8613800000003")]
    assert call.state == "dialled" and call.number is None
    permit = Permit.objects.get(pk=call.permit_id)
    assert permit.granted and permit.used_at == moment()
    assert [fact.kind for fact in journal.list_facts(wang.customer_id)] == ["call-dialled", "permit-granted"]


def test_a_call_that_was_answered(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = dial(wang, lin)
    hear(call, "answered", "10:00:08")
    call = hear(call, "ended", "10:02:08", "answered", 120)
    assert (call.state, call.cause, call.seconds) == ("ended", "answered", 120)
    assert Attempt.objects.get(permit_id=call.permit_id).result == "answered"
    stage = CaseAccount.objects.get(case_id=wang.case_id)
    assert (stage.stage_attempts_count, stage.stage_contacts_count, stage.stage_right_party_count) == (1, 1, 0)


def test_a_call_that_nobody_answered(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = hear(dial(wang, lin), "ended", "10:00:30", "no-answer", 30)
    assert (call.state, call.cause) == ("ended", "no-answer")
    assert Attempt.objects.get(permit_id=call.permit_id).result == "no-answer"
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_contacts_count == 0


def test_the_same_event_twice_changes_nothing(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = dial(wang, lin)
    for _ in range(2):
        hear(call, "dialled", "10:00:01")
        hear(call, "answered", "10:00:08")
        after = hear(call, "ended", "10:02:08", "answered", 120)
    assert after.answered_at == moment("10:00:08") and after.dialled_at == moment("10:00")
    kinds = [fact.kind for fact in journal.list_facts(wang.customer_id)]
    assert [kinds.count(kind) for kind in ("call-dialled", "call-answered", "call-ended")] == [1, 1, 1]
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_attempts_count == 1


def test_an_end_that_comes_before_the_answer_does_not_take_the_answer_away(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    call = dial(wang, lin)
    hear(call, "ended", "10:02:08", None, 120)
    call = hear(call, "answered", "10:00:08")
    assert (call.state, call.cause) == ("ended", "answered")
    assert Attempt.objects.get(permit_id=call.permit_id).result == "answered"


def test_a_line_may_tell_its_events_while_it_is_being_asked(wang: Owing, lin: Actor, line: TestLine) -> None:
    def at_once(call_id: int) -> None:
        for event in ("dialled", "answered", "ended"):
            contact.note_line_event(call_id=call_id, event=event, at=moment("10:00:05"))

    line.does = at_once
    assert dial(wang, lin).state == "ended"


def test_a_refusal_is_raised_with_its_words_and_the_line_never_hears_of_it(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    with pytest.raises(ContactRefused) as refused:
        dial(wang, lin, "22:30")
    assert refused.value.answer.clause == "jurisdictions.cn.contact-hours"
    assert words.render(refused.value, "zh-Hans").startswith("不得联系：客户当地时间为22:30")
    assert line.asked == [] and not Call.objects.exists()
    assert Permit.objects.filter(granted=False).count() == 1


def test_the_proof_that_nothing_left_gives_the_count_back(wang: Owing, lin: Actor, line: TestLine) -> None:
    def broken(call_id: int) -> None:
        raise lines.NotDialled("no route")

    line.does = broken
    call = dial(wang, lin)
    assert call.state == "not-dialled" and not call.amounts_hidden
    assert not Attempt.objects.get(permit_id=call.permit_id).counts
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_attempts_count == 0
    line.does = lambda call_id: None
    assert dial(wang, lin, "10:01").state == "dialled"


def test_when_the_line_does_not_say_the_call_stays_unknown_counts_and_is_not_sent_again(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    def silent(call_id: int) -> None:
        raise TimeoutError

    line.does = silent
    with pytest.raises(LineUnsure):
        dial(wang, lin)
    (call,) = queries.list_calls(wang.case_id)
    assert call.state == "unknown" and Attempt.objects.get(permit_id=call.permit_id).counts
    with pytest.raises(AlreadyOnCall):
        dial(wang, lin, "10:01")
    line.does = lambda call_id: None
    assert dial(wang, lin, "10:02").state == "dialled"  # a new permit, a new attempt, and a person who decided it
    assert len(line.asked) == 2 and Attempt.objects.filter(counts=True).count() == 2


def test_a_call_that_was_unknown_is_known_once_the_line_speaks(wang: Owing, lin: Actor, line: TestLine) -> None:
    def silent(call_id: int) -> None:
        raise TimeoutError

    line.does = silent
    with pytest.raises(LineUnsure):
        dial(wang, lin)
    (call,) = queries.list_calls(wang.case_id)
    assert hear(call, "ended", "10:05", "busy", 0).state == "ended"


def test_dialling_refuses_to_run_inside_a_transaction(wang: Owing, lin: Actor, line: TestLine) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        dial(wang, lin)
    assert line.asked == []


def test_when_the_gate_is_down_there_is_silence(
    wang: Owing, lin: Actor, line: TestLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*seen: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("tideover.decide.gate.rules.decide", down)
    with pytest.raises(ConnectionError):
        dial(wang, lin)
    assert line.asked == [] and not Call.objects.exists() and not Permit.objects.exists()


def test_one_call_at_a_time(house: House, client_id: int, wang: Owing, lin: Actor, line: TestLine) -> None:
    call = dial(wang, lin)
    li = house.owing(client_id, owned_by=lin)
    with pytest.raises(AlreadyOnCall):
        dial(li, lin, "10:01")
    hear(call, "ended", "10:02", "no-answer", 30)
    assert dial(li, lin, "10:03").state == "dialled"


def test_nobody_dials_while_a_colleague_is_on_the_line_in_the_case(
    house: House, wang: Owing, lin: Actor, line: TestLine
) -> None:
    call = dial(wang, lin)
    leader = house.collector("zhao", role=Role.TEAM_LEADER)
    with pytest.raises(CaseBeingCalled):
        dial(wang, leader, "10:01")
    hear(call, "ended", "10:02", "no-answer", 30)
    assert dial(wang, leader, "10:03").state == "dialled"


def test_the_account_that_the_night_chose_to_lead_leads_the_call_while_it_is_open(
    house: House, client_id: int, wang: Owing, lin: Actor, line: TestLine
) -> None:
    second = house.account(client_id, wang.customer_id, "300.00")
    house.join(wang.case_id, second)
    case_lead = cases_queries.get_case(wang.case_id).lead_account_id
    other = next(each for each in (wang.account_id, second) if each != case_lead)
    work = WorkItem.objects.create(
        day=moment().date(),
        client_id=client_id,
        case_id=wang.case_id,
        collector_id=lin.user_id,
        position=1,
        lead_account_id=other,
        stage="first-contact",
        step="first-contact",
        action="contact",
        channel="call",
        skill="early",
        strategy_id="strategies.card",
        strategy_version="v",
        owed_amount=300,
        currency="CNY",
    )
    asked = {"case_id": wang.case_id, "contact_point_id": wang.contact_point_id, "line": "test", "actor": lin}
    call = contact.dial(work_item_id=work.pk, at=moment("10:00"), **asked)  # type: ignore[arg-type]
    assert call.account_id == other
    hear(call, "ended", "10:01", "no-answer", 30)
    CaseAccount.objects.filter(account_id=other).update(left_date=moment().date(), left_cause="paid")
    assert contact.dial(work_item_id=work.pk, at=moment("10:05"), **asked).account_id == case_lead  # type: ignore[arg-type]


def test_a_line_that_fell_silent_does_not_keep_anybody_from_working_for_ever(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    dial(wang, lin, "10:00")
    assert queries.get_live_call(lin.user_id or 0, moment("11:59")) is not None
    assert queries.get_live_call(lin.user_id or 0, moment("12:00")) is None
    assert dial(wang, lin, "12:00").state == "dialled"


def test_a_case_is_worked_by_its_owner_or_a_leader_and_by_nobody_else(
    house: House, wang: Owing, lin: Actor, line: TestLine
) -> None:
    with pytest.raises(MayNotWork):
        dial(wang, house.collector("mei"))
    assert not Permit.objects.exists()
    leader = house.collector("zhao", role=Role.TEAM_LEADER)
    assert dial(wang, leader).state == "dialled"


def test_a_closed_case_is_not_dialled(wang: Owing, lin: Actor, line: TestLine) -> None:
    Case.objects.filter(pk=wang.case_id).update(closed_date=moment().date(), close_cause="paid")
    CaseAccount.objects.filter(case_id=wang.case_id).update(left_date=moment().date(), left_cause="paid")
    with pytest.raises(NothingToDial):
        dial(wang, lin)


def test_an_unknown_line_is_refused_before_anything_is_written(wang: Owing, lin: Actor) -> None:
    with pytest.raises(LineUnknown):
        dial(wang, lin, line="carrier-pigeon")
    assert not Permit.objects.exists()


def test_by_hand_the_number_is_shown_against_the_permit_to_whoever_dials_and_while_they_do(
    house: House, wang: Owing, lin: Actor
) -> None:
    call = dial(wang, lin, line="manual")
    assert call.number == "+8613800000003"
    assert queries.get_number_to_dial(call.id, lin) == "+8613800000003"
    with pytest.raises(NotYourCall):
        queries.get_number_to_dial(call.id, house.collector("mei"))
    hear(call, "ended", "10:01", "no-answer", 30)
    assert queries.get_number_to_dial(call.id, lin) is None


def test_amounts_are_hidden_from_dialling_until_the_right_person_is_recorded(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    call = dial(wang, lin)
    assert call.amounts_hidden
    assert hear(call, "answered", "10:00:08").amounts_hidden
    call = contact.note_right_person(call_id=call.id, at=moment("10:00:20"), actor=lin)
    assert not call.amounts_hidden
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_right_party_count == 1


def test_a_third_person_sees_nothing_not_even_after_the_customer_handed_the_telephone_on(
    wang: Owing, lin: Actor, line: TestLine
) -> None:
    call = hear(dial(wang, lin), "answered", "10:00:08")
    call = contact.note_third_person(call_id=call.id, at=moment("10:00:20"), actor=lin)
    assert call.is_third_person and call.amounts_hidden
    call = contact.note_right_person(call_id=call.id, at=moment("10:00:40"), actor=lin)
    assert not call.is_third_person and not call.amounts_hidden
    call = contact.note_third_person(call_id=call.id, at=moment("10:01:00"), actor=lin)
    assert call.is_third_person and call.amounts_hidden
    assert hear(call, "ended", "10:02", "answered", 112).amounts_hidden  # until the outcome stands
    with transaction.atomic():
        contact.note_outcome(call_id=call.id, outcome_id=7)
    assert not queries.get_call(call.id).amounts_hidden


def test_the_customer_is_counted_once_a_call(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = hear(dial(wang, lin), "answered", "10:00:08")
    for clock in ("10:00:20", "10:00:21"):
        contact.note_right_person(call_id=call.id, at=moment(clock), actor=lin)
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_right_party_count == 1


def test_nobody_is_on_the_line_before_it_is_answered(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = dial(wang, lin)
    with pytest.raises(NotAnswered):
        contact.note_right_person(call_id=call.id, at=moment("10:00:20"), actor=lin)


def test_only_whoever_called_says_who_is_on_the_line(house: House, wang: Owing, lin: Actor, line: TestLine) -> None:
    call = hear(dial(wang, lin), "answered", "10:00:08")
    with pytest.raises(NotYourCall):
        contact.note_right_person(call_id=call.id, at=moment("10:00:20"), actor=house.collector("mei"))


def test_the_journal_tells_of_the_call_without_the_number(wang: Owing, lin: Actor, line: TestLine) -> None:
    hear(dial(wang, lin), "ended", "10:00:30", "no-answer", 30)
    told = str([fact.body for fact in journal.list_facts(wang.customer_id)])
    assert "1380000" not in told and journal.verify().holds


def test_calls_of_one_number_and_talks_with_one_customer_are_counted(wang: Owing, lin: Actor, line: TestLine) -> None:
    call = hear(dial(wang, lin), "answered", "10:00:08")
    contact.note_right_person(call_id=call.id, at=moment("10:00:20"), actor=lin)
    later: datetime = moment() + timedelta(hours=1)
    assert queries.count_calls(contact_point_id=wang.contact_point_id, before=later) == 1
    assert queries.count_talks(customer_id=wang.customer_id, before=later) == 1
    assert queries.count_talks(customer_id=wang.customer_id, before=moment()) == 0
