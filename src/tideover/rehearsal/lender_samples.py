"""Small files of the invented lender, good and broken: what tests of intake read, made by the lender's own writers.

``python -m tideover.rehearsal.lender_samples FOLDER`` writes them anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from tideover.rehearsal import lender_files as lender
from tideover.rehearsal.lender_files import (
    BatchRow,
    DocumentsRow,
    InstalmentRow,
    LoanRow,
    MoneyRow,
    PersonRow,
    RecallRow,
)

CUT_OFF, FULL_CUT_OFF = date(2026, 9, 30), date(2026, 10, 5)
BATCH = BatchRow(
    "HT-2026-10", date(2026, 10, 1), date(2026, 12, 2), Decimal("1250000.00"), Decimal("0.18"), Decimal("0.05")
)
WANG = PersonRow("K001", "王芳", "990000000000000011", "CN-SH", ("+8615400000101", "154-0000-0102"))
LI = PersonRow("K002", "李镕𠮷", "990000000000000028", "CN-GD", ("15400000201",))
MARIA = PersonRow("K003", "Maria Santos", "990000000000000036", "CN-BJ", ("15400000301",), "en")
CHEN = PersonRow("K004", "陈强", "990000000000000044", "CN-XJ", ())
ZHAO = PersonRow("K101", "赵敏", "990000000000001011", "CN-SH", ("15400001101",))
WANG_PAPERS = DocumentsRow("HTIMG/HT1001", "c0ffee" + "0" * 58, "HTPAY/HT1001", "HTGUA/HT1001")
LI_PAPERS = DocumentsRow("HTIMG/HT1002", "", "", "")
SUN = PersonRow("K102", "孙丽", "990000000000001028", "CN-GD", ("15400001201",))


def _loan(
    number: str, borrower: PersonRow, first: date, settled: int, *, cut_off: date = CUT_OFF, **more: object
) -> LoanRow:
    """A contract of six instalments of 300.00 and interest, of which so many are settled."""
    place = first.year * 12 + first.month - 1
    dues = [date((place + n) // 12, (place + n) % 12 + 1, first.day) for n in range(6)]
    instalments = tuple(
        InstalmentRow(
            n + 1,
            due,
            Decimal("300.00"),
            Decimal("18.50") - n,
            paid=Decimal("318.50") - n if n < settled else lender.NOTHING,
            paid_date=due if n < settled else None,
        )
        for n, due in enumerate(dues)
    )
    late = [each for each in instalments[settled:] if each.due_date <= cut_off]
    coming = next((each for each in instalments if each.due_date > cut_off), None)
    made = LoanRow(
        number=number,
        borrower=borrower,
        amount=Decimal("1800.00"),
        opened_date=date(first.year, first.month - 1, first.day),
        annual_rate=Decimal("0.144"),
        dpd=(cut_off - late[0].due_date).days if late else 0,
        overdue_principal=sum((each.principal for each in late), lender.NOTHING),
        overdue_interest=sum((each.interest for each in late), lender.NOTHING),
        penalty_interest=Decimal("1.25") if late else lender.NOTHING,
        instalments=instalments,
        batch=BATCH,
        next_due_date=coming.due_date if coming else None,
        next_due_amount=coming.principal + coming.interest if coming else None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def loans(cut_off: date = CUT_OFF) -> list[LoanRow]:
    """Four placed contracts: one with a guarantor and all its papers, one with a co-borrower and a part of them."""
    return [
        _loan("HT1001", WANG, date(2026, 6, 5), 3, cut_off=cut_off, guarantor=ZHAO, documents=WANG_PAPERS),
        _loan("HT1002", LI, date(2026, 7, 12), 1, cut_off=cut_off, co_borrower=SUN, documents=LI_PAPERS),
        _loan("HT1003", MARIA, date(2026, 6, 20), 3, cut_off=cut_off),
        _loan("HT1004", CHEN, date(2026, 5, 28), 2, cut_off=cut_off),
    ]


def others() -> list[LoanRow]:
    """Contracts that are placed nowhere: one that runs and is not late, one that is finished."""
    return [
        _loan("HT9001", WANG, date(2026, 6, 15), 4, batch=None),
        _loan("HT9002", LI, date(2026, 2, 10), 6, batch=None),
    ]


def money() -> list[MoneyRow]:
    """A payment, a direct debit, the reversal of the first, and a debit that failed."""
    day = date(2026, 10, 8)
    return [
        MoneyRow("P-001", "HT1001", lender.PAYMENT, Decimal("315.50"), day),
        MoneyRow("P-002", "HT1002", lender.DIRECT_DEBIT, Decimal("1317.50"), day),
        MoneyRow("P-003", "HT1001", lender.REVERSAL, Decimal("315.50"), date(2026, 10, 9), "P-001", "银行退回"),
        MoneyRow("P-004", "HT1003", lender.FAILED_DEBIT, Decimal("315.50"), date(2026, 10, 9), "", "余额不足"),
    ]


def bad_money() -> list[MoneyRow]:
    """Entries that cannot be: one good payment among them."""
    day = date(2026, 10, 9)
    return [
        MoneyRow("B-001", "HT1004", lender.PAYMENT, Decimal("10.00"), day),
        MoneyRow("B-002", "HT1004", lender.REVERSAL, Decimal("10.00"), day),
        MoneyRow("B-003", "HT1004", lender.REVERSAL, Decimal("10.00"), day, "NOBODY", "银行退回"),
        MoneyRow("B-004", "HT1001", lender.REVERSAL, Decimal("315.50"), day, "P-003", "银行退回"),
        MoneyRow("B-005", "HT1002", lender.REVERSAL, Decimal("17.50"), day, "P-002", "银行退回"),
        MoneyRow("B-006", "HT1001", lender.REVERSAL, Decimal("315.50"), day, "P-001", "客户异议"),
        MoneyRow("B-007", "HT1004", lender.PAYMENT, Decimal("10.00"), day, "P-001"),
        MoneyRow("B-008", "HT1003", lender.FAILED_DEBIT, Decimal("315.50"), day, "", "银行退回"),
    ]


def files() -> Iterator[tuple[str, bytes]]:
    """Name and content of every sample."""
    placed = loans()
    placement = lender.placement(placed)
    yield "good/placement.csv", placement
    yield "good/placement.csv.control.yaml", _control("placement", 1, CUT_OFF, placed, 24)
    yield "good/placement-full-width.csv", _full_width(placement)
    everything = [*loans(FULL_CUT_OFF), *others()]
    yield "good/full.csv", lender.full(everything)
    yield "good/full.csv.control.yaml", _control("full", 2, FULL_CUT_OFF, everything, len(everything))
    yield "good/payments.csv", lender.payments(money())
    yield "good/recall.csv", lender.recall([RecallRow("HT1003", date(2026, 10, 12))])
    text = placement.decode(lender.ENCODING)
    yield "broken/placement-utf8.csv", text.encode()
    yield "broken/placement-semicolon.csv", text.replace(",", ";").encode(lender.ENCODING)
    lines = text.splitlines(keepends=True)
    halves = ["".join(lines[:13]).encode(lender.ENCODING), "".join(lines[13:]).encode()]
    yield "broken/placement-two-encodings.csv", b"".join(halves)
    yield "broken/placement-cut-off.csv", placement[: placement.rindex("陈强".encode(lender.ENCODING)) + 1]
    yield "broken/placement-truncated.csv", "".join(lines[:-3]).encode(lender.ENCODING)
    yield "broken/placement-bad-rows.csv", _bad_rows(lines)
    yield "broken/payments-bad-rows.csv", lender.payments(bad_money())
    yield (
        "broken/recall-bad-rows.csv",
        lender.recall([RecallRow("HT1002", date(2026, 10, 12)), RecallRow("NOBODY", date(2026, 10, 12))]),
    )


def _control(kind: str, sequence: int, cut_off: date, rows: Sequence[LoanRow], count: int) -> bytes:
    total = sum((each.owed for each in rows), lender.NOTHING)
    return lender.control(kind=kind, sequence=sequence, cut_off=cut_off, rows=count, total=total)


def _full_width(placement: bytes) -> bytes:
    """The same with headings and numbers as an input method for Chinese leaves them."""
    heading, *rows = placement.decode(lender.ENCODING).splitlines(keepends=True)
    heading = heading.replace("手机号码", " 手机号码\u3000").replace("罚息", "罚 息")
    digits = str.maketrans("0123456789", "０１２３４５６７８９")
    rows = [row.translate(digits) if "HT1004" in row else row for row in rows]
    return "".join([heading, *(row.replace("ＨＴ", "HT") for row in rows)]).encode(lender.ENCODING)


def _bad_rows(lines: Sequence[str]) -> bytes:
    """Wrong in each of the first three contracts, the fourth is good; the last row belongs to no contract."""
    rows = list(lines)
    rows[1:7] = [row.replace("K101,赵敏,990000000000001011", "K001,王芳,990000000000000011") for row in rows[1:7]]
    rows[8] = rows[8].replace(",1.25,0.00,", ",1.26,0.00,")
    rows[14] = rows[14].replace(",2,2026/7/20,", ",3,2026/7/20,")
    rows[16] = rows[16].replace("2026/9/20,300.00", "2026/9/31,三百")
    own = len(lines[0].split(",")) - 7
    rows.append("," * own + ",".join(lines[24].split(",")[-7:]))
    return "".join(rows).encode(lender.ENCODING)


def write(folder: Path) -> None:
    """Write every sample below the folder."""
    for name, content in files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
