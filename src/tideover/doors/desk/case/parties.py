"""Everyone who has a role on the accounts of a case, each with their own statement; and the customer's other contracts.

A guarantor or co-borrower owes nothing beside the loan: their statement is the loan's, in the words of their role.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tideover.core import words
from tideover.decide.gate import queries as gate_queries
from tideover.decide.gate import types as gate_types
from tideover.doors.desk.case import statements
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import AccountRead, ContractRead


@dataclass(frozen=True)
class Party:
    """Somebody beside the borrower, with what their role means and what it comes to now."""

    name: str
    role: str
    says: str
    owed_label: str
    statement: statements.AccountStatement


@dataclass(frozen=True)
class Contract:
    """Another contract of the customer with the same client, and how it was paid."""

    short_number: str
    number: str
    product: str
    opened: str
    role: str
    state: str
    signal: str
    record: str
    last_paid: str
    longest_late: str


def read(accounts: Sequence[AccountRead], at: datetime, zone: str, language: str, borrower_id: int) -> list[Party]:
    """The co-borrowers and guarantors of the accounts, in that order; the borrower's statement stands for itself."""
    by_id = {each.id: each for each in accounts}
    others = [each for each in portfolio_queries.list_parties(by_id) if each.customer_id != borrower_id]
    names = customers_queries.get_names([each.customer_id for each in others])
    found: list[Party] = []
    for each in others:
        made = statements.read(by_id[each.account_id], each.customer_id, at, zone, language)
        if made is None:
            continue
        guarantees = each.role == "guarantor"
        found.append(
            Party(
                name=names.get(each.customer_id, words.render("desk.nameless", language)),
                role=words.render(f"ledger.role.{each.role}", language),
                says=words.render(f"ledger.role.{each.role}.says", language),
                owed_label=words.render("ledger.role.guarantor.owed", language)
                if guarantees
                else words.render("desk.case.amounts.now", language),
                statement=made,
            )
        )
    return found


@dataclass(frozen=True)
class PartyCall:
    """A number of a co-borrower or guarantor, and whether that person may be called now."""

    name: str
    role: str
    point_id: int
    masked: str
    is_allowed: bool
    says: str


def read_calls(
    case_id: int, account_id: int, borrower_id: int, user_id: int, at: datetime, language: str
) -> list[PartyCall]:
    """Whom one may call within the case beside the borrower: each person by their own permit."""
    others = [each for each in portfolio_queries.list_parties([account_id]) if each.customer_id != borrower_id]
    names = customers_queries.get_names([each.customer_id for each in others])
    found: list[PartyCall] = []
    for each in others:
        for point in customers_queries.list_contact_points(each.customer_id):
            if not point.is_usable(at):
                continue
            answer = gate_queries.look(
                case_id=case_id,
                account_id=account_id,
                channel=gate_types.CALL,
                purpose=gate_types.COLLECTION,
                at=at,
                user_id=user_id,
                contact_point_id=point.id,
            )
            found.append(
                PartyCall(
                    name=names.get(each.customer_id, words.render("desk.nameless", language)),
                    role=words.render(f"ledger.role.{each.role}", language),
                    point_id=point.id,
                    masked=point.masked_value or "—",
                    is_allowed=answer.granted,
                    says="" if answer.granted else answer.says[language],
                )
            )
    return found


def called(customer_id: int, account_id: int, language: str) -> tuple[str, str]:
    """The name and the role of somebody who is called beside the borrower."""
    names = customers_queries.get_names([customer_id])
    role = portfolio_queries.get_role(account_id, customer_id) or "borrower"
    name = names.get(customer_id, words.render("desk.nameless", language))
    return name, words.render(f"ledger.role.{role}", language)


def read_contracts(
    customer_id: int, client_id: int, day: date, besides: Iterable[int], language: str
) -> list[Contract]:
    """The customer's other contracts with the client, running and finished, with how each was paid."""
    found = portfolio_queries.list_other_contracts(customer_id, client_id, day=day, besides=besides)
    return [_contract(each, language) for each in found]


def _contract(each: ContractRead, language: str) -> Contract:
    state, signal = _state(each)
    return Contract(
        short_number="…" + each.number[-4:],
        number=each.number,
        product=words.render(f"desk.product.{each.product}", language),
        opened=words.day(each.opened_date, language) if each.opened_date else "",
        role=words.render(f"ledger.role.{each.role}", language) if each.role != "borrower" else "",
        state=words.render(f"desk.case.contract.{state}", language),
        signal=signal,
        record=_record(each, language),
        last_paid=words.day(each.last_paid_date, language) if each.last_paid_date else "",
        longest_late=words.render("desk.case.contract.days", language, count=each.longest_late_days)
        if each.longest_late_days
        else "",
    )


def _state(each: ContractRead) -> tuple[str, str]:
    if each.is_finished:
        return "finished", "go"
    if each.unpaid_count:
        return "late", "stop"
    return ("running", "") if each.instalments_count else ("unknown", "")


def _record(each: ContractRead, language: str) -> str:
    if not each.instalments_count:
        return words.render("desk.case.contract.no-record", language)
    return words.render(
        "desk.case.contract.record",
        language,
        on_time=each.paid_on_time_count,
        late=each.paid_late_count,
        unpaid=each.unpaid_count,
        count=each.instalments_count,
    )
