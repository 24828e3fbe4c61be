"""The power goes while money is taken back, a debit fails, a claim ends, a complaint is taken or decided, they call us.

A moment is a statement that reaches the database, or the commit of a transaction. One whole run counts them; five that
a seed draws each end a process by SIGKILL. Everything stands then, or nothing does; doing it again is the cure.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests.faults import children
from tests.faults.test_write_kills import KILLS, NEVER, SEED, Silent, killed, talking
from tideover.act.arrangements import operations as arrangements
from tideover.act.arrangements.models import Judgement
from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.models import Call
from tideover.act.contact.types import AlreadyOnCall
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes.models import Outcome, Proof
from tideover.act.payments import operations as payments
from tideover.act.payments.models import FailedDebit, Payment, Reversal
from tideover.act.payments.types import ReversedAlready
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.decide.gate.models import Attempt
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases import operations as cases
from tideover.know.cases.models import Case, CaseAccount, Hold
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import ComplaintDraft, HoldReason, HoldScope
from tideover.know.ledger.models import Posting
from tideover.know.portfolio import queries as portfolio_queries

pytestmark = pytest.mark.django_db(transaction=True)

VICTIMS = KILLS + 2


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def kinds(customer_id: int) -> list[str]:
    return [fact.kind for fact in journal.list_facts(customer_id)]


def shake(
    victims: list[Any],
    act: Callable[[Any], Any],
    found: Callable[[Any], list[int]],
    stood: tuple[type[Exception], ...] = (),
    between: Callable[[], Any] = lambda: None,
) -> None:
    """Kill the act at five moments, a victim each; ``stood`` is what doing it again may say where it stands already."""
    first, second, *rest = victims
    act(first)  # what the first of all must make, the others find
    assert set(found(first)) == {1}, found(first)
    between()
    (whole,) = children.run([killed(lambda: act(second), NEVER)])
    assert set(found(second)) == {1}, found(second)
    for victim, ends_at in zip(rest, random.Random(SEED).sample(range(whole.result), KILLS), strict=True):
        between()
        (dead,) = children.run([killed(lambda victim=victim: act(victim), ends_at)])
        assert dead.killed_by == signal.SIGKILL, ends_at
        assert set(found(victim)) in ({0}, {1}), (ends_at, found(victim))
        try:
            act(victim)
        except stood:
            assert set(found(victim)) == {1}
        assert set(found(victim)) == {1}, (ends_at, found(victim))
    assert journal.verify().holds


@pytest.fixture
def story() -> Story:
    return Story()


def paid_and_closed(story: Story) -> list[tuple[int, int, int]]:
    """People who kept their promise and whose cases closed: account, customer, payment."""
    clerk, lin = story.user("clerk", Role.INTEGRATOR), story.user("lin")
    accounts = [story.account(owed="1000.00", dpd=4) for _ in range(VICTIMS)]
    story.morning(1)
    found = []
    for account in accounts:
        case_id = story.case(account).id
        arrangements.promise(
            case_id=case_id, account_id=account, amount=cny("1000.00"), due_date=day(2), at=at(1, "09:00"), actor=lin
        )
        payment = payments.post_payment(
            account_id=account, amount=cny("1000.00"), value_date=day(1), reference=f"P{account}",
            at=at(1, "11:00"), actor=clerk,
        )  # fmt: skip
        found.append((account, portfolio_queries.get_borrower_id(account) or 0, payment))
    arrangements.judge_promises(client_id=story.client_id, day=day(2), at=at(2, "07:00"), actor=SYSTEM)
    story.morning(2)
    return found


def taken_back(victim: tuple[int, int, int]) -> list[int]:
    account, customer, payment = victim
    told = kinds(customer)
    return [
        Reversal.objects.filter(payment_id=payment).count(),
        Posting.objects.filter(account_id=account, kind="reversal").count(),
        CaseAccount.objects.filter(account_id=account, left_date=None).count(),
        Case.objects.filter(customer_id=customer, closed_date=None).count(),
        Judgement.objects.filter(promise__account_id=account, cause="payment-reversed").count(),
        *(
            told.count(kind)
            for kind in ("payment-reversed", "case-reopened", "account-returned", "promise-judged-again")
        ),
    ]


def test_kill_9_in_taking_a_payment_back_by_hand(story: Story) -> None:
    victims = paid_and_closed(story)
    clerk = Actor(user_id=None, name="c", roles=frozenset({Role.INTEGRATOR}), client_ids=frozenset({story.client_id}))

    def act(victim: tuple[int, int, int]) -> None:
        payments.reverse(
            payment_id=victim[2], cause="bank-returned", value_date=day(12), reference="", at=at(12), actor=clerk
        )

    shake(victims, act, taken_back, (ReversedAlready,))


def test_kill_9_in_taking_payments_back_by_file(story: Story) -> None:
    victims = paid_and_closed(story)

    def act(victim: tuple[int, int, int]) -> None:
        given = (
            "SELECT %(client_id)s::bigint AS client_id, NULL::bigint AS account_id, NULL::numeric AS amount,"
            " NULL::text AS currency, %(on)s::date AS value_date, %(at)s::timestamptz AS booked_at,"
            " %(ref)s::text AS reference, %(ref)s::text AS reverses, NULL::text AS cause, 7::bigint AS import_id"
        )
        params = {"client_id": story.client_id, "on": day(12), "at": at(12), "ref": f"P{victim[0]}"}
        with transaction.atomic():
            payments.reverse_set(given=given, params=params, client_id=story.client_id, at=at(12), actor=SYSTEM)

    shake(victims, act, taken_back)


def test_kill_9_in_recording_a_failed_debit(story: Story) -> None:
    clerk = story.user("clerk", Role.INTEGRATOR)
    victims = [story.account() for _ in range(VICTIMS)]

    def act(account: int) -> None:
        payments.record_failed_debit(
            account_id=account, amount=cny("20.00"), tried_date=day(1), cause="insufficient-funds",
            reference=f"D{account}", at=at(1), actor=clerk,
        )  # fmt: skip

    def found(account: int) -> list[int]:
        told = kinds(portfolio_queries.get_borrower_id(account) or 0)
        return [FailedDebit.objects.filter(account_id=account).count(), told.count("debit-failed")]

    shake(victims, act, found)


@pytest.fixture
def house() -> House:
    lines.register("silent", Silent())
    return House()


def held(
    house: House, reason: HoldReason, by: Actor, complaint: ComplaintDraft | None = None
) -> list[tuple[Owing, int]]:
    client_id = house.client()
    found = []
    for _ in range(VICTIMS):
        of = house.owing(client_id, owned_by=by)
        hold_id = cases.place_hold(
            case_id=of.case_id, scope=HoldScope.ACCOUNT, reason=reason, account_id=of.account_id, complaint=complaint,
            until_at=moment("00:00", 5), at=moment("09:00"), actor=house_actor(of, Role.COMPLIANCE_OFFICER),
        )  # fmt: skip
        found.append((of, hold_id))
    return found


def house_actor(of: Owing, role: Role) -> Actor:
    return Actor(user_id=None, name="somebody", roles=frozenset({role}), client_ids=frozenset({of.client_id}))


def test_kill_9_in_a_payment_that_ends_a_claim(house: House) -> None:
    victims = held(house, HoldReason.PAYMENT_CLAIMED, house.collector())

    def act(victim: tuple[Owing, int]) -> None:
        of, _ = victim
        payments.post_payment(
            account_id=of.account_id, amount=cny("10.00"), value_date=moment("10:00").date(),
            reference=f"P{of.account_id}", at=moment("10:00"), actor=house_actor(of, Role.INTEGRATOR),
        )  # fmt: skip

    def found(victim: tuple[Owing, int]) -> list[int]:
        of, hold_id = victim
        told = kinds(of.customer_id)
        return [
            Payment.objects.filter(account_id=of.account_id).count(),
            Hold.objects.filter(pk=hold_id, lift_cause="payment-found").count(),
            told.count("payment-received"),
            told.count("hold-lifted"),
        ]

    shake(victims, act, found)


def test_kill_9_in_filing_a_proof(house: House) -> None:
    victims = held(house, HoldReason.PAYMENT_CLAIMED, house.collector())

    def act(victim: tuple[Owing, int]) -> None:
        of, hold_id = victim
        outcomes.file_proof(
            hold_id=hold_id, reference="slip", digest="a" * 64, at=moment("10:00"),
            actor=house_actor(of, Role.COMPLIANCE_OFFICER),
        )  # fmt: skip

    def found(victim: tuple[Owing, int]) -> list[int]:
        of, hold_id = victim
        return [Proof.objects.filter(hold_id=hold_id).count(), kinds(of.customer_id).count("proof-filed")]

    shake(victims, act, found)


def test_kill_9_in_deciding_a_complaint(house: House) -> None:
    victims = held(house, HoldReason.COMPLAINT, house.collector(), ComplaintDraft("amount"))

    def act(victim: tuple[Owing, int]) -> None:
        of, hold_id = victim
        officer = house_actor(of, Role.COMPLIANCE_OFFICER)
        cases.lift_hold(hold_id=hold_id, cause="rejected", at=moment("10:00"), actor=officer)

    def found(victim: tuple[Owing, int]) -> list[int]:
        of, hold_id = victim
        return [
            Hold.objects.filter(pk=hold_id, decision="rejected", lift_cause="rejected").count(),
            kinds(of.customer_id).count("complaint-decided"),
        ]

    shake(victims, act, found)


def test_kill_9_in_recording_a_complaint(house: House) -> None:
    client_id, lin = house.client(), house.collector()
    victims = []
    for turn in range(VICTIMS):
        of, call = talking(house, client_id, lin, f"{9 + turn:02}:00")
        outcomes.record_line_event(call_id=call.id, event="ended", at=moment(f"{9 + turn:02}:05"), cause="answered")
        victims.append((of, call))

    def act(victim: tuple[Owing, Any]) -> None:
        of, call = victim
        outcomes.record(
            call_id=call.id, case_id=of.case_id, account_id=of.account_id, spoke_to="customer", result="complains",
            arrears_reason=None, promise=None, call_back_at=None, hold_until=None, note="Was shouted at.",
            once_key=f"key-{call.id}", complaint=ComplaintDraft("conduct"), at=moment("20:00"), actor=lin,
        )  # fmt: skip

    def found(victim: tuple[Owing, Any]) -> list[int]:
        of, call = victim
        told = kinds(of.customer_id)
        return [
            Outcome.objects.filter(call_id=call.id).count(),
            Hold.objects.filter(case_id=of.case_id, reason="complaint").count(),
            told.count("hold-placed"),
            told.count("outcome-recorded"),
        ]

    shake(victims, act, found)


def test_kill_9_in_taking_a_call_that_comes_in(house: House) -> None:
    client_id, lin = house.client(), house.collector()
    victims = [house.owing(client_id, owned_by=lin) for _ in range(VICTIMS)]

    def act(of: Owing) -> None:
        contact.receive_call(case_id=of.case_id, contact_point_id=of.contact_point_id, at=moment("10:00"), actor=lin)

    def found(of: Owing) -> list[int]:
        told = kinds(of.customer_id)
        return [
            Call.objects.filter(case_id=of.case_id, direction="inbound").count(),
            Attempt.objects.filter(person_id=of.person_id, direction="inbound").count(),
            CaseAccount.objects.get(case_id=of.case_id).stage_contacts_count,
            told.count("call-received"),
            told.count("contact-recorded"),
        ]

    shake(victims, act, found, (AlreadyOnCall,), lambda: Call.objects.update(state="ended"))
