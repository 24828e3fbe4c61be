"""What happened on a day goes back to the lender in its own words, exactly, and nothing else does."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.intake import operations as intake
from tideover.act.intake.types import BackDateAhead, BackFile, BackValueUnknown, KindWrong
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes.types import PromiseDraft
from tideover.core.access.types import SYSTEM, AccessRefused, Actor
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.clients import queries as clients_queries

pytestmark = pytest.mark.django_db
CONTACTS, PROMISES, MISSING = "hengtong_contacts_back", "hengtong_promises_back", "hengtong_missing_back"


class Silent:
    """A line that dials and says nothing by itself."""

    def dial(self, call_id: int, number: str) -> None: ...


@pytest.fixture
def house() -> House:
    lines.register("test", Silent())
    return House()


@pytest.fixture
def client_id(house: House) -> int:
    return house.client()


@pytest.fixture
def lin(house: House, client_id: int) -> Actor:
    return house.collector("lin")


@pytest.fixture
def wang(house: House, client_id: int, lin: Actor) -> Owing:
    return house.owing(client_id, owned_by=lin, owed="1250.00")


def call(of: Owing, by: Actor, clock: str) -> int:
    made = contact.dial(
        case_id=of.case_id,
        contact_point_id=of.contact_point_id,
        work_item_id=None,
        line="test",
        at=moment(clock),
        actor=by,
    )
    return made.id


def promises(of: Owing, by: Actor, clock: str) -> None:
    call_id = call(of, by, clock)
    outcomes.record_line_event(call_id=call_id, event="answered", at=moment(clock))
    outcomes.record(
        call_id=call_id,
        case_id=of.case_id,
        account_id=of.account_id,
        spoke_to="customer",
        result="promise-to-pay",
        arrears_reason="forgot",
        promise=PromiseDraft(Money(Decimal("1250.00"), "CNY"), MONDAY + timedelta(days=3)),
        call_back_at=None,
        hold_until=None,
        note="说下周发工资",
        once_key=f"key-{call_id}",
        at=moment(clock),
        actor=by,
    )


def back(client_id: int, mapping: str, day: date = MONDAY, **changed: Any) -> BackFile:
    asked = {
        "client_code": clients_queries.get_client_by_id(client_id).code,
        "mapping_id": mapping,
        "day": day,
        "at": moment("20:00"),
        "actor": SYSTEM,
    }
    return intake.write_back(**{**asked, **changed})


def rows(made: BackFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.content.decode("gb18030"))))


def test_a_promise_and_a_no_answer_go_back_in_the_lender_s_words(client_id: int, wang: Owing, lin: Actor) -> None:
    call_id = call(wang, lin, "09:30")
    outcomes.record_line_event(call_id=call_id, event="ended", at=moment("09:31"), cause="no-answer", seconds=0)
    promises(wang, lin, "10:00")
    made = back(client_id, CONTACTS)
    first, second = rows(made)
    assert (first["线路结果"], first["联系结果"], first["承诺金额"]) == ("无人接听", "未接", "")
    assert (second["接听人"], second["联系结果"], second["逾期原因"]) == ("本人", "承诺还款", "忘记还款")
    assert (second["承诺金额"], second["催收时间"], second["联系对象"]) == ("1250.00", "10:00:00", "借款人")
    assert second["承诺还款日"] == f"{MONDAY.year}/{MONDAY.month}/{MONDAY.day + 3}" and second["催收员"] == "lin"
    assert made.rows_count == 2
    assert "发工资" not in made.content.decode("gb18030"), "what was noted stays here"


def test_the_same_day_gives_the_same_bytes_and_each_time_is_told(client_id: int, wang: Owing, lin: Actor) -> None:
    promises(wang, lin, "10:00")
    told = journal.latest_fact_id()
    assert back(client_id, CONTACTS).content == back(client_id, CONTACTS).content
    facts = [fact for fact in journal.list_facts(0) if fact.kind == "file-sent-back" and fact.id > told]
    assert [fact.body["rows_count"] for fact in facts] == [1, 1]
    assert "王" not in str(facts[0].body)


def test_another_day_and_another_client_are_left_out(house: House, client_id: int, wang: Owing, lin: Actor) -> None:
    promises(wang, lin, "10:00")
    assert back(client_id, CONTACTS, MONDAY - timedelta(days=1)).rows_count == 0
    other = house.client("other-bank")
    assert back(other, CONTACTS).rows_count == 0


def test_promises_go_back_on_the_day_on_which_they_are_made(client_id: int, wang: Owing, lin: Actor) -> None:
    promises(wang, lin, "10:00")
    (row,) = rows(back(client_id, PROMISES))
    assert (row["承诺金额"], row["状态"], row["已还金额"], row["核对日期"]) == ("1,250.00", "待履约", "0.00", "")


def test_the_missing_documents_go_back_as_a_list(client_id: int, wang: Owing) -> None:
    found = rows(back(client_id, MISSING))
    assert {row["借据号"] for row in found} <= {each[0] for each in _numbers()}


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(client_id: int, wang: Owing, lin: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_identity SET full_name = '=HYPERLINK(\"x\")'")
        cursor.execute("SELECT count(*) FROM customers_identity")
        if not cursor.fetchone()[0]:
            cursor.execute(
                "INSERT INTO customers_identity (customer_id, full_name, salt) "
                "SELECT id, '=HYPERLINK(\"x\")', 'x' FROM customers_customer"
            )
    promises(wang, lin, "10:00")
    (row,) = rows(back(client_id, CONTACTS))
    assert row["客户姓名"] == '\'=HYPERLINK("x")'


def test_a_code_that_the_lender_has_no_word_for_refuses_the_file(client_id: int, wang: Owing, lin: Actor) -> None:
    promises(wang, lin, "10:00")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE arrangements_promise SET state = 'strange'")
    with pytest.raises(BackValueUnknown) as found:
        back(client_id, PROMISES)
    assert found.value.fields["heading"] == "状态" and found.value.fields["value"] == "strange"


def test_what_cannot_be_asked_is_refused_by_name(client_id: int, lin: Actor) -> None:
    with pytest.raises(BackDateAhead):
        back(client_id, CONTACTS, MONDAY + timedelta(days=1))
    with pytest.raises(KindWrong):
        back(client_id, "hengtong_placement")
    with pytest.raises(AccessRefused):
        back(client_id, CONTACTS, actor=lin)


def _numbers() -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM portfolio_account")
        return cursor.fetchall()
