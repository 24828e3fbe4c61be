"""The simulated team at its desks: it works the day's lists by the very operations that the pages call.

Where in the day an item is done follows from its place on the list, so a day that was cut off goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import UNKNOWN, CallRead
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import types as outcomes_types
from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment.types import WorkRead
from tideover.decide.gate import types as gate_types
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.customers import queries as customers_queries
from tideover.know.customers.types import ContactPointRead, CustomerRead
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import draws, simulated_line
from tideover.rehearsal.behaviour import Pickup, Reply, Who
from tideover.rehearsal.types import DemoRead

BEGINS = time(9, 5)
MINUTES_AN_ITEM = 15
REVIEWS_BEGIN = time(17, 30)
RESULTS = {
    Reply.PROMISES: "promise-to-pay",
    Reply.ASKS_FOR_LATER: "asks-for-later",
    Reply.IN_HARDSHIP: "in-hardship",
    Reply.DISPUTES: "disputes",
    Reply.SAYS_PAID: "says-paid",
    Reply.REFUSES: "refuses",
    Reply.WANTS_NO_CALLS: "wants-no-calls",
}
OTHERS = {
    Who.THIRD_PERSON: "third-person",
    Who.TIRED_THIRD_PERSON: "third-person-says-stop",
    Who.STRANGER: "wrong-number",
}
HOLD_DAYS = {Reply.DISPUTES: 10, Reply.IN_HARDSHIP: 21, Reply.SAYS_PAID: 5}
GO_ON_OF_TEN = 5
REVIEWED_STAGE = "pre-final-review"


@dataclass(frozen=True)
class Desk:
    """One collector's day: whose it is, and what the clock says where the client is."""

    actor: Actor
    demo: DemoRead
    day: date
    zone: str

    def at(self, position: int) -> datetime:
        """When the item at this place of the list is begun."""
        return clock.instant(self.day, BEGINS, self.zone) + timedelta(minutes=MINUTES_AN_ITEM * position)


@dataclass(frozen=True)
class Whom:
    """Whom a collector has before them: a customer, and the ways to reach them."""

    customer: CustomerRead
    points: tuple[ContactPointRead, ...]


def list_simulated(team_id: int, by_hand: frozenset[int]) -> list[int]:
    """The collectors of the team whose lists the rehearsal works, in the order of their names."""
    return [each.user_id for each in staff_queries.list_collectors(team_id) if each.user_id not in by_hand]


def work_lists(*, demo: DemoRead, user_ids: Iterable[int], zone: str, is_over: Callable[[], bool]) -> Counter[str]:
    """Let these collectors do what is left of their lists of the open day; stops between two items if it is over."""
    counts: Counter[str] = Counter()
    with simulated_line.told_by_hand():
        for user_id in user_ids:
            counts += _work_list(Desk(staff_queries.get_actor(user_id), demo, demo.open_date, zone), is_over)
    return counts


def review(*, demo: DemoRead, team_id: int, client_ids: list[int], zone: str) -> int:
    """Let the leaders look at the cases that wait before their final notice; says how many were looked at."""
    return sum(
        _review(staff_queries.get_actor(member.user_id), client_ids, demo, demo.open_date, zone)
        for member in staff_queries.list_members(team_id)
        if Role.TEAM_LEADER in member.roles
    )


def _work_list(desk: Desk, is_over: Callable[[], bool]) -> Counter[str]:
    counts: Counter[str] = Counter()
    assert desk.actor.user_id is not None
    _finish_live_call(desk)
    left = [item for item in assignment_queries.list_work(desk.actor.user_id, desk.day) if _is_call(item)]
    whom = _find_whom(left)
    later: list[tuple[datetime, WorkRead]] = []
    for item in left:
        if is_over():
            return counts
        said, again_at = _work_item(
            desk, item, whom[item.case_id], max(desk.at(item.position or 1), item.due_at or desk.at(0))
        )
        counts[said] += 1
        if again_at is not None and clock.local_date(again_at, desk.zone) == desk.day:
            later.append((max(again_at, desk.at(len(left) + len(later) + 1)), item))
    for at, item in later:
        said, _ = _work_item(desk, item, whom[item.case_id], at)
        counts[said] += 1
    return counts


def _is_call(item: WorkRead) -> bool:
    return not item.is_done and item.action == "contact"


def _find_whom(items: list[WorkRead]) -> dict[int, Whom]:
    """Who is to be called in each case of a list."""
    customer_ids = {case.id: case.customer_id for case in cases_queries.list_cases(item.case_id for item in items)}
    customers = {each.id: each for each in customers_queries.list_customers(customer_ids.values())}
    points: dict[int, list[ContactPointRead]] = {}
    for point in customers_queries.list_contact_points_of(customer_ids.values()):
        points.setdefault(point.customer_id, []).append(point)
    return {
        case_id: Whom(customers[customer_id], tuple(points.get(customer_id, ())))
        for case_id, customer_id in customer_ids.items()
    }


def _finish_live_call(desk: Desk) -> None:
    """Go on with a call that was cut off with the process that made it. One that the line never took stays unknown."""
    assert desk.actor.user_id is not None
    call = contact_queries.get_live_call(desk.actor.user_id)
    if call is None or call.state == UNKNOWN:
        return
    if call.outcome_id is not None:
        outcomes.record_line_event(call_id=call.id, event="ended", at=call.asked_at, cause="answered", seconds=0)
        return
    customer = customers_queries.get_customer(call.customer_id)
    position = customers_queries.get_contact_point(call.contact_point_id).position
    pickup = simulated_line.pickup_of(call, customer, position, desk.demo.seed)
    _talk(desk, call, customer, pickup, call.asked_at)


def _work_item(desk: Desk, item: WorkRead, whom: Whom, at: datetime) -> tuple[str, datetime | None]:
    """Do one item, and say in a word what came of it; of a refused one also when it may be tried again."""
    points = [point for point in whom.points if point.is_usable(desk.at(0))]
    if not points:
        return "no-contact-point", None
    point = points[desk.day.toordinal() % len(points)]
    try:
        call = contact.dial(
            case_id=item.case_id,
            contact_point_id=point.id,
            work_item_id=item.id,
            line=simulated_line.NAME,
            at=at,
            actor=desk.actor,
        )
    except gate_types.ContactRefused as refused:
        return "refused", refused.answer.until_at
    pickup = simulated_line.pickup_of(call, whom.customer, point.position, desk.demo.seed)
    return _talk(desk, call, whom.customer, pickup, at), None


def _talk(desk: Desk, call: CallRead, customer: CustomerRead, pickup: Pickup, at: datetime) -> str:
    """Wait for an answer, talk if there is one, and write down what was said."""
    at += timedelta(seconds=pickup.ringing_seconds)
    if pickup.who is None:
        outcomes.record_line_event(call_id=call.id, event="ended", at=at, cause=pickup.cause, seconds=0)
        return "unanswered"
    outcomes.record_line_event(call_id=call.id, event="answered", at=at)
    ends_at = at + timedelta(seconds=pickup.talking_seconds)
    if pickup.who is Who.CUSTOMER:
        contact.note_right_person(call_id=call.id, at=at + timedelta(seconds=8), actor=desk.actor)
        said = _record_talk(desk, call, customer, ends_at)
    else:
        contact.note_third_person(call_id=call.id, at=at + timedelta(seconds=8), actor=desk.actor)
        _record(desk, call, ends_at, spoke_to="third-person", result=OTHERS[pickup.who])
        said = str(pickup.who)
    outcomes.record_line_event(
        call_id=call.id, event="ended", at=ends_at, cause="answered", seconds=pickup.talking_seconds
    )
    return said


def _record_talk(desk: Desk, call: CallRead, customer: CustomerRead, at: datetime) -> str:
    """Write down what the customer said, as the form on the case page would."""
    offer = simulated_line.offer_of(call, customer, at, desk.demo.seed)
    draft = None
    if offer.promised is not None and offer.due_date is not None:
        draft = outcomes_types.PromiseDraft(amount=offer.promised, due_date=offer.due_date)
    call_back_at = hold_until = None
    if offer.reply is Reply.ASKS_FOR_LATER:
        later = desk.day + timedelta(days=max(1, offer.later_days))
        call_back_at = clock.instant(later, time(offer.later_hour), desk.zone)
    if offer.reply in HOLD_DAYS:
        hold_until = clock.start_of_day(desk.day + timedelta(days=HOLD_DAYS[offer.reply]), desk.zone)
    _record(
        desk,
        call,
        at,
        spoke_to="customer",
        result=RESULTS[offer.reply],
        arrears_reason=offer.arrears_reason,
        promise=draft,
        call_back_at=call_back_at,
        hold_until=hold_until,
        note=words.render(f"rehearsal.note.{offer.reply}", customer.language),
    )
    return "promised" if draft else "answered"


def _record(desk: Desk, call: CallRead, at: datetime, **said: Any) -> None:
    outcomes.record(
        call_id=call.id,
        case_id=call.case_id,
        account_id=call.account_id,
        once_key=f"rehearsal-{call.id}",
        at=at,
        actor=desk.actor,
        **{**_NOTHING_SAID, **said},
    )


_NOTHING_SAID: dict[str, Any] = {
    "arrears_reason": None,
    "promise": None,
    "call_back_at": None,
    "hold_until": None,
    "note": None,
}


def _review(actor: Actor, client_ids: list[int], demo: DemoRead, day: date, zone: str) -> int:
    """The leader reads the cases that wait before their final notice, and lets most of them go on."""
    waiting = [
        item
        for item in assignment_queries.list_reviews(actor, client_ids, day)
        if not item.is_done and item.stage == REVIEWED_STAGE
    ]
    for place, item in enumerate(waiting):
        goes_on = draws.below(10, demo.seed, "review", day, item.lead_account_id) < GO_ON_OF_TEN
        at = clock.instant(day, REVIEWS_BEGIN, zone) + timedelta(seconds=90 * place)
        try:
            _decide(item, goes_on=goes_on, at=at, actor=actor)
        except cases_types.FilingGap:  # no final notice with a gap in the file: it goes on being followed up
            _decide(item, goes_on=False, at=at, actor=actor)
    return len(waiting)


def _decide(item: WorkRead, *, goes_on: bool, at: datetime, actor: Actor) -> None:
    decision = cases_types.ReviewDecision.GO_ON if goes_on else cases_types.ReviewDecision.STAY
    cases.review(case_id=item.case_id, account_id=item.lead_account_id, decision=decision, at=at, actor=actor)
