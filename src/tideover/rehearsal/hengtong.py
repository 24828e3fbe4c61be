"""Hengtong Consumer Finance: its loans, its books of any day, and the files that it sends us. The lender is invented.

Its books follow from what it was told: a loan's history, and the payments that are on record here and not taken back.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from tideover.rehearsal import calendar, draws, lender_files, loans, people
from tideover.rehearsal.lender_files import BatchRow, DocumentsRow, InstalmentRow, LoanRow, PersonRow
from tideover.rehearsal.loans import Batch, Loan, LoanPortfolio, Page, Paid
from tideover.rehearsal.portfolio import Portfolio
from tideover.rehearsal.types import DemoRead

CURRENCY = "CNY"
TAIL = Decimal("10.00")
"""The lender does not call a contract late for less than this (尾款)."""

DOCUMENTS_SENT_OF_TWENTY = 17
"""Of twenty documents so many come with the 委案表; for the others the lender has to be asked. An assumption."""

Payments = Mapping[str, tuple[Paid, ...]]


@dataclass(frozen=True)
class Lender:
    """The lender of a demo: as many loans, drawn from the seed."""

    loans_count: int
    accounts_count: int
    first_date: date
    seed: int

    def day(self, number: int) -> date:
        """The date of the demo's n-th day."""
        return self.first_date + timedelta(days=number - 1)

    def numbers(self, batch: str) -> list[str]:
        """The contract numbers that were handed over in the batch."""
        return _portfolio(self).numbers(_batches(self)[batch])

    def loan(self, number: str) -> Loan:
        """One contract."""
        return _loans(self)[number]

    def person(self, customer: str) -> PersonRow:
        """A customer, guarantor or co-borrower as the files tell of them."""
        found = _portfolio(self).invent(customer)
        return PersonRow(customer, found.full_name, found.document_number, found.region, found.phones, found.language)

    def due_on(self, day: date) -> list[str]:
        """The contracts of which an instalment falls due on the day."""
        return [number for number in _by_day_of_month(self).get(day.day, ()) if _due_on(self.loan(number), day)]

    def is_known(self, number: str) -> bool:
        """Whether the contract is in the lender's books, and not one of a file that a visitor of the demo sent."""
        return number in _loans(self)

    def page(self, number: str, day: date, payments: Payments) -> Page:
        """A loan in the lender's books at the end of the day."""
        return loans.page_of(self.loan(number), day, payments.get(number, ()))

    def row(self, number: str, day: date, payments: Payments, batch: BatchRow | None) -> LoanRow:
        """A loan as a file of the day tells of it."""
        return self._row(self.page(number, day, payments), batch)

    def others(self, batch: str, day: date) -> list[LoanRow]:
        """The customers' other contracts: known, and placed nowhere."""
        cut_off = _batches(self)[batch].cut_off_date
        found = (other for number in self.numbers(batch) for other in _others(self, number, cut_off))
        return [self._row(loans.page_of(other, day, _as_agreed(other, cut_off, day)), None) for other in found]

    def terms(self, batch: str, target: Decimal) -> BatchRow:
        """The terms of a hand-over, with what the lender wants back of it."""
        given = calendar.get_batch(batch)
        return BatchRow(batch, self.day(given.placed), self.day(given.over), target, given.commission, given.retain)

    def _row(self, page: Page, batch: BatchRow | None) -> LoanRow:
        loan, coming = page.loan, page.next_due
        return LoanRow(
            number=loan.number,
            borrower=self.person(loan.customer),
            amount=loan.principal,
            opened_date=loan.paid_out_date,
            annual_rate=loan.annual_rate,
            dpd=_dpd(page),
            overdue_principal=page.overdue_principal,
            overdue_interest=page.overdue_interest,
            penalty_interest=page.penalty_interest,
            instalments=tuple(
                InstalmentRow(
                    each.instalment.number,
                    each.instalment.due_date,
                    each.instalment.principal,
                    each.instalment.interest,
                    paid=each.paid,
                    paid_date=each.settled_date,
                )
                for each in page.standings
            ),
            batch=batch,
            next_due_date=coming.due_date if coming else None,
            next_due_amount=coming.due if coming else None,
            guarantor=self.person(loan.guarantor) if loan.guarantor else None,
            co_borrower=self.person(loan.co_borrower) if loan.co_borrower else None,
            documents=self._documents(loan),
        )

    def _documents(self, loan: Loan) -> DocumentsRow:
        contract = self._reference(loan, "HTIMG", "contract")
        return DocumentsRow(
            contract=contract,
            contract_digest=hashlib.sha256(contract.encode()).hexdigest() if contract else "",
            proof_of_disbursement=self._reference(loan, "HTPAY", "proof-of-disbursement"),
            guarantee=self._reference(loan, "HTGUA", "guarantee") if loan.guarantor else "",
        )

    def _reference(self, loan: Loan, series: str, item: str) -> str:
        drawn = draws.below(20, self.seed, "document-sent", loan.number, item)
        return f"{series}/{loan.number}" if drawn < DOCUMENTS_SENT_OF_TWENTY else ""


def lender_of(demo: DemoRead) -> Lender:
    """The lender of the demo."""
    return Lender(demo.loans_count, demo.accounts_count, demo.first_date, demo.seed)


def _dpd(page: Page) -> int:
    """Days since the oldest instalment with which more than a tail is unpaid."""
    left = Decimal(0)
    for each in page.standings:
        if each.instalment.due_date <= page.cut_off_date:
            left += each.left
            if left > TAIL:
                return (page.cut_off_date - each.instalment.due_date).days
    return 0


def _due_on(loan: Loan, day: date) -> bool:
    return any(each.due_date == day for each in loan.schedule)


def _as_agreed(loan: Loan, since: date, day: date) -> tuple[Paid, ...]:
    """What is paid on a contract whose customer is never late with it."""
    return tuple(Paid(each.due_date, each.due) for each in loan.schedule if since <= each.due_date <= day)


@cache
def _batches(lender: Lender) -> Mapping[str, Batch]:
    given = calendar.list_batches()
    found, left = {}, lender.loans_count
    for place, each in enumerate(given):
        is_last = place + 1 == len(given)
        count = left if is_last else min(left, int((lender.loans_count * each.share).to_integral_value()))
        placed = lender.day(each.placed)
        found[each.number] = Batch(each.number, placed - timedelta(days=1), lender.day(each.over), count)
        left -= count
    return found


@cache
def _portfolio(lender: Lender) -> LoanPortfolio:
    cards = Portfolio(accounts=lender.accounts_count, seed=lender.seed).account_numbers()
    holders = {people.holder_of(number, lender.seed) for number in cards}
    ranked = sorted(holders, key=lambda each: draws.number(lender.seed, "also-has-a-loan", each))
    shared = min(calendar.count_shared_people(), lender.loans_count // 10)
    return LoanPortfolio(tuple(_batches(lender).values()), lender.seed, tuple(ranked[:shared]))


@cache
def _loans(lender: Lender) -> Mapping[str, Loan]:
    portfolio = _portfolio(lender)
    return {loan.number: loan for batch in portfolio.batches for loan in portfolio.loans(batch)}


@cache
def _others(lender: Lender, number: str, cut_off: date) -> tuple[Loan, ...]:
    return tuple(loans.draw_other(_loans(lender)[number], cut_off, lender.seed))


@cache
def _by_day_of_month(lender: Lender) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for number, loan in _loans(lender).items():
        found.setdefault(loan.schedule[0].due_date.day, []).append(number)
    return {day: tuple(numbers) for day, numbers in found.items()}


def within(row: LoanRow, terms: BatchRow) -> LoanRow:
    """The same contract, handed over in a batch."""
    return replace(row, batch=terms)


def placement(rows: Sequence[LoanRow], spoil: bool, seed: int) -> bytes:
    """委案表, with some cells written wrong where it is to be spoiled."""
    content = lender_files.placement(rows)
    return _spoiled(content, spoiled_numbers(rows, seed)) if spoil else content


def spoiled_numbers(rows: Iterable[LoanRow], seed: int) -> list[str]:
    """The contracts in which something is written wrong, in the order of a digest."""
    ranked = sorted((row.number for row in rows), key=lambda each: draws.number(seed, "written-wrong", each))
    return ranked[: min(len(calendar.list_bad_rows()), len(ranked) // 5)]


def _spoiled(content: bytes, numbers: Sequence[str]) -> bytes:
    """The same file with one cell wrong in one row of each of the contracts."""
    reader = csv.reader(io.StringIO(content.decode(lender_files.ENCODING), newline=""))
    headings = next(reader)
    wrong = dict(zip(numbers, calendar.list_bad_rows(), strict=False))
    rows = list(reader)
    key = headings.index("借据号")
    for row in rows:
        bad = wrong.pop(row[key], None)
        if bad is not None:
            row[headings.index(bad.heading)] = bad.cell
    return lender_files.written(headings, rows, ",")


def total_of(rows: Iterable[LoanRow]) -> Decimal:
    """What a control file says that the file adds up to."""
    return sum((row.owed for row in rows), Decimal("0.00"))
