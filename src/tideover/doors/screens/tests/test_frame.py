"""What holds for every page, told as the people at the desk meet it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.doors.screens import replay
from tideover.rehearsal import demo

pytestmark = pytest.mark.django_db
PASSWORD = "a ferry is not a bridge"
AT = datetime(2026, 10, 3, 1, tzinfo=UTC)


@pytest.fixture
def wang(db: None) -> str:
    access.create_user(
        username="wang",
        display_name="王敏",
        roles=[Role.COLLECTOR],
        password=PASSWORD,
        language="zh-Hans",
        at=AT,
        actor=SYSTEM,
    )
    return "wang"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in", {"username": username, "password": password, **more})


def test_nobody_sees_a_page_without_signing_in(client: Client) -> None:
    answer = client.get("/ladder?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fladder%3Fx%3D1")


def test_a_partial_request_after_the_session_ended_moves_the_whole_window(client: Client) -> None:
    answer = client.get("/ladder", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in")


def test_signing_in_leads_back_to_where_one_wanted_to_go_but_never_elsewhere(client: Client, wang: str) -> None:
    assert sign_in(client, wang, next="/ladder")["Location"] == "/ladder"
    client.post("/sign-out")
    assert sign_in(client, wang, next="https://elsewhere.example/")["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(client: Client, wang: str) -> None:
    wrong_password = sign_in(client, wang, "nonsense").content.decode()
    wrong_name = sign_in(client, "nobody", "nonsense").content.decode()
    assert "用户名或密码不正确" in wrong_password
    assert wrong_password.replace("wang", "").count("notice stop") == wrong_name.count("notice stop") == 1


def test_after_five_failures_even_the_right_password_waits_five_minutes(client: Client, wang: str) -> None:
    for _ in range(5):
        assert sign_in(client, wang, "nonsense").status_code == 401
    answer = sign_in(client, wang)
    assert answer.status_code == 401
    assert "暂停登录五分钟" in answer.content.decode()


def test_a_page_is_read_in_the_users_language_until_they_switch(client: Client, wang: str) -> None:
    sign_in(client, wang)
    assert '<html lang="zh-Hans"' in client.get("/ladder").content.decode()
    assert client.post("/language", {"language": "en", "back": "/ladder"})["Location"] == "/ladder"
    page = client.get("/ladder").content.decode()
    assert '<html lang="en"' in page and "The ladder" in page


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: Client, wang: str) -> None:
    sign_in(client, wang)
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_a_view_that_states_no_role_answers_nobody(client: Client, wang: str, settings: object) -> None:
    settings.ROOT_URLCONF = "tideover.doors.screens.tests.urls_without_roles"  # type: ignore[attr-defined]
    client.post("/sign-in", {"username": wang, "password": PASSWORD})
    assert client.get("/forgotten").status_code == 403


def test_every_page_forbids_what_is_inline_or_from_elsewhere(client: Client) -> None:
    headers = client.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"


def test_every_address_states_its_roles() -> None:
    from django.urls import get_resolver

    def views(patterns: list) -> list:
        found = []
        for each in patterns:
            found += views(each.url_patterns) if hasattr(each, "url_patterns") else [each]
        return found

    silent = [str(each.pattern) for each in views(get_resolver().url_patterns) if not hasattr(each.callback, "roles")]
    assert not silent


def test_while_past_days_are_replayed_pages_can_be_read_but_nothing_written(
    client: Client, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, wang)
    monkeypatch.setattr(replay, "is_running", lambda request: True)
    assert client.get("/ladder").status_code == 200
    answer = client.post("/cases/1/dial", {"contact_point": "1"})
    assert answer.status_code == 503 and "目前只读" in answer.content.decode()
    assert client.post("/language", {"language": "en"}).status_code == 302


@pytest.mark.parametrize(
    ("written", "meant"), [("22:01", time(22, 1)), (" 9:05 ", time(9, 5)), ("22：01", time(22, 1)), ("00:00", time(0))]
)
def test_a_demo_clock_takes_the_time_to_the_minute(
    client: Client, wang: str, monkeypatch: pytest.MonkeyPatch, written: str, meant: time
) -> None:
    sign_in(client, wang)
    moved: list[time] = []
    monkeypatch.setattr(demo, "set_time", moved.append)
    client.post("/demo/time", {"time": written})
    assert moved == [meant]


@pytest.mark.parametrize("written", ["", "22", "24:00", "22:60", "10 pm", "22:01:30", "-1:00"])
def test_a_time_that_is_none_leaves_the_demo_clock_and_is_told_how_to_be_written(
    client: Client, wang: str, written: str
) -> None:
    sign_in(client, wang)
    client.post("/demo/time", {"time": written})
    assert "如 22:01" in client.get("/ladder").content.decode()


def test_what_is_vendored_is_what_its_list_says() -> None:
    folder = Path(replay.__file__).parent / "static" / "tideover"
    named = re.findall(r"\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|", (folder / "README.md").read_text())
    assert named
    for name, digest in named:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("https", ["yes", ""])
def test_behind_tls_cookies_go_over_tls_alone(https: str) -> None:
    asked = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, bool(s.SECURE_PROXY_SSL_HEADER))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings", "TIDEOVER_HTTPS": https}
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {str(bool(https))}


def test_tries_at_the_same_moment_are_no_more_tries(wang: str) -> None:
    begun = [access.begin_sign_in(username=wang, at=AT) for _ in range(8)]
    assert [attempt is not None for attempt in begun] == [True] * 5 + [False] * 3
    access.note_signed_in(attempt_id=begun[0] or 0)
    assert access.begin_sign_in(username=wang.upper(), at=AT) is not None
    assert access.begin_sign_in(username=wang, at=AT + timedelta(minutes=4, seconds=59)) is None
    assert access.begin_sign_in(username=wang, at=AT + timedelta(minutes=5)) is not None
