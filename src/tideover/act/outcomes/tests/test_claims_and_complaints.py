"""What a customer says of us, or of a payment that we do not see: what waits, for how long, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tideover.act.contact.types import MayNotWork
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import queries
from tideover.act.outcomes.tests import test_recording as talks
from tideover.act.outcomes.types import FormRefused, NoClaim, ProofWrong
from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.gate import operations as gate
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import ComplaintDraft, ComplaintRepeated, HoldReason, HoldScope
from tideover.know.clients import queries as clients_queries

pytestmark = pytest.mark.django_db

house, client_id, lin, wang = talks.house, talks.client_id, talks.lin, talks.wang


@pytest.fixture
def mei(house: House, client_id: int) -> Actor:
    return house.collector("mei")


@pytest.fixture
def officer(house: House, client_id: int) -> Actor:
    return house.collector("officer", role=Role.COMPLIANCE_OFFICER)


def kinds(of: Owing) -> list[str]:
    return [fact.kind for fact in journal.list_facts(of.customer_id)]


def clause(of: Owing, by: Actor, clock: str, days: int = 0) -> str | None:
    return gate.issue_permit(
        case_id=of.case_id, account_id=of.account_id, contact_point_id=of.contact_point_id, channel="call",
        purpose="collection", at=moment(clock, days), actor=by,
    ).clause  # fmt: skip


def pay(of: Owing, amount: str, clock: str, days: int = 0) -> None:
    payments.post_payment(
        account_id=of.account_id, amount=Money(Decimal(amount), "CNY"), value_date=MONDAY + timedelta(days=days),
        reference=f"P{clock}", at=moment(clock, days), actor=clerk(of),
    )  # fmt: skip


def clerk(of: Owing) -> Actor:
    return Actor(user_id=None, name="clerk", roles=frozenset({Role.INTEGRATOR}), client_ids=frozenset({of.client_id}))


def test_who_says_that_it_is_paid_is_left_alone_until_the_payment_comes(wang: Owing, lin: Actor) -> None:
    recorded = talks.record(talks.answered(wang, lin), lin, "says-paid")
    hold = cases_queries.get_hold(recorded.hold_id or 0)
    assert (hold.reason, hold.scope, hold.until_at) == (
        HoldReason.PAYMENT_CLAIMED,
        HoldScope.ACCOUNT,
        moment("00:00", 5),
    )
    assert clause(wang, lin, "15:00", 1) == "jurisdictions.default.payment-claimed-hold"

    pay(wang, "100.00", "16:00", 1)

    hold = cases_queries.get_hold(hold.id)
    assert (hold.lift_cause, hold.lifted_at) == ("payment-found", moment("16:00", 1))
    assert "hold-lifted" in kinds(wang)
    assert clause(wang, lin, "17:00", 1) is None, "something is still owed"


def test_a_claim_on_one_account_is_not_ended_by_money_on_another(wang: Owing, lin: Actor, house: House) -> None:
    recorded = talks.record(talks.answered(wang, lin), lin, "says-paid")
    other = house.owing(wang.client_id, owned_by=lin)
    pay(other, "100.00", "16:00")
    assert cases_queries.get_hold(recorded.hold_id or 0).lifted_at is None


def test_unproved_work_goes_on_and_says_why(wang: Owing, lin: Actor) -> None:
    talks.record(talks.answered(wang, lin), lin, "says-paid")
    zone = clients_queries.get_client_by_id(wang.client_id).zone
    assert zone
    cases.refresh(client_id=wang.client_id, day=MONDAY + timedelta(days=5), at=moment("08:00", 5), actor=SYSTEM)
    assert "claim-unproved" in kinds(wang)
    assert clause(wang, lin, "09:00", 5) is None


def test_a_proof_is_kept_by_reference_and_digest_and_proves_nothing_by_itself(wang: Owing, lin: Actor) -> None:
    hold_id = talks.record(talks.answered(wang, lin), lin, "says-paid").hold_id or 0

    def file(digest: str = "a" * 64, reference: str = "slip-7") -> int:
        return outcomes.file_proof(hold_id=hold_id, reference=reference, digest=digest, at=moment("11:00"), actor=lin)

    assert file() == file()
    assert [each.reference for each in queries.list_proofs([hold_id])[hold_id]] == ["slip-7"]
    assert kinds(wang).count("proof-filed") == 1
    assert cases_queries.get_hold(hold_id).lifted_at is None
    with pytest.raises(ProofWrong):
        file("not a digest")
    with pytest.raises(ProofWrong):
        file(reference=" ")
    other = cases.place_hold(
        case_id=wang.case_id, scope=HoldScope.CASE, reason=HoldReason.DISPUTE, until_at=moment("10:00", 3),
        at=moment("11:00"), actor=lin,
    )  # fmt: skip
    with pytest.raises(NoClaim):
        outcomes.file_proof(hold_id=other, reference="slip", digest="a" * 64, at=moment("11:00"), actor=lin)


def complain(of: Owing, by: Actor, clock: str, draft: ComplaintDraft | None) -> object:
    talks.Call.objects.update(state="ended")
    call = talks.answered(of, by, clock)
    return talks.record(call, by, "complains", clock, complaint=draft, note="Was shouted at.", once_key=f"c{clock}")


def test_a_complaint_stops_what_is_complained_of(wang: Owing, lin: Actor, mei: Actor) -> None:
    with pytest.raises(FormRefused) as refused:
        complain(wang, lin, "09:00", None)
    assert refused.value.code == "outcomes.refused.complaint-missing"
    recorded = complain(wang, lin, "09:10", ComplaintDraft("amount"))
    hold = cases_queries.get_hold(recorded.hold_id or 0)  # type: ignore[attr-defined]
    assert (hold.scope, hold.subject, hold.until_at) == (HoldScope.ACCOUNT, "amount", moment("00:00", 15))
    assert clause(wang, lin, "10:00") == clause(wang, mei, "10:01") == "jurisdictions.default.complaint-hold"


def test_whom_the_customer_complains_of_keeps_off_and_the_others_go_on(wang: Owing, lin: Actor, mei: Actor) -> None:
    assert lin.user_id is not None and mei.user_id is not None
    complain(wang, lin, "09:00", ComplaintDraft("conduct", against_user_id=lin.user_id))
    assert cases_queries.is_complained_of(lin.user_id, wang.case_id, moment("09:30"))
    assert not assignment_queries.may_work(lin.user_id, wang.case_id, moment("09:30"))
    assert clause(wang, lin, "09:30") == "jurisdictions.default.complained-of"
    assert clause(wang, mei, "09:31") is None
    assert not cases_queries.has_hold(wang.person_id, wang.case_id, wang.account_id, "collection", moment("09:30"))
    talks.Call.objects.update(state="ended")
    with pytest.raises(MayNotWork):
        talks.dial(wang, lin, "09:40")
    assert assignment_queries.may_work(lin.user_id, wang.case_id, moment("09:30", 20)), "until it has ended"


def test_a_repeat_without_new_facts_opens_no_new_hold_and_is_on_record(wang: Owing, lin: Actor, house: House) -> None:
    person = Actor(user_id=None, name="c", roles=frozenset({Role.COMPLIANCE_OFFICER}), client_ids=lin.client_ids)
    first = complain(wang, lin, "09:00", ComplaintDraft("contact-times"))
    cases.lift_hold(hold_id=first.hold_id or 0, cause="rejected", at=moment("09:05"), actor=person)  # type: ignore[attr-defined]
    again = complain(wang, lin, "09:30", ComplaintDraft("contact-times"))
    assert (again.hold_id, again.repeated_since) == (None, moment("09:00"))  # type: ignore[attr-defined]
    assert kinds(wang).count("outcome-recorded") == 2 and kinds(wang).count("hold-placed") == 1
    with pytest.raises(ComplaintRepeated):
        cases.place_hold(
            case_id=wang.case_id, scope=HoldScope.CASE, reason=HoldReason.COMPLAINT, until_at=moment("10:00", 3),
            complaint=ComplaintDraft("contact-times"), at=moment("11:00"), actor=lin,
        )  # fmt: skip
    new = complain(wang, lin, "10:00", ComplaintDraft("contact-times", has_new_facts=True))
    assert new.hold_id is not None  # type: ignore[attr-defined]


def test_an_undecided_complaint_goes_up_when_its_time_is_over(wang: Owing, lin: Actor, officer: Actor) -> None:
    recorded = complain(wang, lin, "09:00", ComplaintDraft("privacy"))
    hold_id = recorded.hold_id or 0  # type: ignore[attr-defined]
    assert cases_queries.list_overdue_complaints([wang.client_id], moment("09:00", 3), officer) == []
    cases.refresh(client_id=wang.client_id, day=MONDAY + timedelta(days=15), at=moment("08:00", 15), actor=SYSTEM)
    assert kinds(wang).count("complaint-escalated") == 1
    overdue = cases_queries.list_overdue_complaints([wang.client_id], moment("08:00", 15), officer)
    assert [each.id for each in overdue] == [hold_id]
    leader = Actor(user_id=None, name="l", roles=frozenset({Role.TEAM_LEADER}), team_ids=lin.team_ids,
                   client_ids=lin.client_ids)  # fmt: skip
    with pytest.raises(AccessRefused):
        cases.lift_hold(hold_id=hold_id, cause="resolved", at=moment("09:00", 15), actor=leader)
    cases.lift_hold(hold_id=hold_id, cause="resolved", at=moment("09:00", 15), actor=officer)
    assert cases_queries.list_overdue_complaints([wang.client_id], moment("10:00", 15), officer) == []
    assert (cases_queries.get_hold(hold_id).decision, cases_queries.get_hold(hold_id).lifted_at) == ("resolved", None)
    assert "complaint-decided" in kinds(wang)
