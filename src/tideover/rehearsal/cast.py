"""The demo's own staff and clients: one team for two lenders; who signs in, in which role, with which certificates."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings

from tideover.core import words
from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.know.clients import operations as clients
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal.types import SignIn

CLIENT = "card-bank-demo"
LOAN_CLIENT = "hengtong-demo"
TEAM = "demo-team"
ZONE = "Asia/Shanghai"

SKILLS = ("early", "follow-up", "final")
CERTIFIED_FROM = datetime(2026, 9, 1, tzinfo=UTC)
CERTIFIED_UNTIL = datetime(2028, 9, 1, tzinfo=UTC)

COMMON: dict[str, Any] = {"country": "CN", "zone": ZONE, "balance_authority": "lender", "day_begins": time(8)}
"""What both lenders have in common: where they are, whose balance counts, when their day begins."""


@dataclass(frozen=True)
class Member:
    """Somebody of the demo's staff. ``until`` names certificates that end before the others."""

    username: str
    display_name: str
    role: Role
    language: str = "zh-Hans"
    speaks: tuple[str, ...] = ("zh-Hans",)
    skills: tuple[str, ...] = ()
    until: tuple[tuple[str, datetime], ...] = ()


_BOTH = ("zh-Hans", "en")
_COLLECTORS = (
    Member("collector1", "周敏", Role.COLLECTOR, skills=SKILLS, speaks=_BOTH),
    Member("collector2", "李浩", Role.COLLECTOR, skills=SKILLS),
    Member("collector3", "吴静", Role.COLLECTOR, skills=SKILLS),
    Member("collector4", "Alex Reed", Role.COLLECTOR, "en", ("en", "zh-Hans"), SKILLS),
    # Renewed by the trainer two days after it expired: see data/demo_calendar.yaml.
    Member(
        "collector5",
        "陈晓梅",
        Role.COLLECTOR,
        skills=SKILLS,
        until=(("follow-up", datetime(2026, 10, 21, 16, tzinfo=UTC)),),
    ),
    # Expires within thirty days of the handover: today's page says what will be uncovered.
    Member(
        "collector6",
        "赵宇",
        Role.COLLECTOR,
        skills=SKILLS,
        until=(("final", datetime(2026, 12, 11, 16, tzinfo=UTC)),),
    ),
    Member("collector7", "Nora Lin", Role.COLLECTOR, "en", ("en", "zh-Hans"), SKILLS),
    # Leaves the team: see data/demo_calendar.yaml.
    Member("collector8", "郭磊", Role.COLLECTOR, skills=SKILLS),
)
_OTHERS = (
    Member("leader", "孙蕾", Role.TEAM_LEADER),
    Member("integrator", "何妍", Role.INTEGRATOR),
    Member("compliance", "唐薇", Role.COMPLIANCE_OFFICER),
    Member("trainer", "马岩", Role.TRAINER),
    Member("qa", "郑岚", Role.QA_REVIEWER),
    Member("analyst", "罗珊", Role.ANALYST),
    Member("admin", "管理员", Role.ADMINISTRATOR),
)


def members(collectors: int) -> list[Member]:
    """The staff, with as many collectors as asked for; the first eight have names of their own."""
    more = [
        Member(f"collector{place}", f"催收员{place}", Role.COLLECTOR, skills=SKILLS)
        for place in range(len(_COLLECTORS) + 1, collectors + 1)
    ]
    return [*_COLLECTORS[:collectors], *more, *_OTHERS]


def password() -> str:
    """The demo users' common password: drawn from this installation's own key, so no two demos share it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"demo sign-in", hashlib.sha256).digest()
    return f"ferry-{int.from_bytes(digest[:4], 'big') % 10**6:06d}"


def sign_ins(collectors: int) -> list[SignIn]:
    """What the terminal prints."""
    return [SignIn(each.username, each.display_name, each.role, password()) for each in members(collectors)]


def hire(
    *, collectors: int, work_items_per_day_max: int, cases_max: int, at: datetime, with_loans: bool = False
) -> int:
    """Make clients, team, users and certificates by the ordinary operations, and return the card client's id."""
    client_ids = [_add_client(CLIENT, "rehearsal.client", "first-party", at)]
    if with_loans:
        client_ids.append(_add_client(LOAN_CLIENT, "rehearsal.loan-client", "agency", at))
    team_id = staff.make_team(
        code=TEAM,
        name_en=words.render("rehearsal.team", "en"),
        name_zh=words.render("rehearsal.team", "zh-Hans"),
        at=at,
        actor=SYSTEM,
    )
    for client_id in client_ids:
        staff.grant_client(team_id=team_id, client_id=client_id, at=at, actor=SYSTEM)
    for member in members(collectors):
        user_id = _hire_one(member, at)
        staff.add_member(
            team_id=team_id,
            user_id=user_id,
            languages=member.speaks,
            work_items_per_day_max=work_items_per_day_max,
            cases_max=cases_max,
            takes_new_cases=member.role is Role.COLLECTOR,
            at=at,
            actor=SYSTEM,
        )
    return client_ids[0]


def keep_rota(rota: Iterable[tuple[str, list[int]]], *, from_date: date, at: datetime) -> None:
    """Keep on which days of the week people work; whoever is not named works on all of them."""
    team = staff_queries.get_team(TEAM)
    user_ids = {each.username: each.user_id for each in staff_queries.list_members(team.id)}
    for username, weekdays in rota:
        if username in user_ids:
            staff.set_working_days(
                user_id=user_ids[username], weekdays=weekdays, from_date=from_date, at=at, actor=SYSTEM
            )


def _add_client(code: str, name: str, mandate: str, at: datetime) -> int:
    return clients.add_client(
        code=code,
        name_en=words.render(name, "en"),
        name_zh=words.render(name, "zh-Hans"),
        mandate=mandate,
        payment_file_lag_days=1,
        at=at,
        actor=SYSTEM,
        **COMMON,
    )


def _hire_one(member: Member, at: datetime) -> int:
    user_id = access.create_user(
        username=member.username,
        display_name=member.display_name,
        roles=[member.role],
        password=password(),
        language=member.language,
        at=at,
        actor=SYSTEM,
    )
    until = dict(member.until)
    for skill in member.skills:
        staff.issue_certificate(
            user_id=user_id,
            skill=skill,
            valid_from=CERTIFIED_FROM,
            valid_until=until.get(skill, CERTIFIED_UNTIL),
            at=at,
            actor=SYSTEM,
        )
    return user_id
