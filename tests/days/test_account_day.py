"""What a decision is told of an account: each column of the snapshot from the rows that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow.parquet as parquet
import pytest

from tideover.act.arrangements.models import Promise
from tideover.act.outcomes.models import Outcome
from tideover.core.access.models import User
from tideover.core.access.types import SYSTEM
from tideover.decide.assignment.models import WorkItem
from tideover.decide.gate.models import Attempt
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.decide.snapshot import operations as snapshot
from tideover.know.cases.models import Case, CaseAccount, Hold
from tideover.know.customers.models import ContactPoint, OptOut
from tideover.know.portfolio.models import Batch, Placement, Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client_id(house: House) -> int:
    return house.client()


@pytest.fixture
def wang(house: House, client_id: int) -> Owing:
    """Owes 1250 to the client, in a case at the first contact since Monday."""
    return house.owing(client_id)


def look(client_id: int, day: date = MONDAY, clock: str = "08:00") -> dict[int, dict[str, Any]]:
    days = (day - MONDAY).days
    taken = snapshot.take(client_id=client_id, day=day, at=moment(clock, days), actor=SYSTEM)
    return {row["account_id"]: row for row in parquet.read_table(taken.account_day.path).to_pylist()}


def row_of(of: Owing, day: date = MONDAY, clock: str = "08:00") -> dict[str, Any]:
    return look(of.client_id, day, clock)[of.account_id]


def attempt(of: Owing, days: int, result: str = "no-answer", clock: str = "10:00", **more: Any) -> None:
    Attempt.objects.create(
        **{
            "person_id": of.person_id,
            "customer_id": of.customer_id,
            "client_id": of.client_id,
            "channel": "call",
            "purpose": "collection",
            "at": moment(clock, days),
            "local_date": MONDAY + timedelta(days=days),
            "result": result,
            **more,
        }
    )


def outcome(of: Owing, days: int, spoke_to: str = "customer") -> None:
    Outcome.objects.create(
        case_id=of.case_id,
        customer_id=of.customer_id,
        client_id=of.client_id,
        account_id=of.account_id,
        at=moment("10:00", days),
        local_date=MONDAY + timedelta(days=days),
        spoke_to=spoke_to,
        result="no-arrangement",
        result_version="v",
        recorded_once_key=f"{of.case_id}{days}{spoke_to}",
        fact_id=1,
    )


def promise(of: Owing, state: str, due: int, judged: int | None = None) -> None:
    Promise.objects.create(
        case_id=of.case_id,
        account_id=of.account_id,
        customer_id=of.customer_id,
        client_id=of.client_id,
        amount=Decimal(500),
        currency="CNY",
        made_at=moment("10:00", -6),
        made_date=MONDAY - timedelta(days=6),
        due_date=MONDAY + timedelta(days=due),
        state=state,
        judged_date=None if judged is None else MONDAY + timedelta(days=judged),
        fact_id=1,
    )


@pytest.fixture
def hold() -> Callable[..., None]:
    def place(of: Owing, scope: str, reason: str = "dispute", **more: Any) -> None:
        values = {
            "scope": scope,
            "person_id": of.person_id,
            "customer_id": of.customer_id,
            "case_id": of.case_id if scope == "case" else None,
            "account_id": of.account_id if scope in ("account", "part") else None,
            "reason": reason,
            "purposes": ["collection"],
            "from_at": moment("07:00"),
            "until_at": moment("20:00", 3),
            "fact_id": 1,
        }
        Hold.objects.create(**{**values, **more})

    return place


def test_every_account_of_the_client_is_there_late_or_not_and_none_of_another(house: House, wang: Owing) -> None:
    other = house.owing(house.client("other"))
    quiet = house.account(wang.client_id, wang.customer_id, "0.00")
    assert set(look(wang.client_id)) == {wang.account_id, quiet}
    assert other.account_id not in look(wang.client_id)


def test_how_late_and_how_much_comes_from_the_latest_word_of_the_lender(wang: Owing) -> None:
    batch = Batch.objects.create(client_id=wang.client_id, number="1", from_date=MONDAY, mandate="agency")
    Placement.objects.create(
        account_id=wang.account_id, batch=batch, placed_amount=1250, placed_date=MONDAY, import_id=1
    )
    for days, dpd in ((-4, 2), (-2, 5), (1, 99)):
        Standing.objects.create(
            account_id=wang.account_id,
            cut_off_date=MONDAY + timedelta(days=days),
            dpd=dpd,
            dpd_basis="stated",
            import_id=1,
        )
    row = row_of(wang)
    assert (row["dpd"], row["owed_amount"], row["mandate"]) == (7, Decimal("1250.0000"), "agency")


def test_an_account_of_which_nothing_is_known_is_not_made_up(house: House, client_id: int, wang: Owing) -> None:
    row = row_of(wang)
    assert row["dpd"] is None and row["last_payment_days_ago"] is None and row["promise_amount"] is None
    assert (row["payments_amount_30d"], row["attempts_count_7d"], row["promises_broken_count"]) == (0, 0, 0)


def test_where_the_account_stands_on_the_ladder(wang: Owing) -> None:
    CaseAccount.objects.filter(account_id=wang.account_id).update(
        stage_deadline_date=MONDAY + timedelta(days=3), stage_paused_days_count=1, stage_attempts_count=2
    )
    row = row_of(wang, MONDAY + timedelta(days=2))
    assert (row["stage"], row["stage_age_days"], row["stage_deadline_days_left"]) == ("first-contact", 1, 1)
    assert (row["stage_late"], row["stage_attempts_count"], row["case_age_days"]) == (False, 2, 5)


def test_attempts_are_counted_over_seven_of_the_customers_days_and_unanswered_ones_in_a_row(wang: Owing) -> None:
    attempt(wang, -7, "answered")
    attempt(wang, -6, "answered")
    attempt(wang, -2)
    attempt(wang, -1, "unknown")
    attempt(wang, -1, counts=False, result="not-dialled", clock="11:00")
    attempt(wang, 0, clock="09:00")  # after the snapshot
    row = row_of(wang)
    assert (row["attempts_count_7d"], row["contacts_count_7d"], row["calls_unanswered_in_a_row"]) == (3, 1, 2)
    assert (row["last_attempt_days_ago"], row["last_contact_days_ago"]) == (1, 6)


def test_what_another_client_tried_counts_for_the_caps_alone(house: House, wang: Owing) -> None:
    elsewhere = house.owing(house.client("other"), person_id=wang.person_id)
    attempt(elsewhere, -1)
    attempt(elsewhere, 0, clock="07:30")
    row = row_of(wang)
    assert (row["attempts_count_7d"], row["last_attempt_days_ago"]) == (0, None)
    assert (row["calls_person_today_count"], row["calls_person_7d_count"]) == (1, 2)


def test_only_a_talk_with_the_customer_is_one(wang: Owing) -> None:
    outcome(wang, -1, "third-person")
    assert row_of(wang)["first_contact_done"] is False


def test_a_talk_with_the_customer_is_remembered_by_its_day(wang: Owing) -> None:
    outcome(wang, -2)
    row = row_of(wang)
    assert (row["first_contact_done"], row["last_right_party_days_ago"]) == (True, 2)


def test_an_open_promise_is_told_with_what_is_left_of_it(wang: Owing) -> None:
    promise(wang, "open", due=2)
    row = row_of(wang)
    assert (row["promise_open"], row["promise_amount"], row["promise_due_in_days"]) == (True, 500, 2)
    assert row["promise_broken"] is False


@pytest.mark.parametrize(("talked", "still_broken"), [(None, True), (-2, True), (-1, False), (0, False)])
def test_a_broken_promise_counts_until_it_was_talked_about(wang: Owing, talked: int | None, still_broken: bool) -> None:
    promise(wang, "broken", due=-3, judged=-1)
    if talked is not None:
        outcome(wang, talked)
    row = row_of(wang, clock="20:00")
    assert (row["promise_broken"], row["promise_broken_days_ago"]) == (still_broken, 1)
    assert row["promises_broken_count"] == 1


@pytest.mark.parametrize(
    ("scope", "held", "others_held"),
    [("part", False, False), ("account", True, False), ("case", True, True), ("person", True, True)],
)
def test_a_hold_binds_its_own_scope(
    house: House, wang: Owing, hold: Callable[..., None], scope: str, held: bool, others_held: bool
) -> None:
    second = house.account(wang.client_id, wang.customer_id, "80.00")
    house.join(wang.case_id, second)
    hold(wang, scope)
    rows = look(wang.client_id)
    assert (rows[wang.account_id]["dispute_open"], rows[second]["dispute_open"]) == (held, others_held)
    assert rows[wang.account_id]["hold_until_date"] == (MONDAY + timedelta(days=3) if held else None)


@pytest.mark.parametrize(
    "gone",
    [{"lifted_at": moment("07:30")}, {"until_at": moment("08:00")}, {"from_at": moment("08:01")}, {"purposes": ["x"]}],
)
def test_a_hold_that_does_not_stand_does_not_bind(wang: Owing, hold: Callable[..., None], gone: dict[str, Any]) -> None:
    hold(wang, "case", "hardship", **gone)
    row = row_of(wang)
    assert (row["hold_open"], row["hardship_open"], row["hold_until_date"]) == (False, False, None)


def test_a_number_that_is_unusable_or_somebody_elses_is_no_way_to_reach_the_customer(house: House, wang: Owing) -> None:
    house.number(wang.customer_id, owner="third-person")
    assert row_of(wang)["contact_points_callable_count"] == 1
    ContactPoint.objects.filter(pk=wang.contact_point_id).update(unusable_since=moment("07:00", 1))
    row = row_of(wang, MONDAY + timedelta(days=1))
    assert (row["contact_point_callable"], row["contact_points_callable_count"]) == (False, 0)


def test_an_opt_out_is_told(wang: Owing) -> None:
    OptOut.objects.create(
        customer_id=wang.customer_id, channels=["call"], purposes=["collection"], from_at=moment("07:00"), fact_id=1
    )
    assert row_of(wang)["opted_out_call"] is True


def test_a_call_back_falls_on_the_customers_own_date(wang: Owing) -> None:
    Case.objects.filter(pk=wang.case_id).update(call_back_at=moment("00:30", 1))
    row = row_of(wang)
    assert row["call_back_date"] == MONDAY + timedelta(days=1)
    assert row["call_back_at"] == moment("00:30", 1)


def test_a_collector_is_told_with_languages_valid_certificates_and_room(house: House, wang: Owing) -> None:
    lin = house.collector("lin")
    house.collector("guest", certified=False)
    gone = house.collector("gone")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    Case.objects.filter(pk=wang.case_id).update(collector_id=lin.user_id)
    WorkItem.objects.create(
        day=MONDAY, client_id=wang.client_id + 1, case_id=1, collector_id=lin.user_id, order_reason="amount",
        lead_account_id=1, stage="s", step="s", action="contact", skill="early", strategy_id="s",
        strategy_version="v", owed_amount=1, currency="CNY",
    )  # fmt: skip
    path = snapshot.take_collectors(client_ids=[wang.client_id], day=MONDAY, at=moment("08:00"), actor=SYSTEM)
    rows = {row["user_id"]: row for row in parquet.read_table(path).to_pylist()}
    assert gone.user_id not in rows and len(rows) == 2
    mine = rows[lin.user_id]
    assert (mine["languages"], mine["skills"]) == (["zh-Hans"], ["early"])
    assert (mine["work_items_left"], mine["cases_left"]) == (59, 299)
    assert next(row for user, row in rows.items() if user != lin.user_id)["skills"] == []
