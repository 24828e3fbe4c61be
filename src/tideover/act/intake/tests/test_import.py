"""A lender's file goes in whole or not at all; the same file again changes nothing; a later one states anew."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.models import QuarantinedRow, Run
from tideover.act.intake.tests.given import (
    AT,
    CUT_OFF,
    PEOPLE,
    ROW,
    codes,
    import_placement,
    write,
    written,
)
from tideover.act.intake.types import CutOffMissing, CutOffWrong, KindWrong
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal_queries
from tideover.core.policy.types import PolicyUnknown
from tideover.know.clients.types import UnknownClient
from tideover.know.customers import queries as customers_queries
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
TABLES = (
    "customers_customer",
    "portfolio_account",
    "ledger_statedbalance",
    "ledger_posting",
    "intake_import",
    "intake_run",
    "intake_staged_account",
    "journal_fact",
)


def counts() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def test_a_placement_with_people_makes_customer_account_balance_history_and_one_fact(tmp_path: Path) -> None:
    client_id = make_client()
    report = import_placement(write(tmp_path, [ROW | PEOPLE]))
    assert (report.rows_count, report.good_count, report.new_count, report.refused_count) == (1, 1, 1, 0)
    assert [(each.currency, each.bucket, each.count, str(each.total)) for each in report.sums] == [
        ("TWD", "M1", 1, "TWD 3913.00")
    ]
    account = portfolio_queries.find_account(client_id, "1")
    customer = customers_queries.find_customer(client_id, "C1")
    assert account is not None and customer is not None and account.currency == "TWD"
    assert customers_queries.get_names([customer.id]) == {customer.id: "王芳"}
    assert [point.masked_value for point in customers_queries.list_contact_points(customer.id)] == ["154****0192"]
    standing = portfolio_queries.get_standing(account.id, date(2026, 10, 1))
    assert (standing.dpd, standing.dpd_stated, standing.dpd_basis) == (2, 1, "read-from-code")
    shown = ledger_queries.statement(account.id, customer.id, AT)
    assert str(shown.owed_now) == "TWD 3913.00" and shown.foots and not shown.is_split
    (paid,) = shown.payments
    assert (str(paid.amount), paid.value_date, paid.date_basis) == ("TWD 689.00", date(2026, 8, 31), "month")
    (fact,) = journal_queries.list_facts(customer.id)
    assert fact.kind == "placement-received" and fact.body["account_ids"] == [account.id]
    assert "王芳" not in str(fact.body) and "15400000192" not in str(fact.body)
    assert [fact.kind for fact in journal_queries.list_facts(0)] == ["file-imported", "client-added"]
    assert journal_queries.verify().holds
    assert portfolio_queries.list_placements(account.id)[0].batch_number == "2026-09"


def test_the_plain_public_row_without_people_loads_too_and_says_what_it_lacks(tmp_path: Path) -> None:
    client_id = make_client()
    report = import_placement(write(tmp_path, [ROW | {"sex": "2", "default_next_month": "1"}]))
    customer = customers_queries.find_customer(client_id, "1/borrower")
    assert customer is not None and customer.country is None and customer.language == "zh-Hans"
    assert customers_queries.list_contact_points(customer.id) == []
    assert report.ignored_columns == ("sex", "default_next_month") and "component-split" in report.lacks
    assert "full_name" in report.absent_columns


@pytest.mark.parametrize("name", ["file.csv", "file.csv.gz"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_or_packing_makes_no_difference(tmp_path: Path, name: str, mark: bytes) -> None:
    make_client()
    report = import_placement(write(tmp_path, mark + written([ROW | PEOPLE]).encode(), name))
    assert report.good_count == 1 and report.file_name == name


def test_a_dry_run_tells_everything_and_writes_nothing(tmp_path: Path) -> None:
    make_client()
    before = counts()
    rows = [ROW | PEOPLE, ROW | PEOPLE | {"account_id": "2", "pay_0": "seven"}]
    report = import_placement(write(tmp_path, rows), dry_run=True)
    assert (report.new_count, report.refused_count, report.import_id) == (1, 1, None)
    assert report.sums[0].count == 1 and codes(report) == {3: ["pay_0 value-unknown"]}
    assert counts() == before


def test_the_same_file_again_is_a_no_op_whatever_its_name(tmp_path: Path) -> None:
    make_client()
    rows = [ROW | PEOPLE, ROW | PEOPLE | {"account_id": "2", "bill_amt1": "lots"}]
    first = import_placement(write(tmp_path, rows, "one.csv"))
    before = counts()
    again = import_placement(write(tmp_path, rows, "two.csv"))
    assert again.is_repeat and again.import_id == first.import_id and again.committed_at == AT
    assert (again.new_count, again.changed_count, again.refused_count) == (0, 0, 1)
    assert counts() == before


def test_a_later_file_states_new_balances_and_tells_new_changed_and_same_apart(tmp_path: Path) -> None:
    client_id = make_client()
    rows = [ROW | {"account_id": str(number)} for number in (1, 2)]
    import_placement(write(tmp_path, rows))
    later = [rows[0] | {"bill_amt1": "4100", "pay_0": "3"}, rows[1], ROW | {"account_id": "3"}]
    report = import_placement(
        write(tmp_path, later, "later.csv"), cut_off=date(2026, 10, 31), at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    assert (report.new_count, report.changed_count, report.same_count) == (1, 1, 1)
    account = portfolio_queries.find_account(client_id, "1")
    assert account is not None
    assert str(ledger_queries.get_owed(account.id, datetime(2026, 11, 2, tzinfo=UTC))) == "TWD 4100.00"
    assert str(ledger_queries.get_owed(account.id, AT)) == "TWD 3913.00"
    assert portfolio_queries.get_standing(account.id, date(2026, 11, 1)).dpd == 32
    assert len(portfolio_queries.list_placements(account.id)) == 1
    same = customers_queries.find_customer(client_id, "2/borrower")
    changed = customers_queries.find_customer(client_id, "1/borrower")
    assert same is not None and changed is not None
    assert len(journal_queries.list_facts(same.id)) == 1 and len(journal_queries.list_facts(changed.id)) == 2


def test_history_is_what_was_paid_before_we_knew_the_account_and_comes_once(tmp_path: Path) -> None:
    client_id = make_client()
    import_placement(write(tmp_path, [ROW]))
    import_placement(
        write(tmp_path, [ROW | {"pay_amt1": "500"}], "later.csv"),
        cut_off=date(2026, 10, 31),
        at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    account = portfolio_queries.find_account(client_id, "1")
    assert account is not None
    assert [p.reference for p in ledger_queries.list_payments(account.id, datetime(2026, 11, 1, tzinfo=UTC))] == [
        "history:2026-08"
    ]


def test_two_accounts_of_one_customer_number_are_one_customer(tmp_path: Path) -> None:
    client_id = make_client()
    import_placement(write(tmp_path, [ROW | PEOPLE, ROW | PEOPLE | {"account_id": "2"}]))
    customer = customers_queries.find_customer(client_id, "C1")
    assert customer is not None
    numbers = [account.number for account in portfolio_queries.list_accounts_of_customer(customer.id, client_id)]
    assert numbers == ["1", "2"]
    (fact,) = journal_queries.list_facts(customer.id)
    assert fact.body["count"] == 2 and fact.body["amount"] == "7826.0000"


def test_a_later_file_without_people_leaves_language_place_and_name_as_they_are(tmp_path: Path) -> None:
    client_id = make_client()
    english = PEOPLE | {"customer_number": "1/borrower", "language": "en", "full_name": "Jane Roe"}
    import_placement(write(tmp_path, [ROW | english]))
    import_placement(
        write(tmp_path, [ROW], "later.csv"), cut_off=date(2026, 10, 31), at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    customer = customers_queries.find_customer(client_id, "1/borrower")
    assert customer is not None and (customer.language, customer.region) == ("en", "CN-SH")
    assert customers_queries.get_names([customer.id]) == {customer.id: "Jane Roe"}


def test_what_does_not_agree_with_what_is_known_is_refused_and_the_rest_goes_in(tmp_path: Path) -> None:
    make_client()
    rows = [ROW | PEOPLE | {"account_id": str(n), "customer_number": f"C{n}"} for n in range(1, 5)]
    import_placement(write(tmp_path, rows))
    later = [
        rows[0] | {"bill_amt1": "4000"},
        rows[1] | {"customer_number": "C99"},
        rows[2],
        rows[3] | {"account_id": "5", "customer_number": "C5"},
    ]
    report = import_placement(write(tmp_path, later, "again.csv"))
    assert codes(report) == {2: ["account_id stated-otherwise"], 3: ["customer_number borrower-changed"]}
    assert (report.new_count, report.same_count) == (1, 1)
    early = import_placement(write(tmp_path, [rows[0]], "early.csv"), cut_off=date(2026, 9, 29))
    assert codes(early) == {2: ["account_id cut-off-passed"]} and early.good_count == 0


def test_quarantined_rows_are_kept_with_place_and_remedy_and_can_be_mended_and_sent_again(tmp_path: Path) -> None:
    client_id = make_client()
    bad = (
        ROW
        | PEOPLE
        | {"account_id": "2", "customer_number": "C2", "bill_amt1": "3,913", "full_name": "=1+1", "pay_amt6": "-5"}
    )
    report = import_placement(write(tmp_path, [ROW | PEOPLE, bad]))
    assert report.import_id is not None
    text = intake_queries.quarantine_csv(report.import_id, "zh-Hans")
    assert "'=1+1" in text and ",-5," in text and "3,913" in text and "不是金额" in text
    mended = text.replace('"3,913"', "3913").replace("-5", "5")
    again = import_placement(write(tmp_path, mended, "mended.csv"))
    assert (again.good_count, again.new_count) == (1, 1)
    assert portfolio_queries.count_accounts(client_id) == 2


def test_what_cannot_be_asked_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, [ROW])
    with pytest.raises(UnknownClient):
        import_placement(path)
    make_client()
    with pytest.raises(CutOffMissing):
        import_placement(path, cut_off=None)
    with pytest.raises(CutOffWrong):
        import_placement(path, cut_off=date(2026, 10, 2))
    with pytest.raises(PolicyUnknown):
        import_placement(path, mapping_id="unheard_of")
    with pytest.raises(KindWrong):
        import_placement(path, kind="payments")


def test_only_an_integrator_of_this_client_imports(tmp_path: Path) -> None:
    client_id = make_client()
    path = write(tmp_path, [ROW])
    for roles, client_ids in ((Role.COLLECTOR, {client_id}), (Role.INTEGRATOR, set())):
        actor = Actor(user_id=7, name="li", roles=frozenset({roles}), client_ids=frozenset(client_ids))
        with pytest.raises(AccessRefused):
            import_placement(path, actor=actor)
    mine = Actor(user_id=7, name="li", roles=frozenset({Role.INTEGRATOR}), client_ids=frozenset({client_id}))
    assert import_placement(path, actor=mine).new_count == 1
    assert intake_queries.list_imports([client_id])[0].actor == "li" and intake_queries.list_imports([]) == []


def test_nothing_staged_is_left_behind(tmp_path: Path) -> None:
    make_client()
    import_placement(write(tmp_path, [ROW]))
    assert counts()["intake_staged_account"] == 0 and not Run.objects.exists()
    assert not QuarantinedRow.objects.exists() and AT.date() > CUT_OFF
