"""The case page, told as a collector lives it: who, how much, may I call; then the call, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tideover.act.contact import queries as contact_queries
from tideover.act.outcomes import operations as outcomes
from tideover.core.clock import operations as clock_operations
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.know.cases import queries as cases_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def said(answer: object) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def case_id(open_day: Bank) -> int:
    """The case of 王芳, who is late with NT$3,913.00."""
    cases = cases_queries.list_open_cases(open_day.client_id)
    return min(case.id for case in cases)


@pytest.fixture
def collector(case_id: int, open_day: Bank, as_user: AsUser) -> Client:
    """Whoever owns the case, signed in."""
    owner_id = cases_queries.get_collector_id(case_id)
    return as_user(next(name for name, user_id in open_day.users.items() if user_id == owner_id))


def dial(browser: Client, case_id: int) -> object:
    page = browser.get(f"/cases/{case_id}").content.decode()
    point = re.search(r'name="contact_point" value="(\d+)"', page)
    assert point, said(browser.get(f"/cases/{case_id}"))
    return browser.post(f"/cases/{case_id}/dial", {"contact_point": point.group(1)}, follow=True)


def tell(browser: Client, case_id: int, event: str) -> object:
    return browser.post(f"/cases/{case_id}/line", {"event": event}, follow=True)


def speak(browser: Client, case_id: int, party: str) -> object:
    return browser.post(f"/cases/{case_id}/party", {"party": party}, follow=True)


def record(browser: Client, case_id: int, **form: str) -> object:
    return browser.post(f"/cases/{case_id}/record", {"once_key": "k1", **form}, follow=True)


def test_before_dialling_everything_may_be_read(collector: Client, case_id: int) -> None:
    page = said(collector.get(f"/cases/{case_id}"))
    assert "NT$3,913.00" in page and "2 days late, M1" in page and "You may call now" in page
    assert "154****0192" in page and "15400000192" not in page
    assert "The lender sent no split into principal, interest and fees" in page


def test_from_dialled_amounts_and_history_are_not_on_the_page_at_all(collector: Client, case_id: int) -> None:
    page = said(dial(collector, case_id))
    assert "First make sure who is speaking" in page
    assert "NT$" not in page and "days late" not in page and "What has happened" not in page
    assert "NT$" not in said(tell(collector, case_id, "answered"))


def test_the_number_itself_is_shown_only_while_it_must_be_dialled(collector: Client, case_id: int) -> None:
    assert "15400000192" in said(dial(collector, case_id))
    assert "15400000192" not in said(tell(collector, case_id, "answered"))


def test_once_the_customer_is_confirmed_amounts_and_the_form_appear(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    page = said(speak(collector, case_id, "customer"))
    assert "NT$3,913.00" in page and "Promises to pay" in page and "Identity verified" in page


def test_with_a_third_person_only_the_call_back_line_shows(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    page = said(speak(collector, case_id, "third-person"))
    assert "Somebody else is on the line" in page and "麻烦您请王芳回电给" in page
    assert "NT$" not in page and "Promises to pay" not in page and "Card Bank" not in page


def test_a_promise_is_recorded_and_the_next_case_opens(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    answer = record(
        collector,
        case_id,
        result="promise-to-pay",
        amount="3,913.00",
        promise_date="2026-10-05",
        arrears_reason="forgot",
        note="发薪后一次还清。",
    )
    assert "NT$3,913.00 promised by 5 October 2026" in said(answer)
    page = said(collector.get(f"/cases/{case_id}"))
    assert "Promised NT$3,913.00 by 5 October 2026" in page and "发薪后一次还清" in page


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({}, "Choose a result"),
        ({"result": "promise-to-pay", "amount": "much", "promise_date": "2026-10-05"}, "must be a sum like"),
        ({"result": "promise-to-pay", "amount": "12,00", "promise_date": "2026-10-05"}, "must be a sum like"),
        ({"result": "promise-to-pay", "amount": "1e3", "promise_date": "2026-10-05"}, "must be a sum like"),
        ({"result": "promise-to-pay", "amount": "10", "promise_date": "5.10."}, "year-month-day"),
        (
            {"result": "promise-to-pay", "amount": "9999", "promise_date": "2026-10-05", "arrears_reason": "forgot"},
            "more than is owed",
        ),
        ({"result": "promise-to-pay", "amount": "10", "promise_date": "2026-10-05"}, "why it was not paid"),
        ({"result": "asks-for-later", "call_back_date": "2026-10-02", "call_back_time": "2 pm"}, "hours:minutes"),
        ({"result": "disputes", "hold_until": "2026-10-11"}, "Write a note"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    collector: Client, case_id: int, form: dict[str, str], complaint: str
) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    answer = collector.post(f"/cases/{case_id}/record", {"once_key": "k", "note": "", **form})
    assert answer.status_code in (409, 422) and complaint in said(answer)
    for text in form.values():
        assert f'value="{text}"' in answer.content.decode()


def test_a_call_back_is_kept_in_the_customers_own_time(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    record(collector, case_id, result="asks-for-later", call_back_date="2026-10-02", call_back_time="9:30")
    asked = cases_queries.get_case(case_id).call_back_at
    assert asked is not None and asked.isoformat() == "2026-10-02T01:30:00+00:00"


def test_a_call_back_for_later_today_stays_on_the_list_until_it_is_made(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    record(collector, case_id, result="asks-for-later", call_back_date=DAY.isoformat(), call_back_time="15:00")
    page = said(collector.get("/work"))
    assert "asked to be called at 15:00" in page and "done: " not in page
    clock_operations.set_instant(at=MORNING + timedelta(hours=7), waits_until_at=None)
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    record(collector, case_id, once_key="k2", result="refuses", arrears_reason="forgot", note="不谈")
    assert "asked to be called" not in said(collector.get("/work"))


def test_a_dispute_stops_contact_at_once(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    record(collector, case_id, result="disputes", hold_until="2026-10-11", note="有一笔不是本人消费。")
    page = said(collector.get(f"/cases/{case_id}"))
    assert "Do not call now" in page and "Dispute: contact is stopped until 11 October 2026" in page


def test_a_call_that_nobody_answers_records_itself(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    page = said(tell(collector, case_id, "no-answer"))
    assert "Nobody answered. Recorded." in page and "NT$3,913.00" in page and "2 left today" in page


def test_the_page_asks_for_news_and_hears_nothing_new(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    assert collector.get(f"/cases/{case_id}/call?seen=dialled").status_code == 204
    tell(collector, case_id, "answered")
    assert "Who is on the line?" in said(collector.get(f"/cases/{case_id}/call?seen=dialled"))


def test_no_more_calls_than_the_law_allows_and_the_page_says_why(collector: Client, case_id: int) -> None:
    for _ in range(3):
        dial(collector, case_id)
        tell(collector, case_id, "no-answer")
    answer = collector.get(f"/cases/{case_id}")
    assert "Do not call now" in said(answer)
    assert re.search(r'name="contact_point"[^>]*>\s*<button[^>]* disabled', answer.content.decode())


def test_somebody_elses_case_is_for_them_and_their_leader_alone(
    collector: Client, case_id: int, open_day: Bank, as_user: AsUser
) -> None:
    owner_id = cases_queries.get_collector_id(case_id)
    other = next(name for name in ("wang", "li") if open_day.users[name] != owner_id)
    assert as_user(other).get(f"/cases/{case_id}").status_code == 404
    assert as_user("leader").get(f"/cases/{case_id}").status_code == 200
    assert as_user("integrator").get(f"/cases/{case_id}").status_code == 403
    assert as_user("wang").get("/cases/999999").status_code == 404


def test_the_same_form_sent_twice_is_one_outcome(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    speak(collector, case_id, "customer")
    page = collector.get(f"/cases/{case_id}").content.decode()
    call = re.search(r'name="call" value="(\d+)"', page)
    assert call
    form = {"result": "says-paid", "once_key": "same", "call": call.group(1)}
    assert [collector.post(f"/cases/{case_id}/record", form).status_code for _ in range(2)] == [302, 302]
    page = said(collector.get(f"/cases/{case_id}"))
    assert page.count("Talk with the customer: Says it has been paid") == 1


def test_a_line_that_reports_by_itself_is_believed(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    from tideover.act.contact import queries as contact_queries

    call = contact_queries.list_calls(case_id)[0]
    outcomes.record_line_event(call_id=call.id, event="ended", at=MORNING, cause="busy", seconds=0)
    assert "The line was busy. Recorded." in said(collector.get(f"/cases/{case_id}"))


def test_nobody_leaves_a_call_unrecorded_without_being_told(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "answered")
    answer = collector.get("/work/next", follow=True)
    assert answer.redirect_chain[-1][0] == f"/cases/{case_id}"
    assert "Record this call first" in said(answer)


def test_a_leader_reviews_a_case_before_its_final_notice(case_id: int, open_day: Bank, as_user: AsUser) -> None:
    from tideover.know.cases.models import CaseAccount

    CaseAccount.objects.filter(case_id=case_id).update(stage="pre-final-review")
    leader = as_user("leader")
    page = leader.get(f"/cases/{case_id}")
    assert "Review before the final notice" in said(page)
    account = re.search(r'name="account" value="(\d+)"', page.content.decode())
    assert account
    answer = leader.post(f"/cases/{case_id}/review", {"account": account.group(1), "decision": "go-on"}, follow=True)
    assert "The review is recorded" in said(answer)
    assert "waits for the team leader" not in said(leader.get(f"/cases/{case_id}"))
    owner_id = cases_queries.get_collector_id(case_id)
    owner = as_user(next(name for name, user_id in open_day.users.items() if user_id == owner_id))
    assert owner.post(f"/cases/{case_id}/review", {"account": account.group(1), "decision": "stay"}).status_code == 403


def test_the_key_pressed_twice_dials_once(collector: Client, case_id: int) -> None:
    page = collector.get(f"/cases/{case_id}").content.decode()
    point = re.search(r'name="contact_point" value="(\d+)"', page)
    assert point
    twice = [collector.post(f"/cases/{case_id}/dial", {"contact_point": point.group(1)}) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [302, 302]
    assert len(contact_queries.list_calls(case_id)) == 1


def test_a_page_older_than_the_call_is_shown_anew(collector: Client, case_id: int) -> None:
    dial(collector, case_id)
    tell(collector, case_id, "no-answer")
    assert "Nobody answered. Recorded." in said(speak(collector, case_id, "customer"))
    assert "Nobody answered. Recorded." in said(tell(collector, case_id, "hang-up"))


def test_what_is_verified_is_verified_in_this_call(collector: Client, case_id: int) -> None:
    assert "Never spoken with yet" in said(collector.get(f"/cases/{case_id}"))
    dial(collector, case_id)
    assert "Who speaks is not known yet" in said(tell(collector, case_id, "answered"))
    assert "Identity verified" in said(speak(collector, case_id, "customer"))
    record(collector, case_id, result="says-paid")
    assert "Spoken with before" in said(collector.get(f"/cases/{case_id}"))
