"""A stopped client: on every page of its people, on no list, and let go on by a person who did not import the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.core.access.types import SYSTEM, Actor
from tideover.doors.desk.conftest import CUT_OFF, DAY, MORNING, Bank
from tideover.know.cases import queries as cases_queries
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import StopReason
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

AsUser = Callable[[str], Client]


@pytest.fixture
def stopped(open_day: Bank, placement: Callable[..., object]) -> int:
    """The bank stopped by a full file that the integrator sent, one of two accounts short."""
    actor = staff_queries.get_actor(open_day.users["integrator"])
    report = send_short_file(actor, placement)
    stop = clients_queries.find_stop_of_import(report.import_id or 0)
    assert stop is not None
    return stop.id


def send_short_file(actor: Actor, placement: Callable[..., object]) -> object:
    """A full file that is one of two accounts short."""
    from tideover.doors.desk.conftest import ROWS

    return intake.import_file(
        path=placement(ROWS[0], name="full.csv"),
        client_code="bank",
        kind="full",
        mapping_id="uci_card_default",
        cut_off=CUT_OFF.replace(month=10, day=1),
        dry_run=False,
        at=MORNING,
        actor=actor,
    )


def test_every_page_says_that_collection_is_stopped_and_no_list_holds_its_work(
    open_day: Bank, as_user: AsUser, placement: Callable[..., object]
) -> None:
    before = as_user("wang").get("/work").content.decode() + as_user("li").get("/work").content.decode()
    assert "王芳" in before and "is stopped" not in before
    send_short_file(staff_queries.get_actor(open_day.users["integrator"]), placement)
    for name, address in (
        ("wang", "/work"),
        ("leader", "/today"),
        ("integrator", "/imports"),
        ("compliance", "/holds"),
    ):
        page = as_user(name).get(address).content.decode()
        assert "Collection for Card Bank is stopped" in page, address
        assert "who did not import the file" in page
    for name in ("wang", "li"):
        page = as_user(name).get("/work").content.decode()
        assert "王芳" not in page and "Montgomery" not in page and "/stops" not in page


def test_a_compliance_officer_acknowledges_with_a_reason_and_the_work_is_back(stopped: int, as_user: AsUser) -> None:
    browser = as_user("compliance")
    page = browser.get("/stops").content.decode()
    assert "1 of 2 accounts are absent" in page and "full.csv" in page and "唐薇" in page
    assert browser.post(f"/stops/{stopped}/acknowledge", {"note": " "}).status_code == 409
    answer = browser.post(f"/stops/{stopped}/acknowledge", {"note": "settled, says the bank"}, follow=True)
    page = answer.content.decode()
    assert "goes on" in page and "settled, says the bank" in page and "No client is stopped" in page
    assert "王芳" in as_user("wang").get("/work").content.decode() + as_user("li").get("/work").content.decode()


def test_a_day_that_was_kept_back_is_asked_for_as_soon_as_it_is_acknowledged(
    stopped: int, open_day: Bank, as_user: AsUser
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    tomorrow = MORNING + timedelta(days=1)
    assert days.run_day(client_id=open_day.client_id, day=DAY + timedelta(days=2), at=tomorrow, actor=SYSTEM).is_stopped
    as_user("compliance").post(f"/stops/{stopped}/acknowledge", {"note": "settled, says the bank"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        assert [name for (name,) in cursor.fetchall()] == ["tideover.doors.callbacks.jobs.start_due_days"]


def test_nobody_else_acknowledges(stopped: int, as_user: AsUser) -> None:
    for name in ("leader", "integrator"):
        page = as_user(name).get("/stops").content.decode()
        assert (
            "acknowledge"
            not in page.split("Who may acknowledge")[1]
            .split("</section>")[0]
            .replace("never who imported", "")
            .split("</dl>")[1]
        )
        assert as_user(name).post(f"/stops/{stopped}/acknowledge", {"note": "go"}).status_code == 403
    assert as_user("wang").get("/stops").status_code == 403
    with transaction.atomic():
        assert clients_queries.get_stop_by_id(stopped).is_open


def test_an_account_that_a_full_file_left_out_is_marked_on_its_case_and_stays_open(
    stopped: int, open_day: Bank, as_user: AsUser
) -> None:
    account = portfolio_queries.find_account(open_day.client_id, "1002")
    assert account is not None
    case = cases_queries.get_open_case_of_account(account.id)
    assert case is not None, "a stop closes nobody"
    page = as_user("leader").get(f"/cases/{case.id}").content.decode()
    assert "left this account out" in page and "Collection for Card Bank is stopped" in page


def test_a_case_and_an_import_tell_of_their_own_clients_stop_alone(open_day: Bank, as_user: AsUser) -> None:
    """The team collects for a second lender, which is stopped: whose business that is not, is not told of it."""
    other_id = clients.add_client(
        code="other", name_en="Other Lender", name_zh="另一机构", country="CN", zone="Asia/Shanghai",
        mandate="first-party", balance_authority="lender", day_begins=time(8), payment_file_lag_days=1,
        at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    staff.grant_client(team_id=open_day.team_id, client_id=other_id, at=MORNING, actor=SYSTEM)
    (sent,) = intake_queries.list_imports([open_day.client_id])
    reason = StopReason("rows-differ", {"stated": 4, "counted": 2})
    with transaction.atomic():
        clients.stop_collection(
            client_id=other_id, import_id=sent.id + 1000, reasons=[reason], at=MORNING, actor=SYSTEM
        )
    account = portfolio_queries.find_account(open_day.client_id, "1002")
    assert account is not None
    case = cases_queries.get_open_case_of_account(account.id)
    assert case is not None
    leader, integrator = as_user("leader"), as_user("integrator")
    for browser, address in (
        (leader, f"/cases/{case.id}"),
        (leader, f"/cases/{case.id}/why"),
        (integrator, f"/files/{account.id}"),
        (integrator, f"/imports/{sent.id}"),
        (integrator, "/missing?client=bank"),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200 and "Other Lender is stopped" not in answer.content.decode(), address
    for browser, address in (
        (leader, "/today"),
        (leader, "/team"),
        (integrator, "/imports"),
        (integrator, "/missing?client=other"),
    ):
        assert "Collection for Other Lender is stopped" in browser.get(address).content.decode(), address
    with transaction.atomic():
        clients.stop_collection(
            client_id=open_day.client_id, import_id=sent.id, reasons=[reason], at=MORNING, actor=SYSTEM
        )
    page = leader.get(f"/cases/{case.id}").content.decode()
    assert "Collection for Card Bank is stopped" in page and "Other Lender is stopped" not in page
