"""``tideover user`` and ``tideover staff``: a team is set up by commands alone."""

from __future__ import annotations

import argparse
import io
import json
from datetime import time

import pytest
from django.contrib.auth import authenticate

from tideover.core.access.types import SYSTEM
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.doors.commands import main, staff, user
from tideover.know.clients import operations as clients
from tideover.know.staff import queries as staff_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDEOVER_LANGUAGE", "en")
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(dest="command")
    for module in (user, staff):
        module.register(subparsers)

    def go(*words: str, typed: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        args = parser.parse_args(list(words))
        return args.run(args) or 0

    return go


def test_a_collector_is_made_put_into_a_team_and_certified(run, capsys: pytest.CaptureFixture[str]) -> None:
    now = clock_queries.now()
    clients.add_client(
        code="harbour", name_en="Harbour", name_zh="港湾", country="CN", zone="Asia/Shanghai", mandate="agency",
        balance_authority="lender", day_begins=time(8), payment_file_lag_days=1, at=now, actor=SYSTEM,
    )  # fmt: skip
    made = ("user", "add", "lin", "--display-name", "Lin", "--role", "collector", "--password-stdin")
    run(*made, typed="long-enough-1\n")
    run("staff", "add-team", "north", "--en", "North", "--zh", "北组")
    run("staff", "grant", "north", "harbour")
    run("staff", "add-member", "north", "lin", "--language", "zh-Hans")
    run("staff", "certify", "lin", "early", "--until", "2099-12-31")
    capsys.readouterr()
    run("staff", "list", "--json")

    (team,) = json.loads(capsys.readouterr().out)
    assert (team["clients"], [each["username"] for each in team["members"]]) == (["harbour"], ["lin"])
    lin = authenticate(username="lin", password="long-enough-1")
    assert lin is not None
    assert staff_queries.has_certificate(lin.pk, "early", clock_queries.now())


def test_a_new_password_replaces_the_old_one(run) -> None:
    run(
        "user",
        "add",
        "lin",
        "--display-name",
        "Lin",
        "--role",
        "collector",
        "--password-stdin",
        typed="long-enough-1\n",
    )
    run("user", "set-password", "lin", "--password-stdin", typed="another-one-2\n")

    assert authenticate(username="lin", password="long-enough-1") is None
    assert authenticate(username="lin", password="another-one-2") is not None


def test_what_cannot_be_is_said(run) -> None:
    with pytest.raises(Problem, match="too-short"):
        run("user", "add", "lin", "--display-name", "Lin", "--role", "collector", "--password-stdin", typed="short\n")
    with pytest.raises(Problem, match="unknown-username"):
        run("user", "set-password", "nobody", "--password-stdin", typed="long-enough-1\n")
    with pytest.raises(Problem, match="unknown-team"):
        run("staff", "add-member", "north", "lin")


def test_both_are_commands() -> None:
    assert {"user", "staff"} <= {main.command_name(module) for module in main.COMMANDS}
