"""The instalment loans of a lender that does not exist, as its own books hold them: drawn from seed and number.

A loan is worked out month by month: how many instalments stay unpaid follows the measured moves, and of a placed
loan the first history is taken that ends late. What is paid later is given, so that the lender's books of any day
follow from the payments that it was told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any, cast

import yaml

from tideover.rehearsal import draws, people

CENT = Decimal("0.01")
NONE = Decimal("0.00")

TRIES = 500
"""How many histories are drawn for a loan before the plainest one is taken."""


@dataclass(frozen=True)
class Instalment:
    """One due amount of a loan's schedule, in CNY."""

    number: int
    due_date: date
    principal: Decimal
    interest: Decimal

    @property
    def due(self) -> Decimal:
        """All that falls due on the date."""
        return self.principal + self.interest


@dataclass(frozen=True)
class Paid:
    """Money that the lender received on a loan."""

    value_date: date
    amount: Decimal


@dataclass(frozen=True)
class Loan:
    """A contract: who owes it, its terms, its schedule, and what had been paid at the first cut-off."""

    number: str
    customer: str
    guarantor: str | None
    co_borrower: str | None
    principal: Decimal
    annual_rate: Decimal
    paid_out_date: date
    schedule: tuple[Instalment, ...]
    history: tuple[Paid, ...]
    is_placed: bool


@dataclass(frozen=True)
class Standing:
    """An instalment at a cut-off: what is paid of it, and since when nothing is left."""

    instalment: Instalment
    interest_paid: Decimal
    principal_paid: Decimal
    settled_date: date | None

    @property
    def paid(self) -> Decimal:
        """What was paid on it."""
        return self.interest_paid + self.principal_paid

    @property
    def left(self) -> Decimal:
        """What is still unpaid of it."""
        return self.instalment.due - self.paid


@dataclass(frozen=True)
class Page:
    """A loan in the lender's books at the end of a cut-off date."""

    loan: Loan
    cut_off_date: date
    standings: tuple[Standing, ...]
    penalty_interest: Decimal
    overdue_principal: Decimal
    overdue_interest: Decimal
    dpd: int

    @property
    def owed_now(self) -> Decimal:
        """Overdue principal and interest, and the interest for being late."""
        return self.overdue_principal + self.overdue_interest + self.penalty_interest

    @property
    def next_due(self) -> Instalment | None:
        """The first instalment after the cut-off."""
        later = (each.instalment for each in self.standings if each.instalment.due_date > self.cut_off_date)
        return next(later, None)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left of the contract."""
        return all(each.left == NONE for each in self.standings) and self.penalty_interest == NONE


@cache
def _material() -> dict[str, Any]:
    return _exact(_read("loans.yaml"))


@cache
def _measured() -> dict[str, Any]:
    return _exact(_read("measured_rates.yaml"))


def _read(name: str) -> Any:
    return yaml.safe_load(resources.files("tideover.rehearsal").joinpath(f"data/{name}").read_text("utf-8"))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        table = cast(dict[Any, Any], value)
        return {key: _exact(each) for key, each in table.items() if key not in ("source", "sources")}
    return Decimal(value) if isinstance(value, str) else value


def attempt_decay(attempt: int) -> Decimal:
    """How much of the first attempt's chance the n-th still has; from the last that was measured on it stays."""
    decay = _measured()["decay"]
    return decay[min(attempt, max(decay))]


def stays_current(number: str, due_date: date, seed: int) -> bool:
    """Whether somebody who is not late pays the instalment that falls due on the date."""
    return draws.chance(_measured()["moves"][0][0], seed, "stays-current", number, due_date)


def cure_share(unpaid: int) -> Decimal:
    """The measured share of loans with so many unpaid instalments that are up to date a month later."""
    return _measured()["moves"][min(unpaid, 4)][0]


def draw(number: str, customer: str, cut_off_date: date, seed: int) -> Loan:
    """The placed loan with this number: late at the cut-off."""
    first, last = _material()["months_before"]["months"]
    months = draws.between(first, min(last, _term(number, seed) + 1), seed, "months", number)
    return _draw(number, customer, _months_back(cut_off_date, months, number, seed), cut_off_date, seed, is_placed=True)


def draw_other(loan: Loan, cut_off_date: date, seed: int) -> Iterator[Loan]:
    """The customer's other contracts at the lender: running and up to date, or finished; placed nowhere."""
    shares = _material()["other_contracts"]
    for kind, months in (("running", (2, 8)), ("finished", (37, 60))):
        if draws.chance(shares[kind], seed, kind, loan.number):
            number = f"{loan.number}{'R' if kind == 'running' else 'F'}"
            since = draws.between(*months, seed, "months", number)
            first = _months_back(cut_off_date, since, number, seed)
            yield _draw(number, loan.customer, first, cut_off_date, seed, is_placed=False)


def _draw(number: str, customer: str, paid_out: date, cut_off_date: date, seed: int, *, is_placed: bool) -> Loan:
    material = _material()
    principal = Decimal(draws.weighted(material["principal"]["amounts"], seed, "principal", number))
    rate = Decimal(draws.weighted(material["annual_rates"]["shares"], seed, "rate", number))
    schedule = _schedule(principal, rate, _term(number, seed), paid_out)
    unpaid = Loan(number, customer, None, None, principal, rate, paid_out, schedule, (), is_placed)
    history = _history(unpaid, cut_off_date, seed)
    guarantor = co_borrower = None
    if is_placed:
        guarantor = f"G{number}" if draws.chance(material["guarantor"]["share"], seed, "guarantor", number) else None
        together = draws.chance(material["co_borrower"]["share"], seed, "co-borrower", number)
        co_borrower = f"B{number}" if together else None
    return replace(unpaid, guarantor=guarantor, co_borrower=co_borrower, history=history)


def _term(number: str, seed: int) -> int:
    return int(draws.weighted(_material()["terms"]["shares"], seed, "term", number))


def _months_back(cut_off_date: date, months: int, number: str, seed: int) -> date:
    """A day so many months before; never one that some months lack."""
    place = cut_off_date.year * 12 + cut_off_date.month - 1 - months
    return date(place // 12, place % 12 + 1, draws.between(1, 28, seed, "paid-out-day", number))


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the day is one that every month has."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, day.day)


def _schedule(principal: Decimal, annual_rate: Decimal, term: int, paid_out: date) -> tuple[Instalment, ...]:
    """Equal instalments (等额本息), each to the cent; the last one takes what rounding left."""
    monthly = annual_rate / 12
    growth = (1 + monthly) ** term
    payment = (principal * monthly * growth / (growth - 1)).quantize(CENT, ROUND_HALF_UP)
    left = principal
    rows: list[Instalment] = []
    for place in range(1, term + 1):
        interest = (left * monthly).quantize(CENT, ROUND_HALF_UP)
        share = left if place == term else payment - interest
        rows.append(Instalment(place, add_months(paid_out, place), share, interest))
        left -= share
    return tuple(rows)


def _history(loan: Loan, cut_off_date: date, seed: int) -> tuple[Paid, ...]:
    """What was paid by the cut-off: of a placed loan the first drawn history that ends late, else one that does not."""
    due = sum(each.due_date < cut_off_date for each in loan.schedule)
    if not due:
        return ()
    for tries in range(TRIES):
        states = _states(loan.number, due, seed, tries)
        if loan.is_placed == (states[-1] > 0):
            return tuple(_payments(loan, states, cut_off_date, seed))
    return tuple(_payments(loan, [0] * (due - 1) + [int(loan.is_placed)], cut_off_date, seed))


def _states(number: str, months: int, seed: int, tries: int) -> list[int]:
    """By month: how many instalments are unpaid, from none at the start."""
    states: list[int] = []
    unpaid = 0
    for month in range(months):
        moves = _measured()["moves"][unpaid]
        unpaid = min(draws.weighted(moves, seed, "month", number, month, tries), month + 1)
        states.append(unpaid)
    return states


def _payments(loan: Loan, states: list[int], cut_off_date: date, seed: int) -> Iterator[Paid]:
    """Instalments are settled in their order, late ones with the interest for that; a few leave that as a tail."""
    books, settled = _Books(loan), 0
    for month, unpaid in enumerate(states):
        while settled < month + 1 - unpaid:
            on = loan.schedule[month].due_date
            if settled < month:
                late = draws.between(3, 20, seed, "late-day", loan.number, settled)
                on = min(on + timedelta(days=late), cut_off_date)
            yield books.settle(settled, on, with_penalty=not _leaves_tail(loan, settled, seed))
            settled += 1
    part = _part_paid(loan, settled, states, seed)
    on = loan.schedule[min(settled, len(loan.schedule) - 1)].due_date + timedelta(days=2)
    if part is not None and on <= cut_off_date:
        yield Paid(on, part)


def _leaves_tail(loan: Loan, place: int, seed: int) -> bool:
    return loan.is_placed and draws.chance(_material()["tail_left"]["share"], seed, "tail", loan.number, place)


def _part_paid(loan: Loan, settled: int, states: list[int], seed: int) -> Decimal | None:
    material = _material()["partly_paid"]
    if states[-1] == 0 or not draws.chance(material["share"], seed, "partly", loan.number):
        return None
    part = Decimal(draws.weighted(material["of_instalment"], seed, "part", loan.number))
    return (loan.schedule[settled].due * part).quantize(CENT, ROUND_HALF_UP)


def page_of(loan: Loan, cut_off_date: date, later: tuple[Paid, ...] = ()) -> Page:
    """The loan in the lender's books at the end of the date: what was paid, oldest instalment first.

    Interest for being late runs by the day on each instalment's overdue principal, rounded half up for every stretch
    in which it stood unchanged. Money goes to that interest of earlier days, then to an instalment's interest and
    principal.
    """
    books = _Books(loan)
    paid = sorted((*loan.history, *later), key=lambda each: each.value_date)
    for each in paid:
        if each.value_date <= cut_off_date:
            books.receive(each)
    books.accrue(cut_off_date)
    standings = tuple(books.standing(place) for place in range(len(loan.schedule)))
    overdue = [each for each in standings if each.instalment.due_date <= cut_off_date and each.left > NONE]
    return Page(
        loan=loan,
        cut_off_date=cut_off_date,
        standings=standings,
        penalty_interest=books.penalty,
        overdue_principal=sum((each.instalment.principal - each.principal_paid for each in overdue), NONE),
        overdue_interest=sum((each.instalment.interest - each.interest_paid for each in overdue), NONE),
        dpd=max(0, (cut_off_date - overdue[0].instalment.due_date).days) if overdue else 0,
    )


class _Books:
    """A loan's page while it is being written, from payment to payment."""

    def __init__(self, loan: Loan) -> None:
        penalty = _material()["penalty"]
        self._loan = loan
        self._daily = loan.annual_rate * penalty["multiple"] / penalty["days_of_year"]
        self.penalty = NONE
        self._until: dict[int, date] = {}
        self._interest = [NONE] * len(loan.schedule)
        self._principal = [NONE] * len(loan.schedule)
        self._settled: list[date | None] = [None] * len(loan.schedule)

    def settle(self, place: int, on: date, *, with_penalty: bool) -> Paid:
        """Receive what settles the instalment and, asked for, the interest for being late."""
        self.accrue(on)
        paid = Paid(on, self.standing(place).left + (self.penalty if with_penalty else NONE))
        self.receive(paid)
        return paid

    def receive(self, paid: Paid) -> None:
        """Use money for interest of lateness, then for the oldest instalments."""
        self.accrue(paid.value_date)
        left = paid.amount
        used = min(left, self.penalty)
        self.penalty -= used
        left -= used
        for place, each in enumerate(self._loan.schedule):
            if left == NONE:
                return
            share = min(left, each.interest - self._interest[place])
            self._interest[place] += share
            left -= share
            share = min(left, each.principal - self._principal[place])
            self._principal[place] += share
            left -= share
            if self._settled[place] is None and self.standing(place).left == NONE:
                self._settled[place] = paid.value_date

    def accrue(self, until: date) -> None:
        """Let interest for being late run up to the date."""
        for place, each in enumerate(self._loan.schedule):
            since = self._until.get(place, each.due_date)
            if until > since:
                base = each.principal - self._principal[place]
                self.penalty += (base * self._daily * (until - since).days).quantize(CENT, ROUND_HALF_UP)
                self._until[place] = until

    def standing(self, place: int) -> Standing:
        """How an instalment stands."""
        return Standing(self._loan.schedule[place], self._interest[place], self._principal[place], self._settled[place])


@dataclass(frozen=True)
class Batch:
    """One hand-over of the lender: its number, its days, how many loans, and what is asked for."""

    number: str
    cut_off_date: date
    until_date: date
    loans: int


@dataclass(frozen=True)
class LoanPortfolio:
    """The lender's placed loans in batches, and their customers, some of whom also hold cards elsewhere."""

    batches: tuple[Batch, ...]
    seed: int
    card_holders: tuple[str, ...] = ()

    def loans(self, batch: Batch) -> Iterator[Loan]:
        """The placed loans of a batch, in the order of their numbers."""
        for number in self.numbers(batch):
            yield draw(number, self.customer_of(number), batch.cut_off_date, self.seed)

    def numbers(self, batch: Batch) -> list[str]:
        """The contract numbers of a batch."""
        place = self.batches.index(batch) + 1
        return [f"HT{place}{each:05d}" for each in range(1, batch.loans + 1)]

    def customer_of(self, number: str) -> str:
        """The lender's own customer number."""
        return f"K{number[2:]}"

    def person_of(self, customer: str) -> str:
        """Who the customer is, across lenders: the number that people are invented from."""
        return self._shared().get(customer, customer)

    def invent(self, customer: str) -> people.Person:
        """The person behind the lender's customer number."""
        return people.invent(self.person_of(customer), self.seed)

    def _shared(self) -> Mapping[str, str]:
        return _pair(self)


@cache
def _pair(portfolio: LoanPortfolio) -> Mapping[str, str]:
    """Which customers also hold a card at another lender: as many as were given, in the order of a digest."""
    customers = [portfolio.customer_of(number) for batch in portfolio.batches for number in portfolio.numbers(batch)]
    ranked = sorted(customers, key=lambda each: draws.number(portfolio.seed, "also-holds-a-card", each))
    return dict(zip(ranked, portfolio.card_holders, strict=False))
