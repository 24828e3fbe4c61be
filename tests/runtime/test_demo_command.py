"""A demo invents people, so it keeps away from every database and folder that is not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.problems import HomeInUse
from tideover.doors.commands import demo
from tideover.doors.commands.main import build_parser


def call(*arguments: str) -> None:
    demo.run(build_parser(["demo"]).parse_args(["demo", *arguments]))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of somebody's installation, which is not a demo."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("TIDEOVER_HOME", str(tmp_path / "home"))
    found = Home.from_environment()
    found.prepare()
    found.data.mkdir()
    (found.store / "kept.parquet").write_text("years of work")
    return found


def test_it_does_not_touch_a_database_that_somebody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/production")
    with pytest.raises(demo.NeedsItsOwnDatabase):
        call()


@pytest.mark.parametrize("arguments", [(), ("--reset",)])
def test_it_neither_fills_nor_empties_a_home_that_is_not_a_demo(home: Home, arguments: tuple[str, ...]) -> None:
    with pytest.raises(demo.HomeIsNotADemo):
        call(*arguments)
    assert (home.store / "kept.parquet").exists()


def test_a_reset_empties_a_demo_but_keeps_its_sign_ins(home: Home) -> None:
    (home.path / demo.MARK).touch()
    key = home.read_secret("session-key")
    demo.reset(home)
    assert not home.data.exists() and not (home.store / "kept.parquet").exists()
    assert key and home.read_secret("session-key") == key


def test_a_running_demo_is_not_reset(home: Home) -> None:
    (home.path / demo.MARK).touch()
    with HomeLock(home, "demo"), pytest.raises(HomeInUse):
        demo.reset(home)
    assert (home.store / "kept.parquet").exists()
