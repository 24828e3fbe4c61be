"""What is declared to happen in the demo can happen; the second lender's files are as they should be, or should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from tideover.know.clients import queries as clients_queries
from tideover.rehearsal import calendar, cast, demo, hengtong, lender_files, lender_mail, replaying
from tideover.rehearsal.hengtong import Lender
from tideover.rehearsal.portfolio import Portfolio

LENDER = Lender(60, 60, demo.FIRST_DATE, demo.SEED)
FIRST, SECOND = "HT-2026-10A", "HT-2026-10B"


def test_everything_that_is_declared_has_somebody_who_does_it() -> None:
    told = [event for day in range(1, calendar.count_days() + 2) for event in calendar.list_events(day)]
    assert {event.what for event in told} == set(replaying.HAPPENS)
    names = {member.username for member in cast.members(demo.COLLECTORS)}
    assert {event.more["who"] for event in told if "who" in event.more} <= names
    assert {who for who, _ in calendar.list_rota()} <= names


def test_the_lender_s_profile_expects_what_the_calendar_sends_and_nothing_is_late() -> None:
    expects = clients_queries.get_profile(cast.LOAN_CLIENT).expects
    for number in range(1, 90):
        day, sent = LENDER.day(number), {event.what for event in calendar.list_events(number)}
        came = sent | ({"payments"} if number > 1 else set())
        late = clients_queries.late_kinds(expects, day, time(9), is_working_day=True, came=came)
        assert not late, f"day {number}"
        assert ("full" in sent) == (day.isoweekday() == 1 and number > 7)


def test_one_batch_is_over_on_day_forty_and_the_other_on_the_second_of_december() -> None:
    first, second = calendar.list_batches()
    assert (LENDER.day(first.over), LENDER.day(second.over)) == (date(2026, 11, 9), date(2026, 12, 2))
    assert first.share + second.share == 1
    assert len(LENDER.numbers(FIRST)) + len(LENDER.numbers(SECOND)) == 60


def test_some_customers_hold_a_card_as_well_under_the_same_document() -> None:
    customers = [LENDER.loan(number).customer for batch in (FIRST, SECOND) for number in LENDER.numbers(batch)]
    cards = Portfolio(accounts=60, seed=demo.SEED).rows()
    shared = {row["document_number"] for row in cards} & {LENDER.person(each).document_number for each in customers}
    assert len(shared) == 6
    assert len({LENDER.person(each).document_number for each in customers}) == len(customers)


def test_every_placed_loan_is_late_and_its_rows_add_up() -> None:
    for number in LENDER.numbers(FIRST):
        row = LENDER.row(number, date(2026, 9, 30), {}, LENDER.terms(FIRST, Decimal(1)))
        assert row.owed > 0
        late = [each for each in row.instalments if each.due_date <= date(2026, 9, 30)]
        unpaid = sum((each.principal + each.interest - each.paid for each in late), Decimal(0))
        assert unpaid == row.overdue_principal + row.overdue_interest


def test_a_spoiled_placement_has_one_wrong_cell_in_each_of_a_few_loans() -> None:
    terms = LENDER.terms(FIRST, Decimal(1))
    rows = [LENDER.row(number, date(2026, 9, 30), {}, terms) for number in LENDER.numbers(FIRST)]
    right, wrong = (hengtong.placement(rows, spoil, demo.SEED).splitlines() for spoil in (False, True))
    assert len(right) == len(wrong)
    differing = sum(a != b for a, b in zip(right, wrong, strict=True))
    assert differing == len(hengtong.spoiled_numbers(rows, demo.SEED)) == len(calendar.list_bad_rows())


def test_a_truncated_file_ends_between_two_rows() -> None:
    rows = [LENDER.row(number, date(2026, 9, 30), {}, None) for number in LENDER.numbers(FIRST)]
    whole = lender_files.full([replace(row, batch=None) for row in rows])
    short = lender_mail.broken_off(whole)
    assert whole.startswith(short)
    assert short.endswith(b"\r\n")
    assert len(short.splitlines()) < len(whole.splitlines())
