"""Cut off, handed over, moved on: the demo goes on where it was, and what is a person's stays theirs."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.intake import queries as intake_queries
from tideover.act.outcomes import operations as outcomes
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.callbacks import jobs
from tideover.know.cases import queries as cases_queries
from tideover.know.clients import operations as clients
from tideover.know.clients.types import StopReason
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast, collectors, demo, events, live_calls, queries, replaying, simulated_line
from tideover.rehearsal.types import ClockGoesForward, DemoRead, NotADemo, Stage, StillReplaying

ACCOUNTS = 40


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STORE = tmp_path / "store"
    return tmp_path


@pytest.fixture
def handed_over() -> DemoRead:
    demo.prepare(accounts=ACCOUNTS, loans=ACCOUNTS // 2, days=1, work_items_per_day_max=8)
    return demo.replay()


def _collector(place: int) -> int:
    return staff_queries.list_collectors(staff_queries.get_team(cast.TEAM).id)[place].user_id


@pytest.mark.django_db
def test_a_replay_that_is_cut_off_in_a_talk_goes_on_with_nothing_lost_and_nothing_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demo.prepare(accounts=ACCOUNTS, loans=ACCOUNTS // 2, days=1, work_items_per_day_max=8)
    record, calls = outcomes.record, []

    def cut_off(**said: Any) -> Any:
        calls.append(said["call_id"])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return record(**said)

    monkeypatch.setattr(collectors.outcomes, "record", cut_off)
    with pytest.raises(KeyboardInterrupt):
        demo.replay()
    assert queries.get_demo().days_done == 0
    monkeypatch.setattr(collectors.outcomes, "record", record)
    demo.replay()
    for place in range(demo.COLLECTORS):
        user_id = _collector(place)
        assert contact_queries.list_calls_without_outcome(user_id) == []
        assert contact_queries.get_live_call(user_id) is None
        work = assignment_queries.list_work(user_id, demo.FIRST_DATE)
        assert [
            item.case_id for item in work if item.action == "contact" and item.done_cause in (None, "superseded")
        ] == []


@pytest.mark.django_db
def test_the_desk_is_handed_over_in_the_morning_with_that_days_work_undone(handed_over: DemoRead) -> None:
    assert (handed_over.stage, handed_over.open_date) == (Stage.READY, demo.FIRST_DATE + timedelta(days=1))
    now = clock_queries.now()
    assert clock.local_date(now, cast.ZONE) == handed_over.open_date
    assert clock.local_time(now, cast.ZONE).hour == 9
    work = [
        item for place in range(8) for item in assignment_queries.list_work(_collector(place), handed_over.open_date)
    ]
    assert work
    assert not any(item.is_done for item in work)


@pytest.mark.django_db
def test_on_the_next_day_colleagues_have_finished_and_whoever_dials_by_hand_keeps_their_list(
    handed_over: DemoRead,
) -> None:
    by_hand, colleague = _collector(0), _collector(1)
    demo.keep_by_hand(by_hand)
    moved = demo.next_day()
    assert moved.open_date == handed_over.open_date + timedelta(days=1)
    assert clock.local_date(clock_queries.now(), cast.ZONE) == moved.open_date
    left = [item.done_cause for item in assignment_queries.list_work(by_hand, handed_over.open_date)]
    assert set(left) <= {"superseded"}
    done = [item for item in assignment_queries.list_work(colleague, handed_over.open_date) if item.action == "contact"]
    assert done
    assert all(item.done_cause not in (None, "superseded") for item in done)


@pytest.mark.django_db
def test_days_go_on_while_one_lender_is_stopped_and_its_own_are_decided_after_it_is_acknowledged(
    handed_over: DemoRead,
) -> None:
    bank, lender = replaying.list_clients(handed_over)
    with transaction.atomic():
        stop_id = clients.stop_collection(
            client_id=lender.id,
            import_id=intake_queries.list_imports([lender.id])[0].id,
            reasons=[StopReason("rows-differ", {"stated": 9, "counted": 5})],
            at=clock_queries.now(),
            actor=events.first_member(Role.INTEGRATOR),
        )
    for _ in range(2):
        demo.next_day()
    stood = receipts_queries.get_open_day(lender.id), receipts_queries.get_open_day(bank.id)
    assert stood == (handed_over.open_date, handed_over.open_date + timedelta(days=2))
    officer = events.first_member(Role.COMPLIANCE_OFFICER)
    clients.acknowledge(stop_id=stop_id, note="settled", at=clock_queries.now(), actor=officer)
    jobs.start_due_days(timestamp=0)
    assert receipts_queries.get_open_day(lender.id) == handed_over.open_date + timedelta(days=2)
    assert demo.next_day().is_ready
    assert receipts_queries.get_open_day(lender.id) == handed_over.open_date + timedelta(days=3)


@pytest.mark.django_db
def test_the_clock_can_be_set_to_a_minute_of_the_day_and_forward_only(handed_over: DemoRead) -> None:
    assert clock.local_time(demo.set_time(time(22, 1)), cast.ZONE) == time(22, 1)
    with pytest.raises(ClockGoesForward) as refused:
        demo.set_time(time(10))
    assert refused.value.fields == {"asked": "10:00", "now": "22:01"}


@pytest.mark.django_db
def test_the_clock_is_not_moved_while_the_rehearsal_is_replayed_nor_where_there_is_none() -> None:
    with pytest.raises(NotADemo):
        demo.set_time(time(14))
    demo.prepare(accounts=ACCOUNTS, loans=ACCOUNTS // 2, days=1, work_items_per_day_max=8)
    with pytest.raises(StillReplaying):
        demo.set_time(time(14))


@pytest.mark.django_db
def test_a_person_who_dials_hears_somebody_or_nobody_and_the_line_ends_by_itself(
    handed_over: DemoRead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_calls, "RINGS_FASTER", 10_000)
    monkeypatch.setattr(live_calls, "HANGS_UP_AFTER", timedelta(0))
    at = clock_queries.now()
    heard = set()
    for place in range(8):
        user_id = _collector(place)
        actor = staff_queries.get_actor(user_id)
        for item in assignment_queries.list_open_work(user_id)[:4]:
            if item.action != "contact":
                continue
            customer_id = cases_queries.get_case(item.case_id).customer_id
            point = customers_queries.list_contact_points(customer_id)[0]
            call = contact.dial(
                case_id=item.case_id,
                contact_point_id=point.id,
                work_item_id=item.id,
                line=simulated_line.NAME,
                at=at,
                actor=actor,
            )
            live_calls.play(call.id)
            ended = contact_queries.get_call(call.id)
            assert ended.state == "ended"
            assert (ended.outcome_id is None) == ended.was_answered
            heard |= {each.code for each in simulated_line.says(ended)}
            at += timedelta(minutes=5)
    assert any(code.startswith("rehearsal.says.hello.") for code in heard)
    assert queries.get_demo().by_hand_user_ids


@pytest.mark.django_db
def test_the_simulated_line_proves_that_nothing_left_where_there_is_no_demo() -> None:
    with pytest.raises(lines.NotDialled):
        simulated_line.LINE.dial(1, "+8615400000000")
