"""The ladder as a collections manager tells it: each case from its first day to its last."""

from __future__ import annotations

import pytest

from tideover.core.access.types import SYSTEM, AccessRefused, Role
from tideover.core.journal import queries as journal
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import CaseAccount, DayChange, StageMove
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import (
    CaseClosed,
    CollectorCannotWork,
    FilingGap,
    HoldReason,
    HoldScope,
    NotUnderReview,
    ReviewDecision,
    UnknownCause,
)
from tideover.know.filing import queries as filing
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import operations as staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return Story()


def kinds(account_id: int) -> list[str]:
    """The kinds of facts on the customer's chain, the oldest first."""
    return [each.kind for each in reversed(journal.list_facts(portfolio_queries.get_borrower_id(account_id)))]


def test_a_late_and_owing_account_gets_a_case_and_is_ready_for_its_first_contact(story: Story) -> None:
    wang = story.account(dpd=1)

    counts = story.morning(1)

    assert (counts["opened"], counts["moved"], counts["open"]) == (1, 1, 1)
    case = story.case(wang)
    assert (case.stage, case.stage_deadline_date, case.opened_date) == ("first-contact", day(2), day(1))
    assert kinds(wang) == ["case-opened", "stage-moved"]


def test_who_is_not_late_or_owes_nothing_has_no_case(story: Story) -> None:
    punctual, settled, in_credit = story.account(dpd=0), story.account(owed="0.00"), story.account(owed="-5.00")

    assert story.morning(1)["opened"] == 0
    assert not any(cases_queries.get_open_case_of_account(each) for each in (punctual, settled, in_credit))


def test_the_same_morning_twice_changes_and_tells_nothing(story: Story) -> None:
    accounts = [story.account() for _ in range(3)]
    story.morning(1)
    told = [kinds(each) for each in accounts]

    counts = story.morning(1, "07:30")

    assert {name: count for name, count in counts.items() if count} == {"open": 3}
    assert [kinds(each) for each in accounts] == told
    assert not DayChange.objects.exists()


def test_all_accounts_of_a_customer_are_one_case_and_the_furthest_leads(story: Story) -> None:
    customer = story.customer()
    older = story.account(customer)
    story.morning(1)
    story.call(older)
    newer = story.account(customer, dpd=0)
    story.stands(newer, day(1), owed="300.00", dpd=1)

    counts = story.morning(2)

    case = story.case(newer)
    assert counts["joined"] == 1
    assert case.id == story.case(older).id
    assert (case.stage, case.lead_account_id) == ("next-day-follow-up", older)
    assert [each.stage for each in case.open_accounts] == ["next-day-follow-up", "first-contact"]


def test_a_first_contact_that_nobody_made_is_late_and_is_never_skipped(story: Story) -> None:
    wang = story.account()
    story.mornings(1, 2)
    assert story.present(wang).late_since_date is None

    counts = story.morning(3)

    assert counts["late"] == 1
    assert story.present(wang).late_since_date == day(3)
    story.mornings(4, 12)
    assert story.stage(wang) == "first-contact"
    assert kinds(wang).count("stage-late") == 1


def test_a_next_day_call_that_was_never_made_is_skipped_and_both_is_on_record(story: Story) -> None:
    wang = story.account()
    story.morning(1)
    story.call(wang)
    story.mornings(2, 7)

    assert story.stage(wang) == "continued-follow-up"
    move = StageMove.objects.latest("pk")
    assert (move.stage_from, move.was_skipped, move.was_late) == ("next-day-follow-up", True, True)
    assert "stage-skipped" in kinds(wang)


def test_an_unreached_customer_goes_up_the_whole_ladder_and_is_handed_back(story: Story) -> None:
    wang, leader = story.account(), story.user("leader", Role.TEAM_LEADER)
    stages = []
    for number in range(1, 31):
        story.morning(number)
        case = cases_queries.get_open_case_of_account(wang)
        if case is None:
            break
        if case.stage != (stages[-1] if stages else None):
            stages.append(case.stage)
        if case.stage == "pre-final-review":
            cases.review(case_id=case.id, account_id=wang, decision=ReviewDecision.GO_ON, at=at(number), actor=leader)
        else:
            story.call(wang)

    assert stages == [
        "first-contact", "next-day-follow-up", "continued-follow-up", "pre-final-review", "final-notice",
    ]  # fmt: skip
    assert number <= 20
    closed = cases_queries.list_cases_of_customer(portfolio_queries.get_borrower_id(wang))[0]
    assert (closed.close_cause, closed.closed_date) == ("handed-back", day(number))
    assert kinds(wang)[-2:] == ["stage-moved", "case-closed"]


def test_what_was_handed_back_is_worked_again_only_when_it_is_placed_anew(story: Story) -> None:
    test_an_unreached_customer_goes_up_the_whole_ladder_and_is_handed_back(story)
    account = StageMove.objects.latest("pk").case_account.account_id

    assert story.morning(31)["opened"] == 0

    story.placed(account, "2026-11", day(32))
    assert story.morning(32)["opened"] == 1


def test_a_leader_who_is_not_content_sends_the_case_back(story: Story) -> None:
    wang, leader = story.account(), story.user("leader", Role.TEAM_LEADER)
    for number in range(1, 14):
        story.morning(number)
        story.call(wang)
    assert story.stage(wang) == "pre-final-review"

    cases.review(case_id=story.case(wang).id, account_id=wang, decision=ReviewDecision.STAY, at=at(13), actor=leader)
    story.morning(14)

    assert story.stage(wang) == "continued-follow-up"
    assert kinds(wang)[-2:] == ["case-reviewed", "stage-moved"]


def test_no_final_notice_is_given_with_a_gap_in_the_file(story: Story) -> None:
    wang, leader = story.account(), story.user("leader", Role.TEAM_LEADER)
    story.morning(1)
    CaseAccount.objects.filter(account_id=wang).update(stage="pre-final-review", stage_since_date=day(1))
    story.lose_numbers(wang)
    case_id = story.case(wang).id

    with pytest.raises(FilingGap) as refused:
        cases.review(case_id=case_id, account_id=wang, decision=ReviewDecision.GO_ON, at=at(2), actor=leader)
    assert refused.value.fields["missing"]["zh-Hans"] == "各相关人的联系方式"
    cases.review(case_id=case_id, account_id=wang, decision=ReviewDecision.STAY, at=at(2), actor=leader)
    story.morning(3)
    assert story.stage(wang) == "continued-follow-up"


def test_a_gap_that_opens_after_the_review_still_stops_the_final_notice(story: Story) -> None:
    wang, leader = story.account(), story.user("leader", Role.TEAM_LEADER)
    story.morning(1)
    CaseAccount.objects.filter(account_id=wang).update(stage="pre-final-review", stage_since_date=day(1))
    case_id = story.case(wang).id
    cases.review(case_id=case_id, account_id=wang, decision=ReviewDecision.GO_ON, at=at(2), actor=leader)
    story.lose_numbers(wang)
    story.morning(3)
    assert story.stage(wang) == "pre-final-review"


def test_the_file_of_a_closed_case_is_archived_with_its_retention_date(story: Story) -> None:
    wang = story.account()
    story.morning(1)
    story.pays(wang, "1000.00", at(1))
    story.morning(2)
    kept = filing.find_archived(wang)
    assert kept is not None
    assert (kept.closed_date, kept.keep_until_date) == (day(2), day(2).replace(year=2031))


def test_nobody_reviews_what_does_not_wait_for_it_and_no_collector_reviews(story: Story) -> None:
    wang, leader, lin = story.account(), story.user("leader", Role.TEAM_LEADER), story.user("lin")
    story.morning(1)
    case_id = story.case(wang).id

    with pytest.raises(NotUnderReview):
        cases.review(case_id=case_id, account_id=wang, decision=ReviewDecision.GO_ON, at=at(1), actor=leader)
    with pytest.raises(AccessRefused):
        cases.review(case_id=case_id, account_id=wang, decision=ReviewDecision.GO_ON, at=at(1), actor=lin)


def test_days_on_hold_do_not_count_and_the_deadline_moves_on(story: Story) -> None:
    wang, lin = story.account(), story.user("lin")
    story.morning(1)
    cases.place_hold(
        case_id=story.case(wang).id, scope=HoldScope.ACCOUNT, reason=HoldReason.DISPUTE, account_id=wang,
        until_at=at(6, "00:00"), at=at(1), actor=lin,
    )  # fmt: skip
    story.mornings(2, 5)
    assert story.present(wang).stage_deadline_date == day(6)
    assert story.present(wang).late_since_date is None

    counts = story.morning(6)

    assert counts["holds_expired"] == 1
    assert kinds(wang)[-1] == "hold-expired"
    assert story.morning(7)["late"] == 1


def test_while_a_promise_is_open_the_stage_waits(story: Story) -> None:
    wang = story.account()
    story.morning(1)
    story.call(wang, reached=True)
    cases.note_promise(account_id=wang, due_date=day(5))
    story.mornings(2, 5)
    assert story.stage(wang) == "first-contact"

    cases.note_promises_judged(
        given="SELECT %(account)s::bigint AS account_id, TRUE AS is_broken", params={"account": wang}
    )
    story.morning(6)

    assert story.stage(wang) == "next-day-follow-up"
    assert story.present(wang).broken_promises_count == 1


def test_who_pays_in_full_leaves_and_the_case_closes_as_paid(story: Story) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    case_id = story.case(wang).id
    story.pays(wang, "1000.00", at(1))

    counts = story.morning(2)

    assert (counts["left"], counts["closed"], counts["open"]) == (1, 1, 0)
    assert cases_queries.get_case(case_id).close_cause == "paid"
    assert kinds(wang)[-2:] == ["account-left", "case-closed"]


def test_who_is_no_longer_late_is_cured(story: Story) -> None:
    wang = story.account()
    story.morning(1)
    case_id = story.case(wang).id
    story.stands(wang, day(1), owed="400.00", dpd=0)
    story.morning(2)

    assert cases_queries.get_case(case_id).close_cause == "cured"


def test_who_is_late_again_finds_the_same_collector(story: Story) -> None:
    wang, lin = story.account(), story.user("lin")
    story.morning(1)
    first = story.case(wang).id
    _assign(first, lin.user_id, "first-assignment", 1)
    story.stands(wang, day(1), owed="400.00", dpd=0)
    story.morning(2)
    story.stands(wang, day(9), owed="900.00", dpd=1)

    story.morning(10)

    again = story.case(wang)
    assert again.id != first
    assert again.collector_id == lin.user_id
    assert [each.cause for each in again.tenures] == ["returning-customer"]


@pytest.mark.parametrize("leaves", ["the team", "after a last day"])
def test_a_collector_who_left_is_not_given_the_customer_again(story: Story, leaves: str) -> None:
    wang, lin = story.account(), story.user("lin")
    story.morning(1)
    _assign(story.case(wang).id, lin.user_id, "first-assignment", 1)
    story.stands(wang, day(1), owed="400.00", dpd=0)
    story.morning(2)
    assert lin.user_id is not None
    if leaves == "the team":
        staff.remove_member(user_id=lin.user_id, at=at(5), actor=SYSTEM)
    else:
        staff.note_leaving(user_id=lin.user_id, left_date=day(10), at=at(5), actor=SYSTEM)
    story.stands(wang, day(9), owed="900.00", dpd=1)
    story.morning(10)

    assert story.case(wang).collector_id is None


def test_a_change_of_collector_needs_a_cause_and_shows_who_had_the_case_until_when(story: Story) -> None:
    wang, lin, mei = story.account(), story.user("lin"), story.user("mei")
    leader = story.user("leader", Role.TEAM_LEADER)
    story.morning(1)
    case_id = story.case(wang).id
    _assign(case_id, lin.user_id, "first-assignment", 1)
    assert mei.user_id is not None
    skill = cases_queries.get_stage_skills().get(story.stage(wang) or "", "early")
    staff.issue_certificate(
        user_id=mei.user_id, skill=skill, valid_from=at(0), valid_until=at(9), at=at(0), actor=SYSTEM
    )

    with pytest.raises(UnknownCause):
        cases.change_collector(case_id=case_id, collector_id=mei.user_id, cause="", at=at(3), actor=leader)
    with pytest.raises(CollectorCannotWork):
        cases.change_collector(case_id=case_id, collector_id=0, cause="workload", at=at(3), actor=leader)
    cases.change_collector(case_id=case_id, collector_id=mei.user_id, cause="customer-asked", at=at(3), actor=leader)

    tenures = cases_queries.get_case(case_id).tenures
    assert [(each.collector_id, each.until_at, each.cause) for each in tenures] == [
        (lin.user_id, at(3), "first-assignment"), (mei.user_id, None, "customer-asked"),
    ]  # fmt: skip
    assert kinds(wang)[-2:] == ["collector-assigned", "collector-changed"]


def test_what_a_closed_case_no_longer_takes_is_said(story: Story) -> None:
    wang, lin = story.account(), story.user("lin")
    story.morning(1)
    case_id = story.case(wang).id
    story.pays(wang, "1000.00", at(1))
    story.morning(2)

    with pytest.raises(CaseClosed):
        cases.set_call_back(case_id=case_id, call_back_at=at(3), at=at(2), actor=lin)
    with pytest.raises(CaseClosed):
        cases.place_hold(
            case_id=case_id, scope=HoldScope.CASE, reason=HoldReason.HARDSHIP, until_at=at(9), at=at(2), actor=lin
        )


def test_today_counts_each_stage(story: Story) -> None:
    accounts = [story.account() for _ in range(3)]
    story.morning(1)
    story.call(accounts[0])
    story.morning(2)
    story.morning(3)

    counts = {each.stage: each for each in cases_queries.list_stage_counts(story.client_id, day(3), SYSTEM)}

    assert list(counts) == ["first-contact", "next-day-follow-up"]
    assert (counts["first-contact"].cases_count, counts["first-contact"].late_count) == (2, 2)
    assert counts["next-day-follow-up"].due_count == 0
    assert journal.verify().holds


def _assign(case_id: int, collector_id: int | None, cause: str, number: int) -> None:
    cases.assign_collectors(
        given="SELECT %(case)s::bigint AS case_id, %(collector)s::bigint AS collector_id, %(cause)s::text AS cause",
        params={"case": case_id, "collector": collector_id, "cause": cause},
        at=at(number),
        actor=SYSTEM,
    )
