"""What happens to the money of Hengtong's loans on a day: paid, debited, taken back, or failed to be debited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.arrangements.types import PromiseRead
from tideover.act.payments import queries as payments_queries
from tideover.act.payments.types import MoneyLine
from tideover.core.money import Money
from tideover.know.clients.types import ClientRead
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.rehearsal import behaviour, calendar, draws, lender_files, loans
from tideover.rehearsal.hengtong import Lender, Payments
from tideover.rehearsal.lender_files import MoneyRow
from tideover.rehearsal.loans import Page, Paid

ALL = 1_000_000
MONTH_DAYS = 30
REVERSED_AFTER_DAYS = (2, 6)


@dataclass(frozen=True)
class _Loan:
    """A loan for which the day may bring money."""

    number: str
    account_id: int
    page: Page
    promise: PromiseRead | None
    owed: Money | None
    may_cure: bool


def money_on(lender: Lender, client: ClientRead, day: date) -> list[MoneyRow]:
    """All entries of the day, by reference: payments by whatever way, direct debits that failed, and reversals."""
    found = [entry for loan in _touched(lender, client, day) if (entry := _entry(lender, loan, day)) is not None]
    return sorted([*found, *_reversals(lender, client, day)], key=lambda entry: entry.reference)


def list_paid(client: ClientRead, account_ids: list[int] | None = None) -> dict[int, tuple[Paid, ...]]:
    """What is on record as paid and not taken back, by account: what the lender's books follow from."""
    found: dict[int, list[Paid]] = {}
    for line in payments_queries.list_money([client.id], entry="payment", account_ids=account_ids, latest=ALL):
        if not line.is_reversed:
            found.setdefault(line.account_id, []).append(Paid(line.value_date, line.amount.amount))
    return {account_id: tuple(paid) for account_id, paid in found.items()}


def by_number(client: ClientRead, numbers: list[str] | None = None) -> Payments:
    """The same by contract number: of all contracts, or of these."""
    ids = None
    if numbers is not None:
        ids = [account.id for account in portfolio_queries.list_accounts_by_number(client.id, numbers)]
    paid = list_paid(client, ids)
    return {account.number: paid[account.id] for account in portfolio_queries.list_accounts(paid)}


def _touched(lender: Lender, client: ClientRead, day: date) -> list[_Loan]:
    """The placed loans with a promise that is open, an instalment that falls due, or a cure that is due today."""
    promised = {each.account_id: each for each in arrangements_queries.list_open_promises(client.id)}
    curable = _may_cure(lender, day)
    due_or_curable = portfolio_queries.list_accounts_by_number(client.id, {*lender.due_on(day), *curable})
    accounts = {each.id: each for each in (*portfolio_queries.list_accounts(promised), *due_or_curable)}
    at = client.end_of_day(day)
    gone = portfolio_queries.list_not_placed(accounts, at)
    kept = {
        account_id: account
        for account_id, account in accounts.items()
        if account_id not in gone and lender.is_known(account.number)
    }
    paid = list_paid(client, list(kept))
    owed = {each.account_id: each.owed_now for each in ledger_queries.list_lateness(promised.keys() & kept.keys(), at)}
    return [
        _Loan(
            account.number,
            account.id,
            loans.page_of(lender.loan(account.number), day, paid.get(account.id, ())),
            promised.get(account.id),
            owed.get(account.id),
            account.number in curable,
        )
        for account in sorted(kept.values(), key=lambda each: each.number)
        if not _has_come(account.number, day, paid.get(account.id, ()))
    ]


def _has_come(number: str, day: date, paid: tuple[Paid, ...]) -> bool:
    """Whether the day's money of the loan is on record already: a replay that was cut off pays nothing twice."""
    return any(each.value_date == day for each in paid)


def _may_cure(lender: Lender, day: date) -> frozenset[str]:
    """The loans for which it is drawn today whether their customer pays unasked: each once a month."""
    return frozenset(
        number
        for batch in calendar.list_batches()
        for number in lender.numbers(batch.number)
        if (since := (day - lender.day(batch.placed)).days) >= 0
        and draws.below(MONTH_DAYS, lender.seed, "cure-day", number, since // MONTH_DAYS) == since % MONTH_DAYS
    )


def _entry(lender: Lender, loan: _Loan, day: date) -> MoneyRow | None:
    """What the loan's customer does today: pays all that is owed, keeps a promise, or a debit is tried."""
    unpaid = sum(each.left > 0 and each.instalment.due_date < day for each in loan.page.standings)
    if unpaid and _cures(lender, loan, unpaid, day):
        return _paid(loan, day, loan.page.owed_now)
    if loan.promise is not None and (kept := _keeps(lender, loan, loan.promise, day)):
        return _paid(loan, day, kept)
    return _debit(lender, loan, unpaid, day)


def _cures(lender: Lender, loan: _Loan, unpaid: int, day: date) -> bool:
    share = loans.cure_share(unpaid) * calendar.share_of("cure_unasked")
    return loan.may_cure and draws.chance(share, lender.seed, "cures", loan.number, day)


def _keeps(lender: Lender, loan: _Loan, promise: PromiseRead, day: date) -> Decimal | None:
    """What is paid today on a promise; whoever promised all of it pays what the lender asks for by now."""
    customer = lender.loan(loan.number).customer
    planned = behaviour.payment_for_promise(customer, promise.amount, promise.made_date, promise.due_date, lender.seed)
    if planned is None or planned[0] != day:
        return None
    amount = planned[1].amount
    if loan.owed is not None and amount >= loan.owed.amount:
        return max(amount, loan.page.owed_now)
    return amount


def _debit(lender: Lender, loan: _Loan, unpaid: int, day: date) -> MoneyRow | None:
    due = next((each for each in loan.page.standings if each.instalment.due_date == day and each.left > 0), None)
    if due is None:
        return None
    if not unpaid and loans.stays_current(loan.number, day, lender.seed):
        return _paid(loan, day, due.left, lender_files.DIRECT_DEBIT)
    share = calendar.share_of("debit_fails_when_late")
    if unpaid and not draws.chance(share, lender.seed, "debit-fails", loan.number, day):
        return None
    reference = f"F{day:%Y%m%d}-{loan.number}"
    return MoneyRow(reference, loan.number, lender_files.FAILED_DEBIT, due.left, day, cause="余额不足")


def _paid(loan: _Loan, day: date, amount: Decimal, kind: str = lender_files.PAYMENT) -> MoneyRow | None:
    if amount <= 0:
        return None
    return MoneyRow(f"P{day:%Y%m%d}-{loan.number}", loan.number, kind, amount, day)


def _reversals(lender: Lender, client: ClientRead, day: date) -> list[MoneyRow]:
    """Payments of some days ago that the lender takes back today."""
    first, last = REVERSED_AFTER_DAYS
    lines = payments_queries.list_money(
        [client.id],
        entry="payment",
        from_date=day - timedelta(days=last),
        until_date=day - timedelta(days=first),
        latest=ALL,
    )
    back = [line for line in lines if _is_taken_back(lender, line, day)]
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(line.account_id for line in back)}
    return [
        MoneyRow(
            f"R{line.reference[1:]}",
            numbers[line.account_id],
            lender_files.REVERSAL,
            line.amount.amount,
            day,
            line.reference,
            "银行退回",
        )
        for line in back
    ]


def _is_taken_back(lender: Lender, line: MoneyLine, day: date) -> bool:
    share = calendar.share_of("reversed")
    after_days = draws.between(*REVERSED_AFTER_DAYS, lender.seed, "back-after", line.reference)
    return (
        not line.is_reversed
        and (day - line.value_date).days == after_days
        and draws.chance(share, lender.seed, "taken-back", line.reference)
    )
