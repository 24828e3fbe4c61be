"""The files of a Chinese consumer lender, as it would send them: rows of plain data in, bytes out.

Four layouts, each as its mapping in ``policy/mappings/hengtong_*.yaml`` reads it: 委案表 (placement, a row an
instalment), 全量 (full, a row a contract), 还款 (payments, reversals, failed debits) and 退案 (recall). GB18030,
Chinese headings, and in each file the forms of dates and amounts that the mapping declares. Nothing is judged here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ENCODING = "gb18030"
NOTHING = Decimal("0.00")
PROVINCES: Mapping[str, str] = {
    "CN-BJ": "北京市", "CN-TJ": "天津市", "CN-HE": "河北省", "CN-SX": "山西省", "CN-NM": "内蒙古自治区",
    "CN-LN": "辽宁省", "CN-JL": "吉林省", "CN-HL": "黑龙江省", "CN-SH": "上海市", "CN-JS": "江苏省",
    "CN-ZJ": "浙江省", "CN-AH": "安徽省", "CN-FJ": "福建省", "CN-JX": "江西省", "CN-SD": "山东省",
    "CN-HA": "河南省", "CN-HB": "湖北省", "CN-HN": "湖南省", "CN-GD": "广东省", "CN-GX": "广西壮族自治区",
    "CN-HI": "海南省", "CN-CQ": "重庆市", "CN-SC": "四川省", "CN-GZ": "贵州省", "CN-YN": "云南省",
    "CN-XZ": "西藏自治区", "CN-SN": "陕西省", "CN-GS": "甘肃省", "CN-QH": "青海省", "CN-NX": "宁夏回族自治区",
    "CN-XJ": "新疆维吾尔自治区",
}  # fmt: skip
LANGUAGES: Mapping[str, str] = {"zh-Hans": "中文", "en": "英文"}
PAYMENT, DIRECT_DEBIT, REVERSAL, FAILED_DEBIT = "还款", "代扣", "冲正", "扣款失败"

_BATCH = ("批次号", "委案日期", "委案截止日", "回收目标金额", "佣金比例", "留案比例上限")
_CONTRACT = ("借据号", "客户号", "客户姓名", "证件号码", "省份", "沟通语言", "合同金额", "放款日期", "年利率", "总期数")
_OWED = ("逾期天数", "是否委案", "逾期本金", "逾期利息", "罚息", "滞纳金", "下期应还日", "下期应还金额")
_PHONES = ("手机号码", "备用手机")
_OTHERS = tuple(f"{role}{what}" for role in ("担保人", "共同借款人") for what in ("客户号", "姓名", "证件号码", "手机"))
_DOCUMENTS = ("合同影像编号", "合同影像摘要", "合同签订日期", "放款凭证编号", "担保合同编号")
_INSTALMENT = ("期数", "应还日期", "应还本金", "应还利息", "应还费用", "已还金额", "实还日期")
_BESIDE = ("应还日", "本金", "利息", "费用", "已还", "实还日")


@dataclass(frozen=True)
class PersonRow:
    """Somebody on a contract: the lender's own number, name, document, province, telephone numbers."""

    number: str
    full_name: str
    document_number: str
    region: str
    phones: tuple[str, ...]
    language: str = "zh-Hans"


@dataclass(frozen=True)
class BatchRow:
    """The terms of a hand-over."""

    number: str
    from_date: date
    until_date: date
    target: Decimal
    commission_share: Decimal
    retain_share_max: Decimal | None = None


@dataclass(frozen=True)
class InstalmentRow:
    """One instalment and what was paid of it."""

    number: int
    due_date: date
    principal: Decimal
    interest: Decimal
    fee: Decimal = NOTHING
    paid: Decimal = NOTHING
    paid_date: date | None = None


@dataclass(frozen=True)
class DocumentsRow:
    """Where the documents of a contract are found; empty: the lender did not say."""

    contract: str = ""
    contract_digest: str = ""
    proof_of_disbursement: str = ""
    guarantee: str = ""


@dataclass(frozen=True)
class LoanRow:
    """A contract as the lender's books show it at the cut-off; without a batch it is placed nowhere."""

    number: str
    borrower: PersonRow
    amount: Decimal
    opened_date: date
    annual_rate: Decimal
    dpd: int
    overdue_principal: Decimal
    overdue_interest: Decimal
    penalty_interest: Decimal
    instalments: tuple[InstalmentRow, ...]
    batch: BatchRow | None = None
    late_fee: Decimal = NOTHING
    next_due_date: date | None = None
    next_due_amount: Decimal | None = None
    guarantor: PersonRow | None = None
    co_borrower: PersonRow | None = None
    documents: DocumentsRow = DocumentsRow()

    @property
    def owed(self) -> Decimal:
        """What the file states in all: what the control file's total adds up."""
        return self.overdue_principal + self.overdue_interest + self.penalty_interest + self.late_fee


@dataclass(frozen=True)
class MoneyRow:
    """A payment (还款, 代扣), the reversal (冲正) of the one that ``reverses`` names, or a failed debit (扣款失败)."""

    reference: str
    loan: str
    kind: str
    amount: Decimal
    value_date: date
    reverses: str = ""
    cause: str = ""


@dataclass(frozen=True)
class RecallRow:
    """A contract that goes back to the lender."""

    loan: str
    recalled_date: date


Day = Callable[[date | None], str]
Amount = Callable[[Decimal | None], str]


def placement(loans: Iterable[LoanRow]) -> bytes:
    """委案表: a row an instalment, the columns of the contract and its batch repeated; commas, 2026/9/30, 1,286.40."""
    headings = (*_BATCH, *_CONTRACT, *_OWED, *_PHONES, *_OTHERS, *_DOCUMENTS, *_INSTALMENT)
    rows = (
        [
            *_batch(loan, slashed, thousands, percent),
            *_contract(loan, slashed, thousands, percent),
            *_documents(loan, slashed),
            *of_instalment,
        ]
        for loan in loans
        for of_instalment in (_instalment(each, slashed, thousands, with_number=True) for each in loan.instalments)
    )
    return written(headings, rows, ",")


def full(loans: Sequence[LoanRow]) -> bytes:
    """全量: a row a contract, its instalments beside each other; bars, 20260930, 1286.40."""
    most = max((len(loan.instalments) for loan in loans), default=1)
    beside = tuple(f"第{number}期{what}" for number in range(1, most + 1) for what in _BESIDE)
    headings = ("批次号", *_CONTRACT, *_OWED, *_PHONES, *_OTHERS, *beside)
    rows = (
        [
            loan.batch.number if loan.batch else "",
            *_contract(loan, compact, plain, fraction),
            *(cell for each in loan.instalments for cell in _instalment(each, compact, plain, with_number=False)),
            *[""] * (len(_BESIDE) * (most - len(loan.instalments))),
        ]
        for loan in loans
    )
    return written(headings, rows, "|")


def payments(entries: Iterable[MoneyRow]) -> bytes:
    """还款: what came in, what was taken back, what failed; tabs, 2026-09-30, 1286.40."""
    rows = (
        [each.reference, each.loan, each.kind, plain(each.amount), dashed(each.value_date), each.reverses, each.cause]
        for each in entries
    )
    return written(("流水号", "借据号", "类型", "金额", "入账日期", "原流水号", "原因"), rows, "\t")


def recall(entries: Iterable[RecallRow]) -> bytes:
    """退案表: contracts that go back; commas, 2026年9月30日."""
    return written(("借据号", "退案日期"), ([each.loan, chinese(each.recalled_date)] for each in entries), ",")


def control(
    *,
    kind: str,
    sequence: int,
    cut_off: date,
    rows: int,
    total: Decimal | None = None,
    batch: BatchRow | None = None,
) -> bytes:
    """``FILE.control.yaml``: what the lender says that its file is."""
    lines = ["format: 1", f"kind: {kind}", f"sequence: {sequence}", f"cut_off: {cut_off}", f"rows: {rows}"]
    if total is not None:
        lines.append(f'totals: {{CNY: "{total}"}}')
    if batch is not None:
        lines += [
            "batch:",
            f"  number: {batch.number}",
            f"  from: {batch.from_date}",
            f"  until: {batch.until_date}",
            f'  target: {{amount: "{batch.target}", currency: CNY}}',
            f"  commission_share: {batch.commission_share}",
        ]
        if batch.retain_share_max is not None:
            lines.append(f"  retain_share_max: {batch.retain_share_max}")
    return ("\n".join(lines) + "\n").encode()


def written(headings: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    """Cells as the lender's system writes them: GB18030, CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode(ENCODING)


def _batch(loan: LoanRow, day: Day, amount: Amount, share: Amount) -> list[str]:
    batch = loan.batch
    if batch is None:
        return [""] * len(_BATCH)
    terms = [day(batch.from_date), day(batch.until_date), amount(batch.target), share(batch.commission_share)]
    return [batch.number, *terms, share(batch.retain_share_max)]


def _contract(loan: LoanRow, day: Day, amount: Amount, share: Amount) -> list[str]:
    borrower = loan.borrower
    return [
        loan.number,
        borrower.number,
        borrower.full_name,
        borrower.document_number,
        PROVINCES[borrower.region],
        LANGUAGES[borrower.language],
        amount(loan.amount),
        day(loan.opened_date),
        share(loan.annual_rate),
        str(len(loan.instalments)),
        str(loan.dpd),
        "是" if loan.batch else "否",
        amount(loan.overdue_principal),
        amount(loan.overdue_interest),
        amount(loan.penalty_interest),
        amount(loan.late_fee),
        day(loan.next_due_date),
        amount(loan.next_due_amount),
        *_phones(borrower, 2),
        *_other(loan.guarantor),
        *_other(loan.co_borrower),
    ]


def _documents(loan: LoanRow, day: Day) -> list[str]:
    told = loan.documents
    signed = day(loan.opened_date) if told.contract else ""
    return [told.contract, told.contract_digest, signed, told.proof_of_disbursement, told.guarantee]


def _phones(person: PersonRow, most: int) -> list[str]:
    return [*person.phones[:most], *[""] * (most - len(person.phones[:most]))]


def _other(person: PersonRow | None) -> list[str]:
    if person is None:
        return [""] * 4
    return [person.number, person.full_name, person.document_number, *_phones(person, 1)]


def _instalment(each: InstalmentRow, day: Day, amount: Amount, *, with_number: bool) -> list[str]:
    number = [str(each.number)] if with_number else []
    parts = [amount(part) for part in (each.principal, each.interest, each.fee, each.paid)]
    return [*number, day(each.due_date), *parts, day(each.paid_date)]


def plain(amount: Decimal | None) -> str:
    """1286.40"""
    return "" if amount is None else f"{amount:.2f}"


def thousands(amount: Decimal | None) -> str:
    """1,286.40"""
    return "" if amount is None else f"{amount:,.2f}"


def fraction(share: Decimal | None) -> str:
    """0.18"""
    return "" if share is None else f"{share:f}"


def percent(share: Decimal | None) -> str:
    """18%"""
    return "" if share is None else f"{(share * 100).normalize():f}%"


def dashed(day: date | None) -> str:
    """2026-09-30"""
    return "" if day is None else day.isoformat()


def slashed(day: date | None) -> str:
    """2026/9/30"""
    return "" if day is None else f"{day.year}/{day.month}/{day.day}"


def compact(day: date | None) -> str:
    """20260930"""
    return "" if day is None else f"{day:%Y%m%d}"


def chinese(day: date | None) -> str:
    """2026年9月30日"""
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"
