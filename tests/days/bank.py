"""A bank with a small portfolio and a team, for tests of whole days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.core.clock import rules as clock
from tideover.know.clients import operations as clients
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast
from tideover.rehearsal.portfolio import PLACEMENTS, Portfolio

FIRST = date(2026, 10, 1)
CUT_OFF = FIRST - timedelta(days=1)


@dataclass
class Bank:
    """One client whose portfolio was imported."""

    client_id: int
    code: str

    def at(self, day: date, hour: int = 9) -> datetime:
        """An instant of the bank's day."""
        return clock.instant(day, time(hour), cast.ZONE)

    def run(self, day: date, progress: days.Progress | None = None) -> days.DaySummary:
        """Run the bank's day."""
        return days.run_day(client_id=self.client_id, day=day, at=self.at(day), actor=SYSTEM, progress=progress)

    def import_portfolio(self, path: Path) -> None:
        """Import the lender's file by the ordinary operation."""
        report = intake.import_file(
            path=path,
            client_code=self.code,
            kind="placement",
            mapping_id=PLACEMENTS,
            cut_off=CUT_OFF,
            dry_run=False,
            at=self.at(FIRST, 6),
            actor=SYSTEM,
        )
        assert report.good_count == report.rows_count


def write_portfolio(folder: Path, accounts: int) -> Path:
    """The lender's file."""
    path = folder / "portfolio.csv.gz"
    Portfolio(accounts=accounts, seed=11).write(path)
    return path


def open_bank(portfolio: Path, *, collectors: int = 2) -> Bank:
    """The demo's client and team, with the portfolio imported."""
    client_id = cast.hire(
        collectors=collectors,
        work_items_per_day_max=200,
        cases_max=500,
        at=clock.instant(FIRST, time(5), cast.ZONE),
    )
    bank = Bank(client_id, cast.CLIENT)
    bank.import_portfolio(portfolio)
    return bank


def open_another(portfolio: Path, code: str, team: str = cast.TEAM) -> Bank:
    """A second client with the same portfolio, for the same team or another."""
    at = clock.instant(FIRST, time(5), cast.ZONE)
    client_id = clients.add_client(
        code=code,
        name_en="Another Bank",
        name_zh="另一家银行",
        country="CN",
        zone=cast.ZONE,
        mandate="first-party",
        balance_authority="lender",
        day_begins=time(8),
        payment_file_lag_days=1,
        at=at,
        actor=SYSTEM,
    )
    staff.grant_client(team_id=staff_queries.get_team(team).id, client_id=client_id, at=at, actor=SYSTEM)
    bank = Bank(client_id, code)
    bank.import_portfolio(portfolio)
    return bank


def hire_team(code: str, *, collectors: int = 2) -> None:
    """Another team, with as many collectors under the same ceilings."""
    at = clock.instant(FIRST, time(5), cast.ZONE)
    team_id = staff.make_team(code=code, name_en="Another Team", name_zh="另一组", at=at, actor=SYSTEM)
    for place in range(collectors):
        user_id = access.create_user(
            username=f"{code}-{place}",
            display_name=f"{code} {place}",
            roles=[Role.COLLECTOR],
            password=cast.password(),
            language="en",
            at=at,
            actor=SYSTEM,
        )
        staff.add_member(
            team_id=team_id,
            user_id=user_id,
            languages=("zh-Hans", "en"),
            work_items_per_day_max=200,
            cases_max=500,
            at=at,
            actor=SYSTEM,
        )
        for skill in cast.SKILLS:
            staff.issue_certificate(
                user_id=user_id,
                skill=skill,
                valid_from=cast.CERTIFIED_FROM,
                valid_until=cast.CERTIFIED_UNTIL,
                at=at,
                actor=SYSTEM,
            )
