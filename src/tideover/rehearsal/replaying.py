"""One day of the demo: the lender's files come in, the day is decided, and the simulated team works it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tideover import day as days
from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.intake import operations as intake
from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM, Role
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import HoldReason
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import (
    behaviour,
    calendar,
    cast,
    collectors,
    desk_events,
    events,
    hengtong,
    payment_files,
    people,
    queries,
)
from tideover.rehearsal.calendar import Event
from tideover.rehearsal.events import Scene
from tideover.rehearsal.hands import Hands
from tideover.rehearsal.payment_files import Debt, Due
from tideover.rehearsal.portfolio import PLACEMENTS, Portfolio
from tideover.rehearsal.types import DemoRead

FILES_COME_AT = time(7, 30)
PAGE_PAYMENTS_AT = time(16)


def import_portfolio(demo: DemoRead, folder: Path) -> None:
    """Import the lender's placement file by the ordinary operation."""
    path = folder / f"uci_card_default-{demo.cut_off_date.isoformat()}.csv.gz"
    if not path.exists():
        Portfolio(accounts=demo.accounts_count, seed=demo.seed).write(path)
    intake.import_file(
        path=path,
        client_code=demo.client_code,
        kind="placement",
        mapping_id=PLACEMENTS,
        cut_off=demo.cut_off_date,
        dry_run=False,
        at=clock.instant(demo.first_date, time(6, 30), cast.ZONE),
        actor=events.first_member(Role.INTEGRATOR),
    )


def open_day(demo: DemoRead, folder: Path, hands: Hands | None) -> None:
    """Bring in what the lenders send in the morning, and decide the open day of each.

    On the first day one after the other: nobody waits for a lender that never had a day.
    """
    client_ids = [client.id for client in list_clients(demo)]
    if hands is not None and demo.open_date > demo.first_date:
        hands.open(client_ids, folder)
    else:
        open_clients(client_ids, folder)


def open_clients(client_ids: Iterable[int], folder: Path) -> None:
    """The morning of some of the demo's lenders. Work is assigned when the last of them has come so far."""
    demo = queries.get_demo()
    day = demo.open_date
    for client in list_clients(demo):
        if client.id not in client_ids:
            continue
        if scene := _scene(demo, folder, client):
            if day > demo.first_date:
                scene.post().send_payments(clock.instant(day, FILES_COME_AT, client.zone))
            _happen(scene, (event for event in calendar.list_events(demo.open_day) if event.at < client.day_begins))
        elif day > demo.first_date:
            _import_payments(demo, client, day, folder)
        begins_at = clock.instant(day, client.day_begins, client.zone)
        days.run_day(client_id=client.id, day=day, at=begins_at, actor=SYSTEM)


HAPPENS = {**events.HAPPENS, **desk_events.HAPPENS}
"""Everything that data/demo_calendar.yaml may name."""


def _happen(scene: Scene, told: Iterable[Event]) -> None:
    """Do what the calendar says."""
    for event in told:
        HAPPENS[event.what](scene, event)


def list_clients(demo: DemoRead) -> list[ClientRead]:
    """The lenders of the demo: the bank, and Hengtong where there are loans."""
    codes = [demo.client_code, *([cast.LOAN_CLIENT] if demo.loans_count else [])]
    return [clients_queries.get_client(code) for code in codes]


def _scene(demo: DemoRead, folder: Path, client: ClientRead) -> Scene | None:
    """The open day at Hengtong's; None at the bank's, where nothing is declared."""
    return Scene(demo, demo.open_date, folder, client) if client.code == cast.LOAN_CLIENT else None


def _import_payments(demo: DemoRead, client: ClientRead, day: date, folder: Path) -> None:
    """Import what was paid on the day before, written once: the same file again changes nothing."""
    paid_on = day - timedelta(days=1)
    path = _payment_file(folder, paid_on)
    if not path.exists():
        _take_money(demo, client, paid_on, folder)
    if path.read_text("utf-8").count("\n") > 1:
        intake.import_file(
            path=path,
            client_code=client.code,
            kind="payments",
            mapping_id=payment_files.MAPPING,
            cut_off=paid_on,
            dry_run=False,
            at=clock.instant(day, FILES_COME_AT, client.zone),
            actor=events.first_member(Role.INTEGRATOR),
        )


def _payment_file(folder: Path, paid_on: date) -> Path:
    return folder / f"payments-{paid_on.isoformat()}.csv"


def _take_money(demo: DemoRead, client: ClientRead, day: date, folder: Path) -> list[Due]:
    """What the day brings: the next morning's file is written; returns what reaches us by a person at a desk."""
    due = _due(demo, client, day)
    path = _payment_file(folder, day)
    if not path.exists():
        payment_files.write(path, [each for each in due if not behaviour.pays_by_page(each.reference, demo.seed)])
    return [each for each in due if behaviour.pays_by_page(each.reference, demo.seed)]


def work_day(demo: DemoRead, folder: Path, hands: Hands | None) -> Counter[str]:
    """Let the simulated team do what is left of the open day, what else happens, and enter what was paid otherwise."""
    clients = list_clients(demo)
    team = staff_queries.get_team(cast.TEAM)
    scene = _scene(demo, folder, clients[-1])
    later = [event for event in calendar.list_events(demo.open_day) if event.at >= clients[0].day_begins]
    if scene:
        _happen(scene, (event for event in later if event.at < collectors.BEGINS))
    user_ids = collectors.list_simulated(team.id, demo.by_hand_user_ids)
    counts = hands.work(user_ids) if hands is not None else work_lists(user_ids, is_over=lambda: False)
    if scene:
        _happen(scene, (event for event in later if event.at >= collectors.BEGINS))
    client_ids = [client.id for client in clients]
    counts["reviewed"] += collectors.review(demo=demo, team_id=team.id, client_ids=client_ids, zone=cast.ZONE)
    counts["paid-by-page"] += _enter_payments(demo, clients[0], folder)
    if scene:
        counts["paid-by-page"] += _enter_loan_payments(scene)
    return counts


def work_lists(user_ids: Iterable[int], *, is_over: Callable[[], bool]) -> Counter[str]:
    """Let some collectors do what is left of their lists of the demo's open day."""
    return collectors.work_lists(demo=queries.get_demo(), user_ids=user_ids, zone=cast.ZONE, is_over=is_over)


def _enter_payments(demo: DemoRead, client: ClientRead, folder: Path) -> int:
    """Payments that reach the bank's day by a person at a desk; entering one again changes nothing."""
    due = _take_money(demo, client, demo.open_date, folder)
    return _enter(client, demo.open_date, [(each.account_number, each.amount, each.reference) for each in due])


def _enter_loan_payments(scene: Scene) -> int:
    """The same for the loans."""
    due = scene.post().take_money(scene.day)
    found = [(each.loan, Money(each.amount, hengtong.CURRENCY), each.reference) for each in due]
    return _enter(scene.client, scene.day, found)


def _enter(client: ClientRead, day: date, found: Sequence[tuple[str, Money, str]]) -> int:
    """Post the payments of a day: the account's number, the amount, the reference."""
    accounts = portfolio_queries.list_accounts_by_number(client.id, (number for number, _, _ in found))
    ids = {account.number: account.id for account in accounts}
    actor = events.first_member(Role.INTEGRATOR)
    for number, amount, reference in found:
        payments.post_payment(
            account_id=ids[number],
            amount=amount,
            value_date=day,
            reference=reference,
            at=clock.instant(day, PAGE_PAYMENTS_AT, client.zone),
            actor=actor,
        )
    return len(found)


def _due(demo: DemoRead, client: ClientRead, day: date) -> list[Due]:
    """What is paid on the day, by whatever way: on promises that are open, and by people who pay unasked."""
    at = clock.end_of_day(day, client.zone)
    promised = {each.account_id: each for each in arrangements_queries.list_open_promises(client.id)}
    claimed = _claimed(client, at)
    unasked = [
        number
        for number in Portfolio(accounts=demo.accounts_count, seed=demo.seed).account_numbers()
        if payment_files.pays_unasked(people.holder_of(number, demo.seed), day, demo.cut_off_date, demo.seed)
    ]
    asked = portfolio_queries.list_accounts({*promised, *claimed})
    accounts = {each.id: each for each in (*asked, *portfolio_queries.list_accounts_by_number(client.id, unasked))}
    debts = []
    for late in ledger_queries.list_lateness(accounts, at):
        promise, number = promised.get(late.account_id), accounts[late.account_id].number
        if late.owed_now is not None:
            debts.append(
                Debt(
                    account_number=number,
                    customer=people.holder_of(number, demo.seed),
                    owed=late.owed_now,
                    promised=promise.amount if promise else None,
                    made_date=promise.made_date if promise else None,
                    due_date=promise.due_date if promise else None,
                    claimed_date=claimed.get(late.account_id),
                )
            )
    return payment_files.payments_on(day, debts, demo.cut_off_date, demo.seed)


def _claimed(client: ClientRead, at: datetime) -> dict[int, date]:
    """The accounts that are said to be paid while nothing has come, and since when."""
    return {
        hold.account_id: client.local_date(hold.from_at)
        for hold in cases_queries.list_standing_holds(client.id, at, SYSTEM)
        if hold.reason is HoldReason.PAYMENT_CLAIMED and hold.account_id is not None
    }
