"""``tideover staff``: teams, the clients they work for, their members, and certificates."""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime, timedelta
from typing import Any

from tideover.core.access import queries as access_queries
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.doors.commands import operator, terminal
from tideover.know.clients import queries as clients_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import TeamRead, UnknownUser

NO_ZONE = "UTC"


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    say = terminal.say
    parser = subparsers.add_parser("staff", help=say("staff.help"), description=say("staff.help"))
    does = parser.add_subparsers(
        dest="does", metavar="add-team|grant|add-member|remove-member|certify|revoke|list", required=True
    )
    team = does.add_parser("add-team", help=say("staff.add-team.help"))
    team.add_argument("team", metavar="TEAM", help=say("staff.team"))
    team.add_argument("--en", required=True, metavar="NAME", help=say("client.name-en"))
    team.add_argument("--zh", required=True, metavar="NAME", help=say("client.name-zh"))
    grant = does.add_parser("grant", help=say("staff.grant.help"))
    grant.add_argument("team", metavar="TEAM", help=say("staff.team"))
    grant.add_argument("client", metavar="CLIENT", help=say("client.code"))
    member = does.add_parser("add-member", help=say("staff.add-member.help"))
    member.add_argument("team", metavar="TEAM", help=say("staff.team"))
    member.add_argument("user", metavar="USER", help=say("user.username"))
    member.add_argument(
        "--language", action="append", choices=["en", "zh-Hans"], dest="languages", help=say("staff.languages")
    )
    member.add_argument("--work-items-per-day-max", type=int, default=80, metavar="N", help=say("staff.items-max"))
    member.add_argument("--cases-max", type=int, default=300, metavar="N", help=say("staff.cases-max"))
    member.add_argument("--no-new-cases", action="store_true", help=say("staff.no-new-cases"))
    leaves = does.add_parser("remove-member", help=say("staff.remove-member.help"))
    leaves.add_argument("user", metavar="USER", help=say("user.username"))
    certify = does.add_parser("certify", help=say("staff.certify.help"))
    certify.add_argument("user", metavar="USER", help=say("user.username"))
    certify.add_argument("skill", metavar="SKILL", help=say("staff.skill"))
    certify.add_argument("--from", dest="from_date", type=date.fromisoformat, metavar="DATE", help=say("staff.from"))
    certify.add_argument(
        "--until", dest="until_date", type=date.fromisoformat, required=True, metavar="DATE", help=say("staff.until")
    )
    revoke = does.add_parser("revoke", help=say("staff.revoke.help"))
    revoke.add_argument("certificate", type=int, metavar="NUMBER", help=say("staff.certificate"))
    listed = does.add_parser("list", help=say("staff.list.help"))
    listed.add_argument("--json", action="store_true", help=say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    at = clock_queries.now()
    if args.does == "list":
        _list(args.json)
    else:
        _ACTS[args.does](args, at)
    return 0


def _add_team(args: argparse.Namespace, at: datetime) -> None:
    staff.make_team(code=args.team, name_en=args.en, name_zh=args.zh, at=at, actor=operator.get_actor())
    print(terminal.say("staff.team-added", team=args.team))


def _grant(args: argparse.Namespace, at: datetime) -> None:
    staff.grant_client(
        team_id=staff_queries.get_team(args.team).id,
        client_id=clients_queries.get_client(args.client).id,
        at=at,
        actor=operator.get_actor(),
    )
    print(terminal.say("staff.granted", team=args.team, client=args.client))


def _add_member(args: argparse.Namespace, at: datetime) -> None:
    staff.add_member(
        team_id=staff_queries.get_team(args.team).id,
        user_id=_user_id(args.user),
        languages=args.languages or ["zh-Hans"],
        work_items_per_day_max=args.work_items_per_day_max,
        cases_max=args.cases_max,
        takes_new_cases=not args.no_new_cases,
        at=at,
        actor=operator.get_actor(),
    )
    print(terminal.say("staff.member-added", team=args.team, user=args.user))


def _remove_member(args: argparse.Namespace, at: datetime) -> None:
    staff.remove_member(user_id=_user_id(args.user), at=at, actor=operator.get_actor())
    print(terminal.say("staff.member-removed", user=args.user))


def _certify(args: argparse.Namespace, at: datetime) -> None:
    user_id = _user_id(args.user)
    zone = _zone_of(user_id)
    number = staff.issue_certificate(
        user_id=user_id,
        skill=args.skill,
        valid_from=clock.start_of_day(args.from_date, zone) if args.from_date else at,
        valid_until=clock.start_of_day(args.until_date + timedelta(days=1), zone),
        at=at,
        actor=operator.get_actor(),
    )
    print(terminal.say("staff.certified", user=args.user, skill=args.skill, until=args.until_date, number=str(number)))


def _revoke(args: argparse.Namespace, at: datetime) -> None:
    staff.revoke_certificate(certificate_id=args.certificate, at=at, actor=operator.get_actor())
    print(terminal.say("staff.revoked", number=str(args.certificate)))


_ACTS = {
    "add-team": _add_team,
    "grant": _grant,
    "add-member": _add_member,
    "remove-member": _remove_member,
    "certify": _certify,
    "revoke": _revoke,
}


def _user_id(username: str) -> int:
    for user in access_queries.list_users():
        if user.username == username:
            return user.id
    raise UnknownUser(user=username)


def _zone_of(user_id: int) -> str:
    """Where a certificate's days begin: at the first client that the user works for."""
    clients = clients_queries.list_clients(staff_queries.get_actor(user_id).client_ids)
    return clients[0].zone if clients else NO_ZONE


def _list(as_json: bool) -> None:
    teams = staff_queries.list_teams()
    if as_json:
        print(json.dumps([_as_json(team) for team in teams], ensure_ascii=False, indent=2))
        return
    for team in teams:
        clients = ", ".join(client.code for client in clients_queries.list_clients(team.client_ids))
        name = team.name_zh if terminal.language() == "zh-Hans" else team.name_en
        print(f"{team.code}  {name}  [{clients}]")
        for member in staff_queries.list_members(team.id):
            held = ", ".join(_certificates(member.user_id))
            print(f"  {member.username:<20} {', '.join(sorted(member.roles)):<24} {held}")


def _certificates(user_id: int) -> list[str]:
    now = clock_queries.now()
    return [f"{each.skill} (#{each.id})" for each in staff_queries.list_certificates(user_id) if each.is_valid(now)]


def _as_json(team: TeamRead) -> dict[str, Any]:
    return {
        "code": team.code,
        "name": {"en": team.name_en, "zh-Hans": team.name_zh},
        "clients": [client.code for client in clients_queries.list_clients(team.client_ids)],
        "members": [
            {
                "username": member.username,
                "roles": sorted(member.roles),
                "languages": list(member.languages),
                "work_items_per_day_max": member.work_items_per_day_max,
                "cases_max": member.cases_max,
                "takes_new_cases": member.takes_new_cases,
                "certificates": _certificates(member.user_id),
            }
            for member in staff_queries.list_members(team.id)
        ],
    }
