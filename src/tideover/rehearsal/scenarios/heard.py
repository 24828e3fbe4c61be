"""What a scenario's customer and their bank do that is no answer to a dial: call us, take money back, show a proof."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.contact import operations as contact
from tideover.act.contact.types import CallRead
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes.types import PromiseDraft
from tideover.act.payments import operations as payments
from tideover.act.payments import queries as payments_queries
from tideover.core.access.types import Actor, Role
from tideover.core.journal import queries as journal_queries
from tideover.core.money import Money
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal.scenarios.grammar import Phrase

if TYPE_CHECKING:
    from tideover.rehearsal.scenarios.runner import Run


def record(call: CallRead, at: datetime, actor: Actor, spoke_to: str, result: str, **more: Any) -> None:
    """What the talk came to, a minute and a half after it began, and the end of the call."""
    ends_at = at + timedelta(seconds=90)
    said: dict[str, Any] = {
        "promise": None,
        "call_back_at": None,
        "hold_until": None,
        "arrears_reason": "not-said" if spoke_to == "customer" else None,
        "note": "scenario" if spoke_to == "customer" else None,
    }
    outcomes.record(
        call_id=call.id,
        case_id=call.case_id,
        account_id=call.account_id,
        spoke_to=spoke_to,
        result=result,
        once_key=f"scenario-{call.id}",
        at=ends_at,
        actor=actor,
        **said | more,
    )
    outcomes.record_line_event(call_id=call.id, event="ended", at=ends_at, cause="answered", seconds=80)


def calls_in(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The customer calls, or somebody from their number; whoever has the case picks up."""
    case = current.open_case()
    actor = staff_queries.get_actor(case.collector_id) if case.collector_id else current.actor(Role.COLLECTOR)
    point = customers_queries.list_contact_points(case.customer_id)[0]
    call = contact.receive_call(case_id=case.id, contact_point_id=point.id, at=at, actor=actor)
    values = phrase.values
    if phrase.kind == "calls-in-promises":
        promise = PromiseDraft(amount=Money(values["amount"], current.currency), due_date=values["date"])
        record(call, at, actor, "customer", "promise-to-pay", promise=promise)
    elif values["said"] == "third person":
        record(call, at, actor, "third-person", "third-person")
    else:
        record(call, at, actor, "customer", "says-paid")


def takes_back(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The bank takes the latest payment of this amount back."""
    found = payments_queries.list_payments_of_account(current.account_id)
    payment = next(each for each in found if each.amount.amount == phrase.values["amount"])
    actor = current.actor(Role.INTEGRATOR)
    payments.reverse(payment_id=payment.id, cause="bank-returned", value_date=day, reference="", at=at, actor=actor)


def debit_fails(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The customer's bank does not honour a direct debit."""
    payments.record_failed_debit(
        account_id=current.account_id,
        amount=Money(phrase.values["amount"], current.currency),
        tried_date=day,
        cause="insufficient-funds",
        reference=f"debit-{day.isoformat()}",
        at=at,
        actor=current.actor(Role.INTEGRATOR),
    )


def shows_proof(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The customer shows a slip for the payment that they speak of."""
    (hold,) = cases_queries.list_holds(current.open_case().id, at)
    actor = current.actor(Role.COMPLIANCE_OFFICER)
    outcomes.file_proof(hold_id=hold.id, reference=f"slip-{day.isoformat()}", digest="0" * 64, at=at, actor=actor)


DONE = {
    "calls-in": calls_in,
    "calls-in-promises": calls_in,
    "takes-back": takes_back,
    "debit-fails": debit_fails,
    "shows-proof": shows_proof,
}


def check_told(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether the customer's chain holds a fact of this kind, of this day."""
    kinds = _kinds_of(current, day, at)
    return None if values["fact"] in kinds else f"told: {', '.join(sorted(kinds)) or 'nothing'}"


def check_not_told(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether it holds none."""
    return f"told: {values['fact']}" if values["fact"] in _kinds_of(current, day, at) else None


def check_promise_was(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether a promise of the case was once found to be this; the history keeps it."""
    made = arrangements_queries.list_promises(current.open_case().id)
    found = {str(each.state_to) for one in made for each in arrangements_queries.list_judgements(one.id)}
    return None if values["state"] in found else f"promise was: {', '.join(sorted(found)) or 'never judged'}"


CHECKS = {"told": check_told, "not-told": check_not_told, "promise-was": check_promise_was}


def _kinds_of(current: Run, day: date, at: datetime) -> set[str]:
    since = current.client.end_of_day(day - timedelta(days=1))
    return {fact.kind for fact in journal_queries.list_facts(current.open_case().customer_id, since=since)}
