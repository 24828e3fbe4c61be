"""Permits, as a compliance officer tells the case: what was let out, what was refused, and what was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.decide.gate import operations as gate
from tideover.decide.gate import queries
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.house import ADMINISTRATOR, House, Owing, moment
from tideover.decide.gate.types import CannotGiveBack, PermitAnswer, PermitSpent
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients
from tideover.know.clients.types import StopReason
from tideover.know.customers import operations as customers
from tideover.know.staff import operations as staff

pytestmark = pytest.mark.django_db

LINE = Actor(user_id=None, name="line", roles=frozenset({Role.SYSTEM}))


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client_id(house: House) -> int:
    return house.client()


@pytest.fixture
def lin(house: House, client_id: int) -> Actor:
    return house.collector("lin")


def ask(of: Owing, by: Actor, clock: str = "10:00", days: int = 0, **differs: object) -> PermitAnswer:
    asked: dict[str, object] = {
        "case_id": of.case_id,
        "account_id": of.account_id,
        "contact_point_id": of.contact_point_id,
        "channel": "call",
        "purpose": "collection",
        "at": moment(clock, days),
        "actor": by,
    }
    return gate.issue_permit(**{**asked, **differs})  # type: ignore[arg-type]


def test_a_permit_is_given_counted_and_written_on_the_customers_chain(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    answer = ask(wang, lin)
    assert answer.granted and answer.expires_at == moment() + timedelta(minutes=2)
    assert (answer.left_today, answer.left_week) == (2, 2)
    attempt = Attempt.objects.get(permit_id=answer.permit_id)
    assert attempt.counts and attempt.result == "unknown"
    (fact,) = journal.list_facts(wang.customer_id)
    assert fact.kind == "permit-granted" and fact.body["account_id"] == wang.account_id


def test_a_refusal_is_an_answer_that_stays_on_record_and_counts_nothing(
    house: House, client_id: int, lin: Actor
) -> None:
    wang = house.owing(client_id)
    answer = ask(wang, lin, "22:30")
    assert not answer.granted and answer.clause == "jurisdictions.cn.contact-hours"
    assert answer.until_at == moment("08:00", 1)
    assert "22:30" in answer.says["en"] and "22:30" in answer.says["zh-Hans"]
    kept = Permit.objects.get(pk=answer.permit_id)
    assert not kept.granted and kept.expires_at is None
    assert not Attempt.objects.exists()
    (fact,) = journal.list_facts(wang.customer_id)
    assert fact.kind == "permit-refused" and fact.body["clause"] == "jurisdictions.cn.contact-hours"


def test_a_clients_stop_refuses_at_once_and_lets_its_collection_go_when_it_is_acknowledged(
    house: House, client_id: int, lin: Actor
) -> None:
    wang = house.owing(client_id)
    reason = StopReason("rows-differ", {"stated": "10", "counted": "9"})
    with transaction.atomic():
        stop_id = clients.stop_collection(
            client_id=client_id, import_id=1, reasons=[reason], at=moment("09:00"), actor=LINE
        )
    refused = ask(wang, lin)
    assert (refused.granted, refused.clause, refused.until_at) == (False, "gate.client-stopped", None)
    assert "compliance officer" in refused.says["en"] and refused.left_today == 3
    assert ask(wang, lin, purpose="service").clause != "gate.client-stopped", "an answer may always be given"
    looked = queries.look(
        case_id=wang.case_id, account_id=wang.account_id, channel="call", purpose="collection",
        at=moment(), user_id=lin.user_id or 0,
    )  # fmt: skip
    assert looked.clause == "gate.client-stopped"
    other = house.owing(house.client("other-bank"))
    assert ask(other, house.collector("mei")).granted, "the other client's work goes on"
    officer = Actor(99, "wu", frozenset({Role.COMPLIANCE_OFFICER}), client_ids=frozenset({client_id}))
    clients.acknowledge(stop_id=stop_id, note="the tenth record was a total line", at=moment("09:30"), actor=officer)
    assert ask(wang, lin).granted


def test_one_cap_over_all_clients_and_a_refusal_names_no_other(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    other = house.client("island")
    lin = house.collector("lin-again")
    same = house.owing(other, person_id=wang.person_id)
    for of, clock in ((wang, "09:00"), (same, "10:00"), (wang, "11:00")):
        assert ask(of, lin, clock).granted
    refused = ask(wang, lin, "12:00")
    assert refused.clause == "jurisdictions.default.calls-per-week" and refused.left_today == 0
    fact = journal.list_facts(wang.customer_id)[0]
    assert fact.kind == "permit-refused"
    assert str(other) not in {str(value) for name, value in fact.body.items() if "client" in name}
    assert not any("island" in text.lower() for text in refused.says.values())


def test_an_unused_permit_is_void_after_two_minutes_and_still_counts(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    answer = ask(wang, lin)
    assert answer.permit_id is not None
    with pytest.raises(PermitSpent), transaction.atomic():
        gate.use_permit(permit_id=answer.permit_id, at=moment("10:02"))
    assert ask(wang, lin, "10:03").left_today == 1


def test_a_permit_is_used_once(house: House, client_id: int, lin: Actor) -> None:
    answer = ask(house.owing(client_id), lin)
    assert answer.permit_id is not None
    with transaction.atomic():
        gate.use_permit(permit_id=answer.permit_id, at=moment("10:01"))
    with pytest.raises(PermitSpent), transaction.atomic():
        gate.use_permit(permit_id=answer.permit_id, at=moment("10:01"))


def test_a_refusal_cannot_be_used(house: House, client_id: int, lin: Actor) -> None:
    answer = ask(house.owing(client_id), lin, "23:00")
    assert answer.permit_id is not None
    with pytest.raises(PermitSpent), transaction.atomic():
        gate.use_permit(permit_id=answer.permit_id, at=moment("23:00"))


def test_only_the_proof_that_nothing_left_gives_the_count_back_and_only_once(
    house: House, client_id: int, lin: Actor
) -> None:
    wang = house.owing(client_id)
    answer = ask(wang, lin)
    assert answer.permit_id is not None
    for _ in range(2):
        gate.record_result(permit_id=answer.permit_id, result="not-dialled", at=moment("10:01"), actor=LINE)
    assert ask(wang, lin, "10:05").left_today == 2
    assert [fact.kind for fact in journal.list_facts(wang.customer_id)].count("permit-returned") == 1


def test_what_was_answered_cannot_be_given_back(house: House, client_id: int, lin: Actor) -> None:
    answer = ask(house.owing(client_id), lin)
    assert answer.permit_id is not None
    gate.record_result(permit_id=answer.permit_id, result="answered", at=moment("10:01"), actor=LINE)
    with pytest.raises(CannotGiveBack):
        gate.record_result(permit_id=answer.permit_id, result="not-dialled", at=moment("10:02"), actor=LINE)


def test_should_the_line_report_life_after_all_the_attempt_counts_again(
    house: House, client_id: int, lin: Actor
) -> None:
    wang = house.owing(client_id)
    answer = ask(wang, lin)
    assert answer.permit_id is not None
    gate.record_result(permit_id=answer.permit_id, result="not-dialled", at=moment("10:01"), actor=LINE)
    gate.record_result(permit_id=answer.permit_id, result="answered", at=moment("10:02"), actor=LINE)
    assert ask(wang, lin, "10:05").left_today == 1
    assert "permit-counted-again" in [fact.kind for fact in journal.list_facts(wang.customer_id)]


def test_a_dispute_raised_at_noon_stops_the_two_o_clock_call(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    assert ask(wang, lin, "11:00").granted
    cases.place_hold(
        case_id=wang.case_id,
        scope="case",
        reason="dispute",
        until_at=moment("12:00", 20),
        at=moment("12:00"),
        actor=lin,
    )
    refused = ask(wang, lin, "14:00")
    assert refused.clause == "jurisdictions.default.dispute-hold"
    assert refused.until_at == moment("12:00", 20)


def test_a_hold_on_one_account_leaves_the_other_to_be_talked_about(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    second = house.account(client_id, wang.customer_id, "300.00")
    house.join(wang.case_id, second)
    cases.place_hold(
        case_id=wang.case_id,
        scope="account",
        reason="dispute",
        account_id=wang.account_id,
        until_at=moment("12:00", 20),
        at=moment("09:00"),
        actor=lin,
    )
    assert not ask(wang, lin).granted
    assert ask(wang, lin, account_id=second).granted


def test_a_hold_on_the_person_binds_at_every_client(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    other = house.client("island")
    lin = house.collector("lin-again")
    same = house.owing(other, person_id=wang.person_id)
    cases.place_hold(
        case_id=same.case_id,
        scope="person",
        reason="hardship",
        until_at=moment("12:00", 20),
        at=moment("09:00"),
        actor=lin,
    )
    assert ask(wang, lin).clause == "jurisdictions.default.hardship-hold"


def test_an_opt_out_closes_the_channel_at_once(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    customers.opt_out(
        customer_id=wang.customer_id, channels=["call"], purposes=["collection"], at=moment("09:00"), actor=lin
    )
    assert ask(wang, lin).clause == "jurisdictions.default.opt-out"


def test_without_the_stage_s_certificate_nobody_calls(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    trainee = house.collector("mei", certified=False)
    assert ask(wang, trainee).clause == "jurisdictions.default.certificate"
    assert ask(wang, lin).granted


def test_a_certificate_that_was_revoked_stops_the_next_dial(house: House, client_id: int) -> None:
    wang = house.owing(client_id)
    mei = house.collector("mei", certified=False)
    given = staff.issue_certificate(
        user_id=mei.user_id or 0,
        skill="early",
        valid_from=moment("08:00"),
        valid_until=moment("08:00", 30),
        at=moment("08:00"),
        actor=ADMINISTRATOR,
    )
    assert ask(wang, mei).granted
    staff.revoke_certificate(certificate_id=given, at=moment("10:30"), actor=ADMINISTRATOR)
    assert ask(wang, mei, "11:00").clause == "jurisdictions.default.certificate"


@pytest.mark.parametrize("owed", ["0.00", "-12.50"])
def test_nobody_is_called_about_nothing(house: House, client_id: int, lin: Actor, owed: str) -> None:
    assert ask(house.owing(client_id, owed=owed), lin).clause == "gate.nothing-owed"


def test_a_number_that_turned_out_to_be_somebody_else_s_is_not_called(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    customers.mark_contact_point_unusable(
        contact_point_id=wang.contact_point_id, cause="wrong-person", at=moment("09:00"), actor=lin
    )
    aunt = house.number(wang.customer_id, owner="relative")
    assert ask(wang, lin).clause == "jurisdictions.cn.contact-data"
    assert ask(wang, lin, contact_point_id=aunt).clause == "jurisdictions.cn.contact-data"
    assert ask(wang, lin, contact_point_id=house.number(wang.customer_id)).granted


def test_a_number_of_another_customer_is_refused(house: House, client_id: int, lin: Actor) -> None:
    wang, li = house.owing(client_id), house.owing(client_id)
    assert ask(wang, lin, contact_point_id=li.contact_point_id).clause == "jurisdictions.cn.contact-data"


def test_an_unknown_country_refuses_and_a_zone_that_no_clock_knows_is_an_unknown_one(
    house: House, client_id: int, lin: Actor
) -> None:
    assert ask(house.owing(client_id, country=None), lin).clause == "gate.country-unknown"
    lost = house.owing(client_id, zone="Asia/Atlantis")
    assert ask(lost, lin, "09:30").clause == "jurisdictions.cn.contact-hours"
    assert ask(lost, lin, "10:00").granted


def test_who_does_not_work_for_the_client_gets_no_answer_at_all(house: House, client_id: int) -> None:
    wang = house.owing(client_id)
    stranger = Actor(user_id=99, name="stranger", roles=frozenset({Role.COLLECTOR}))
    with pytest.raises(AccessRefused):
        ask(wang, stranger)


def test_an_inbound_call_counts_and_says_that_it_had_no_permit(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    gate.record_unpermitted(
        customer_id=wang.customer_id,
        case_id=wang.case_id,
        contact_point_id=None,
        channel="call",
        purpose="collection",
        result="answered",
        happened_at=moment("09:00"),
        needed_permit=False,
        at=moment("09:05"),
        actor=lin,
    )
    assert ask(wang, lin).left_today == 1
    assert journal.list_facts(wang.customer_id)[-1].kind == "contact-recorded"


def test_a_contact_that_should_have_had_a_permit_is_an_incident(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    gate.record_unpermitted(
        customer_id=wang.customer_id,
        case_id=wang.case_id,
        contact_point_id=None,
        channel="call",
        purpose="collection",
        result="answered",
        happened_at=moment("23:00", -1),
        needed_permit=True,
        at=moment("09:05"),
        actor=lin,
    )
    (fact,) = journal.list_facts(wang.customer_id)
    assert fact.kind == "contact-without-permit" and fact.body["permit"] == "none"


def test_a_look_answers_by_the_same_rules_and_writes_nothing(house: House, client_id: int, lin: Actor) -> None:
    wang = house.owing(client_id)
    house.number(wang.customer_id)
    seen = {
        clock: queries.look(
            case_id=wang.case_id,
            account_id=wang.account_id,
            channel="call",
            purpose="collection",
            at=moment(clock),
            user_id=lin.user_id or 0,
        )
        for clock in ("07:59:59", "08:00")
    }
    assert not seen["07:59:59"].granted and seen["07:59:59"].until_at == moment("08:00")
    assert seen["08:00"].granted and seen["08:00"].left_today == 3
    assert seen["08:00"].says["zh-Hans"] == "现在可以拨打：今日还可拨打3次，七日内还可拨打3次。"
    assert not Permit.objects.exists() and not journal.list_facts(wang.customer_id)


def test_a_refusal_has_a_short_name_for_the_timeline() -> None:
    assert queries.get_clause_title("jurisdictions.cn.contact-hours", "zh-Hans") == "夜间不得催收"
    assert queries.get_clause_title("gate.country-unknown", "en").startswith("The customer's country")
