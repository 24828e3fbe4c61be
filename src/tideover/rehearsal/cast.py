"""The demo's own staff and client: who signs in, in which role, with which certificates."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.conf import settings

from tideover.core import words
from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.know.clients import operations as clients
from tideover.know.staff import operations as staff
from tideover.rehearsal.types import SignIn

CLIENT = "card-bank-demo"
TEAM = "demo-team"
ZONE = "Asia/Shanghai"

SKILLS = ("early", "follow-up", "final")
CERTIFIED_FROM = datetime(2026, 9, 1, tzinfo=UTC)
CERTIFIED_UNTIL = datetime(2028, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Member:
    """Somebody of the demo's staff."""

    username: str
    display_name: str
    role: Role
    language: str = "zh-Hans"
    speaks: tuple[str, ...] = ("zh-Hans",)
    skills: tuple[str, ...] = ()


_COLLECTORS = (
    Member("collector1", "周敏", Role.COLLECTOR, skills=SKILLS, speaks=("zh-Hans", "en")),
    Member("collector2", "李浩", Role.COLLECTOR, skills=SKILLS),
    Member("collector3", "吴静", Role.COLLECTOR, skills=SKILLS),
    Member("collector4", "Alex Reed", Role.COLLECTOR, "en", ("en", "zh-Hans"), SKILLS),
)
_OTHERS = (
    Member("leader", "孙蕾", Role.TEAM_LEADER),
    Member("integrator", "何妍", Role.INTEGRATOR),
    Member("compliance", "唐薇", Role.COMPLIANCE_OFFICER),
    Member("admin", "管理员", Role.ADMINISTRATOR),
)


def members(collectors: int) -> list[Member]:
    """The staff, with as many collectors as asked for; the first four have names of their own."""
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


def hire(*, collectors: int, work_items_per_day_max: int, cases_max: int, at: datetime) -> int:
    """Make client, team, users and certificates by the ordinary operations, and return the client's id."""
    client_id = clients.add_client(
        code=CLIENT,
        name_en=words.render("rehearsal.client", "en"),
        name_zh=words.render("rehearsal.client", "zh-Hans"),
        country="CN",
        zone=ZONE,
        mandate="first-party",
        balance_authority="lender",
        day_begins=time(8),
        payment_file_lag_days=1,
        at=at,
        actor=SYSTEM,
    )
    team_id = staff.make_team(
        code=TEAM,
        name_en=words.render("rehearsal.team", "en"),
        name_zh=words.render("rehearsal.team", "zh-Hans"),
        at=at,
        actor=SYSTEM,
    )
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
    return client_id


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
    for skill in member.skills:
        staff.issue_certificate(
            user_id=user_id,
            skill=skill,
            valid_from=CERTIFIED_FROM,
            valid_until=CERTIFIED_UNTIL,
            at=at,
            actor=SYSTEM,
        )
    return user_id
