"""``tideover user``: make the people who sign in, list them, and set a password anew."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import Any

from tideover.core.access import operations as access
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.doors.commands import operator, terminal

PASSWORD_SHORTEST = 10
ROLES = [role.value for role in Role if role is not Role.SYSTEM]


class PasswordTooShort(Problem):
    """A password has at least so many characters."""

    code = "user.password-too-short"


class PasswordsDiffer(Problem):
    """The password was typed twice, and not alike."""

    code = "user.passwords-differ"


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    say = terminal.say
    parser = subparsers.add_parser("user", help=say("user.help"), description=say("user.help"))
    does = parser.add_subparsers(dest="does", metavar="add|list|set-password", required=True)
    add = does.add_parser("add", help=say("user.add.help"))
    add.add_argument("username", metavar="NAME", help=say("user.username"))
    add.add_argument("--display-name", required=True, metavar="NAME", help=say("user.display-name"))
    add.add_argument("--role", action="append", required=True, choices=ROLES, dest="roles", help=say("user.role"))
    add.add_argument("--language", choices=["en", "zh-Hans"], default="zh-Hans", help=say("user.language"))
    again = does.add_parser("set-password", help=say("user.set-password.help"))
    again.add_argument("username", metavar="NAME", help=say("user.username"))
    for one in (add, again):
        one.add_argument("--password-stdin", action="store_true", help=say("user.password-stdin"))
    listed = does.add_parser("list", help=say("user.list.help"))
    listed.add_argument("--json", action="store_true", help=say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return {"add": _add, "list": _list, "set-password": _set_password}[args.does](args)


def _add(args: argparse.Namespace) -> int:
    password = _read_password(args.password_stdin)
    access.create_user(
        username=args.username,
        display_name=args.display_name,
        roles=[Role(role) for role in args.roles],
        password=password,
        language=args.language,
        at=clock_queries.now(),
        actor=operator.get_actor(),
    )
    print(terminal.say("user.added", user=args.username, roles=", ".join(args.roles)))
    return 0


def _list(args: argparse.Namespace) -> int:
    found = access_queries.list_users()
    if args.json:
        rows = [
            {"id": u.id, "username": u.username, "display_name": u.display_name, "roles": list(u.roles)} for u in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    for user in [] if args.json else found:
        print(f"{user.username:<20} {', '.join(user.roles):<30} {user.display_name}")
    return 0


def _set_password(args: argparse.Namespace) -> int:
    access.set_password(
        username=args.username,
        password=_read_password(args.password_stdin),
        at=clock_queries.now(),
        actor=operator.get_actor(),
    )
    print(terminal.say("user.password-set", user=args.username))
    return 0


def _read_password(from_stdin: bool) -> str:
    """A password from the terminal, typed twice, or one line of standard input; never from the command line."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(terminal.say("user.password") + " ")
        if getpass.getpass(terminal.say("user.password-again") + " ") != password:
            raise PasswordsDiffer
    if len(password) < PASSWORD_SHORTEST:
        raise PasswordTooShort(shortest=PASSWORD_SHORTEST)
    return password
