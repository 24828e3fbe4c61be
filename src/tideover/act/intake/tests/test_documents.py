"""The lender's files say where documents are found; what they do not say is on the missing list, and only that."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.policy_schema import Mapping
from tideover.act.intake.tests.given import codes
from tideover.act.intake.tests.test_hengtong import SAMPLES, ask, bring
from tideover.core.journal import queries as journal
from tideover.core.policy import queries as policy
from tideover.know.filing import queries as filing
from tideover.know.filing.types import DOCUMENT
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
FILED = (
    "SELECT account.number, item, reference, left(digest, 6), document_date, source FROM filing_document AS document "
    "JOIN portfolio_account AS account ON account.id = document.account_id ORDER BY 1, 2"
)


@pytest.fixture(autouse=True)
def hengtong() -> int:
    """The lender."""
    return make_client("hengtong")


def _missing_documents(client_id: int) -> list[tuple[str, str]]:
    gaps = filing.list_missing(client_id, date(2026, 10, 1))
    return [(gap.account_number, gap.item) for gap in gaps if not gap.item.startswith("contact")]


def test_the_placement_files_its_documents_and_the_missing_list_asks_for_the_rest(
    tmp_path: Path, hengtong: int
) -> None:
    tried = bring(tmp_path, "good/placement.csv", dry_run=True)
    report = bring(tmp_path, "good/placement.csv")
    assert tried.reckoned.documents_count == report.reckoned.documents_count == 4
    assert ask(FILED) == [
        ("HT1001", "contract", "HTIMG/HT1001", "c0ffee", date(2026, 5, 5), "client-file"),
        ("HT1001", "guarantee", "HTGUA/HT1001", None, None, "client-file"),
        ("HT1001", "proof-of-disbursement", "HTPAY/HT1001", None, None, "client-file"),
        ("HT1002", "contract", "HTIMG/HT1002", None, date(2026, 6, 12), "client-file"),
    ]
    assert _missing_documents(hengtong) == [
        ("HT1002", "proof-of-disbursement"),
        ("HT1003", "contract"),
        ("HT1003", "proof-of-disbursement"),
        ("HT1004", "contract"),
        ("HT1004", "proof-of-disbursement"),
    ]
    [[customer_id]] = ask("SELECT id FROM customers_customer WHERE reference = 'K001'")
    [fact] = [each for each in journal.list_facts(customer_id) if each.kind == "documents-filed"]
    assert fact.body["count"] == 3 and fact.body["documents"][0]["has_digest"]


def test_the_same_documents_again_are_filed_once_and_tell_nothing_anew(tmp_path: Path) -> None:
    bring(tmp_path, "good/placement.csv")
    before = ask(FILED)
    for repeated in (bring(tmp_path, "good/placement.csv"), bring(tmp_path, "good/placement.csv", dry_run=True)):
        assert repeated.is_repeat and repeated.reckoned.documents_count == 0, "it changed nothing"
        kept = intake_queries.get_import(repeated.import_id or 0).reckoned
        assert kept.documents_count == 4, "what it brought when it came stays told on its own page"
    again = (SAMPLES / "good/placement.csv").read_bytes() + b"\r\n"
    report = bring(tmp_path, "good/placement-full-width.csv", content=again)
    assert report.same_count == 4 and report.reckoned.documents_count == 0
    assert ask(FILED) == before
    assert ask("SELECT count(*) FROM journal_fact WHERE kind = 'documents-filed'") == [(2,)]


def test_a_full_file_brings_a_document_that_was_asked_for(tmp_path: Path, hengtong: int) -> None:
    bring(tmp_path, "good/placement.csv")
    rows = (SAMPLES / "good/full.csv").read_bytes().decode("gb18030").splitlines()
    more = [f"{rows[0]}|合同影像编号", *(f"{row}|{'HTIMG/HT1003' if '|HT1003|' in row else ''}" for row in rows[1:])]
    report = bring(tmp_path, "good/full.csv", content="\r\n".join([*more, ""]).encode("gb18030"))
    assert not report.refused and report.reckoned.documents_count == 1
    assert intake_queries.get_import(report.import_id or 0).reckoned.documents_count == 1
    assert ("HT1003", "contract") not in _missing_documents(hengtong)
    assert ("HT1003", "proof-of-disbursement") in _missing_documents(hengtong)


def test_a_document_that_cannot_be_found_again_is_refused_with_its_contract(tmp_path: Path) -> None:
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    text = text.replace("HTIMG/HT1002,,", ",,").replace("c0ffee", "coffee")
    report = bring(tmp_path, "good/placement.csv", content=text.encode("gb18030"))
    told = codes(report)
    assert told[2] == ["合同影像摘要 not-a-digest"] and told[8] == ["合同签订日期 document-without-reference"]
    assert [number for number, *_ in ask(FILED)] == []


def test_another_digest_under_a_reference_on_file_is_quarantined_by_name_and_the_good_rows_go_in(
    tmp_path: Path,
) -> None:
    bring(tmp_path, "good/placement.csv")
    before = ask(FILED)
    text = (SAMPLES / "good/placement.csv").read_bytes().decode("gb18030")
    other = text.replace("c0ffee", "decade").replace("HTPAY/HT1001", "HTPAY/HT1001-2")
    other = other.replace("HTIMG/HT1002,,2026/6/12,,", f"HTIMG/HT1002,{'a' * 64},2026/6/12,HTPAY/HT1002,")
    report = bring(tmp_path, "other/placement-other.csv", content=other.encode("gb18030"), sequence=2)
    assert {code for row in codes(report).values() for code in row} == {"合同影像摘要 document-differs"}
    assert report.good_count == 18 and not report.reckoned.is_held
    assert {row.account_number for row in report.refused} == {"HT1001"} and len(report.refused) == 6
    problem = report.refused[0].problems[0]
    assert intake_queries.say_problem(problem, "en") == (
        "合同影像摘要 is another one than that of document HTIMG/HT1001 in the account's file (c0ffee000000…). "
        "Send it under a new reference; what was filed stays as it is."
    )
    assert intake_queries.say_problem(problem, "zh-Hans") == (
        "合同影像摘要与账户档案中文件 HTIMG/HT1001 的摘要（c0ffee000000…）不一致。"
        "请以新的编号报送；已归档的文件不作更改。"
    )
    assert report.reckoned.documents_count == 1, "a digest that was not kept is not another one"
    [filed] = set(ask(FILED)) - set(before)
    assert filed[:3] == ("HT1002", "proof-of-disbursement", "HTPAY/HT1002")
    assert report.import_id is not None
    renamed = other.replace("HTIMG/HT1001,", "HTIMG/HT1001-2,")
    rows = "".join(renamed.splitlines(keepends=True)[:7])
    mended = bring(tmp_path, "mended/placement-again.csv", content=rows.encode("gb18030"), mends=report.import_id)
    assert not mended.refused and mended.reckoned.documents_count == 2
    assert ("HT1001", "contract", "HTIMG/HT1001-2", "decade", date(2026, 5, 5), "client-file") in ask(FILED)


def test_what_the_shipped_mappings_file_is_what_the_checklists_ask_for() -> None:
    asked = {
        (checklist.data.product, item.name)
        for checklist in policy.load("filing")
        for item in checklist.data.items
        if item.asks == DOCUMENT
    }
    named = [
        (each.data.constants["product"], group.item)
        for each in policy.load("mapping")
        if isinstance(each.data, Mapping)
        for group in each.data.documents
    ]
    assert named and set(named) <= asked
