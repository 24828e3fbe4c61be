"""Scenarios of an instalment loan: Hengtong places it in a batch that ends, perhaps with a guarantor (担保人)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

from tideover.act.contact import operations as contact
from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.outcomes import operations as outcomes
from tideover.core.access.types import Role
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import FilingGap
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.filing import operations as filing
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast, lender_files, loans
from tideover.rehearsal.lender_files import BatchRow, InstalmentRow, LoanRow, PersonRow
from tideover.rehearsal.scenarios.grammar import GivenLoan, Phrase

if TYPE_CHECKING:
    from tideover.rehearsal.scenarios.runner import Run

NUMBER = "SCENARIO-LOAN"
BATCH = "HT-SCENARIO"
TERM = 6
INSTALMENT, INTEREST = Decimal("300.00"), Decimal("18.00")
DOCUMENTS = ("contract", "proof-of-disbursement", "guarantee")


def place(current: Run, given: GivenLoan, first: date, at: datetime) -> str:
    """The lender's 委案表 with this one contract, as of the evening before; returns the contract's number."""
    cut_off = first - timedelta(days=1)
    batch = BatchRow(BATCH, first, given.until, Decimal("300.00"), Decimal("0.18"), given.retain)
    row = _loan(current, given, cut_off, batch)
    path = current.folder / "placement.csv"
    path.write_bytes(lender_files.placement([row]))
    control = lender_files.control(
        kind="placement", sequence=1, cut_off=cut_off, rows=TERM, total=row.owed, batch=batch
    )
    path.with_name(path.name + intake_queries.CONTROL_SUFFIX).write_bytes(control)
    current.client_id = clients_queries.get_client(cast.LOAN_CLIENT).id
    report = intake.import_file(
        path=path,
        client_code=cast.LOAN_CLIENT,
        kind="placement",
        mapping_id="hengtong_placement",
        cut_off=cut_off,
        dry_run=False,
        at=at,
        actor=current.actor(Role.INTEGRATOR),
    )
    assert not report.refused_count, report
    return NUMBER


def _loan(current: Run, given: GivenLoan, cut_off: date, batch: BatchRow) -> LoanRow:
    """Six instalments, of which the last that fell due are unpaid, the latest of them on the cut-off's eve."""
    told = current.scenario.given
    last_due = cut_off - timedelta(days=1)
    schedule = [loans.add_months(last_due, place - 3) for place in range(TERM)]
    overdue = [due for due in schedule if due <= cut_off][-given.unpaid :]
    instalments = tuple(
        InstalmentRow(
            place + 1,
            due,
            INSTALMENT,
            INTEREST,
            paid=INSTALMENT + INTEREST if due < overdue[0] else lender_files.NOTHING,
            paid_date=due if due < overdue[0] else None,
        )
        for place, due in enumerate(schedule)
    )
    coming = next(each for each in instalments if each.due_date > cut_off)
    phones = tuple(f"15400000{place:03d}" for place in range(1, told.phones + 1))
    guarantor = PersonRow("GUARANTOR", given.guarantor, "990000000000002021", told.region, ("15400000901",))
    return LoanRow(
        number=NUMBER,
        borrower=PersonRow("SCENARIO", told.name, "990000000000001012", told.region, phones, told.language),
        amount=INSTALMENT * TERM,
        opened_date=loans.add_months(schedule[0], -1),
        annual_rate=Decimal("0.144"),
        dpd=(cut_off - overdue[0]).days,
        overdue_principal=INSTALMENT * given.unpaid,
        overdue_interest=INTEREST * given.unpaid,
        penalty_interest=lender_files.NOTHING,
        instalments=instalments,
        batch=batch,
        next_due_date=coming.due_date,
        next_due_amount=coming.principal + coming.interest,
        guarantor=guarantor if given.guarantor else None,
    )


def documents_come(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The lender sends what the file lacks."""
    for item in DOCUMENTS:
        reference = f"{NUMBER}/{item}"
        filing.file_document(
            account_id=current.account_id,
            item=item,
            reference=reference,
            digest=sha256(reference.encode()).hexdigest(),
            at=at,
            actor=current.actor(Role.INTEGRATOR),
        )


def leader_is_refused(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The leader would let the case go on to its final notice, and the house says what is missing."""
    try:
        cases.review(
            case_id=current.open_case().id,
            account_id=current.account_id,
            decision="go-on",
            at=at,
            actor=current.actor(Role.TEAM_LEADER),
        )
    except FilingGap:
        return
    raise current.fail(day, phrase.written, "went on")


def asks_to_keep(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The collector asks that the account stay beyond its batch's end (留案)."""
    case = current.open_case()
    assert case.collector_id is not None
    cases.request_retention(
        case_id=case.id,
        account_id=current.account_id,
        until_date=phrase.values["date"],
        cause="in-talks",
        at=at,
        actor=staff_queries.get_actor(case.collector_id),
    )


def lets_keep(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The leader lets it stay, or not."""
    for asked in cases_queries.list_retentions_of_case(current.open_case().id):
        if asked.decision is None:
            cases.decide_retention(
                retention_id=asked.id,
                approve=phrase.values["answer"] == "lets it stay",
                at=at,
                actor=current.actor(Role.TEAM_LEADER),
            )


def calls_guarantor(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The owner calls the guarantor within the case: a person of their own, with their own place and caps."""
    case = current.open_case()
    [customer_id] = [
        party.customer_id for party in portfolio_queries.list_parties([current.account_id]) if party.role == "guarantor"
    ]
    work = current.work(day)
    user_id = (work.collector_id if work else None) or case.collector_id
    assert user_id is not None
    actor = staff_queries.get_actor(user_id)
    call = contact.dial(
        case_id=case.id,
        contact_point_id=customers_queries.list_contact_points(customer_id)[0].id,
        work_item_id=None,
        line=current.line,
        at=at,
        actor=actor,
    )
    ends_at = at + timedelta(seconds=90)
    outcomes.record_line_event(call_id=call.id, event="answered", at=at + timedelta(seconds=10))
    contact.note_right_person(call_id=call.id, at=at + timedelta(seconds=20), actor=actor)
    outcomes.record(
        call_id=call.id,
        case_id=call.case_id,
        account_id=call.account_id,
        spoke_to="customer",
        result="no-arrangement",
        arrears_reason=None,
        promise=None,
        call_back_at=None,
        hold_until=None,
        note="scenario",
        once_key=f"scenario-{call.id}",
        at=ends_at,
        actor=actor,
    )
    outcomes.record_line_event(call_id=call.id, event="ended", at=ends_at, cause="answered", seconds=80)


DONE = {
    "documents-come": documents_come,
    "leader-refused": leader_is_refused,
    "asks-to-keep": asks_to_keep,
    "lets-keep": lets_keep,
    "calls-guarantor": calls_guarantor,
}
