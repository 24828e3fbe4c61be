"""A bank, its team, and a lender's file: what the desk's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.core.clock import operations as clock_operations
from tideover.know.clients import operations as clients
from tideover.know.staff import operations as staff

MORNING = datetime(2026, 10, 1, 1, tzinfo=UTC)
DAY = date(2026, 10, 1)
CUT_OFF = date(2026, 9, 30)
PASSWORD = "a ferry is not a bridge"

HEAD = (
    "account_id,customer_number,full_name,language,country,region,zone,phone_1,phone_2,"
    "limit_bal,pay_0,bill_amt1,pay_amt1,pay_amt2,pay_amt3,pay_amt4,pay_amt5,pay_amt6"
)
ROWS = (
    "1001,C1,王芳,zh-Hans,CN,CN-SH,Asia/Shanghai,15400000192,,20000,2,3913,0,689,0,0,0,0",
    "1002,C2,Alexandra Montgomery,en,CN,CN-BJ,Asia/Shanghai,15400000193,15400000194,90000,1,12900,0,0,0,0,0,0",
    "1003,C3,陈志强,zh-Hans,CN,CN-GD,Asia/Shanghai,15400000195,,50000,-1,0,0,0,0,0,0,0",
)


@dataclass(frozen=True)
class Bank:
    """One client and its team."""

    client_id: int
    team_id: int
    users: dict[str, int]


@pytest.fixture
def bank(db: None, request: pytest.FixtureRequest) -> Bank:
    """A first-party card bank in Shanghai with a person in each role, at nine in the morning of the first day."""
    if "kept_day" in request.fixturenames:
        return request.getfixturevalue("kept_day")[0]
    return _found()


def _found() -> Bank:
    clock_operations.set_instant(at=MORNING, waits_until_at=None)
    client_id = clients.add_client(
        code="bank",
        name_en="Card Bank",
        name_zh="信用卡银行",
        country="CN",
        zone="Asia/Shanghai",
        mandate="first-party",
        balance_authority="lender",
        day_begins=time(8),
        payment_file_lag_days=1,
        at=MORNING,
        actor=SYSTEM,
    )
    team_id = staff.make_team(code="team", name_en="Team", name_zh="小组", at=MORNING, actor=SYSTEM)
    staff.grant_client(team_id=team_id, client_id=client_id, at=MORNING, actor=SYSTEM)
    users = {
        "wang": _hire(team_id, "wang", "王敏", Role.COLLECTOR),
        "li": _hire(team_id, "li", "李浩", Role.COLLECTOR),
        "leader": _hire(team_id, "leader", "孙蕾", Role.TEAM_LEADER),
        "integrator": _hire(team_id, "integrator", "何妍", Role.INTEGRATOR),
        "compliance": _hire(team_id, "compliance", "唐薇", Role.COMPLIANCE_OFFICER),
        "reviewer": _hire(team_id, "reviewer", "沈宁", Role.QA_REVIEWER),
        "analyst": _hire(team_id, "analyst", "高远", Role.ANALYST),
        "trainer": _hire(team_id, "trainer", "郑洁", Role.TRAINER),
    }
    return Bank(client_id, team_id, users)


def _hire(team_id: int, username: str, display_name: str, role: Role) -> int:
    user_id = access.create_user(
        username=username,
        display_name=display_name,
        roles=[role],
        password=PASSWORD,
        language="en",
        at=MORNING,
        actor=SYSTEM,
    )
    staff.add_member(
        team_id=team_id,
        user_id=user_id,
        languages=("zh-Hans", "en"),
        work_items_per_day_max=50,
        cases_max=100,
        takes_new_cases=role is Role.COLLECTOR,
        at=MORNING,
        actor=SYSTEM,
    )
    for skill in ("early", "follow-up", "final") if role is Role.COLLECTOR else ():
        staff.issue_certificate(
            user_id=user_id,
            skill=skill,
            valid_from=MORNING.replace(year=2025),
            valid_until=MORNING.replace(year=2028),
            at=MORNING,
            actor=SYSTEM,
        )
    return user_id


@pytest.fixture
def as_user(bank: Bank) -> Callable[[str], Client]:
    """A browser in which somebody of the bank has signed in."""

    def signed_in(username: str) -> Client:
        browser = Client()
        answer = browser.post("/sign-in", {"username": username, "password": PASSWORD})
        assert answer.status_code == 302
        return browser

    return signed_in


@pytest.fixture
def placement(tmp_path: Path) -> Callable[..., Path]:
    """A placement file as the lender would send it."""

    def written(*rows: str, name: str = "placement.csv") -> Path:
        return _write(tmp_path / name, *rows)

    return written


def _write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEAD, *(rows or ROWS)]) + "\n", encoding="utf-8")
    return path


class QuietLine:
    """A line on which a person dials by hand; nothing happens by itself."""

    shows_number = True

    def dial(self, call_id: int, number: str) -> None:
        """Taken."""


@pytest.fixture
def open_day(bank: Bank, request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Bank:
    """The bank with its file imported and the first day decided: its collectors have their lists."""
    if "kept_day" in request.fixturenames:
        settings.STORE = request.getfixturevalue("kept_day")[1]
        return bank
    settings.STORE = tmp_path / "store"
    _open(bank, tmp_path)
    return bank


@pytest.fixture(scope="module")
def kept_day(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Bank, Path]]:
    """For a module that uses it everywhere: the open day is made once, and each test's own changes are taken back."""
    folder = tmp_path_factory.mktemp("kept-day")
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        from django.conf import settings

        patch.setattr(settings, "STORE", folder / "store")
        bank = _found()
        _open(bank, folder)
        with django_db_blocker.block():
            yield bank, folder / "store"
        transaction.set_rollback(True)


def _open(bank: Bank, folder: Path) -> None:
    intake.import_file(
        path=_write(folder / "placement.csv"),
        client_code="bank",
        kind="placement",
        mapping_id="uci_card_default",
        cut_off=CUT_OFF,
        dry_run=False,
        at=MORNING,
        actor=SYSTEM,
    )
    days.run_day(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
